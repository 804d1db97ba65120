"""A row of the outbox as an email."""

from datetime import UTC, datetime
from email.utils import format_datetime

from django.core.mail import EmailMultiAlternatives

from contracts.outbox.models import OutboxMessage
from contracts.outbox.rendering import Text, render
from contracts.outbox.sealed import MAKERS, NotNeeded


def email(message: OutboxMessage, *, at: datetime) -> EmailMultiAlternatives:
    """What goes to the mail server; the same for every attempt, links of secret kinds aside.

    Raises ``NotNeeded`` when nobody is waiting for it any more.
    """
    if message.user is not None and not message.user.is_active:
        raise NotNeeded("The person's access has been ended.")
    text = _text(message, at=at)
    mail = EmailMultiAlternatives(text.subject, text.plain, to=[message.to], headers=_headers(message))
    mail.attach_alternative(text.html, "text/html")
    return mail


def _text(message: OutboxMessage, *, at: datetime) -> Text:
    if maker := MAKERS.get(message.kind):
        return render(message.kind, maker(message, at))
    return Text(message.subject, message.text, message.html)


def _headers(message: OutboxMessage) -> dict[str, str]:
    """The headers of our own. The marks of RFC 3834 keep other programs from answering."""
    thread = [id_ for id_ in (message.reference, message.in_reply_to) if id_]
    headers = {
        "Message-ID": message.message_id,
        "Date": format_datetime(message.created_at.astimezone(UTC)),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "In-Reply-To": message.in_reply_to or message.reference,
        "References": " ".join(dict.fromkeys(thread)),
        "X-Ticket": message.ticket_number,
    }
    return {name: value for name, value in headers.items() if value}
