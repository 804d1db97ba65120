"""Dates that both sides agree on: proposed, accepted, kept until another is accepted."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine

from contracts.models import Contact, Contract, OutboxMessage, User
from contracts.refusals import Refused
from contracts.sla.clock import State
from contracts.sla.events import ClockName
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.negotiation import Negotiation, read_negotiations
from tickets.services import conversation, exclusion, lifecycle
from tickets.services.dates import accept_date, propose_date
from tickets.tests.conftest import Clocks, File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, put_under, words

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Propose = Callable[..., int]


@pytest.fixture
def ticket(file: File, contract: Contract) -> Ticket:
    """A minor one under Viakoo's policy: workaround and resolution as mutually agreed."""
    put_under(contract, "viakoo")
    return file(severity="minor", request_type="error")


@pytest.fixture
def propose(ticket: Ticket, monday: datetime) -> Propose:
    """A function that proposes so many days for the resolution, and says the proposal's number."""

    def _propose(actor: User, days: float, *, promise: str = "resolution", at: datetime | None = None) -> int:
        propose_date(
            ticket=ticket,
            actor=actor,
            promise=promise,
            due_at=monday + days * DAY,
            reason=f"In {days} days.",
            at=at or monday + HOUR,
        )
        return ticket.events.filter(kind=Kind.DATE_PROPOSED).latest("seq").seq

    return _propose


def story(ticket: Ticket, promise: ClockName = ClockName.RESOLUTION) -> Negotiation:
    events = ticket.events.select_related("message", "actor").order_by("seq")
    return read_negotiations(events)[promise]


def kinds(ticket: Ticket, count: int) -> list[str]:
    """The last events that somebody did."""
    known = ticket.events.exclude(kind=Kind.MISSED).order_by("-seq").values_list("kind", flat=True)
    return list(known[:count])[::-1]


def test_vk14_vk15_a_date_that_the_other_side_accepts_is_the_due_date(
    ticket: Ticket,
    propose: Propose,
    agent: User,
    contact: Contact,
    clocks: Clocks,
    monday: datetime,
) -> None:
    for promise, days in (("workaround", 3), ("resolution", 9)):
        assert clocks(ticket, monday)[promise].state is State.UNSCHEDULED
        proposal = propose(agent, days, promise=promise)
        assert kinds(ticket, 2) == [Kind.PUBLIC_REPLY, Kind.DATE_PROPOSED]
        assert clocks(ticket, monday + HOUR)[promise].due_at is None
        accept_date(ticket=ticket, actor=contact.user, proposal=proposal, at=monday + 2 * HOUR)
        assert clocks(ticket, monday + 2 * HOUR)[promise].due_at == monday + days * DAY
    assert clocks(ticket, monday + 2 * HOUR)["response"].stopped_at == monday + HOUR
    assert Ticket.objects.get(pk=ticket.pk).next_due_at == monday + 3 * DAY
    assert clocks(ticket, monday + 4 * DAY)["workaround"].missed_at == monday + 3 * DAY
    assert OutboxMessage.objects.filter(kind="date_proposed", to=contact.user.email).count() == 2
    assert OutboxMessage.objects.filter(kind="date_agreed", to=agent.email).count() == 2


def test_vk15_another_date_needs_another_acceptance_and_the_old_one_binds_until_then(
    ticket: Ticket, propose: Propose, agent: User, contact: Contact, clocks: Clocks, monday: datetime
) -> None:
    accept_date(ticket=ticket, actor=agent, proposal=propose(contact.user, 5), at=monday + HOUR)
    assert OutboxMessage.objects.filter(kind="date_agreed", to=contact.user.email).count() == 1
    later = propose(agent, 20, at=monday + DAY)
    assert clocks(ticket, monday + DAY)["resolution"].due_at == monday + 5 * DAY
    newer = propose(contact.user, 10, at=monday + DAY + HOUR)
    with pytest.raises(Refused, match="newer proposal has come"):
        accept_date(ticket=ticket, actor=contact.user, proposal=later, at=monday + 2 * DAY)
    accept_date(ticket=ticket, actor=agent, proposal=newer, at=monday + 2 * DAY)
    accept_date(ticket=ticket, actor=agent, proposal=newer, at=monday + 2 * DAY)
    assert clocks(ticket, monday + 2 * DAY)["resolution"].due_at == monday + 10 * DAY
    assert ticket.events.filter(kind=Kind.AGREED).count() == 2
    assert [each.reason for each in story(ticket).proposals] == ["In 5 days.", "In 20 days.", "In 10 days."]


def test_nobody_accepts_the_proposal_of_their_own_side(
    ticket: Ticket, propose: Propose, agent: User, manager: User, contact: Contact, monday: datetime
) -> None:
    ours = propose(agent, 5)
    for staff in (agent, manager):
        with pytest.raises(Refused, match="your own side"):
            accept_date(ticket=ticket, actor=staff, proposal=ours, at=monday + HOUR)
    theirs = propose(contact.user, 6)
    with pytest.raises(Refused, match="your own side"):
        accept_date(ticket=ticket, actor=contact.user, proposal=theirs, at=monday + HOUR)
    with pytest.raises(Refused, match="no such proposal"):
        accept_date(ticket=ticket, actor=contact.user, proposal=1, at=monday + HOUR)


def test_a_date_that_cannot_be_agreed_is_refused_and_says_why(
    ticket: Ticket, propose: Propose, agent: User, contact: Contact, stranger: Contact, monday: datetime
) -> None:
    with pytest.raises(Refused, match="has passed"):
        propose(agent, 0)
    with pytest.raises(Refused, match="ten years"):
        propose(agent, 4000)
    with pytest.raises(Refused, match="No date is to be agreed for the response"):
        propose(agent, 3, promise="response")
    with pytest.raises(Refused, match="no such ticket"):
        propose(stranger.user, 3)
    standing = propose(agent, 2)
    with pytest.raises(Refused, match="proposed already"):
        propose(agent, 2)
    with pytest.raises(Refused, match="Accept it"):
        propose(contact.user, 2)
    with pytest.raises(Refused, match="The proposed date has passed"):
        accept_date(ticket=ticket, actor=contact.user, proposal=standing, at=monday + 3 * DAY)
    accept_date(ticket=ticket, actor=contact.user, proposal=standing, at=monday + DAY)
    with pytest.raises(Refused, match="agreed already"):
        propose(agent, 2)
    with pytest.raises(Refused, match="does not stand any more"):
        accept_date(ticket=ticket, actor=agent, proposal=standing, at=monday + DAY)


def test_what_is_sent_twice_is_one_proposal_and_a_newer_one_is_read_first(
    ticket: Ticket, agent: User, contact: Contact, monday: datetime
) -> None:
    seen = ticket.seq
    for _ in range(2):
        propose_date(
            ticket=ticket,
            actor=contact.user,
            promise="resolution",
            due_at=monday + DAY,
            reason="We move then.",
            seen=seen,
            at=monday + HOUR,
        )
    assert ticket.events.filter(kind=Kind.DATE_PROPOSED).count() == 1
    with pytest.raises(Refused, match="The other side has proposed a date since"):
        propose_date(
            ticket=ticket,
            actor=agent,
            promise="resolution",
            due_at=monday + 2 * DAY,
            reason="Ours.",
            seen=seen,
            at=monday + HOUR,
        )


def test_a_proposal_of_the_customer_answers_what_they_were_asked(
    ticket: Ticket, propose: Propose, agent: User, contact: Contact, monday: datetime
) -> None:
    conversation.ask_customer(ticket=ticket, actor=agent, text="When do you move?", at=monday)
    propose(contact.user, 3)
    assert kinds(ticket, 2) == [Kind.CUSTOMER_REPLIED, Kind.DATE_PROPOSED]
    propose(contact.user, 4)
    assert kinds(ticket, 2) == [Kind.CUSTOMER_MESSAGE, Kind.DATE_PROPOSED]


def test_vk15_a_date_that_passed_while_the_ticket_was_resolved_binds_no_longer(
    ticket: Ticket, propose: Propose, agent: User, contact: Contact, clocks: Clocks, monday: datetime
) -> None:
    accept_date(ticket=ticket, actor=contact.user, proposal=propose(agent, 3), at=monday + HOUR)
    propose(agent, 6)
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday + DAY)
    assert story(ticket).standing is None
    lifecycle.reopen_ticket(ticket=ticket, actor=contact.user, reason="No.", at=monday + 4 * DAY)
    assert clocks(ticket, monday + 4 * DAY)["resolution"].state is State.UNSCHEDULED
    assert story(ticket).binding is None
    assert story(ticket).lapsed is not None
    with time_machine.travel(monday + 4 * DAY, tick=False):
        for page in (
            client_of(contact.user).get(f"/tickets/{ticket.number}/"),
            desk_of(agent).get(f"/admin/queue/{ticket.number}/"),
        ):
            assert "passed while the ticket was resolved and no longer binds" in words(page)
    accept_date(
        ticket=ticket,
        actor=contact.user,
        proposal=propose(agent, 9, at=monday + 4 * DAY),
        at=monday + 4 * DAY,
    )
    assert clocks(ticket, monday + 5 * DAY)["resolution"].due_at == monday + 9 * DAY


def test_vk14_nothing_is_to_be_agreed_once_the_workaround_is_there_or_no_promise_holds(
    ticket: Ticket, file: File, propose: Propose, agent: User, contract: Contract, monday: datetime
) -> None:
    propose(agent, 3, promise="workaround")
    lifecycle.provide_workaround(ticket=ticket, actor=agent, text="Restart.", at=monday + HOUR)
    assert story(ticket, ClockName.WORKAROUND).standing is None
    with pytest.raises(Refused, match="No date is to be agreed for the workaround"):
        propose(agent, 4, promise="workaround")
    serious = file(severity="serious", request_type="error")
    with pytest.raises(Refused, match="No date is to be agreed"):
        propose_date(
            ticket=serious,
            actor=agent,
            promise="resolution",
            due_at=monday + DAY,
            reason="Then.",
            at=monday,
        )


# The pages


def test_both_pages_show_what_stands_and_lead_to_the_agreement(
    ticket: Ticket, agent: User, contact: Contact, clocks: Clocks, monday: datetime
) -> None:
    agent.time_zone = "America/Los_Angeles"
    agent.save()
    address, desk_address = f"/tickets/{ticket.number}/", f"/admin/queue/{ticket.number}/"
    with time_machine.travel(monday + HOUR, tick=False):
        nora, desk = client_of(contact.user), desk_of(agent)
        assert "The date for the resolution is to be agreed between us." in words(nora.get(address))
        form = desk.get(f"{desk_address}dates/")
        assert "In your time zone, America/Los_Angeles." in words(form)
        assert_nothing_inline(form)
        late = {"act": "propose_resolution", "due_at": "2020-01-01T10:00", "reason": "Our next sprint"}
        refused = desk.post(f"{desk_address}dates/", late)
        assert refused.status_code == 422
        assert "That date has passed." in words(refused)
        assert "Our next sprint" in words(refused)
        sent = desk.post(f"{desk_address}dates/", {**late, "due_at": "2026-12-01T10:00"})
        assert sent.headers["Location"] == desk_address
        staffs = words(desk.get(desk_address))
        assert "Agnes Desk proposed Tue 1 Dec, 10:00 PST" in staffs
        assert "The customer has not answered yet." in staffs
        page = nora.get(address)
        assert_nothing_inline(page)
        assert "Agnes Desk proposes Tue 1 Dec, 18:00 · 10:00 PST, Mon 23 Nov, 19:00 · 11:00 PST:" in words(
            page
        )
        assert "Accept this date" in words(page)
        assert "proposed a date for the resolution: Tue 1 Dec, 18:00" in words(page)
        number = ticket.events.get(kind=Kind.DATE_PROPOSED).seq
        outdated = nora.post(f"{address}dates/", {"act": "accept_resolution", "proposal": number - 1})
        assert outdated.status_code == 422
        assert "There is no such proposal" in words(outdated)
        done = nora.post(f"{address}dates/", {"act": "accept_resolution", "proposal": number})
        assert done.headers["Location"] == address
        agreed = words(nora.get(address))
        assert "The date agreed for the resolution is Tue 1 Dec, 18:00" in agreed
        assert "accepted by Nora Quay" in words(desk.get(desk_address))
        assert nora.post(f"{address}dates/", {"act": "nonsense"}).status_code == 422
    assert clocks(ticket, monday + HOUR)["resolution"].due_at == datetime(
        2026, 12, 1, 18, tzinfo=monday.tzinfo
    )


def test_who_may_not_write_sees_what_stands_without_its_buttons(
    file: File, contract: Contract, agent: User, contact: Contact, colleague: Contact, monday: datetime
) -> None:
    ticket = file(severity="P2")
    exclusion.exclude_ticket(ticket=ticket, actor=agent, clause="a", reason="Rooted.", at=monday)
    page = words(client_of(colleague.user).get(f"/tickets/{ticket.number}/"))
    assert "Excluded: no promise holds on this ticket." in page
    assert "Dispute it" not in page
    below = client_of(colleague.user).get(f"/tickets/{ticket.number}/dispute/")
    assert "only named contacts" in words(below)
