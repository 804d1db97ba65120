"""Contacts are told of a closure that is to come, and where it is taken back."""

from datetime import datetime, timedelta

from contracts.models import Announcement, Closure, Contact, Contract, OutboxMessage, User
from contracts.outbox.announcements import draw
from contracts.services.closures import enter_closure, withdraw_closure

HOUR = timedelta(hours=1)


def shut(actor: User, at: datetime, starts_at: datetime) -> Closure:
    return enter_closure(
        policy_slug="atheer",
        starts_at=starts_at,
        ends_at=starts_at + 4 * HOUR,
        reason="Snow on the roads",
        actor=actor,
        at=at,
    )


def test_contacts_under_the_policy_are_told_of_a_closure_and_of_its_withdrawal(
    contract: Contract,
    contact: Contact,
    colleague: Contact,
    stranger: Contact,
    agent: User,
    monday: datetime,
) -> None:
    User.objects.filter(pk=contact.user.pk).update(time_zone="Europe/Belgrade")
    closure = shut(agent, monday, monday + 24 * HOUR)
    draw(monday)
    told = OutboxMessage.objects.filter(kind="closure")
    assert {mail.to for mail in told} == {"nora@harbour.example", "col@harbour.example"}
    mail = told.get(to="nora@harbour.example")
    assert mail.subject == "The desk is closed: Tue 24 Nov, 19:00 · 10:00 PST"
    assert "Snow on the roads" in mail.text
    assert mail.is_bulk

    withdraw_closure(closure=closure, actor=agent, at=monday + HOUR)
    draw(monday + HOUR)
    assert told.filter(subject__startswith="The desk stays open after all").count() == 2


def test_one_that_is_over_is_not_told_and_one_withdrawn_at_once_only_as_withdrawn(
    contract: Contract, contact: Contact, agent: User, monday: datetime
) -> None:
    shut(agent, monday, monday - 5 * HOUR)
    assert not Announcement.objects.exists()
    closure = shut(agent, monday, monday + HOUR)
    withdraw_closure(closure=closure, actor=agent, at=monday)
    draw(monday)
    assert [mail.subject[:22] for mail in OutboxMessage.objects.filter(kind="closure")] == [
        "The desk stays open af"
    ]
