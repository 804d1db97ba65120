"""Drafts: kept for their writer alone, restored, gone with what is sent."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from contracts.models import Contact, User
from contracts.refusals import Refused
from tickets.models import Draft, Ticket
from tickets.services import conversation
from tickets.services.drafts import KEPT_FOR, forget_old_drafts, keep_draft
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, words

BEGUN = "I begin to see, but I am not "


@pytest.fixture
def ticket(file: File) -> Ticket:
    return file()


def page_of(ticket: Ticket) -> str:
    return f"/admin/queue/{ticket.number}/"


def test_a_draft_of_staff_is_kept_restored_and_seen_by_nobody_else(
    ticket: Ticket, agent: User, manager: User, contact: Contact
) -> None:
    desk = desk_of(agent)
    assert desk.post(page_of(ticket) + "drafts/", {"verb": "reply", "text": BEGUN}).status_code == 204
    seen = ticket.seq
    page = desk.get(page_of(ticket))
    assert BEGUN in page.content.decode()
    assert [offer.verb.name for offer in page.context["composers"] if offer.is_open] == ["reply"]
    assert_nothing_inline(page)
    assert BEGUN not in desk_of(manager).get(page_of(ticket)).content.decode()
    assert BEGUN not in client_of(contact.user).get(f"/tickets/{ticket.number}/").content.decode()
    ticket.refresh_from_db()
    assert ticket.seq == seen  # a draft is no fact


def test_without_script_buttons_keep_and_discard_it(ticket: Ticket, agent: User) -> None:
    desk = desk_of(agent)
    desk.post(page_of(ticket) + "notes/", {"text": BEGUN, "draft": "1"})
    assert Draft.objects.get().verb == "note"
    assert "Discard the draft" in words(desk.get(page_of(ticket)))
    desk.post(page_of(ticket) + "notes/", {"text": BEGUN, "discard": "1"})
    assert not Draft.objects.exists()
    assert not ticket.messages.filter(text=BEGUN).exists()


def test_what_is_sent_takes_its_draft_with_it_and_what_is_refused_leaves_it(
    ticket: Ticket, agent: User, contact: Contact, monday: datetime
) -> None:
    desk, seen = desk_of(agent), ticket.seq
    desk.post(page_of(ticket) + "drafts/", {"verb": "reply", "text": BEGUN})
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="Well?", at=monday)
    assert desk.post(page_of(ticket) + "replies/", {"text": BEGUN, "seen": str(seen)}).status_code == 409
    assert Draft.objects.count() == 1
    desk.post(page_of(ticket) + "replies/", {"text": "Done.", "seen": str(seen + 1)})
    assert not Draft.objects.exists()
    # The script's last word came after the form.
    assert desk.post(page_of(ticket) + "drafts/", {"verb": "reply", "text": "Done."}).status_code == 204
    assert not Draft.objects.exists()


def test_a_contact_has_drafts_where_they_may_write(
    ticket: Ticket, contact: Contact, colleague: Contact, stranger: Contact
) -> None:
    page, own = f"/tickets/{ticket.number}/", client_of(contact.user)
    assert own.post(page + "drafts/", {"verb": "their_reply", "text": BEGUN}).status_code == 204
    assert BEGUN in own.get(page).content.decode()
    assert BEGUN in own.get(page + "replies/").content.decode()
    assert own.post(page + "drafts/", {"verb": "reply", "text": BEGUN}).status_code == 404
    # A colleague sees the ticket and may not write on it under this policy; a stranger sees none.
    for person, status in ((colleague, 422), (stranger, 404)):
        answer = client_of(person.user).post(page + "drafts/", {"verb": "their_reply", "text": "x"})
        assert answer.status_code == status
    own.post(page + "replies/", {"text": BEGUN, "draft": "1"})
    assert not ticket.messages.filter(text=BEGUN.strip()).exists()
    own.post(page + "replies/", {"text": BEGUN, "seen": str(ticket.seq)})
    assert ticket.messages.filter(text=BEGUN.strip()).exists()
    assert not Draft.objects.exists()


def test_a_draft_has_limits(ticket: Ticket, agent: User, client: Client, monday: datetime) -> None:
    keep_draft(owner=agent, ticket=ticket, verb="reply", text="So", at=monday)
    keep_draft(owner=agent, ticket=ticket, verb="reply", text=" ", at=monday)
    assert not Draft.objects.exists()
    with pytest.raises(Refused):
        keep_draft(owner=agent, ticket=ticket, verb="reply", text="x" * 50_001, at=monday)
    long = {"verb": "reply", "text": "x" * 50_001}
    assert desk_of(agent).post(page_of(ticket) + "drafts/", long).status_code == 422
    keep_draft(owner=agent, ticket=ticket, verb="reply", text="So", at=monday)
    forget_old_drafts(at=monday + KEPT_FOR)
    assert Draft.objects.exists()
    forget_old_drafts(at=monday + KEPT_FOR + timedelta(seconds=1))
    assert not Draft.objects.exists()
