"""The files of a release, who may see releases, and how agents are updated."""

import hashlib
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection

from contracts.access import releases_visible_to
from contracts.files import Upload
from contracts.models import (
    Contact,
    Contract,
    Deployment,
    Product,
    Release,
    ReleaseFile,
    UpdateChoice,
    User,
)
from contracts.refusals import Refused
from contracts.services.products import VERSION, plan_release, publish_release
from contracts.services.releases import add_release_file, remove_release_file
from contracts.services.updates import choose_updates
from contracts.tests.factories import ContractFactory, DeploymentFactory, ReleaseFactory, published

CONTENT = b"PK\x03\x04 an installer"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def release(deployment: Deployment) -> Release:
    return ReleaseFactory.create(product=deployment.product, version="4.3")


def upload(name: str = "atlas-4.3.zip", content: bytes = CONTENT) -> Upload:
    return Upload(name, ContentFile(content, name=name))


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class TestFiles:
    def test_vk5_a_file_is_kept_with_its_size_and_sha256(
        self, release: Release, manager: User, monday: datetime, folder: Path
    ) -> None:
        made = add_release_file(release=release, upload=upload(), actor=manager, at=monday)
        assert (made.size, made.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
        assert (made.uploaded_at, made.uploaded_by, made.withdrawn_at) == (monday, manager, None)
        assert [path.read_bytes() for path in stored(folder)] == [CONTENT]
        assert "atlas" not in (made.file.name or "")

    def test_a_large_file_is_read_in_pieces(
        self, release: Release, manager: User, monday: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = TemporaryUploadedFile("atlas.iso", "application/octet-stream", 5_000_000, None)
        file.write(b"0" * 5_000_000)
        file.seek(0)
        read: list[int] = []
        assert file.file is not None
        original = file.file.read

        def noted(size: int = -1) -> bytes:
            read.append(size)
            content: bytes = original(size)
            return content

        monkeypatch.setattr(file.file, "read", noted)
        made = add_release_file(release=release, upload=Upload("atlas.iso", file), actor=manager, at=monday)
        assert made.sha256 == hashlib.sha256(b"0" * 5_000_000).hexdigest()
        assert 0 < max(read) <= 2**16
        assert min(read) > 0
        file.close()

    @pytest.mark.parametrize(
        ("name", "content", "why"),
        [
            ("atlas.zip", b"", "atlas.zip is empty"),
            ("atlas.html", CONTENT, "of a kind that is not taken"),
            ("atlas", CONTENT, "of a kind that is not taken"),
            ("atlas.zip", b"0" * 2000, "larger than 1 kB"),
        ],
    )
    def test_what_is_no_file_of_a_release_is_refused(
        self, name: str, content: bytes, why: str, release: Release, monday: datetime, settings: Any
    ) -> None:
        settings.RELEASE_FILE_MAX_BYTES = 1024
        with pytest.raises(Refused, match=why):
            add_release_file(release=release, upload=upload(name, content), actor=None, at=monday)

    def test_no_more_than_the_limit(
        self, release: Release, monday: datetime, settings: Any, folder: Path
    ) -> None:
        settings.RELEASE_FILE_MAX_COUNT = 1
        add_release_file(release=release, upload=upload("a.zip"), actor=None, at=monday)
        with pytest.raises(Refused, match="at most 1 files"):
            add_release_file(release=release, upload=upload("b.zip"), actor=None, at=monday)
        assert len(stored(folder)) == 1

    def test_a_file_is_never_replaced_silently(self, release: Release, monday: datetime) -> None:
        add_release_file(release=release, upload=upload(), actor=None, at=monday)
        with pytest.raises(Refused, match="Remove that one first"):
            add_release_file(release=release, upload=upload(content=b"PK other"), actor=None, at=monday)

    def test_nothing_is_locked_while_a_file_is_stored_and_none_is_left_of_a_refusal(
        self, release: Release, monday: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outside, inside, save = len(connection.savepoint_ids), [], FileSystemStorage.save

        def storing(store: FileSystemStorage, *args: Any, **given: Any) -> str:
            inside.append(len(connection.savepoint_ids))
            ReleaseFile.objects.create(
                release=release, name="atlas-4.3.zip", size=1, sha256="0", uploaded_at=monday
            )
            return save(store, *args, **given)

        monkeypatch.setattr(FileSystemStorage, "save", storing)
        with pytest.raises(Refused, match="Remove that one first"):
            add_release_file(release=release, upload=upload(), actor=None, at=monday)
        assert (inside, stored(folder)) == ([outside], [])

    @pytest.mark.django_db(transaction=True)
    def test_of_a_planned_release_nothing_is_left(
        self, release: Release, manager: User, monday: datetime, folder: Path
    ) -> None:
        made = add_release_file(release=release, upload=upload(), actor=manager, at=monday)
        assert remove_release_file(file=made, actor=manager, at=monday) is None
        assert (ReleaseFile.objects.count(), stored(folder)) == (0, [])

    @pytest.mark.django_db(transaction=True)
    def test_a_published_file_stays_listed_as_withdrawn_with_its_hash(
        self, release: Release, manager: User, monday: datetime, folder: Path
    ) -> None:
        made = add_release_file(release=release, upload=upload(), actor=manager, at=monday)
        publish_release(release=release, actor=manager, at=monday)
        with pytest.raises(Refused, match="Say why"):
            remove_release_file(file=made, reason=" ", actor=manager, at=monday)
        later = monday + timedelta(hours=1)
        gone = remove_release_file(file=made, reason="Signed with\nan old key", actor=manager, at=later)
        assert gone is not None
        assert (gone.sha256, gone.withdrawn_at, gone.withdrawn_by) == (made.sha256, later, manager)
        assert (gone.withdrawn_because, stored(folder)) == ("Signed with an old key", [])
        with pytest.raises(Refused, match="removed already"):
            remove_release_file(file=made, reason="Again", actor=manager, at=later)
        again = add_release_file(release=release, upload=upload(content=b"PK new"), actor=manager, at=later)
        assert again.name == made.name
        assert release.files.count() == 2


class TestWhoSeesReleases:
    @pytest.fixture(autouse=True)
    def _release(self, release: Release) -> None:
        """There is one."""

    def sees(self, who: User | AnonymousUser, at: datetime) -> bool:
        return releases_visible_to(who, at).exists()

    @pytest.mark.usefixtures("contract")
    def test_vk5_contacts_with_the_product_under_contract_and_staff(
        self, contact: Contact, colleague: Contact, stranger: Contact, agent: User, monday: datetime
    ) -> None:
        assert [self.sees(who, monday) for who in (contact.user, colleague.user, agent)] == [True] * 3
        assert [self.sees(who, monday) for who in (stranger.user, AnonymousUser())] == [False] * 2

    @pytest.mark.usefixtures("contract")
    def test_nobody_who_is_disabled(self, contact: Contact, agent: User, monday: datetime) -> None:
        contact.user.is_active = agent.is_active = False
        assert [self.sees(who, monday) for who in (contact.user, agent)] == [False] * 2

    def test_not_by_a_deployment_that_no_contract_covers(
        self, contact: Contact, deployment: Deployment, monday: datetime
    ) -> None:
        ContractFactory.create(customer=contact.customer)
        assert deployment.customer == contact.customer
        assert not self.sees(contact.user, monday)

    def test_until_the_last_day_in_the_policys_zone(self, contact: Contact, contract: Contract) -> None:
        contract.ends_on = date(2026, 11, 23)
        contract.save()
        ends = datetime.fromisoformat("2026-11-24T00:00:00-08:00")
        assert self.sees(contact.user, ends - timedelta(seconds=1))
        assert not self.sees(contact.user, ends)

    @pytest.mark.parametrize(
        ("slug", "tier", "sees"), [("atheer", "standard", False), ("vivvo", "standard", True)]
    )
    def test_in_good_standing_where_the_policy_asks_for_it(
        self, slug: str, tier: str, sees: bool, contact: Contact, contract: Contract, monday: datetime
    ) -> None:
        contract.policy_version, contract.tier, contract.standing = published(slug), tier, "payment_due"
        contract.save()
        assert self.sees(contact.user, monday) is sees


class TestUpdates:
    @pytest.fixture
    def warehouse(self, deployment: Deployment) -> Deployment:
        return DeploymentFactory.create(
            customer=deployment.customer, product=deployment.product, kind="agent", name="Warehouse"
        )

    def test_vk5_a_contact_chooses_and_it_is_recorded(
        self, warehouse: Deployment, colleague: Contact, monday: datetime
    ) -> None:
        assert not warehouse.updates_itself
        for _ in range(2):
            choose_updates(deployment=warehouse, preference="automatic", actor=colleague.user, at=monday)
        assert Deployment.objects.get(pk=warehouse.pk).updates_itself
        (choice,) = UpdateChoice.objects.all()
        assert (choice.deployment, choice.preference) == (warehouse, "automatic")
        assert (choice.chosen_by, choice.chosen_at) == (colleague.user, monday)

    def test_only_agents_can(self, deployment: Deployment, contact: Contact, monday: datetime) -> None:
        with pytest.raises(Refused, match="Production is no agent"):
            choose_updates(deployment=deployment, preference="automatic", actor=contact.user, at=monday)

    def test_only_their_own_contacts_may(
        self, warehouse: Deployment, stranger: Contact, monday: datetime
    ) -> None:
        with pytest.raises(Refused, match="Only a contact of its customer"):
            choose_updates(deployment=warehouse, preference="automatic", actor=stranger.user, at=monday)

    def test_nothing_else_can_be_chosen(
        self, warehouse: Deployment, contact: Contact, monday: datetime
    ) -> None:
        with pytest.raises(Refused, match="'weekly' is no way"):
            choose_updates(deployment=warehouse, preference="weekly", actor=contact.user, at=monday)


@pytest.mark.parametrize("version", ["4/3", "..", "4\n3", ""])
def test_a_version_can_stand_in_an_address(version: str, deployment: Deployment, monday: datetime) -> None:
    with pytest.raises(Refused, match="version"):
        plan_release(
            product=deployment.product,
            version=version,
            kind="feature",
            planned_at=None,
            actor=None,
            at=monday,
        )


def test_versions_of_before_that_no_address_can_hold_are_put_right_by_the_migration(product: Product) -> None:
    migration = import_module("contracts.migrations.0004_releases")
    before = ["2.0/beta", "2.0-beta", "/", "4.3"]
    rows = [ReleaseFactory.create(product=product, version=version) for version in before]
    migration.make_addressable(apps, None)
    for row in rows:
        row.refresh_from_db()
        assert VERSION.fullmatch(row.version)
    assert [row.version for row in rows] == [f"2.0-beta-{rows[0].pk}", "2.0-beta", "release", "4.3"]
