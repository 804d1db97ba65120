"""A row of the outbox as an email."""

from datetime import UTC, datetime
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from contracts.models.people import User
from contracts.models.subscriptions import Subscription
from contracts.opt_out_links import DIGEST, MAINTENANCE, opt_out_link
from contracts.outbox.enclosures import enclosure_of
from contracts.outbox.kinds import UPKEEP, group_of
from contracts.outbox.models import OutboxMessage
from contracts.outbox.rendering import Text, render, with_choices, with_ending
from contracts.outbox.reply_addresses import reply_address
from contracts.outbox.sealed import MAKERS, NotNeeded
from contracts.subscription_links import ending_link
from contracts.upkeep_enclosed import calendar_of

# So many earlier mails are named in References, so that the header stays short however long a ticket lives.
EARLIER = 8


def email(message: OutboxMessage, *, at: datetime) -> EmailMultiAlternatives:
    """What goes to the mail server; the same for every attempt, links of secret kinds aside.

    Raises ``NotNeeded`` when nobody is waiting for it any more.
    """
    if message.user is not None and not message.user.is_active:
        raise NotNeeded("The person's access has been ended.")
    text, headers = _text(message, at=at), _headers(message)
    answers = _answers_to(message)
    if key := message.data.get("subscription"):
        link = _ending(key)
        text = with_ending(text, link)
        headers |= _way_out(link)
    elif message.user is not None:
        group = _group_of(message, message.user)
        text = with_choices(text, user=message.user, group=group, is_answered=bool(answers))
        headers |= _way_out(opt_out_link(message.user, group)) if group else {}
    mail = EmailMultiAlternatives(
        text.subject, text.plain, to=[message.to], reply_to=answers, headers=headers
    )
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
    key, left_out = message.data.get("window_event"), message.data.get("left_out", False)
    if key and (enclosed := calendar_of(key, message.data["components"], left_out=left_out)):
        mail.attach("maintenance.ics", enclosed.content, f"text/calendar; method={enclosed.method}")


def _group_of(message: OutboxMessage, user: User) -> str:
    """What the reader could turn off to be without such mails; "" where they cannot."""
    if message.kind == DIGEST:
        return DIGEST
    if message.kind in UPKEEP:
        return MAINTENANCE
    group = group_of(message.kind, is_staff=user.is_staff)
    return group.name if group else ""


def _answers_to(message: OutboxMessage) -> list[str]:
    """Where an answer goes: to the ticket, by an address of the reader's own; who has no account has none."""
    if message.user is None or not message.ticket_number:
        return []
    return [formataddr((settings.SITE_NAME, reply_address(message.ticket_number, message.user.pk)))]


def _headers(message: OutboxMessage) -> dict[str, str]:
    """The headers of our own. The marks of RFC 3834 keep other programs from answering."""
    thread = _thread(message)
    headers = {
        "Message-ID": message.message_id,
        "Date": format_datetime(message.created_at.astimezone(UTC)),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "In-Reply-To": message.in_reply_to or (thread[-1] if thread else ""),
        "References": " ".join(thread),
        "X-Ticket": message.ticket_number,
        **settings.MAIL_PROVIDER_HEADERS,
    }
    return {name: value for name, value in headers.items() if value}


def _thread(message: OutboxMessage) -> list[str]:
    """The ids that the message refers to, as RFC 5322 orders them: where the thread began, the latest mails to the same
    reader about the ticket, and at the end the one that is answered. What follows from rows that stay is the same
    for every attempt.
    """
    earlier: list[str] = []
    if message.ticket_number:
        before = OutboxMessage.objects.filter(
            ticket_number=message.ticket_number, to=message.to, pk__lt=message.pk
        )
        earlier = list(before.order_by("-pk").values_list("message_id", flat=True)[:EARLIER])
    ids = [message.reference, *reversed(earlier), message.in_reply_to]
    last_first = dict.fromkeys(id_ for id_ in reversed(ids) if id_)
    return list(reversed(last_first))
