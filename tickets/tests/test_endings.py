"""Waiting and endings: what silence brings, who accepts, until when a ticket can be reopened (VK17 VK18)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.models import Closure, Contact, Contract, OutboxMessage, User
from contracts.refusals import Refused
from contracts.services import closures
from tickets.models import Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.models.ticket import Status
from tickets.services import conversation, endings, lifecycle, silence
from tickets.services.filing import Request, file_ticket
from tickets.tests.conftest import WHAT, Clocks, File
from tickets.tests.pages import put_under
from tickets.tests.soundness import faults_of_all

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Viakoo's desk is open 8:00 to 18:00 Pacific, 10 h a business day, shut on Thanksgiving, 26 November 2026. Five
# business days from Monday the 23rd, 10:00, are over on Tuesday the 1st, 10:00.
ACCEPTED = datetime(2026, 12, 1, 18, tzinfo=UTC)
# Two business days, of Atheer's eight hours, from Monday, 10:00; two more; then three.
FIRST = datetime(2026, 11, 25, 18, tzinfo=UTC)
SECOND = datetime(2026, 11, 30, 18, tzinfo=UTC)
OFFERED = datetime(2026, 12, 3, 18, tzinfo=UTC)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.values_list("kind", flat=True))


def mails(kind: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind).order_by("pk"))


def let_pass(*instants: datetime) -> None:
    """The worker looks at each instant, twice."""
    for at in instants:
        silence.hear_silence(at=at)
        silence.hear_silence(at=at)


@pytest.fixture
def asked(file: File, agent: User, monday: datetime) -> Ticket:
    """A ticket of Atheer's that waits for Nora since Monday, 10:00."""
    ticket = file()
    conversation.ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday)
    return fresh(ticket)


@pytest.fixture
def resolved(file: File, agent: User, contract: Contract, monday: datetime) -> Ticket:
    """A ticket of Viakoo's, resolved on Monday, 10:00."""
    put_under(contract, "viakoo")
    return lifecycle.resolve_ticket(ticket=file(severity="major"), actor=agent, text="Fixed.", at=monday)


def close(ticket: Ticket, actor: User, at: datetime, reason: str = "No answer came.") -> Ticket:
    return endings.close_ticket(ticket=ticket, actor=actor, reason=reason, at=at)


# Waiting


def test_vk18_who_does_not_answer_is_reminded_twice_and_then_the_ticket_is_offered_never_closed(
    asked: Ticket, contact: Contact
) -> None:
    assert asked.silence_at == FIRST
    let_pass(FIRST - HOUR, FIRST, SECOND, OFFERED)
    assert kinds(asked).count(Kind.REMINDED) == 2
    assert kinds(asked).count(Kind.CLOSING_OFFERED) == 1
    first, second = mails("reminder")
    assert first.to == second.to == contact.user.email
    assert "Which version?" in first.text
    assert "since Mon 23 Nov, 18:00 · 10:00 PST" in first.text
    assert "by Thu 3 Dec, 18:00 · 10:00 PST, the ticket is offered for closing" in first.text
    [offer] = mails("closing_offered")
    assert offer.user is not None
    assert offer.user.is_staff
    assert "has not answered since Mon 23 Nov, 18:00 · 10:00 PST" in offer.text
    let_pass(OFFERED + 100 * DAY)
    left = fresh(asked)
    assert (left.status, left.silence_at) == (Status.WAITING, None)
    assert Ticket.objects.offered_for_closing().get() == asked
    assert faults_of_all() == []


def test_vk18_a_reminder_is_automatic_and_stops_or_starts_no_clock(asked: Ticket, clocks: Clocks) -> None:
    before = clocks(asked, FIRST + HOUR)
    let_pass(FIRST)
    assert clocks(asked, FIRST + HOUR) == before
    assert kinds(asked).count(Kind.PUBLIC_REPLY) == 1


def test_vk18_the_answer_ends_the_waiting_and_takes_the_offer_back(
    asked: Ticket, contact: Contact, agent: User
) -> None:
    let_pass(FIRST, SECOND, OFFERED)
    conversation.reply_as_contact(ticket=asked, actor=contact.user, text="4.7", at=OFFERED + HOUR)
    assert not Ticket.objects.offered_for_closing().exists()
    assert (fresh(asked).status, fresh(asked).silence_at) == (Status.OPEN, None)
    with pytest.raises(Refused, match="waits for its customer"):
        close(asked, agent, OFFERED + HOUR)
    # Asked anew, all begins anew.
    conversation.ask_customer(ticket=asked, actor=agent, text="And which browser?", at=OFFERED + 2 * HOUR)
    assert fresh(asked).silence_at == OFFERED + 2 * HOUR + timedelta(days=4)
    let_pass(OFFERED + 5 * DAY)
    assert kinds(asked).count(Kind.REMINDED) == 3


def test_a_worker_that_slept_sends_one_reminder_and_keeps_the_time_between(asked: Ticket) -> None:
    let_pass(OFFERED + DAY)
    assert kinds(asked).count(Kind.REMINDED) == 1
    assert fresh(asked).silence_at == datetime(2026, 12, 8, 18, tzinfo=UTC)


def test_the_desk_sets_when_how_often_and_how_long(asked: Ticket, settings: Any, monday: datetime) -> None:
    settings.WAITING_REMIND_AFTER, settings.WAITING_REMINDERS = "1 hour", 1
    settings.WAITING_OFFER_CLOSING_AFTER = "1 day"
    Ticket.objects.update(silence_at=monday)
    let_pass(monday + HOUR, monday + HOUR + DAY)
    assert kinds(asked)[-2:] == [Kind.REMINDED, Kind.CLOSING_OFFERED]


def test_a_closure_moves_the_reminder(asked: Ticket, manager: User, monday: datetime) -> None:
    shut(datetime(2026, 11, 25, 17, tzinfo=UTC), 4, manager, monday)
    silence.count_silence_again(at=monday + HOUR)
    assert fresh(asked).silence_at == FIRST + 4 * HOUR
    closures.withdraw_closure(closure=Closure.objects.get(), actor=manager, at=monday + HOUR)
    silence.count_silence_again(at=monday + HOUR)
    assert fresh(asked).silence_at == FIRST


def shut(start: datetime, hours: int, manager: User, at: datetime, policy: str = "atheer") -> None:
    closures.enter_closure(
        policy_slug=policy,
        starts_at=start,
        ends_at=start + hours * HOUR,
        reason="Storm",
        actor=manager,
        at=at,
    )


# Closing


def test_vk18_staff_close_only_what_was_offered_and_the_contact_reads_why(
    asked: Ticket, agent: User, contact: Contact
) -> None:
    let_pass(FIRST)
    with pytest.raises(Refused, match="still being reminded"):
        close(asked, agent, FIRST + HOUR)
    let_pass(SECOND, OFFERED)
    with pytest.raises(Refused, match="Only staff"):
        close(asked, contact.user, OFFERED + HOUR)
    with pytest.raises(Refused, match="why the ticket is closed"):
        close(asked, agent, OFFERED + HOUR, reason=" ")
    closed = close(asked, agent, OFFERED + HOUR)
    assert (closed.status, closed.next_due_at, closed.closing_offered_at) == (Status.CLOSED, None, None)
    mail = mails("closed")[0]
    assert mail.to == contact.user.email
    assert "No answer came." in mail.text
    with pytest.raises(Refused, match="The ticket is closed"):
        conversation.reply_as_contact(ticket=asked, actor=contact.user, text="Hm", at=OFFERED + 2 * HOUR)
    assert faults_of_all() == []


def test_vk18_what_had_not_stopped_at_an_unresolved_closing_is_neither_kept_nor_missed_later(
    file: File, agent: User, contact: Contact, contract: Contract, clocks: Clocks, monday: datetime
) -> None:
    put_under(contract, "viakoo")  # which grants no pause
    ticket = file(severity="major")
    conversation.ask_customer(ticket=ticket, actor=agent, text="Which?", at=monday)
    let_pass(FIRST, SECOND, OFFERED)
    before = clocks(ticket, OFFERED)
    assert before["update"].misses == (monday + 7 * DAY,)
    assert (before["workaround"].state, before["workaround"].due_at) == ("running", monday + 30 * DAY)
    close(ticket, agent, OFFERED)
    after = clocks(ticket, OFFERED + 300 * DAY)
    assert after["response"] == before["response"]
    assert (after["update"].state, after["update"].misses) == ("void", before["update"].misses)
    left = after["workaround"]
    assert (left.state, left.kept, left.missed, left.due_at) == ("void", False, False, None)
    assert after["resolution"].state == "void"
    assert set(ticket.clocks.values_list("name", "state", "due_at")) >= {("workaround", "void", None)}
    assert faults_of_all() == []
    # Reopened, it is judged as if it had never been closed.
    lifecycle.reopen_ticket(ticket=ticket, actor=contact.user, reason="Here I am.", at=OFFERED + 25 * DAY)
    assert fresh(ticket).status == Status.OPEN
    assert clocks(ticket, OFFERED + 25 * DAY)["workaround"].misses == (monday + 30 * DAY,)
    assert faults_of_all() == []


# Acceptance


def test_vk17_the_contact_accepts_and_says_how_it_was(
    resolved: Ticket, contact: Contact, agent: User, monday: datetime
) -> None:
    accepted = endings.accept_resolution(
        ticket=resolved,
        actor=contact.user,
        satisfied=True,
        words="Quick.",
        seen=resolved.seq,
        at=monday + HOUR,
    )
    assert (accepted.status, accepted.silence_at) == (Status.CLOSED, None)
    assert kinds(resolved)[-2:] == [Kind.ACCEPTED, Kind.RATED]
    rated = resolved.events.get(kind=Kind.RATED)
    assert (rated.data["satisfied"], rated.text, rated.actor) == (True, "Quick.", contact.user)
    mail = next(mail for mail in mails("accepted") if mail.to == agent.email)
    assert "Nora Quay accepted the resolution. They were satisfied." in mail.text
    assert "Quick." in mail.text
    # The same form once more is the same acceptance; a second rating is refused.
    again: dict[str, Any] = {"ticket": resolved, "actor": contact.user, "at": monday + 2 * HOUR}
    endings.accept_resolution(**again, seen=resolved.seq)
    assert kinds(resolved).count(Kind.ACCEPTED) == 1
    with pytest.raises(Refused, match="answered before"):
        endings.rate_resolution(**again, satisfied=False)
    with pytest.raises(Refused, match="closed already"):
        endings.accept_resolution(**again)
    assert faults_of_all() == []


def test_vk17_the_contact_refuses_with_a_reason_which_reopens(
    resolved: Ticket, contact: Contact, monday: datetime
) -> None:
    lifecycle.reopen_ticket(ticket=resolved, actor=contact.user, reason="Still so.", at=monday + HOUR)
    assert (fresh(resolved).status, fresh(resolved).silence_at) == (Status.OPEN, None)
    let_pass(ACCEPTED + 30 * DAY)
    assert Kind.ACCEPTED not in kinds(resolved)


def test_vk17_silence_accepts_after_the_policys_support_time(resolved: Ticket, contact: Contact) -> None:
    assert resolved.silence_at == ACCEPTED
    mail = mails("resolution")[0]
    assert "If we hear nothing by Tue 1 Dec, 18:00 · 10:00 PST, it counts as accepted." in mail.text
    assert "reopened until Wed 23 Dec, 18:00 · 10:00 PST" in mail.text
    let_pass(ACCEPTED - HOUR)
    assert fresh(resolved).status == Status.RESOLVED
    let_pass(ACCEPTED + 3 * HOUR)
    event = resolved.events.get(kind=Kind.ACCEPTED)
    assert (event.actor, event.happened_at, fresh(resolved).status) == (None, ACCEPTED, Status.CLOSED)
    told = mails("accepted_by_silence")
    assert [mail.to for mail in told] == [contact.user.email]
    assert "reopen it on the ticket’s page until Wed 23 Dec, 18:00 · 10:00 PST" in told[0].text
    # How it was can be said afterwards, once.
    endings.rate_resolution(
        ticket=resolved, actor=contact.user, satisfied=False, words="Slow.", at=ACCEPTED + DAY
    )
    assert kinds(resolved)[-1] == Kind.RATED
    assert faults_of_all() == []


def test_vk17_a_closure_moves_the_acceptance(resolved: Ticket, manager: User, monday: datetime) -> None:
    shut(ACCEPTED - HOUR, 2, manager, monday, "viakoo")
    let_pass(ACCEPTED)  # the worker may look before the stored instant has moved: the calendar decides
    assert fresh(resolved).status == Status.RESOLVED
    assert fresh(resolved).silence_at == ACCEPTED + 2 * HOUR
    let_pass(ACCEPTED + 2 * HOUR)
    assert fresh(resolved).status == Status.CLOSED


def test_who_writes_is_not_silent(resolved: Ticket, contact: Contact, monday: datetime) -> None:
    conversation.reply_as_contact(ticket=resolved, actor=contact.user, text="I try it.", at=monday + DAY)
    assert fresh(resolved).silence_at == ACCEPTED + DAY


def test_vk17_without_such_a_rule_silence_never_accepts_and_staff_may_close(
    file: File, agent: User, contact: Contact, monday: datetime
) -> None:
    ticket = lifecycle.resolve_ticket(ticket=file(), actor=agent, text="Fixed.", at=monday)
    assert ticket.silence_at is None
    assert "it counts as accepted" not in mails("resolution")[0].text
    let_pass(monday + 900 * DAY)
    assert fresh(ticket).status == Status.RESOLVED
    assert close(ticket, agent, monday + 30 * DAY, "All quiet.").status == Status.CLOSED
    # Nor does its policy limit how long it can be reopened.
    lifecycle.reopen_ticket(ticket=ticket, actor=contact.user, reason="Again.", at=monday + 900 * DAY)
    assert fresh(ticket).status == Status.OPEN


def test_vk17_an_accepted_ticket_is_reopened_in_time_and_never_later(
    resolved: Ticket, contact: Contact, agent: User, monday: datetime
) -> None:
    until = monday + 30 * DAY
    endings.accept_resolution(ticket=resolved, actor=contact.user, at=monday + HOUR)
    lifecycle.reopen_ticket(ticket=resolved, actor=contact.user, reason="It came back.", at=until)
    lifecycle.resolve_ticket(ticket=resolved, actor=agent, text="Fixed again.", at=until + HOUR)
    let_pass(until + 20 * DAY)
    assert fresh(resolved).status == Status.CLOSED
    for person in (contact.user, agent):
        with pytest.raises(
            Refused, match=r"within 30 days of its resolution.*file a new request|File a new request"
        ):
            lifecycle.reopen_ticket(ticket=resolved, actor=person, reason="Again.", at=until + 31 * DAY)


def test_a_worker_that_is_dead_keeps_nobody_from_the_truth(
    resolved: Ticket, contact: Contact, monday: datetime
) -> None:
    """Whoever comes first after the instant records the acceptance, and then does what they came for."""
    with pytest.raises(Refused, match="closed already"):
        endings.accept_resolution(ticket=resolved, actor=contact.user, at=ACCEPTED + DAY)
    lifecycle.reopen_ticket(ticket=resolved, actor=contact.user, reason="No.", at=ACCEPTED + DAY)
    events = list(resolved.events.all())
    assert [event.kind for event in events][-2:] == [Kind.ACCEPTED, Kind.REOPENED]
    assert events[-2].happened_at == ACCEPTED


def test_only_those_who_may_write_accept_and_nothing_unread(
    resolved: Ticket, contact: Contact, colleague: Contact, stranger: Contact, agent: User, monday: datetime
) -> None:
    for person in (stranger.user, agent):
        with pytest.raises(Refused):
            endings.accept_resolution(ticket=resolved, actor=person, at=monday + HOUR)
    seen = resolved.seq
    lifecycle.reopen_ticket(ticket=resolved, actor=contact.user, reason="No.", at=monday + HOUR)
    with pytest.raises(Refused, match="not resolved"):
        endings.accept_resolution(ticket=resolved, actor=contact.user, seen=seen, at=monday + HOUR)
    lifecycle.resolve_ticket(ticket=resolved, actor=agent, text="Other.", at=monday + 2 * HOUR)
    with pytest.raises(Refused, match="Another resolution"):
        endings.accept_resolution(ticket=resolved, actor=contact.user, seen=seen, at=monday + 3 * HOUR)
    with pytest.raises(Refused, match="Say whether"):
        endings.accept_resolution(ticket=resolved, actor=contact.user, words="Hm", at=monday + 3 * HOUR)


# What follows


def test_a_new_request_follows_and_both_records_say_so(
    resolved: Ticket, contact: Contact, stranger: Contact, monday: datetime
) -> None:
    asked: dict[str, Any] = {**WHAT, "severity": "major"}
    filing: dict[str, Any] = {
        "contact": contact,
        "deployment": resolved.deployment,
        "request": Request(**asked),
        "follows": resolved,
        "at": monday + 60 * DAY,
    }
    new = file_ticket(**filing, submission_key="new")
    assert file_ticket(**filing, submission_key="new") == new
    linked = {event.ticket_id: event.data for event in TicketEvent.objects.filter(kind=Kind.TICKET_LINKED)}
    assert linked == {
        new.pk: {"link": "follows", "ticket": resolved.pk, "number": resolved.number, "via": "command"},
        resolved.pk: {"link": "followed_by", "ticket": new.pk, "number": new.number, "via": "command"},
    }
    assert new.events.get(kind=Kind.FILED).data["follows"] == resolved.number
    Ticket.objects.filter(pk=resolved.pk).update(customer=stranger.customer, contact=stranger)
    with pytest.raises(Refused, match="one of your own tickets"):
        file_ticket(**filing, submission_key="theirs")
    assert faults_of_all() == []
