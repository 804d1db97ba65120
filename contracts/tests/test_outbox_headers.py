"""Outgoing mail, read again as another program reads it, has exactly the headers that it should have."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from contracts.models import Contact, User
from contracts.outbox import writing
from contracts.outbox.delivery import deliver
from contracts.tests.mail_servers import PaperServer

ALWAYS = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
ALWAYS += ["X-Auto-Response-Suppress"]
NUMBER = "VK-7F3K9Q"
OF_A_TICKET = ["In-Reply-To", "References", "X-Ticket"]
NASTY = [
    "Anna\r\nBcc: all@example.com",
    "Anna\nX-Evil: yes\n\nA body",
    "Anna\rTo: other@example.com",
    "Anna\u2028Bcc: all@example.com\x01\x0b\x85",
    "=?utf-8?q?Anna=0ABcc=3A_all=40example=2Ecom?=",
    'Zoë 🙂 <script>alert(1)</script>, "O\'Neil" <a@b>',
    "x" * 5000,
]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_or_subject_adds_no_header(
    name: str, contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    User.objects.filter(pk=contact.user.pk).update(name=name[:120])
    contact.user.refresh_from_db()
    context = {
        "ticket": SimpleNamespace(number="VK-7F3K9Q", subject=name),
        "actor": name,
        "text": name,
        "url": "http://desk.example/",
    }
    writing.write(
        kind="customer_reply", to=contact.user, at=monday, context=context, key="k", ticket_number="VK-7F3K9Q"
    )
    assert deliver(monday).sent == 1
    (mail,) = mail_server.taken
    assert sorted(mail.keys()) == sorted(ALWAYS + OF_A_TICKET)
    assert mail["To"] == "nora@harbour.example"
    assert "\n" not in mail["Subject"]
    assert mail["Subject"].strip().startswith("Reply: [VK-7F3K9Q]")
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()


def test_other_programs_are_told_not_to_answer(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    writing.write(kind="password_changed", to=contact.user, at=monday, context={}, key="k")
    deliver(monday)
    (mail,) = mail_server.taken
    assert sorted(mail.keys()) == sorted(ALWAYS)
    assert mail["Auto-Submitted"] == "auto-generated"


def test_an_address_that_smuggles_a_header_is_given_up(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    User.objects.filter(pk=contact.user.pk).update(email="nora@harbour.example\nBcc: all@example.com")
    contact.user.refresh_from_db()
    writing.write(kind="password_changed", to=contact.user, at=monday, context={}, key="k")
    assert deliver(monday).given_up == 1
    assert not mail_server.taken
