"""The demo's mail: a ticket that was opened and answered by email, and what waits for staff in the inbox.

Each message goes the way that mail goes: raw, read, decided (``tickets.mail.processing.take_in``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO

from django.conf import settings
from PIL import Image, ImageDraw

from contracts.models import User
from contracts.outbox.reply_addresses import reply_address
from tickets.held_mail import count_held
from tickets.mail.processing import take_in
from tickets.models import Ticket
from tickets.models.mail import Way
from tickets.services import conversation, lifecycle

OPENED = "Recordings of camera 14 end after a minute"
SUPPORT = settings.DEFAULT_FROM_EMAIL
REPLY = """<div dir="ltr"><p>Camera 14 runs <b>firmware 2.8.1</b>. This is what we see from the second minute on:</p>
<p><img src="cid:camera14" alt="A grey picture where the loading bay should be" width="320" height="180"></p>
<p>Camera 15 beside it has the same firmware and records well.</p><p>Nora</p></div>
<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On {day}, Support wrote:<br></div>
<blockquote class="gmail_quote"><p>{asked}</p></blockquote></div>"""
ASKED = "Which firmware has the camera, and what does its picture show when the recording ends?"
BOUNCE = """From: MAILER-DAEMON@mx.northwind.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: {day}
Message-ID: <demo-bounce@mx.northwind.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=report

--report
Content-Type: text/plain

This is the mail system at host mx.northwind.example.

Your message could not be delivered to one recipient.

<former@northwind.example>: 550 5.1.1 User unknown

--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.northwind.example

Final-Recipient: rfc822; former@northwind.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--report--
"""


@dataclass(frozen=True, slots=True)
class Post:
    """The contact whose customer is supported by email, and who answers them; the story ends at ``at``."""

    contact: User
    agent: User
    at: datetime

    def deliver(self) -> None:
        """The oldest first."""
        ticket = self.opened()
        self.answered(ticket)
        self.unknown_sender()
        self.bounce()
        self.own_answer(ticket)
        count_held(at=self.at)

    def ago(self, hours: float) -> datetime:
        return self.at - timedelta(hours=hours)

    def opened(self) -> Ticket:
        text = (
            "Hello,\n\nsince the update of last night the recordings of camera 14 end after about a minute. "
            "Live pictures are fine, and so are the other cameras.\n\nNora Lind\nNorthwind Cameras\n"
        )
        came = take_in(
            raw=bytes(_message(str(self.contact), self.contact.email, OPENED, text, self.ago(6))),
            way=Way.IMAP,
            received_at=self.ago(6),
            at=self.ago(6),
        )
        if came.ticket is None:
            raise RuntimeError(f"The demo's mail opened no ticket: {came.said}")
        return came.ticket

    def answered(self, ticket: Ticket) -> None:
        """We ask, and the contact answers above what they quote, with a picture in its place."""
        lifecycle.acknowledge_ticket(ticket=ticket, actor=self.agent, at=self.ago(5.5))
        conversation.ask_customer(ticket=ticket, actor=self.agent, text=ASKED, at=self.ago(5))
        at = self.ago(4)
        text = f"Firmware 2.8.1, and a grey picture.\n\nOn {at:%d %b %Y}, Support wrote:\n> {ASKED}\n"
        message = self._reply(self.contact, ticket, text, at)
        message.add_alternative(REPLY.format(day=f"{at:%d %b %Y}", asked=ASKED), subtype="html")
        shown = message.get_payload()[1]  # type: ignore[index]  # the HTML, beside which its picture stands
        shown.add_related(_picture(), "image", "png", cid="<camera14>", filename="camera-14.png")  # type: ignore[union-attr]  # its part of HTML, made above
        take_in(raw=bytes(message), way=Way.IMAP, received_at=at, at=at)

    def unknown_sender(self) -> None:
        at = self.ago(3)
        text = (
            "Hi,\n\nNora is on a train and asked me to tell you that camera 15 has it now, too. "
            "Could you add that to her ticket?\n\nSam\n"
        )
        message = _message("Sam Field", "sam@field-services.example", "Camera 15, too", text, at)
        message["Authentication-Results"] = (
            "mx.support.example; spf=pass smtp.mailfrom=field-services.example; dkim=none; dmarc=none"
        )
        take_in(raw=bytes(message), way=Way.IMAP, received_at=at, at=at)

    def bounce(self) -> None:
        at = self.ago(2)
        raw = BOUNCE.format(to=SUPPORT, day=format_datetime(at)).encode()
        take_in(raw=raw, way=Way.IMAP, received_at=at, at=at)

    def own_answer(self, ticket: Ticket) -> None:
        """Mail never acts as staff: what the agent answers on the road waits for them."""
        at = self.ago(1)
        text = (
            "Please restart the recorder of the loading bay once. We see its disk full in your log.\n\nAlex\n"
        )
        take_in(raw=bytes(self._reply(self.agent, ticket, text, at)), way=Way.IMAP, received_at=at, at=at)

    def _reply(self, user: User, ticket: Ticket, text: str, at: datetime) -> EmailMessage:
        """A message to the signed address that a mail to ``user`` about the ticket carries."""
        message = _message(str(user), user.email, f"Re: [{ticket.number}] {ticket.subject}", text, at)
        message.replace_header("To", reply_address(ticket.number, user.pk))
        return message


def _message(name: str, email: str, subject: str, text: str, at: datetime) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"{name} <{email}>", SUPPORT, subject
    message["Date"], message["Message-ID"] = (
        format_datetime(at),
        f"<demo-{at:%Y%m%d%H%M%S}@{email.partition('@')[2]}>",
    )
    message.set_content(text)
    return message


def _picture() -> bytes:
    """What camera 14 shows: next to nothing."""
    picture = Image.new("RGB", (640, 360), "#8d949b")
    draw = ImageDraw.Draw(picture)
    for line in range(0, 360, 24):
        draw.rectangle((0, line, 640, line + 11), fill="#868d94")
    draw.rectangle((24, 24, 220, 64), fill="#33383d")
    draw.text((36, 34), "CAM 14   NO SIGNAL", fill="#ffffff", font_size=18)
    stored = BytesIO()
    picture.save(stored, "PNG", optimize=True)
    return stored.getvalue()
