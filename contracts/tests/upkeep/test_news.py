"""Who is told of a window or an outage, and what."""

from datetime import timedelta

import pytest

from contracts.models import Announcement, Component, Contact, Contract, Outage, OutboxMessage
from contracts.outbox.announcements import draw
from contracts.services.outages import end_outage, report_outage, update_outage, withdraw_outage
from contracts.services.watching import notice_windows
from contracts.services.windows import cancel_window, finish_window, move_window
from contracts.tests.factories import ComponentFactory, DeploymentFactory
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced
from contracts.upkeep_audience import CONTACTS, VISITORS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _concerned(contract: Contract, contact: Contact, stranger: Contact) -> None:
    """Nora's contract covers a hosted deployment of Atlas; Stan has none."""


def told() -> list[tuple[str, str]]:
    """To whom, with what subject, the earliest first; everything that was announced is drawn."""
    draw(AT + 30 * DAY)
    return list(OutboxMessage.objects.order_by("pk").values_list("to", "subject"))


def test_each_fact_of_a_window_is_one_announcement_to_those_whom_it_concerns(component: Component) -> None:
    window = announced(component)
    start = window.starts_at + HOUR
    move_window(window=window, starts_at=start, ends_at=start + HOUR, reason="Late", actor=None, at=AT)
    notice_windows(at=start + 2 * HOUR)
    finish_window(window=window, actor=None, at=start + 3 * HOUR)
    contacts, visitors = (Announcement.objects.filter(audience=name) for name in (CONTACTS, VISITORS))
    assert (contacts.count(), visitors.count()) == (5, 5)
    assert [to for to, _ in told()] == ["nora@harbour.example"] * 5
    assert [subject.partition(":")[0] for _, subject in told()] == [
        "Maintenance",
        "Maintenance moved",
        "Maintenance began",
        "Maintenance takes longer",
        "Maintenance finished",
    ]


def test_a_mail_says_when_in_the_readers_zone_and_in_utc(component: Component, contact: Contact) -> None:
    contact.user.time_zone = "Europe/Berlin"
    contact.user.save()
    announced(component)
    (_, subject), text = told()[0], OutboxMessage.objects.get().text
    assert subject.startswith("Maintenance: Database upgrade (Thu 3 Dec, 19:00 · 18:00 UTC")
    assert "To   Thu 3 Dec, 21:00 · 20:00 UTC" in text
    assert "- Atlas: Service" in text
    assert "They are down while the work lasts." in text


def test_what_is_called_off_before_it_was_told_is_told_as_cancelled_alone(component: Component) -> None:
    cancel_window(window=announced(component), reason="Not needed", actor=None, at=AT)
    assert [subject.partition(":")[0] for _, subject in told()] == ["Maintenance cancelled"]
    assert "Not needed" in OutboxMessage.objects.get().text


def test_components_of_what_the_reader_does_not_run_are_not_named(component: Component) -> None:
    other = ComponentFactory.create(name="Vault", audience="customers")
    announced(component, components=[component, other])
    announced(other, starts_at=AT + 20 * DAY, ends_at=AT + 21 * DAY)
    assert len(told()) == 1
    assert "Vault" not in OutboxMessage.objects.get().text


def test_components_of_what_the_reader_runs_on_their_own_premises_are_not_named(
    component: Component, contract: Contract
) -> None:
    theirs = DeploymentFactory.create(customer=contract.customer, kind="on_premises")
    contract.deployments.add(theirs)
    vault = ComponentFactory.create(product=theirs.product, name="Vault", audience="customers")
    announced(component, components=[component, vault])
    assert len(told()) == 1
    assert "Vault" not in OutboxMessage.objects.get().text


def test_an_outage_is_told_with_its_updates_and_its_end_and_not_once_withdrawn(component: Component) -> None:
    def report() -> Outage:
        return report_outage(
            title="Sign-in fails",
            components=[component],
            started_at=AT - HOUR,
            what_happened="Nobody can sign in.",
            actor=None,
            at=AT,
        )

    outage = report()
    update_outage(outage=outage, text="The cause is found.", actor=None, at=AT + timedelta(minutes=5))
    end_outage(outage=outage, what_was_done="A certificate was renewed.", actor=None, at=AT + HOUR)
    withdraw_outage(outage=report(), reason="Entered twice.", actor=None, at=AT)
    subjects = ["Outage", "Outage, an update", "Outage over"]
    assert [subject.partition(":")[0] for _, subject in told()] == subjects
