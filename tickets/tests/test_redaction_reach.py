"""What is removed from a ticket is removed from wherever it was carried to."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from contracts.files import Upload
from contracts.models import Contact, Contract, Outage, OutageEvent, OutboxMessage, User
from contracts.services.outages import report_outage
from contracts.services.staff import ensure_staff_groups
from contracts.tests.factories import ComponentFactory
from tickets import rights
from tickets.models import (
    Attachment,
    Consultation,
    ConsultationEvent,
    Draft,
    Message,
    Spread,
    TicketEvent,
)
from tickets.models.event import Kind
from tickets.services.consultations import ask_consultation, cancel_consultation
from tickets.services.conversation import reply_as_contact
from tickets.services.drafts import keep_draft
from tickets.services.outages import link_outage, update_outage
from tickets.services.redaction import redact_file, redact_text
from tickets.services.redaction_spreads import remove_from_all
from tickets.services.splitting import split_ticket
from tickets.services.spreading import post_replies
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of
from tickets.tests.pages import put_under, words
from tickets.tests.soundness import faults_of_all

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TUESDAY = datetime(2026, 11, 24, 18, tzinfo=UTC)
SECRET = "the gate opens with hunter2"


@pytest.fixture
def manager(manager: User) -> User:
    ensure_staff_groups(rights.RIGHTS)
    return User.objects.get(pk=manager.pk)


def everything() -> str:
    """All that the database keeps of it, in one text."""
    kept = [
        *Message.objects.values_list("text", flat=True),
        *TicketEvent.objects.values_list("text", "data"),
        *Attachment.objects.exclude(name="").values_list("name", flat=True),
        *Draft.objects.values_list("text", flat=True),
        *Consultation.objects.values_list("topic", flat=True),
        *ConsultationEvent.objects.values_list("text", "data"),
        *Spread.objects.values_list("text", flat=True),
        *OutageEvent.objects.values_list("text", flat=True),
        *OutboxMessage.objects.exclude(ticket_number="").values_list("subject", "text", "html"),
    ]
    return " ".join(str(kept).replace("\\n", " ").split())


def test_it_goes_from_drafts_and_from_the_tickets_that_were_split_off_with_it(
    file: File, contact: Contact, agent: User, manager: User, monday: datetime
) -> None:
    ticket, at = file(), monday + HOUR
    upload = Upload("hunter2.txt", ContentFile(b"hunter2"))
    message = reply_as_contact(ticket=ticket, actor=contact.user, text=SECRET, files=[upload], at=at)
    other = split_ticket(ticket=ticket, message=message, subject="Gate", actor=agent, at=at)
    quoting = f"You wrote:\n> the gate opens\n> with hunter2\n\nThank you, {contact.user}."
    for each in (ticket, other):
        keep_draft(owner=agent, ticket=each, verb="reply", text=quoting, at=at)
    seq = ticket.events.get(message=message).seq
    redact_text(
        ticket=other, actor=manager, seq=1, is_message=True, instead="the gate opens", reason="No", at=at
    )
    redact_file(ticket=other, actor=manager, file=Attachment.objects.latest("pk").pk, reason="No", at=at)
    assert "hunter2" not in everything()
    assert Message.objects.get(pk=message.pk).text == "the gate opens"
    assert set(Draft.objects.values_list("text", flat=True)) == {
        f"You wrote:\n> the gate opens\n\nThank you, {contact.user}."
    }
    told = ticket.events.filter(kind=Kind.REDACTED).order_by("seq")
    assert [event.data["what"] for event in told] == ["text", "file"]
    assert told[0].data["messages"] == [seq]
    assert faults_of_all() == []


def test_it_goes_from_every_ticket_that_got_the_update_and_from_the_outage(
    file: File, agent: User, manager: User, monday: datetime
) -> None:
    tickets = [file() for _ in range(3)]
    component = ComponentFactory.create(product=tickets[0].product, audience="customers")
    outage: Outage = report_outage(
        title="Gate",
        components=[component],
        started_at=monday - HOUR,
        what_happened="Shut.",
        actor=None,
        at=monday,
    )
    for ticket in tickets:
        link_outage(ticket=ticket, outage=outage, actor=agent, at=monday)
    update_outage(outage=outage, text=SECRET, actor=agent, at=monday + HOUR)
    assert post_replies(at=monday + HOUR) == 3
    event = tickets[1].events.get(kind=Kind.PUBLIC_REPLY)
    at = monday + 2 * HOUR
    redact_text(ticket=tickets[1], actor=manager, seq=event.seq, is_message=True, reason="No", at=at)
    assert remove_from_all(at=at) == 2
    assert remove_from_all(at=at) == 0
    assert "hunter2" not in everything()
    assert TicketEvent.objects.filter(kind=Kind.REDACTED).count() == 3
    assert faults_of_all() == []


def test_it_goes_from_a_consultation_and_the_replies_made_of_it_whether_removed_here_or_there(
    file: File, contact: Contact, contract: Contract, agent: User, manager: User, monday: datetime
) -> None:
    put_under(contract, "viakoo")
    ticket, at = file(severity="serious", request_type="error"), monday
    asked = [
        ask_consultation(
            contact=contact,
            ticket=about,
            contract=None if about else contract,
            topic=SECRET,
            times=[TUESDAY],
            minutes=30,
            submission_key=f"{about}",
            at=at,
        )
        for about in (ticket, None)
    ]
    cancel_consultation(consultation=asked[0], reason=f"Ill, and {SECRET}", actor=agent, at=at)
    seq = ticket.events.get(kind=Kind.CONSULTATION_ASKED).seq
    redact_text(ticket=ticket, actor=manager, seq=seq, is_message=False, reason="No", at=at)
    assert Consultation.objects.get(pk=asked[0].pk).topic == "(removed)"
    desk = desk_of(manager)
    for consultation, number in ((asked[0], "2"), (asked[1], "0")):
        address = f"/admin/consultations/{consultation.pk}/redaction/"
        assert desk_of(agent).get(address).status_code == 403
        again = desk.post(address, {"what": number, "reason": f"Ill, and {SECRET}"})
        assert (again.status_code, "says again" in words(again)) == (422, True)
        assert desk.post(address, {"what": number, "reason": "Not here"}).status_code == 302
        assert desk.post(address, {"what": number, "reason": "Not here"}).status_code == 422
        page = words(desk.get(f"/admin/consultations/{consultation.pk}/"))
        assert "Max Lead removed something that was said" in page
        assert "hunter2" not in page
    assert "hunter2" not in everything()
    assert not OutboxMessage.objects.filter(text__contains="hunter2").exists()
    (reply,) = Message.objects.filter(ticket=ticket, by_staff=True)
    assert reply.text == "The consultation is cancelled:"
    assert faults_of_all() == []
