"""The pages of releases: for customers under contract, and on the desk."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.files import Upload
from contracts.models import Contact, Contract, Deployment, Release, ReleaseFile, ReleaseNotes, User
from contracts.services.releases import add_release_file, remove_release_file
from contracts.tests.factories import DeploymentFactory, EnvironmentFactory, ReleaseFactory
from knowledgebase.services.release_notes import write_release_notes
from tickets.services.releases import publish_release
from tickets.tests.pages import client_of, words

CONTENT = b"PK\x03\x04 an installer"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ADDRESS = "/releases/atlas/4.3/"


@pytest.fixture(autouse=True)
def _today(monday: datetime, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def planned(contract: Contract, deployment: Deployment, monday: datetime) -> Release:
    """Atlas 4.3 with notes and a file, planned for next week."""
    release: Release = ReleaseFactory.create(
        product=deployment.product, version="4.3", planned_at=monday + timedelta(days=7)
    )
    write_release_notes(release=release, text="## Fixed\n\nThe *export* works.", actor=None, at=monday)
    upload = Upload("atlas-4.3.zip", ContentFile(CONTENT, name="atlas-4.3.zip"))
    add_release_file(release=release, upload=upload, actor=None, at=monday)
    EnvironmentFactory.create(product=deployment.product, name="Windows Server", versions="2019")
    return release


@pytest.fixture
def release(planned: Release, manager: User, monday: datetime) -> Release:
    """The same, published."""
    return publish_release(release=planned, actor=manager, at=monday)


@pytest.fixture
def client(contact: Contact) -> Client:
    return client_of(contact.user)


class TestForCustomers:
    def test_vk5_a_release_with_notes_files_and_environments(self, client: Client, release: Release) -> None:
        page = client.get(ADDRESS)
        text = words(page)
        assert page.status_code == 200
        assert "<em>export</em>" in page.content.decode()
        assert f"atlas-4.3.zip {len(CONTENT)} bytes SHA-256 {SHA256}" in text.replace("\xa0", " ")
        assert "Windows Server, 2019" in text

    def test_vk5_a_file_is_a_download_and_nothing_else(self, client: Client, release: Release) -> None:
        file = release.files.get()
        answer: Any = client.get(f"{ADDRESS}{file.pk}/{file.name}")
        assert b"".join(answer.streaming_content) == CONTENT
        assert answer.headers["Content-Disposition"] == 'attachment; filename="atlas-4.3.zip"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_a_planned_one_shows_what_it_is_and_nothing_else(self, client: Client, planned: Release) -> None:
        text = words(client.get(ADDRESS))
        assert "Maintenance release Planned for Mon 30 Nov, 18:00 UTC" in text
        assert all(secret not in text for secret in ("export", "atlas-4.3.zip", SHA256, "Windows"))
        file = planned.files.get()
        assert client.get(f"{ADDRESS}{file.pk}/{file.name}").status_code == 404

    def test_a_withdrawn_file_is_listed_and_not_handed_out(
        self, client: Client, release: Release, manager: User, monday: datetime
    ) -> None:
        file = release.files.get()
        remove_release_file(file=file, reason="Signed with an old key", actor=manager, at=monday)
        text = words(client.get(ADDRESS))
        assert "Signed with an old key" in text
        assert SHA256 in text
        assert client.get(f"{ADDRESS}{file.pk}/{file.name}").status_code == 404

    def test_a_file_has_one_address(self, client: Client, release: Release, deployment: Deployment) -> None:
        file = release.files.get()
        ReleaseFactory.create(product=deployment.product, version="4.4", published_at=release.published_at)
        for address in (f"/releases/atlas/4.4/{file.pk}/{file.name}", f"{ADDRESS}{file.pk}/other.zip"):
            assert client.get(address).status_code == 404

    def test_one_that_the_storage_has_lost_is_not_there(self, client: Client, release: Release) -> None:
        file = release.files.get()
        file.file.storage.delete(file.file.name or "")
        assert client.get(f"{ADDRESS}{file.pk}/{file.name}").status_code == 404

    def test_the_list_has_the_newest_first_and_what_is_planned(
        self, client: Client, release: Release, monday: datetime
    ) -> None:
        for days, version in enumerate(("4.2", "4.1", "4.0", "3.9", "3.8"), start=1):
            ReleaseFactory.create(
                product=release.product, version=version, published_at=monday - timedelta(days=days)
            )
        ReleaseFactory.create(product=release.product, version="5.0")
        text = words(client.get("/releases/"))
        assert text.index("5.0 Planned") < text.index("4.3 Maint") < text.index("4.2 Maint")
        assert "no date yet" in text
        assert "3.8" not in text
        assert "3.8" in words(client.get("/releases/atlas/"))

    @pytest.mark.parametrize("address", ["/releases/atlas/", ADDRESS])
    def test_a_stranger_learns_nothing(self, address: str, stranger: Contact, release: Release) -> None:
        client = client_of(stranger.user)
        assert client.get(address).status_code == 404
        assert "No releases are here" in words(client.get("/releases/"))
        assert "Atlas" not in words(client.get("/releases/"))

    @pytest.mark.parametrize("address", ["/releases/", ADDRESS, "/releases/nothing/1/"])
    def test_visitors_are_sent_to_sign_in(self, address: str, release: Release) -> None:
        assert Client().get(address).headers["Location"].startswith("/account/login/")

    def test_pages_ask_as_much_for_many_as_for_few(
        self,
        client: Client,
        release: Release,
        manager: User,
        monday: datetime,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(30):
            ReleaseFactory.create(product=release.product, version=f"3.{number}", published_at=monday)
            ReleaseFactory.create(published_at=monday)
        desk = client_of(manager)
        with django_assert_max_num_queries(6):
            desk.get("/releases/")
        with django_assert_max_num_queries(14):
            client.get("/releases/atlas/")
        with django_assert_max_num_queries(14):
            client.get(ADDRESS)


class TestUpdates:
    @pytest.fixture
    def warehouse(self, contract: Contract, deployment: Deployment) -> Deployment:
        return DeploymentFactory.create(
            customer=contract.customer, product=deployment.product, kind="agent", name="Warehouse"
        )

    def test_vk5_a_contact_chooses_on_a_page_of_their_own(
        self, client: Client, warehouse: Deployment
    ) -> None:
        address = f"/releases/deployments/{warehouse.pk}/updates/"
        assert f'href="{address}"' in client.get("/releases/").content.decode()
        assert client.get(address).status_code == 200
        answer: Any = client.post(address, {"preference": "automatic"}, follow=True)
        assert "from now on releases for Warehouse are installed automatically" in words(answer)
        warehouse.refresh_from_db()
        assert warehouse.updates_itself
        assert "Installed automatically Nora Quay, Mon 23 Nov" in words(client.get(address))

    def test_what_is_no_choice_comes_back(self, client: Client, warehouse: Deployment) -> None:
        address = f"/releases/deployments/{warehouse.pk}/updates/"
        assert client.post(address, {"preference": "weekly"}).status_code == 422

    def test_only_agents_have_one(
        self, client: Client, deployment: Deployment, stranger: Contact, warehouse: Deployment
    ) -> None:
        assert client.get(f"/releases/deployments/{deployment.pk}/updates/").status_code == 404
        address = f"/releases/deployments/{warehouse.pk}/updates/"
        assert client_of(stranger.user).post(address, {"preference": "automatic"}).status_code == 404


class TestOnTheDesk:
    @pytest.fixture
    def desk(self, manager: User) -> Client:
        return client_of(manager)

    def test_notes_are_written_with_a_preview(self, desk: Client, planned: Release) -> None:
        address = f"/admin/releases/{planned.pk}/"
        previewed = desk.post(address, {"text": "*New* [x](/nowhere/)", "seen": "1", "preview": "1"})
        assert "<em>New</em>" in previewed.content.decode()
        assert "not saved yet" in words(previewed)
        assert "/nowhere/" in words(previewed)
        assert "<em>New</em>" in desk.post(f"{address}preview/", {"text": "*New*"}).content.decode()
        assert ReleaseNotes.objects.count() == 1
        assert desk.post(address, {"text": "*New*", "seen": "1"}).status_code == 302
        planned.refresh_from_db()
        assert planned.notes is not None
        assert planned.notes.text == "*New*"

    def test_of_two_writers_the_second_sees_what_the_first_wrote(
        self, desk: Client, planned: Release
    ) -> None:
        answer = desk.post(f"/admin/releases/{planned.pk}/", {"text": "Mine", "seen": "0"})
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "Mine" in text
        assert "The *export* works." in text
        assert 'name="seen" value="1"' in text

    def test_files_are_added_and_removed(self, desk: Client, planned: Release) -> None:
        address = f"/admin/releases/{planned.pk}/"
        sent = SimpleUploadedFile("tools.zip", CONTENT)
        answer: Any = desk.post(f"{address}files/", {"file": sent}, follow=True)
        assert f"tools.zip is added. Its SHA-256 is {SHA256}." in words(answer)
        file = ReleaseFile.objects.get(name="tools.zip")
        again = desk.post(f"{address}files/", {"file": SimpleUploadedFile("tools.zip", CONTENT)})
        assert (again.status_code, "Remove that one first" in words(again)) == (422, True)
        removal = f"{address}files/{file.pk}/removal/"
        assert "nothing is left of tools.zip" in words(desk.get(removal))
        desk.post(removal)
        assert not ReleaseFile.objects.filter(name="tools.zip").exists()

    def test_a_published_file_is_withdrawn_with_a_reason(self, desk: Client, release: Release) -> None:
        removal = f"/admin/releases/{release.pk}/files/{release.files.get().pk}/removal/"
        refused = desk.post(removal, {"reason": ""})
        assert (refused.status_code, "Say why the file is withdrawn" in words(refused)) == (422, True)
        assert desk.post(removal, {"reason": "Old key"}).status_code == 302
        assert release.files.get().withdrawn_because == "Old key"
        assert "Old key" in words(desk.get(f"/admin/releases/{release.pk}/"))

    def test_a_file_beyond_the_limit_costs_no_disk(
        self, desk: Client, planned: Release, settings: Any, tmp_path: Path
    ) -> None:
        settings.RELEASE_FILE_MAX_BYTES = 1000
        before = len(list(tmp_path.rglob("*")))
        sent = SimpleUploadedFile("large.zip", b"0" * 200_000)
        answer = desk.post(f"/admin/releases/{planned.pk}/files/", {"file": sent})
        assert answer.status_code == 422
        assert "larger than 1000 bytes" in words(answer)
        assert len(list(tmp_path.rglob("*"))) == before

    def test_agents_look_and_do_not_touch(self, agent: User, planned: Release) -> None:
        client = client_of(agent)
        page = client.get(f"/admin/releases/{planned.pk}/")
        assert "Save the notes" not in words(page)
        assert client.post(f"/admin/releases/{planned.pk}/", {"text": "x", "seen": "1"}).status_code == 403

    def test_before_publishing_it_says_who_is_told(self, desk: Client, planned: Release) -> None:
        text = words(desk.get(f"/admin/releases/{planned.pk}/publication/"))
        assert "every installation on premises and of every agent under contract are told by mail" in text
        assert "It has notes and 1 file. Look at its notes and files" in text
