"""A password pasted by mistake: gone everywhere, its fingerprint stays, and the record still holds."""

import errno
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from contracts.files import Upload
from contracts.models import Contact, OutboxMessage, User
from contracts.outbox.delivery import deliver
from contracts.refusals import Refused
from contracts.services.staff import ensure_staff_groups
from contracts.tests.mail_servers import PaperServer
from knowledgebase.tests.factories import CategoryFactory
from tickets import record, rights
from tickets.models import Attachment, FileRemoval, Message, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.services.conversation import add_note, ask_customer, reply_as_contact
from tickets.services.redaction import redact_field, redact_file, redact_text, remove_files
from tickets.services.writing_up import prepare
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of
from tickets.tests.pages import client_of, words
from tickets.tests.soundness import faults_of_all

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SECRET = "hunter2 opens the gate"
REASON = "A password"


@pytest.fixture
def manager(manager: User) -> User:
    ensure_staff_groups(rights.RIGHTS)
    return User.objects.get(pk=manager.pk)


@pytest.fixture
def ticket(file: File, contact: Contact, monday: datetime) -> Ticket:
    """Filed with the secret in its steps; then the contact wrote it, with a file."""
    ticket = file(steps=f"Type {SECRET}", subject="Gate")
    upload = Upload("passwords.txt", ContentFile(b"hunter2"))
    reply_as_contact(
        ticket=ticket, actor=contact.user, text=f"It is\n{SECRET}", files=[upload], at=monday + HOUR
    )
    return ticket


def everything() -> str:
    """All that the database keeps of it, in one text."""
    kept: list[Any] = [
        *Ticket.objects.values_list("subject", "steps", "effect", "environment"),
        *Message.objects.values_list("text", flat=True),
        *TicketEvent.objects.values_list("text", "data"),
        *Attachment.objects.values_list("name", "file"),
        *OutboxMessage.objects.values_list("subject", "text", "html", "data", "last_error"),
    ]
    return " ".join(str(kept).replace("\\n", " ").split())


def busy(*_: object) -> None:
    raise OSError(errno.EBUSY, "busy")


def breaks(ticket: Ticket) -> list[str]:
    fresh = Ticket.objects.get(pk=ticket.pk)
    return [found.problem for found in record.verify(fresh, fresh.events.select_related("message"))]


def test_a_text_goes_from_ticket_and_mails_and_the_record_still_holds(
    ticket: Ticket, contact: Contact, manager: User, mail_server: type[PaperServer], monday: datetime
) -> None:
    at = monday + 2 * HOUR
    assert "hunter2" in everything()
    redact_text(ticket=ticket, actor=manager, seq=3, is_message=True, reason=REASON, at=at)
    redact_field(ticket=ticket, actor=manager, field="steps", instead="Type it", reason=REASON, at=at)
    assert "hunter2" not in everything()
    assert faults_of_all() == []
    event = ticket.events.filter(kind=Kind.REDACTED).first()
    assert event is not None
    assert event.data["fingerprint"] == record.fingerprint(f"It is\n{SECRET}")
    assert event.data["messages"] == [3]
    assert Ticket.objects.get(pk=ticket.pk).steps == "Type it"
    deliver(at=at)
    assert mail_server.ids(), "the mails that waited go out all the same"
    assert not any("hunter2" in str(mail) for mail in mail_server.taken)
    for page in (
        client_of(contact.user).get(f"/tickets/{ticket.number}/"),
        desk_of(manager).get(f"/admin/queue/{ticket.number}/"),
    ):
        assert "This text was removed by Max Lead" in words(page)
        assert "removed a part of the steps that must not stand here" in words(page)


def test_what_is_said_instead_stands_in_its_place_and_nothing_else_may(
    ticket: Ticket, contact: Contact, manager: User, monday: datetime
) -> None:
    at = monday + 2 * HOUR
    redact_text(
        ticket=ticket, actor=manager, seq=3, is_message=True, instead="It is ████", reason=REASON, at=at
    )
    page = words(client_of(contact.user).get(f"/tickets/{ticket.number}/"))
    assert "It is ████ A part of this was removed by Max Lead" in page
    assert breaks(ticket) == []
    Message.objects.filter(text="It is ████").update(text="We are content.")
    assert breaks(ticket) == ["its text was changed after it was recorded"]
    Message.objects.filter(text="We are content.").update(text="")
    assert breaks(ticket) == ["its text is gone, and no redaction tells of it"]


def test_a_question_goes_with_what_is_awaited_and_a_note_is_nothing_to_the_customer(
    ticket: Ticket, contact: Contact, manager: User, agent: User, monday: datetime
) -> None:
    at = monday + 2 * HOUR
    ask_customer(ticket=ticket, actor=agent, text=f"Is it {SECRET}?", at=at)
    add_note(ticket=ticket, actor=agent, text=f"I tried {SECRET}!", at=at)
    redact_text(ticket=ticket, actor=manager, seq=4, is_message=True, reason=REASON, at=at)
    redact_text(ticket=ticket, actor=manager, seq=6, is_message=True, reason="Said inside", at=at)
    assert not TicketEvent.objects.filter(text__contains=SECRET).exists()
    assert breaks(ticket) == []
    page = words(client_of(contact.user).get(f"/tickets/{ticket.number}/"))
    assert "Said inside" not in page
    assert page.count("removed a text") == 1
    assert "Said inside" in words(desk_of(agent).get(f"/admin/queue/{ticket.number}/"))


def test_a_file_goes_from_the_storage_even_where_its_deletion_fails_once(
    ticket: Ticket, contact: Contact, manager: User, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Attachment.objects.get()
    storage, path, at = file.file.storage, str(file.file.name), monday + 2 * HOUR
    address = f"/tickets/{ticket.number}/files/{file.pk}/"
    before: Any = client_of(contact.user).get(address)
    assert b"".join(before.streaming_content) == b"hunter2"
    redact_file(ticket=ticket, actor=manager, file=file.pk, reason=REASON, at=at)
    assert client_of(contact.user).get(address).status_code == 404
    assert "passwords.txt" not in everything()
    with monkeypatch.context() as fault:
        fault.setattr(FileSystemStorage, "delete", busy)
        assert remove_files(at=at) == 0
    assert storage.exists(path)
    assert remove_files(at=at) == 1
    assert not storage.exists(path)
    assert (FileRemoval.objects.count(), remove_files(at=at)) == (0, 0)
    kept = Attachment.objects.get()
    assert (kept.size, kept.sha256) == (file.size, file.sha256)
    page = words(client_of(contact.user).get(f"/tickets/{ticket.number}/"))
    assert "A file was removed by Max Lead" in page
    assert breaks(ticket) == []
    Attachment.objects.update(sha256="0" * 64)
    assert breaks(ticket) == ["its files are not those that were recorded"]


def test_a_file_that_is_gone_without_a_redaction_is_found(ticket: Ticket) -> None:
    Attachment.objects.update(file="")
    assert breaks(ticket) == ["one of its files is gone, and no redaction tells of it"]


def test_only_a_manager_removes_and_only_what_is_there_and_never_repeats_it(
    ticket: Ticket, agent: User, manager: User, monday: datetime
) -> None:
    asked: dict[str, Any] = {"ticket": ticket, "actor": manager, "reason": REASON, "at": monday + 2 * HOUR}
    text: dict[str, Any] = {"seq": 3, "is_message": True}
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: redact_text(**{**asked, "actor": agent}, **text), "Only a manager"),
        (lambda: redact_text(**{**asked, "reason": " "}, **text), "Write why it is removed"),
        (lambda: redact_text(**{**asked, "reason": f"It is\n{SECRET}"}, **text), "says again"),
        (lambda: redact_text(**asked, seq=99, is_message=True), "no such text"),
        (lambda: redact_text(**asked, seq=3, is_message=False), "no such text"),
        (lambda: redact_field(**asked, field="number"), "Choose what"),
        (lambda: redact_field(**asked, field="environment"), "is empty"),
        (lambda: redact_field(**asked, field="subject", instead="x" * 201), "200 characters"),
        (lambda: redact_file(**asked, file=99), "no such file"),
    ]
    for refused, why in attempts:
        with pytest.raises(Refused, match=why):
            refused()
    assert not ticket.events.filter(kind=Kind.REDACTED).exists()


def test_the_subject_goes_from_the_mails_headers_and_from_what_is_written_up(
    ticket: Ticket, manager: User, monday: datetime
) -> None:
    redact_field(ticket=ticket, actor=manager, field="subject", reason=REASON, at=monday + 2 * HOUR)
    assert "Gate" not in str(list(OutboxMessage.objects.values_list("subject", "text", "html")))
    CategoryFactory.create()
    assert "Gate" not in prepare(Ticket.objects.get(pk=ticket.pk)).title
    assert faults_of_all() == []


def test_the_page_lists_what_can_be_removed_and_agents_do_not_reach_it(
    ticket: Ticket, agent: User, manager: User
) -> None:
    address = f"/admin/queue/{ticket.number}/redaction/"
    assert desk_of(agent).get(address).status_code == 403
    assert "Remove a text or a file" not in words(desk_of(agent).get(f"/admin/queue/{ticket.number}/"))
    desk = desk_of(manager)
    assert "Remove a text or a file" in words(desk.get(f"/admin/queue/{ticket.number}/"))
    page = words(desk.get(address))
    assert "3, Nora" in page
    assert "file: passwords.txt" in page
    assert "The steps: Type hunter2" in page
    empty = desk.post(address, {"what": "message-3", "instead": "Kept", "reason": ""})
    assert (empty.status_code, "Kept" in empty.content.decode()) == (422, True)
    assert desk.post(address, {"what": "message-99", "reason": REASON}).status_code == 422
    repeated = desk.post(address, {"what": "steps", "reason": f"Type {SECRET}"})
    assert (repeated.status_code, "says again" in words(repeated)) == (422, True)
    file = Attachment.objects.get().pk
    for what in ("message-3", f"file-{file}", "steps"):
        assert desk.post(address, {"what": what, "reason": REASON}).status_code == 302
    assert "hunter2" not in everything()
    assert "hunter2" not in words(desk.get(address))
    assert breaks(ticket) == []
