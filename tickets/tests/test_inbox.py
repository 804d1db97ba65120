"""Staff's inbox, one mail of it, and the whole message behind what stands on a ticket."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.test import Client

from contracts.files import Upload
from contracts.models import Contact, Contract, User
from contracts.services.staff import ensure_staff_groups
from contracts.tests.factories import DeploymentFactory
from tickets import rights
from tickets.held_mail import count_held
from tickets.mail.reading import read_mail
from tickets.models import Attachment, FileRemoval, IncomingMail, Ticket
from tickets.models.mail import Outcome, Way
from tickets.services.conversation import reply_as_contact, reply_as_staff
from tickets.services.mail_store import store_mail
from tickets.services.redaction import redact_file, redact_text, remove_files
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.letters import letter, send_in
from tickets.tests.pages import client_of, words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)
MESSAGE = b"""From: Zo\xc3\xab <zoe@nowhere.example>\r
To: support@desk.example\r
Subject: <script>alert(1)</script>\r
Authentication-Results: mx.desk.example; spf=fail smtp.mailfrom=nowhere.example\r
MIME-Version: 1.0\r
Content-Type: multipart/related; boundary=b\r
\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
<h1>Broken</h1><script>alert(2)</script><img src="cid:pic@x"><img src="https://evil.example/pixel.gif">\r
<blockquote>What you said</blockquote>\r
--b\r
Content-Type: image/png\r
Content-ID: <pic@x>\r
Content-Disposition: inline; filename=pic.png\r
Content-Transfer-Encoding: base64\r
\r
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==\r
--b\r
Content-Type: text/html\r
Content-Disposition: attachment; filename=page.html\r
\r
<script>alert(3)</script>\r
--b--\r
"""
Mail = Callable[..., IncomingMail]


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the test alone; reading without a process of its own, which test_urls_by_role has."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("tickets.mail_reader._readers", [read_mail])


@pytest.fixture
def mail(monday: datetime) -> Mail:
    """A function that stores a message and notes what became of it."""

    def _mail(raw: bytes = MESSAGE, at: datetime = monday, **noted: Any) -> IncomingMail:
        found = store_mail(raw=raw, way=Way.PIPE, received_at=at, at=at)
        given = {"outcome": Outcome.HELD, "sender": "zoe@nowhere.example", "subject": "<b>Help</b>", **noted}
        for name, value in given.items():
            setattr(found, name, value)
        found.save()
        return found

    return _mail


@pytest.fixture
def desk(agent: User) -> Client:
    return desk_of(agent)


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


# The list


def test_what_waits_for_staff_stands_first_the_longest_waiting_on_top_and_says_why(
    mail: Mail, desk: Client, agent: User, monday: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(26):
        mail(at=monday + number * timedelta(minutes=1), subject=f"Number {number}", said="Nobody knows them.")
    mail(subject="Done", settled_at=monday, settled_by=agent, settled_because="Spam")
    first = IncomingMail.objects.get(subject="Number 0")
    mail(subject="Twice", first=first)
    with time_machine.travel(monday + 2 * HOUR, tick=False), django_assert_max_num_queries(9):
        shown = desk.get("/admin/inbox/")
    assert "Number 0 zoe@nowhere.example Mon 23 Nov, 18:00 UTC waits 2 h Held: Nobody knows them." in words(
        shown
    )
    assert "Number 25" not in words(shown)
    assert "Done" not in words(shown)
    assert "Twice" not in words(shown)
    last = IncomingMail.objects.get(subject="Number 24")
    assert "Number 25" in words(desk.get(f"/admin/inbox/?show=held&after={last.pk}"))
    settled = words(desk.get("/admin/inbox/?show=settled"))
    assert "Done zoe@nowhere.example" in settled
    assert "Discarded by Agnes Desk" in settled
    assert "a copy of one that came before" in words(desk.get("/admin/inbox/?show=all"))
    copy = IncomingMail.objects.get(subject="Twice")
    sent_on: Any = desk.post(f"/admin/inbox/{copy.pk}/discarding/", {"reason": "Spam"})
    assert sent_on.headers["Location"] == f"/admin/inbox/{first.pk}/"
    assert "Number 3" in words(desk.get("/admin/inbox/?sender=Zoe@nowhere.example&show=nonsense&after=x"))
    assert "No mail of this address" in words(desk.get("/admin/inbox/?sender=else@nowhere.example"))


@pytest.mark.parametrize(
    ("part", "noted", "said"),
    [
        ("waiting", {"outcome": "", "attempts": 2, "error": "disk"}, "Not processed after 2 attempts: disk"),
        ("ignored", {"outcome": "ignored", "said": "A bounce."}, "Recorded only: A bounce."),
        ("refused", {"outcome": "refused", "said": "Not entitled."}, "Refused: Not entitled."),
    ],
)
def test_the_other_parts_hold_what_failed_was_ignored_and_was_refused(
    mail: Mail, desk: Client, part: str, noted: dict[str, Any], said: str
) -> None:
    mail(**noted)
    shown = desk.get(f"/admin/inbox/?show={part}")
    assert said in words(shown)
    assert b"<b>Help" not in shown.content
    assert "No mail waits for you." in words(desk.get("/admin/inbox/"))


def test_the_navigation_says_how_many_wait_and_asks_no_query_for_it(
    mail: Mail, desk: Client, monday: datetime
) -> None:
    mail()
    assert "held mails" not in words(desk.get("/admin/inbox/"))
    assert count_held(at=monday) == 1
    assert "Inbox: held mails, 1" in words(desk.get("/admin/inbox/"))


# One message


def test_a_held_message_is_shown_with_what_is_known_of_it_and_runs_nothing(mail: Mail, desk: Client) -> None:
    held = mail(said="Nobody knows the sender.")
    shown = desk.get(f"/admin/inbox/{held.pk}/")
    page, body = words(shown), shown.content.decode()
    assert "Held: Nobody knows the sender." in page
    assert "mx.desk.example: SPF fail" in page
    assert "zoe@nowhere.example" in page
    assert f'<img src="/admin/inbox/{held.pk}/parts/0/"' in body
    assert "evil.example" not in body
    assert "[picture]" in page
    assert "<blockquote>What you said</blockquote>" in body
    assert "alert(2)" not in body
    assert "<script>alert" not in body
    assert_nothing_inline(shown)
    [images] = [rule for rule in shown.headers["Content-Security-Policy"].split("; ") if "img-src" in rule]
    assert set(images.split()) <= {"img-src", "'self'", "data:"}


def test_its_files_are_downloads_but_for_pictures_that_are_pictures(mail: Mail, desk: Client) -> None:
    held = mail()
    picture = desk.get(f"/admin/inbox/{held.pk}/parts/0/")
    assert (content(picture), picture.headers["Content-Type"]) == (PNG, "image/png")
    page = desk.get(f"/admin/inbox/{held.pk}/parts/1/")
    assert page.headers["Content-Disposition"].startswith("attachment")
    raw = desk.get(f"/admin/inbox/{held.pk}/raw/")
    assert content(raw) == MESSAGE
    assert raw.headers["Content-Disposition"].startswith("attachment")
    for answer in (picture, page, raw):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert desk.get(f"/admin/inbox/{held.pk}/parts/9/").status_code == 404


def test_one_that_is_lost_or_asked_for_too_often_says_so(
    mail: Mail, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = mail()
    held.raw.storage.delete(str(held.raw.name))
    assert "missing in our storage" in words(desk.get(f"/admin/inbox/{held.pk}/"))
    assert desk.get(f"/admin/inbox/{held.pk}/raw/").status_code == 404
    monkeypatch.setattr("tickets.mail_page.MOST_A_MINUTE", 0)
    assert desk.get(f"/admin/inbox/{held.pk}/").status_code == 429
    assert desk.get(f"/admin/inbox/{held.pk}/parts/0/").status_code == 429


# Settling it


@pytest.fixture
def held(contact: Contact, contract: Contract, monday: datetime) -> Callable[..., IncomingMail]:
    """A function that takes in a message of nobody known, while the customer has Production under contract."""

    def _held(
        text: str = "It is down.", sender: str = "Nora <nora@private.example>", **given: Any
    ) -> IncomingMail:
        found = send_in(letter(text, sender=sender, **given), monday)
        assert found.outcome == Outcome.HELD
        return found

    return _held


def test_staff_file_it_as_the_request_of_a_contact_whom_they_look_for(
    held: Callable[..., IncomingMail], desk: Client, contact: Contact, stranger: Contact, agent: User
) -> None:
    mail = held()
    address = f"/admin/inbox/{mail.pk}/filing/"
    elsewhere = DeploymentFactory.create(customer=stranger.customer)
    assert "No customer has the domain of this address." in words(desk.get(f"/admin/inbox/{mail.pk}/"))
    found = words(desk.get(f"/admin/inbox/{mail.pk}/?q=harbour"))
    assert "Nora Quay <nora@harbour.example>, Harbour Freight Lines (named contact)" in found
    assert "Harbour Freight Lines: " in found
    assert "Meridian" not in found
    nobody = desk.post(address, {"q": "harbour", "contact": "999999"})
    assert (nobody.status_code, 'value="harbour"' in nobody.content.decode()) == (422, True)
    wrong = desk.post(address, {"q": "harbour", "contact": contact.pk, "deployment": elsewhere.pk})
    assert wrong.status_code == 422
    assert "That is no installation of Harbour Freight Lines." in words(wrong)
    assert f'value="{contact.pk}" selected' in wrong.content.decode()
    answer: Any = desk.post(address, {"contact": contact.pk})
    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == f"/admin/queue/{ticket.number}/"
    assert (ticket.contact, ticket.channel, ticket.filed_at) == (contact, "email", mail.received_at)
    again = desk.post(address, {"contact": contact.pk})
    assert (again.status_code, "Agnes Desk settled this message before." in words(again)) == (422, True)
    assert Ticket.objects.count() == 1
    page = words(desk.get(f"/admin/inbox/{mail.pk}/"))
    assert f"Put on {ticket.number} by Agnes Desk" in page
    assert "File as a new ticket" not in page


def test_staff_put_it_on_a_ticket_in_the_name_of_who_filed_it(
    held: Callable[..., IncomingMail], file: File, desk: Client, contact: Contact
) -> None:
    ticket = file()
    mail = held("Camera 15, too.", subject=f"About {ticket.number}")
    assert f'value="{ticket.number}"' in desk.get(f"/admin/inbox/{mail.pk}/").content.decode()
    address = f"/admin/inbox/{mail.pk}/ticket/"
    wrong = desk.post(address, {"ticket": "VK-000000"})
    assert (wrong.status_code, "There is no ticket of this number." in words(wrong)) == (422, True)
    assert 'value="VK-000000"' in wrong.content.decode()
    assert desk.post(address, {"ticket": ticket.number.lower()}).status_code == 302
    nora = client_of(contact.user)
    assert "Camera 15, too." in words(nora.get(f"/tickets/{ticket.number}/"))
    assert "nora@private.example" in words(nora.get(f"/tickets/{ticket.number}/mails/{mail.pk}/"))


def test_who_wrote_an_answer_confirms_it_and_nobody_else_is_offered_that(
    held: Callable[..., IncomingMail], file: File, desk: Client, agent: User, manager: User, contact: Contact
) -> None:
    ticket = file()
    mail = held("Restart it.", sender=agent.email, subject=f"Re: [{ticket.number}] Offline")
    assert "Confirm as my answer" in words(desk.get(f"/admin/inbox/{mail.pk}/"))
    theirs = desk_of(manager)
    assert "Confirm as my answer" not in words(theirs.get(f"/admin/inbox/{mail.pk}/"))
    refused = theirs.post(f"/admin/inbox/{mail.pk}/answer/", {"ticket": ticket.number})
    assert (refused.status_code, "only who has that address" in words(refused)) == (422, True)
    assert desk.post(f"/admin/inbox/{mail.pk}/answer/", {"ticket": ticket.number}).status_code == 302
    assert "Restart it." in words(client_of(contact.user).get(f"/tickets/{ticket.number}/"))


def test_what_is_nothing_is_discarded_with_a_reason_and_the_number_in_the_navigation_falls(
    held: Callable[..., IncomingMail], desk: Client, monday: datetime
) -> None:
    mail = held("Buy this!")
    count_held(at=monday)
    address = f"/admin/inbox/{mail.pk}/discarding/"
    assert "Write why it is discarded." in words(desk.post(address, {"reason": " "}))
    done: Any = desk.post(address, {"reason": "<i>Advertising</i>"}, follow=True)
    assert "held mails" not in words(done)
    settled = desk.get("/admin/inbox/?show=settled")
    assert "Discarded by Agnes Desk" in words(settled)
    assert "<i>" not in settled.content.decode()
    assert desk.get(address).status_code == 302
    assert desk.post(f"/admin/inbox/{mail.pk}/nonsense/").status_code == 404


def test_a_full_disk_settles_nothing_and_keeps_what_was_typed(
    held: Callable[..., IncomingMail], desk: Client, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "full")

    mail = held(files=[("log.txt", b"06:12")])
    monkeypatch.setattr(FileSystemStorage, "_save", full)
    answer = desk.post(f"/admin/inbox/{mail.pk}/filing/", {"q": "nora", "contact": contact.pk})
    assert answer.status_code == 503
    assert f'value="{contact.pk}" selected' in answer.content.decode()
    assert (Ticket.objects.count(), IncomingMail.objects.held().count()) == (0, 1)


# The whole message behind what stands on a ticket


@pytest.fixture
def said(file: File, contact: Contact, mail: Mail, monday: datetime) -> IncomingMail:
    """Nora's reply by mail, whose picture is stored with it."""
    message = reply_as_contact(
        ticket=file(),
        actor=contact.user,
        text="Broken",
        files=[Upload("pic.png", ContentFile(PNG))],
        at=monday + HOUR,
    )
    Attachment.objects.update(content_id="pic@x")
    return mail(
        at=monday + HOUR,
        outcome=Outcome.REPLY,
        sender=contact.user.email,
        ticket=message.ticket,
        message=message,
        names=["pic.png"],
    )


def test_what_came_by_mail_leads_to_the_whole_of_it_for_whoever_sees_it(
    said: IncomingMail, contact: Contact, stranger: Contact, desk: Client
) -> None:
    assert said.ticket
    number, nora = said.ticket.number, client_of(contact.user)
    address = f"/tickets/{number}/mails/{said.pk}/"
    assert f'href="{address}"' in nora.get(f"/tickets/{number}/").content.decode()
    staffs = desk.get(f"/admin/queue/{number}/").content.decode()
    assert f'href="/admin/inbox/{said.pk}/"' in staffs
    for shown in (nora.get(address), desk.get(f"/admin/inbox/{said.pk}/")):
        body = shown.content.decode()
        assert "<blockquote>What you said</blockquote>" in body
        assert f'<img src="/tickets/{number}/files/{Attachment.objects.get().pk}/"' in body
        assert "evil.example" not in body
        assert "<script>alert" not in body
        assert_nothing_inline(shown)
    assert content(nora.get(f"{address}raw/")) == MESSAGE
    assert client_of(stranger.user).get(address).status_code == 404
    assert client_of(stranger.user).get(f"{address}raw/").status_code == 404
    assert Client().get(address).status_code == 302


def test_of_an_answer_that_staff_confirmed_a_customer_gets_no_more_than_that(
    file: File, contact: Contact, mail: Mail, agent: User, desk: Client, monday: datetime
) -> None:
    ticket = file()
    reply = reply_as_staff(ticket=ticket, actor=agent, text="Restart it.", at=monday + HOUR)
    answer = mail(outcome=Outcome.HELD, settled_at=monday, settled_by=agent, ticket=ticket, message=reply)
    nora = client_of(contact.user)
    assert "the whole email" not in words(nora.get(f"/tickets/{ticket.number}/"))
    assert nora.get(f"/tickets/{ticket.number}/mails/{answer.pk}/").status_code == 404
    assert nora.get(f"/tickets/{ticket.number}/mails/{answer.pk}/raw/").status_code == 404
    assert desk.get(f"/admin/inbox/{answer.pk}/").status_code == 200


def test_what_is_removed_from_a_ticket_is_not_one_click_away_either(
    said: IncomingMail, contact: Contact, mail: Mail, manager: User, monday: datetime, tmp_path: Path
) -> None:
    assert said.ticket
    assert said.message
    ensure_staff_groups(rights.RIGHTS)
    manager = User.objects.get(pk=manager.pk)
    ticket = Ticket.objects.get(pk=said.ticket.pk)
    before = mail(at=monday, outcome=Outcome.REPLY, ticket=ticket)
    quoting = mail(at=monday + 2 * HOUR, outcome=Outcome.REPLY, ticket=ticket)
    copy = mail(at=monday + 3 * HOUR, outcome=Outcome.REPLY, first=said)
    redact_text(
        ticket=ticket,
        actor=manager,
        seq=said.message.event.seq,
        is_message=True,
        reason="A password",
        at=monday + 4 * HOUR,
    )
    assert FileRemoval.objects.count() == 3
    assert remove_files(at=monday + 5 * HOUR) == 3
    kept = {each.pk for each in IncomingMail.objects.exclude(raw="")}
    assert kept == {before.pk}
    assert {said.pk, quoting.pk, copy.pk}.isdisjoint(kept)
    shown = words(client_of(contact.user).get(f"/tickets/{ticket.number}/mails/{said.pk}/"))
    assert "no longer kept, since something was removed" in shown
    assert "What you said" not in shown
    file = Attachment.objects.get().pk
    redact_file(ticket=ticket, actor=manager, file=file, reason="Not ours", at=monday + 6 * HOUR)
    assert IncomingMail.objects.get(pk=said.pk).names == []
    assert IncomingMail.objects.exclude(raw="").get() == before


def test_the_page_of_a_contact_leads_to_their_mail(contact: Contact, manager: User) -> None:
    shown = desk_of(manager).get(f"/admin/contracts/contact/{contact.pk}/change/").content.decode()
    assert 'href="/admin/inbox/?sender=nora%40harbour.example"' in shown
