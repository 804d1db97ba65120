"""A contact leaves, or is named no more: a colleague goes on with the ticket. Staff take a question back."""

from datetime import datetime, timedelta

import pytest

from contracts.models import Contact, Contract, OutboxMessage, User
from contracts.refusals import Refused
from contracts.services.contacts import name_contact, unname_contact
from contracts.services.people import disable_user
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.models.ticket import Status
from tickets.services.conversation import ask_customer, reply_as_contact, withdraw_question
from tickets.services.endings import accept_resolution
from tickets.services.handing_over import hand_over
from tickets.services.kept import start_clocks_put_right
from tickets.services.lifecycle import resolve_ticket
from tickets.services.sharing import share_ticket
from tickets.services.silence import hear_silence
from tickets.tests.conftest import Clocks, File
from tickets.tests.desk import desk_of
from tickets.tests.pages import client_of, put_under, words
from tickets.tests.soundness import faults_of_all

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


@pytest.fixture
def alone(contract: Contract) -> Contract:
    """The contract, whose contacts do not see one another's tickets."""
    contract.colleagues_see_tickets = False
    contract.save()
    return contract


def mailed(to: Contact) -> list[str]:
    return list(OutboxMessage.objects.filter(to=to.user.email).order_by("pk").values_list("text", flat=True))


def test_at3_another_named_contact_goes_on_with_what_the_former_one_was_asked(
    file: File,
    alone: Contract,
    contact: Contact,
    colleague: Contact,
    agent: User,
    manager: User,
    clocks: Clocks,
    monday: datetime,
) -> None:
    ticket = file()
    ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday)
    due = clocks(ticket, monday + HOUR)
    unname_contact(contact=contact, actor=manager, at=monday)
    desk, address = desk_of(agent), f"/admin/queue/{ticket.number}/"
    assert "Nora Quay is no named contact" in words(desk.get(address))
    sent = {"contact": str(colleague.pk), "reason": "Nora has another task now."}
    assert "Col Jetty is none" in words(desk.post(f"{address}contact/", sent))
    name_contact(contact=colleague, trained_on=monday.date(), actor=manager, at=monday)
    assert client_of(colleague.user).get(f"/tickets/{ticket.number}/").status_code == 404
    assert desk.post(f"{address}contact/", sent).status_code == 302
    shown = words(desk.get(address))
    assert "handed the ticket over to Col Jetty, who is its contact from now on" in shown
    assert "is no named contact" not in shown
    page = words(client_of(colleague.user).get(f"/tickets/{ticket.number}/"))
    for part in ("We have been waiting for you", "Nora has another task now.", "proposed by Nora Quay"):
        assert part in page
    assert "Which version?" in mailed(colleague)[-1]
    assert "handed this ticket over to Col Jetty" in mailed(contact)[-1]
    assert f"/tickets/{ticket.number}/" not in mailed(contact)[-1]
    assert client_of(contact.user).get(f"/tickets/{ticket.number}/").status_code == 404
    assert clocks(ticket, monday + HOUR) == due
    reply_as_contact(ticket=ticket, actor=colleague.user, text="4.7", at=monday + HOUR)
    resolve_ticket(ticket=ticket, actor=agent, text="Upgrade.", at=monday + 2 * HOUR)
    accept_resolution(ticket=ticket, actor=colleague.user, at=monday + 3 * HOUR)
    assert faults_of_all() == []


def test_nobody_is_reminded_who_has_left_and_the_desk_is_told_at_once_that_no_answer_comes(
    file: File, contact: Contact, agent: User, manager: User, monday: datetime
) -> None:
    ticket = file()
    ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday)
    disable_user(user=contact.user, actor=manager, at=monday)
    page = words(desk_of(agent).get(f"/admin/queue/{ticket.number}/"))
    assert "offered for closing Wed 25 Nov" in page  # when they would have been reminded
    hear_silence(at=monday + WEEK)
    kinds = set(ticket.events.values_list("kind", flat=True))
    assert Kind.REMINDED not in kinds
    assert Kind.CLOSING_OFFERED in kinds
    assert "The access of Nora Quay has been ended" in words(
        desk_of(agent).get(f"/admin/queue/{ticket.number}/")
    )


def test_a_kept_request_that_a_named_contact_takes_over_gets_its_clocks(
    file: File, contact: Contact, colleague: Contact, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket = file(contact=colleague)
    share = {"ticket": ticket, "contact": contact, "actor": agent}
    hand_over(**share, reason="It is theirs to ask.", at=monday)  # type: ignore[arg-type]  # given by name
    start_clocks_put_right(at=monday + HOUR)
    assert clocks(ticket, monday + HOUR)["response"].started_at == monday + HOUR


def test_what_cannot_be_handed_over_says_why(
    file: File,
    alone: Contract,
    contact: Contact,
    colleague: Contact,
    stranger: Contact,
    agent: User,
    manager: User,
    monday: datetime,
) -> None:
    put_under(alone, "viakoo")
    ticket, secret = file(severity="major"), file(severity="critical", is_confidential=True)

    def hand(ticket: Ticket, to: Contact, by: User = agent) -> None:
        hand_over(ticket=ticket, contact=to, reason="So.", actor=by, at=monday + HOUR)

    for to, by, why in (
        (stranger, agent, "somebody of the ticket's customer"),
        (contact, agent, "contact of this ticket already"),
        (colleague, contact.user, "Only staff"),
    ):
        with pytest.raises(Refused, match=why):
            hand(ticket, to, by)
    with pytest.raises(Refused, match="stays between Nora Quay, who can answer it, and us"):
        hand(secret, colleague)
    disable_user(user=contact.user, actor=manager, at=monday)
    hand(secret, colleague)
    assert Ticket.objects.visible_to(colleague.user).filter(pk=secret.pk).exists()


def test_who_was_shared_a_ticket_and_takes_it_over_is_its_contact_and_no_guest(
    file: File, alone: Contract, contact: Contact, colleague: Contact, agent: User, monday: datetime
) -> None:
    put_under(alone, "viakoo")
    ticket = file(severity="major")
    share_ticket(ticket=ticket, colleague=colleague, actor=contact.user, at=monday)
    hand_over(ticket=ticket, contact=colleague, reason="On leave.", actor=agent, at=monday)
    assert not ticket.shares.exists()
    assert "Shared with" not in words(client_of(colleague.user).get(f"/tickets/{ticket.number}/"))


def test_staff_take_a_question_back_and_nothing_is_awaited_any_more(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file()
    ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday)
    desk, address = desk_of(agent), f"/admin/queue/{ticket.number}/"
    assert "Take the question back" in words(desk.get(address))
    with pytest.raises(Refused, match="why the answer is not needed"):
        withdraw_question(ticket=ticket, actor=agent, text=" ", at=monday)
    withdraw_question(ticket=ticket, actor=agent, text="We found it in the log.", at=monday + HOUR)
    assert Ticket.objects.get(pk=ticket.pk).status == Status.OPEN
    hear_silence(at=monday + WEEK)
    assert not ticket.events.filter(kind=Kind.REMINDED).exists()
    page = words(client_of(contact.user).get(f"/tickets/{ticket.number}/"))
    assert "Agnes Desk took the question back: no answer is awaited any more" in page
    assert "We found it in the log." in mailed(contact)[-1]
    with pytest.raises(Refused, match="Nothing is awaited"):
        withdraw_question(ticket=ticket, actor=agent, text="Again.", at=monday + 2 * HOUR)
    assert faults_of_all() == []
