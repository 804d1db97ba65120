"""Saved replies: one's own and shared ones, filled from a ticket, inserted with script and without."""

from datetime import datetime

import pytest
import time_machine

from contracts.models import User
from contracts.refusals import Refused
from tickets.models import SavedReply, Ticket
from tickets.placeholders import PLACEHOLDERS, Filling, filled, unknown_in
from tickets.services import saved_replies
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import words

LIST = "/admin/saved-replies/"
TEXT = "Dear {contact}, {number} “{subject}” ({product}) is answered by {due:response}. {me}"


@pytest.fixture
def ticket(file: File) -> Ticket:
    return file(severity="P1", subject="{number} <b>lost</b>")


def save(actor: User, at: datetime, **changed: object) -> SavedReply:
    asked = {"title": "Receipt", "text": TEXT, "is_shared": False, **changed}
    return saved_replies.save_reply(actor=actor, at=at, **asked)  # type: ignore[arg-type] # of the test's own making


def test_placeholders_are_filled_from_the_ticket_once(ticket: Ticket, agent: User, monday: datetime) -> None:
    said = filled(TEXT, Filling(ticket, agent, monday))
    assert said == (
        f"Dear Nora Quay, {ticket.number} “{{number}} <b>lost</b>” (Atlas) is answered by "
        "Mon 23 Nov, 22:00 UTC. Agnes Desk"
    )
    everything = filled(" ".join(f"{{{name}}}" for name in PLACEHOLDERS), Filling(ticket, agent, monday))
    assert "{due" not in everything
    assert "(no date)" in everything
    assert f"/tickets/{ticket.number}/" in everything


def test_what_is_no_placeholder_is_refused_when_saving_and_braces_are_not(
    agent: User, monday: datetime
) -> None:
    assert unknown_in('{contact} {password} {due:never} { "json": {} } {Contact} {password}') == [
        "password",
        "due:never",
    ]
    with pytest.raises(Refused, match="password}: there is no such placeholder"):
        save(agent, monday, text="{password}")
    for wrong in ({"title": " "}, {"text": " "}, {"text": "x" * 10_001}):
        with pytest.raises(Refused):
            save(agent, monday, **wrong)
    save(agent, monday)
    with pytest.raises(Refused, match="Choose another"):
        save(agent, monday)


def test_own_ones_are_seen_by_oneself_and_shared_ones_changed_by_managers(
    ticket: Ticket, agent: User, manager: User, monday: datetime
) -> None:
    own, shared = save(agent, monday), save(agent, monday, title="To all", is_shared=True)
    theirs = save(manager, monday, title="Of Max", is_shared=True)
    desk, lead = desk_of(agent), desk_of(manager)
    assert lead.get(f"{LIST}{own.pk}/").status_code == 404
    assert "Receipt" not in words(lead.get(LIST))
    changed = {"title": "To everybody", "text": "Thanks.", "is_shared": "on"}
    assert lead.post(f"{LIST}{shared.pk}/", changed).status_code == 302
    assert desk.post(f"{LIST}{theirs.pk}/", changed).status_code == 422
    assert desk.post(f"{LIST}{theirs.pk}/", {"delete": "1"}).status_code == 422
    assert "Save it as one of your own instead" in words(desk.get(f"{LIST}{theirs.pk}/"))
    assert desk.post(f"{LIST}{own.pk}/", {"delete": "1"}).status_code == 302
    assert set(SavedReply.objects.values_list("title", flat=True)) == {"To everybody", "Of Max"}
    assert desk.post(LIST, {"title": "New", "text": "{nothing}"}).status_code == 422
    assert desk.post(LIST, {"title": "New", "text": "{contact}"}).status_code == 302


def test_one_is_inserted_below_what_was_typed_without_script(
    ticket: Ticket, agent: User, manager: User, monday: datetime
) -> None:
    reply = save(agent, monday)
    hidden = save(manager, monday, title="Of Max")
    desk, address = desk_of(agent), f"/admin/queue/{ticket.number}/"
    with time_machine.travel(monday, tick=False):
        listed = desk.post(address + "replies/", {"text": "Hello.", "replies": "1"})
        put = desk.post(address + "replies/", {"text": "Hello.", "insert": "1", "saved_reply": str(reply.pk)})
        other = desk.post(
            address + "replies/", {"text": "Hello.", "insert": "1", "saved_reply": str(hidden.pk)}
        )
        asked = desk.get(address + "saved-replies/")
    assert listed.status_code == 200
    assert "Receipt" in words(listed)
    assert "Of Max" not in words(listed)
    form = next(offer.form for offer in put.context["composers"] if offer.is_open)
    assert form["text"].value().startswith("Hello.\n\nDear Nora Quay,")
    assert (
        next(offer.form for offer in other.context["composers"] if offer.is_open)["text"].value() == "Hello."
    )
    assert "&lt;b&gt;lost" in asked.content.decode()
    assert "<b>lost" not in asked.content.decode()
    assert_nothing_inline(put)
    assert ticket.messages.count() == 1
