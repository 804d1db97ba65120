"""Notes on releases, and who is told of one."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from contracts.files import Upload
from contracts.models import Contact, Contract, Deployment, OutboxMessage, Release, ReleaseNotes, User
from contracts.outbox.announcements import draw
from contracts.refusals import Refused
from contracts.services.products import plan_release
from contracts.services.releases import add_release_file
from contracts.tests.factories import ContactFactory, DeploymentFactory, ReleaseFactory, UserFactory
from knowledgebase.models import SearchDocument
from knowledgebase.search.keeping import faults
from knowledgebase.services.release_notes import (
    LONGEST_NOTES,
    NotesOvertaken,
    publish_release,
    render_notes_again,
    write_release_notes,
)

NOTES = "## Fixed\n\nThe hippogriff *lands* again."


@pytest.fixture
def release(deployment: Deployment) -> Release:
    return ReleaseFactory.create(product=deployment.product, version="4.3")


def runs(contract: Contract, kind: str, name: str, **fields: Any) -> Deployment:
    """A deployment of the contract's product that it covers."""
    product = contract.deployments.get(name="Production").product
    made: Deployment = DeploymentFactory.create(
        customer=contract.customer, product=product, kind=kind, name=name, **fields
    )
    contract.deployments.add(made)
    return made


def told(release: Release, at: datetime) -> dict[str, str]:
    """Publishes and draws; by address, the text."""
    publish_release(release=release, actor=None, at=at)
    assert not OutboxMessage.objects.exists()
    draw(at)
    return dict(OutboxMessage.objects.values_list("to", "text"))


class TestNotes:
    def test_they_are_rendered_and_every_writing_is_kept(
        self, release: Release, manager: User, monday: datetime
    ) -> None:
        first = write_release_notes(release=release, text=NOTES, seen=0, actor=manager, at=monday)
        assert (first.number, first.plain) == (1, "Fixed\nThe hippogriff lands again.")
        assert "<em>lands</em>" in first.html
        same = write_release_notes(release=release, text=NOTES, seen=1, actor=manager, at=monday)
        second = write_release_notes(release=release, text="Other", seen=1, actor=manager, at=monday)
        release.refresh_from_db()
        assert (same, second.number, release.notes) == (first, 2, second)
        assert ReleaseNotes.objects.count() == 2

    def test_of_two_writers_the_second_is_told(
        self, release: Release, manager: User, monday: datetime
    ) -> None:
        write_release_notes(release=release, text="Mine", seen=0, actor=manager, at=monday)
        with pytest.raises(NotesOvertaken, match="Max Lead has written the notes anew") as caught:
            write_release_notes(release=release, text="Theirs", seen=0, actor=manager, at=monday)
        assert caught.value.latest.text == "Mine"

    def test_too_much_is_refused(self, release: Release, monday: datetime) -> None:
        with pytest.raises(Refused, match=f"{LONGEST_NOTES} are the most"):
            write_release_notes(release=release, text="a" * (LONGEST_NOTES + 1), actor=None, at=monday)

    def test_an_older_renderers_are_made_anew(self, release: Release, monday: datetime) -> None:
        publish_release(release=release, actor=None, at=monday)
        notes = write_release_notes(release=release, text=NOTES, actor=None, at=monday)
        ReleaseNotes.objects.update(renderer=0, html="", plain="")
        assert (render_notes_again(at=monday), render_notes_again(at=monday)) == (1, 0)
        assert ReleaseNotes.objects.get().html == notes.html


class TestSearchIsInStep:
    def test_a_release_is_indexed_when_it_is_published_and_when_its_notes_change(
        self, release: Release, monday: datetime
    ) -> None:
        write_release_notes(release=release, text=NOTES, actor=None, at=monday)
        assert not SearchDocument.objects.exists()
        publish_release(release=release, actor=None, at=monday)
        assert "hippogriff" in SearchDocument.objects.get(kind="release").words
        write_release_notes(release=release, text="A wyvern", actor=None, at=monday)
        assert "wyvern" in SearchDocument.objects.get(kind="release").words
        assert faults() == []


class TestTold:
    def test_vk4_the_contacts_of_each_installation_on_premises(
        self, release: Release, contract: Contract, contact: Contact, colleague: Contact, stranger: Contact,
        monday: datetime,
    ) -> None:  # fmt: skip
        runs(contract, "on_premises", "Headquarters")
        DeploymentFactory.create(customer=stranger.customer, product=release.product, kind="on_premises")
        texts = told(release, monday)
        assert set(texts) == {contact.user.email, colleague.user.email}
        text = texts[contact.user.email]
        assert "Atlas 4.3, a maintenance release, is available." in text
        assert "On your premises: Headquarters." in text
        assert "/releases/atlas/4.3/" in text
        assert "Agents" not in text

    def test_vk4_hosted_ones_are_not_mailed_of_it(
        self, release: Release, contract: Contract, contact: Contact, monday: datetime
    ) -> None:
        assert contract.deployments.get().kind == "hosted"
        assert told(release, monday) == {}

    def test_vk5_agents_by_their_preference(
        self, release: Release, contract: Contract, contact: Contact, monday: datetime
    ) -> None:
        runs(contract, "agent", "Warehouse", update_preference="automatic")
        runs(contract, "agent", "Harbour", update_preference="manual")
        text = told(release, monday)[contact.user.email]
        assert "Agents that install it by themselves: Warehouse. You need not do anything." in text
        assert "Agents that you update: Harbour. Download it, and install it on each." in text
        assert "Choose how your agents are updated: " in text

    def test_the_files_are_promised_only_where_there_are_some(
        self, release: Release, contract: Contract, contact: Contact, monday: datetime, settings: Any,
        tmp_path: Any,
    ) -> None:  # fmt: skip
        settings.MEDIA_ROOT = tmp_path
        runs(contract, "on_premises", "Headquarters")
        upload = Upload("a.zip", ContentFile(b"PK", name="a.zip"))
        add_release_file(release=release, upload=upload, actor=None, at=monday)
        assert "files with size and SHA-256: http" in told(release, monday)[contact.user.email]

    def test_who_lost_the_contract_before_the_drawing_is_not_told(
        self, release: Release, contract: Contract, contact: Contact, monday: datetime
    ) -> None:
        runs(contract, "on_premises", "Headquarters")
        publish_release(release=release, actor=None, at=monday)
        contract.ends_on = monday.date()
        contract.save()
        draw(monday + timedelta(days=2))
        assert not OutboxMessage.objects.exists()

    def test_a_contact_of_two_customers_is_told_once_of_all(
        self, release: Release, contract: Contract, contact: Contact, stranger: Contact, monday: datetime
    ) -> None:
        runs(contract, "on_premises", "Headquarters")
        ContactFactory.create(user=contact.user, customer=stranger.customer)
        assert len(told(release, monday)) == 1

    def test_how_many_queries_it_takes_does_not_depend_on_how_many_are_told(
        self, release: Release, contract: Contract, contact: Contact, monday: datetime,
        django_assert_max_num_queries: Any,
    ) -> None:  # fmt: skip
        runs(contract, "on_premises", "Headquarters")
        for user in UserFactory.create_batch(30):
            ContactFactory.create(user=user, customer=contract.customer)
        publish_release(release=release, actor=None, at=monday)
        with django_assert_max_num_queries(20):
            draw(monday)
        assert OutboxMessage.objects.count() == 31


def test_a_planned_release_is_told_to_nobody(release: Release, contract: Contract, monday: datetime) -> None:
    runs(contract, "on_premises", "Headquarters")
    plan_release(
        release=release, product=release.product, version="4.3", kind="maintenance", planned_at=monday,
        actor=None, at=monday,
    )  # fmt: skip
    assert draw(monday).batches == 0
