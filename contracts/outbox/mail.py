"""A row of the outbox as an email."""

from datetime import UTC, datetime
from email.utils import format_datetime

from django.core.mail import EmailMultiAlternatives

from contracts.models.subscriptions import Subscription
from contracts.outbox.enclosures import enclosure_of
from contracts.outbox.models import OutboxMessage
from contracts.outbox.rendering import Text, render, with_ending
from contracts.outbox.sealed import MAKERS, NotNeeded
from contracts.subscription_links import ending_link
from contracts.upkeep_enclosed import calendar_of


def email(message: OutboxMessage, *, at: datetime) -> EmailMultiAlternatives:
    """What goes to the mail server; the same for every attempt, links of secret kinds aside.

    Raises ``NotNeeded`` when nobody is waiting for it any more.
    """
    if message.user is not None and not message.user.is_active:
        raise NotNeeded("The person's access has been ended.")
    text, headers = _text(message, at=at), _headers(message)
    if key := message.data.get("subscription"):
        link = _ending(key)
        text = with_ending(text, link)
        headers |= _way_out(link)
    mail = EmailMultiAlternatives(text.subject, text.plain, to=[message.to], headers=headers)
    mail.attach_alternative(text.html, "text/html")
    _enclose(mail, message)
    return mail


def _text(message: OutboxMessage, *, at: datetime) -> Text:
    if maker := MAKERS.get(message.kind):
        return render(message.kind, maker(message, at))
    return Text(message.subject, message.text, message.html)


def _ending(key: int) -> str:
    """The secret address that ends a visitor's subscription; who has left meanwhile gets no mail."""
    if not Subscription.objects.live().filter(pk=key).exists():
        raise NotNeeded("The subscription has been ended.")
    return ending_link(key)


def _way_out(link: str) -> dict[str, str]:
    """How a mail program ends the subscription by itself, with one POST (RFC 8058)."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _enclose(mail: EmailMultiAlternatives, message: OutboxMessage) -> None:
    """The calendar entry of a window, where the message tells of a fact that changes it; what other apps enclose."""
    if made := enclosure_of(message.data):
        mail.attach(made.filename, made.content, f"text/calendar; method={made.method}")
    key = message.data.get("window_event")
    if key and (enclosed := calendar_of(key, message.data["components"])):
        mail.attach("maintenance.ics", enclosed.content, f"text/calendar; method={enclosed.method}")


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
