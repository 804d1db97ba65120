"""Files: taken in within limits, given out as downloads to those who may see their message."""

import errno
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.files import Upload
from contracts.models import Contact, Contract, Deployment, OutboxMessage, User
from tickets.models import Attachment, Message, Ticket
from tickets.services import conversation
from tickets.tests.conftest import File
from tickets.tests.pages import client_of, filled_in, form_address, text_file, words

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture(autouse=True)
def _on_monday(monday: datetime) -> Iterator[None]:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def nora(contact: Contact, contract: Contract) -> Client:
    return client_of(contact.user)


def send_files(client: Client, deployment: Deployment, *files: SimpleUploadedFile) -> Any:
    return client.post(form_address(deployment), filled_in(client, deployment, uploads=list(files)))


def reply(client: Client, ticket: Ticket, *files: SimpleUploadedFile) -> Any:
    return client.post(f"/tickets/{ticket.number}/replies/", {"text": "See the log", "uploads": list(files)})


def stored(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def read(response: Any) -> bytes:
    """The whole content; a file is closed when it is read to its end."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def address(attachment: Attachment) -> str:
    return f"/tickets/{attachment.message.ticket.number}/files/{attachment.pk}/"


@pytest.fixture
def attachment(file: File, nora: Client) -> Attachment:
    """The log that Nora sent with a reply."""
    reply(nora, file(), text_file())
    return Attachment.objects.get()


# Taking in


def test_files_come_with_a_request(nora: Client, deployment: Deployment, media: Path) -> None:
    image = SimpleUploadedFile("screen.png", PNG)
    assert send_files(nora, deployment, text_file(), image).status_code == 302
    assert [each.name for each in Attachment.objects.all()] == ["log.txt", "screen.png"]
    assert len(stored(media)) == 2
    page = words(nora.get(f"/tickets/{Ticket.objects.get().number}/"))
    assert "log.txt" in page
    assert "screen.png" in page


def test_a_file_lies_on_disk_under_a_name_that_says_nothing(attachment: Attachment, media: Path) -> None:
    assert "log" not in str(stored(media)[0].relative_to(media))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([text_file(f"{n}.txt") for n in range(11)], "At most 10 files can come with one message"),
        ([text_file("script.exe")], "script.exe is of a kind that is not taken. Taken are: png, jpg"),
        ([text_file("screen.png")], "screen.png is not what its name says"),
        ([text_file("empty.txt", b"")], "empty.txt is empty."),
        ([text_file("page.html", b"<script>")], "page.html is of a kind that is not taken"),
        ([text_file("big.txt", b"x" * 2000)], "big.txt is larger than 1000 bytes, the most that one file"),
    ],
)
def test_a_refusal_says_the_limit_and_keeps_what_was_typed(
    nora: Client, deployment: Deployment, settings: Any, files: list[SimpleUploadedFile], said: str
) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1000
    for file in files:
        file.seek(0)
    page = send_files(nora, deployment, *files)
    assert page.status_code == 422
    assert said in words(page)
    assert "After ten minutes everybody is signed out." in page.content.decode()
    assert not Ticket.objects.exists()


def test_after_an_error_the_page_names_the_files_that_must_be_chosen_again(
    nora: Client, deployment: Deployment
) -> None:
    typed = filled_in(nora, deployment, subject="", uploads=[text_file("one.txt"), text_file("two.txt")])
    page = words(nora.post(form_address(deployment), typed))
    assert "Choose your files again" in page
    assert "one.txt, two.txt" in page


def test_a_suggestion_names_the_files_that_must_be_chosen_again(nora: Client, deployment: Deployment) -> None:
    typed = filled_in(nora, deployment, suggest="1", uploads=[text_file("one.txt")])
    assert "They were one.txt" in words(nora.post(form_address(deployment), typed))


def test_what_is_far_beyond_all_limits_gets_a_page_of_its_own(
    nora: Client, deployment: Deployment, settings: Any
) -> None:
    typed = filled_in(nora, deployment, uploads=[text_file("big.txt", b"x" * 9_000_000)])
    settings.ATTACHMENT_MAX_BYTES, settings.ATTACHMENT_MAX_COUNT = 1000, 1
    page = nora.post(form_address(deployment), typed)
    assert page.status_code == 413
    assert "At most 1 file of 1000 bytes can come" in words(page)


@pytest.mark.parametrize(
    "limit", [{"DATA_UPLOAD_MAX_NUMBER_FIELDS": 2}, {"DATA_UPLOAD_MAX_MEMORY_SIZE": 100}]
)
def test_text_beyond_the_limits_gets_that_page_too(
    nora: Client, deployment: Deployment, settings: Any, limit: dict[str, int]
) -> None:
    typed = filled_in(nora, deployment)
    for name, value in limit.items():
        setattr(settings, name, value)
    assert nora.post(form_address(deployment), typed).status_code == 413


def test_the_form_is_not_taken_without_its_token(
    nora: Client, deployment: Deployment, contact: Contact
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(contact.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    typed = filled_in(strict, deployment)
    assert strict.post(form_address(deployment), typed).status_code == 403
    typed["csrfmiddlewaretoken"] = strict.cookies[settings.CSRF_COOKIE_NAME].value
    assert strict.post(form_address(deployment), typed).status_code == 302


# Broken neighbours


class FullDisk(FileSystemStorage):
    """Takes the first file and no other."""

    taken = 0

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        if self.taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.taken += 1
        return super().save(name, content, max_length)


def test_a_full_disk_leaves_no_half_ticket_and_keeps_what_was_typed(
    nora: Client, deployment: Deployment, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", FullDisk(media))
    page = send_files(nora, deployment, text_file("one.txt"), text_file("two.txt"))
    assert page.status_code == 503
    assert "could not be stored, so nothing was sent" in words(page)
    assert "After ten minutes everybody is signed out." in page.content.decode()
    assert not Ticket.objects.exists()
    assert not OutboxMessage.objects.exists()
    assert stored(media) == []
    monkeypatch.undo()
    assert send_files(nora, deployment).status_code == 302


def test_a_full_disk_keeps_the_text_of_a_reply(
    nora: Client, file: File, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = file()
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", FullDisk(media))
    page = reply(nora, ticket, text_file("one.txt"), text_file("two.txt"))
    assert page.status_code == 503
    assert "See the log" in page.content.decode()
    assert Message.objects.count() == 1


def test_a_full_disk_while_a_file_comes_in_keeps_what_was_typed(
    nora: Client, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    typed = filled_in(nora, deployment, uploads=[text_file()])
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", full)
    page = nora.post(form_address(deployment), typed)
    assert page.status_code == 422
    assert "log.txt could not be stored: our disk is full." in words(page)
    assert "After ten minutes everybody is signed out." in page.content.decode()


# Giving out


def test_a_file_is_a_download_and_nothing_else(nora: Client, attachment: Attachment) -> None:
    response = nora.get(address(attachment))
    assert read(response) == b"06:12 certificate not yet valid\n"
    assert response.headers["Content-Disposition"] == 'attachment; filename="log.txt"'
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_name_with_any_letters_survives(nora: Client, file: File) -> None:
    reply(nora, file(), text_file('Fehler "ä".txt'))
    response = nora.get(address(Attachment.objects.get()))
    assert "filename*=utf-8''Fehler%20%C3%A4.txt" in response.headers["Content-Disposition"]
    read(response)


def test_colleagues_may_have_it_and_strangers_find_nothing(
    attachment: Attachment, colleague: Contact, stranger: Contact, agent: User
) -> None:
    statuses = {}
    for who in (colleague.user, agent, stranger.user):
        response = client_of(who).get(address(attachment))
        statuses[who.name] = response.status_code
        read(response)
    assert statuses == {"Col Jetty": 200, "Agnes Desk": 200, "Stan Strange": 404}


def test_a_visitor_is_sent_to_sign_in(attachment: Attachment) -> None:
    assert Client().get(address(attachment)).status_code == 302


def test_a_file_is_found_under_its_own_ticket_alone(nora: Client, attachment: Attachment, file: File) -> None:
    assert nora.get(f"/tickets/{file().number}/files/{attachment.pk}/").status_code == 404


def test_the_file_of_a_note_is_for_staff_alone(nora: Client, file: File, agent: User) -> None:
    ticket = file()
    upload = Upload("inside.txt", text_file("inside.txt"))
    conversation.add_note(ticket=ticket, actor=agent, text="Inside", files=[upload], at=ticket.filed_at)
    kept = Attachment.objects.get()
    assert nora.get(address(kept)).status_code == 404
    response = client_of(agent).get(address(kept))
    assert (response.status_code, bool(read(response))) == (200, True)
    assert "inside.txt" not in words(nora.get(f"/tickets/{ticket.number}/"))


def test_a_file_missing_from_the_storage_is_said_and_logged(
    nora: Client, attachment: Attachment, media: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stored(media)[0].unlink()
    response = nora.get(address(attachment))
    assert response.status_code == 404
    assert "This file is missing" in words(response)
    assert f"attachment {attachment.pk} is missing in the storage" in caplog.text
