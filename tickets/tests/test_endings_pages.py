"""What both sides read of waiting and ending, and the forms that end a ticket (VK17 VK18)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Contact, Contract, User
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.models.ticket import Status
from tickets.services import conversation, endings, lifecycle, silence
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, filled_in, put_under, words

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ACCEPTED = datetime(2026, 12, 1, 18, tzinfo=UTC)


@pytest.fixture
def clock(monday: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(monday, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nora(contact: Contact, clock: time_machine.Traveller) -> Client:
    return client_of(contact.user)


@pytest.fixture
def desk(agent: User, clock: time_machine.Traveller) -> Client:
    return desk_of(agent)


@pytest.fixture
def resolved(file: File, agent: User, contract: Contract, monday: datetime) -> Ticket:
    """A ticket of Viakoo's, resolved on Monday, 10:00."""
    put_under(contract, "viakoo")
    return lifecycle.resolve_ticket(ticket=file(severity="major"), actor=agent, text="Fixed.", at=monday)


def page(client: Client, ticket: Ticket) -> str:
    return words(client.get(f"/tickets/{ticket.number}/"))


def desk_page(desk: Client, ticket: Ticket) -> str:
    return words(desk.get(f"/admin/queue/{ticket.number}/"))


def post(client: Client, ticket: Ticket, noun: str, **typed: object) -> Any:
    return client.post(f"/tickets/{ticket.number}/{noun}/", typed)


def test_vk18_both_sides_read_what_is_awaited_from_whom_since_when_and_whether_clocks_pause(
    nora: Client,
    desk: Client,
    file: File,
    agent: User,
    contract: Contract,
    colleague: Contact,
    clock: time_machine.Traveller,
) -> None:
    put_under(contract, "viakoo")
    ticket = file(severity="major")
    conversation.ask_customer(ticket=ticket, actor=agent, text="Which version?", at=ticket.filed_at)
    clock.shift(2 * DAY + HOUR)
    silence.hear_silence(at=ticket.filed_at + 2 * DAY)
    text = page(nora, ticket)
    assert (
        "We have been waiting for you since Mon 23 Nov, 18:00 · 10:00 PST. What we need: Which version?"
        in text
    )
    assert "The update and workaround clocks run on meanwhile: the policy grants no pause." in text
    assert "Reminded once, Wed 25 Nov, 18:00 · 10:00 PST." in text
    assert "may be closed from Thu 3 Dec, 18:00 · 10:00 PST on" in text
    assert "We have been waiting for Nora Quay since" in page(client_of(colleague.user), ticket)
    text = desk_page(desk, ticket)
    assert "Waiting for Nora Quay since Mon 23 Nov, 18:00 · 10:00 PST. Awaited: Which version?" in text
    assert "it is offered for closing Thu 3 Dec, 18:00 · 10:00 PST" in text
    for at in (datetime(2026, 11, 30, 18, tzinfo=UTC), datetime(2026, 12, 3, 18, tzinfo=UTC)):
        silence.hear_silence(at=at)
    clock.move_to(datetime(2026, 12, 3, 19, tzinfo=UTC))
    assert "Offered for closing since Thu 3 Dec, 18:00 · 10:00 PST" in desk_page(desk, ticket)
    assert "offered for closing" not in page(nora, ticket)
    typed = {"text": "No answer came.", "seen": ticket.seq + 20}
    assert desk.post(f"/admin/queue/{ticket.number}/closing/", typed).status_code == 302
    text = page(nora, ticket)
    assert "Agnes Desk closed this ticket, Thu 3 Dec, 19:00 · 11:00 PST. The reason: No answer came." in text
    assert "It can be reopened until Sat 2 Jan 2027, 19:00 · 11:00 PST." in text
    assert "Closed by Agnes Desk" in desk_page(desk, ticket)


def test_vk17_the_page_says_until_when_and_takes_the_acceptance_with_a_word_on_it(
    nora: Client, desk: Client, resolved: Ticket, manager: User, clock: time_machine.Traveller
) -> None:
    text = page(nora, resolved)
    assert "If we hear nothing by Tue 1 Dec, 18:00 · 10:00 PST, it counts as accepted." in text
    assert "The ticket can be reopened until Wed 23 Dec, 18:00 · 10:00 PST." in text
    assert "Refuse it and reopen the ticket" in text
    assert "Silence accepts it Tue 1 Dec, 18:00 · 10:00 PST." in desk_page(desk, resolved)
    # Words without an answer come back with what was typed.
    refused = post(nora, resolved, "acceptance", words="Quick", seen=resolved.seq)
    assert refused.status_code == 422
    assert "Say whether you were satisfied" in words(refused)
    assert b">\nQuick</textarea>" in refused.content
    clock.shift(HOUR)
    typed = {"satisfied": "yes", "words": "=Quick", "seen": resolved.seq}
    assert [post(nora, resolved, "acceptance", **typed).status_code for _ in range(2)] == [302, 302]
    text = page(nora, resolved)
    assert "Nora Quay accepted the resolution, Mon 23 Nov, 19:00 · 11:00 PST." in text
    assert "You were satisfied. “=Quick”" in text
    assert "How was it?" not in text
    text = desk_page(desk, resolved)
    assert "Accepted by Nora Quay Mon 23 Nov, 19:00 · 11:00 PST." in text
    assert "Satisfied: “=Quick”" in text
    # The managers' report.
    report = desk_of(manager).get("/admin/satisfaction/?month=2026-11")
    assert_nothing_inline(report)
    assert "November 2026 1 0 0 1 0" in words(report)
    assert f"Satisfied {resolved.number} Nora Quay, Harbour Freight Lines" in words(report)


def test_vk17_after_silence_the_page_is_right_without_a_worker_and_asks_how_it_was(
    nora: Client, resolved: Ticket, clock: time_machine.Traveller
) -> None:
    clock.move_to(ACCEPTED + HOUR)
    text = page(nora, resolved)
    assert (
        "No word came against the resolution by Tue 1 Dec, 18:00 · 10:00 PST, so it counts as accepted."
        in text
    )
    assert "It can be reopened until Wed 23 Dec, 18:00 · 10:00 PST." in text
    assert "How was it?" in text
    assert "Choose yes or no." in words(post(nora, resolved, "rating", words="Hm"))
    assert post(nora, resolved, "rating", satisfied="no", words="Slow").status_code == 302
    assert "You were not satisfied. “Slow”" in page(nora, resolved)
    assert "You have told us before" in words(nora.get(f"/tickets/{resolved.number}/rating/"))
    kinds = list(resolved.events.values_list("kind", flat=True))
    assert kinds[-2:] == [Kind.ACCEPTED, Kind.RATED]


def test_a_reply_on_a_closed_ticket_becomes_a_reopening_with_one_more_press(
    nora: Client, resolved: Ticket, contact: Contact, monday: datetime
) -> None:
    endings.accept_resolution(ticket=resolved, actor=contact.user, at=monday)
    answer = post(nora, resolved, "replies", text="It came back")
    assert answer.status_code == 422
    assert "Not sent yet: the ticket is closed." in words(answer)
    assert b">\nIt came back</textarea>" in answer.content
    assert "reopen it with a reason" in words(nora.get(f"/tickets/{resolved.number}/replies/"))
    assert post(nora, resolved, "resolution", reason="It came back").status_code == 302
    assert Ticket.objects.get(pk=resolved.pk).status == Status.OPEN


def test_vk17_too_late_to_reopen_a_new_request_is_one_step_away_with_all_that_was_typed(
    stranger: Contact,
    resolved: Ticket,
    contact: Contact,
    monday: datetime,
    clock: time_machine.Traveller,
) -> None:
    endings.accept_resolution(ticket=resolved, actor=contact.user, at=monday)
    clock.move_to(monday + 40 * DAY)
    nora = client_of(contact.user)
    assert "within 30 days of its resolution" in page(nora, resolved)
    refused = post(nora, resolved, "resolution", reason="It came back")
    assert refused.status_code == 422
    assert "File a request that follows this one" in words(refused)
    assert b">\nIt came back</textarea>" in refused.content
    begun = nora.post(f"/tickets/new/?follows={resolved.number}", {"begin": "1", "reason": "It came back"})
    assert begun.status_code == 200
    assert f"It follows {resolved.number} Headsets lose the session." in words(begun)
    assert b">\nIt came back</textarea>" in begun.content
    assert b'value="Headsets lose the session"' in begun.content
    typed = {
        **filled_in(nora, resolved.deployment, severity="major", request_type="error"),  # type: ignore[arg-type]  # given by name, of the types that it takes
        "follows": resolved.number,
        "looked": "1",
    }
    sent = nora.post(f"/tickets/new/?deployment={resolved.deployment_id}", typed)
    new = Ticket.objects.exclude(pk=resolved.pk).get()
    assert sent.headers["Location"] == f"/tickets/{new.number}/"
    assert f"which follows {resolved.number}" in page(nora, new)
    # Of what is not theirs nobody learns anything, nor of what is no number.
    for number in (resolved.number, "VK-222222", "a\0b"):
        assert client_of(stranger.user).get("/tickets/new/", {"follows": number}).status_code == 404
