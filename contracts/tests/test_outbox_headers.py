"""Outgoing mail, read again as another program reads it, has exactly the headers that it should have."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from contracts.models import Contact, User
from contracts.outbox import writing
from contracts.outbox.delivery import deliver
from contracts.outbox.rendering import Text
from contracts.outbox.reply_addresses import read_reply_address
from contracts.tests.mail_servers import PaperServer

ALWAYS = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
ALWAYS += ["X-Auto-Response-Suppress"]
NUMBER = "VK-7F3K9Q"
OF_A_TICKET = [
    "In-Reply-To",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "References",
    "Reply-To",
    "X-Ticket",
]
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
        kind="reply", to=contact.user, at=monday, context=context, key="k", ticket_number="VK-7F3K9Q"
    )
    assert deliver(monday).sent == 1
    (mail,) = mail_server.taken
    assert sorted(mail.keys()) == sorted(ALWAYS + OF_A_TICKET)
    assert mail["To"] == "nora@harbour.example"
    assert "\n" not in mail["Subject"]
    assert mail["Subject"].strip().startswith("[VK-7F3K9Q]")
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    to, _, address = str(mail["Reply-To"]).rpartition(" ")
    assert (to, read_reply_address(address.strip("<>"))) == ("Support", (NUMBER, contact.user.pk))
    assert mail["References"] == mail["In-Reply-To"] == writing.thread_id(NUMBER)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
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


def test_a_ticket_is_one_thread_whose_mails_name_the_earlier_ones(
    contact: Contact, colleague: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    context = {"ticket": SimpleNamespace(number=NUMBER, subject="Login fails")}
    given = {"to": contact.user, "at": monday, "context": context, "ticket_number": NUMBER}
    kinds = ["receipt", *["reply"] * 10, "reminder", "resolution"]
    for place, kind in enumerate(kinds):
        answered = "<of-nora@harbour.example>" if place == 2 else ""
        writing.write(kind=kind, key=str(place), in_reply_to=answered, **given)  # type: ignore[arg-type]  # given by name, of the types that it takes
    writing.write(kind="reply", key="else", **{**given, "to": colleague.user})  # type: ignore[arg-type]  # given by name, of the types that it takes
    deliver(monday)
    mails, root = mail_server.taken, writing.thread_id(NUMBER)
    ids = mail_server.ids()
    assert {str(mail["Subject"]) for mail in mails} == {"[VK-7F3K9Q] Login fails"}
    assert str(mails[2]["References"]).split() == [root, ids[0], ids[1], "<of-nora@harbour.example>"]
    assert mails[2]["In-Reply-To"] == "<of-nora@harbour.example>"
    assert str(mails[12]["References"]).split() == [root, *ids[4:12]]
    assert mails[12]["In-Reply-To"] == ids[11]
    # To somebody else the thread begins with them.
    assert str(mails[13]["References"]).split() == [root]


def test_who_has_no_account_gets_no_address_to_answer_and_no_choices(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    text = Text("[VK-7F3K9Q] Login fails", "Plain", "<body>HTML</body>")
    writing.post(
        [writing.address(text, kind="reply", to="cto@desk.example", at=monday, key="k", ticket_number=NUMBER)]
    )
    deliver(monday)
    (mail,) = mail_server.taken
    assert sorted(mail.keys()) == sorted([*ALWAYS, "In-Reply-To", "References", "X-Ticket"])
    assert mail.get_body(("plain",)).get_content().strip() == "Plain"  # type: ignore[union-attr]  # it is there, or the test fails
