"""A conversation over real servers: SMTP carries each message, IMAP gives it out, on both sides."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from imap_tools import MailBoxUnencrypted
from pytest_django import Settings

from contracts.models import Contact, Contract, Deployment, User
from contracts.outbox.delivery import deliver
from portal.tests.ports import free_port
from portal.tests.servers import PATIENCE
from tickets.mail.mailbox import fetch_mail
from tickets.models import IncomingMail, Ticket
from tickets.services.conversation import ask_customer
from tickets.tests.imap_servers import PASSWORD, Box, Dovecot
from tickets.tests.letters import letter

pytestmark = [pytest.mark.server, pytest.mark.once, pytest.mark.django_db(transaction=True)]

MINUTE = timedelta(minutes=1)


@dataclass
class Post:
    """An SMTP server that lays what it takes into the desk's mailbox or into Nora's."""

    desk: Box
    nora: Box
    port: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- the library's
        to = envelope.rcpt_tos[0]
        (self.nora if to.endswith("@harbour.example") else self.desk).put(envelope.original_content or b"")
        return "250 OK"

    def send(self, raw: bytes, to: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.port) as link:
            link.sendmail("nora@harbour.example", [to], raw)

    def newest(self) -> EmailMessage:
        """What Nora's mail program shows last."""
        with MailBoxUnencrypted("127.0.0.1", self.nora.server.port).login(self.nora.user, PASSWORD) as box:
            raws = [message.obj.as_bytes() for message in box.fetch(mark_seen=True)]
        return message_from_bytes(raws[-1], policy=policy.default)


@pytest.fixture
def mail_office(dovecot: Dovecot, monday: datetime, settings: Settings) -> Iterator[Post]:
    office = Post(dovecot.mailbox(), dovecot.mailbox())
    office.desk.since = int((monday - MINUTE).timestamp())
    controller = Controller(office, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE)
    controller.start()
    office.port = controller.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = PATIENCE
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.MAIL_IMAP = office.desk.account()
    yield office
    controller.stop()


def test_a_question_by_mail_is_answered_by_mail_and_the_answer_to_that_finds_its_ticket(
    mail_office: Post,
    contact: Contact,
    deployment: Deployment,
    contract: Contract,
    agent: User,
    monday: datetime,
) -> None:
    raw = letter("After ten minutes everybody is signed out.", message_id="<first@harbour.example>")
    mail_office.send(raw, "support@localhost")
    assert fetch_mail(at=monday).stored == 1
    ticket = Ticket.objects.get()
    deliver(monday)
    receipt = mail_office.newest()
    assert ticket.number in receipt["Subject"]
    ask_customer(ticket=ticket, actor=agent, text="Which version is it?", at=monday + MINUTE)
    deliver(monday + MINUTE)
    question = mail_office.newest()
    plain = question.get_body(("plain",))
    assert plain is not None
    assert "Which version is it?" in plain.get_content()
    to = parseaddr(question["Reply-To"])[1]
    answer = letter("7.2.1", to=to, subject=f"Re: {question['Subject']}", In_Reply_To=question["Message-ID"])
    mail_office.send(answer, to)
    fetch_mail(at=monday + 2 * MINUTE)
    mail = IncomingMail.objects.latest("pk")
    assert (mail.outcome, mail.ticket, mail.error) == ("reply", ticket, "")
    assert mail.message is not None
    assert mail.message.text == "7.2.1"
    # The server forgets its numbers and somebody marks all as unread: copies, which do nothing.
    mail_office.desk.put(raw, answer)
    mail_office.desk.renumber()
    assert fetch_mail(at=monday + 3 * MINUTE).stored == 2
    assert (Ticket.objects.count(), ticket.messages.count()) == (1, 3)
    # What we wrote to the desk's own people came by here, too.
    assert set(IncomingMail.objects.filter(first=None).values_list("sender", "outcome")) == {
        ("nora@harbour.example", "new_ticket"),
        ("nora@harbour.example", "reply"),
        ("support@localhost", "ignored"),
    }
