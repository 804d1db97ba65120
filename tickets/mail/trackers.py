"""What providers post of the mails that they took from us: which of it says that one did not arrive, and why.

The proof is the library's (django-anymail), so is what each provider's words mean. What was delivered, opened or
clicked is not looked at: readers are not followed. Each event is given to the library by itself, since it reads all of
a post or nothing.
"""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailCoreWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailersend import MailerSendTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postal import PostalTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings

from contracts.models.bounces import is_for_good
from tickets.mail.addresses import normal_address
from tickets.mail.posted import Malformed, Posted
from tickets.mail.providers import Door
from tickets.mail.reports import MOST_DIAGNOSTIC, status_in
from tickets.mail.words import one_line

logger = logging.getLogger(__name__)

MOST_SAID = 2000
# A refusal without a reason, or with another one, is about the letter or our account: a template, a quota.
ABOUT_US = {None, RejectReason.OTHER}
# All else (spam, a policy, a time that ran out, a wish) says nothing of whether there is such a mailbox.
ABOUT_MAILBOX = {None, RejectReason.INVALID, RejectReason.BOUNCED}


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One mail that did not arrive, or was complained of. ``happened_at`` is ``None`` where nobody said when."""

    address: str
    status: str
    diagnostic: str
    happened_at: datetime | None
    is_complaint: bool


@dataclass(frozen=True, slots=True)
class Tracker(Door):
    """One provider that posts events.

    ``is_listed``: as a list; ``form``: as a field of this name. ``is_soft`` says of an event as posted whether the
    provider calls it passing; ``code`` gives the status that stands apart from what the server said. ``failed`` are the
    library's types that mean, of this provider, that a mail bounced.
    """

    is_listed: bool = False
    form: str = ""
    is_soft: Callable[[Any], bool] = lambda event: False
    code: Callable[[Any], object] = lambda event: ""
    failed: tuple[str, ...] = (EventType.BOUNCED,)


class SendGridView(SendGridTrackingWebhookView):  # type: ignore[misc]  # the library has no types
    """As of its inbound mail (``tickets.mail.providers``): without the warning, and without a key from elsewhere."""

    def __init__(self, **options: object) -> None:
        """Leave out both."""
        AnymailBaseWebhookView.__init__(self, **options)


def undelivered(tracker: Tracker, view: AnymailCoreWebhookView, posted: Posted) -> list[Undelivered]:
    """What of a post is about mail that did not arrive. Raises ``Malformed`` where nothing can be read.

    One event that cannot be read hides no other.
    """
    found: list[Undelivered] = []
    faults: list[str] = []
    rows = _rows(tracker, posted)
    for row in rows:
        try:
            found.extend(_read(tracker, view, _alone(tracker, row)))
        except Exception as fault:  # noqa: BLE001 -- of what they posted; nothing here touches disk or database
            faults.append(f"{type(fault).__name__}: {fault}"[:200])
    if faults and len(faults) == len(rows):
        raise Malformed(faults[0])
    if faults:
        logger.warning(
            "%s of %s events of %s cannot be read: %s", len(faults), len(rows), view.esp_name, faults[0]
        )
    return found


def _rows(tracker: Tracker, posted: Posted) -> list[Any]:
    """The events as posted, each by itself; a whole form where the event lies in its fields, as of old."""
    if posted.raw and not tracker.form:
        return [posted]
    text = posted.raw.get(tracker.form, b"") if tracker.form else posted.body
    try:
        rows = json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    return rows if isinstance(rows, list) else [rows]


def _alone(tracker: Tracker, row: object) -> object:
    """A post of one event, as far as the library looks at it."""
    if isinstance(row, Posted):
        return row
    text = json.dumps([row] if tracker.is_listed or tracker.form else row)
    return SimpleNamespace(body=text.encode(), content_type="application/json", POST={tracker.form: text})


def _read(tracker: Tracker, view: AnymailCoreWebhookView, post: object) -> Iterator[Undelivered]:
    # Mandrill's view keeps what it read last, and refuses the other kind after it.
    view.signal = None
    for event in view.parse_events(post):
        if event.event_type == EventType.INBOUND:
            raise Malformed("a message that came in, posted to the address of events")
        address = normal_address(str(event.recipient or ""))
        if address and _is_about_it(tracker, event):
            yield _told(tracker, event, address)


def _is_about_it(tracker: Tracker, event: AnymailTrackingEvent) -> bool:
    if event.event_type == EventType.REJECTED:
        return event.reject_reason not in ABOUT_US
    return event.event_type == EventType.COMPLAINED or event.event_type in tracker.failed


def _told(tracker: Tracker, event: AnymailTrackingEvent, address: str) -> Undelivered:
    said = one_line(str(event.mta_response or event.description or "")[:MOST_SAID])
    reason = str(event.reject_reason or "no reason was given")
    return Undelivered(
        address=address,
        status=_status(tracker, event, said),
        diagnostic=(said or f"the provider says: {event.event_type}, {reason}")[:MOST_DIAGNOSTIC],
        happened_at=_instant(event.timestamp),
        is_complaint=event.event_type == EventType.COMPLAINED,
    )


def _status(tracker: Tracker, event: AnymailTrackingEvent, said: str) -> str:
    """What the server said, unless that is for good and the provider says that it is passing or not of the mailbox."""
    code = str(tracker.code(event.esp_event) or "")
    status = status_in(code) or (status_in(said) if event.mta_response else "")
    is_hard = event.reject_reason in ABOUT_MAILBOX and not tracker.is_soft(event.esp_event)
    return status if is_hard or not is_for_good(status) else ""


def _instant(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _soft_at_sparkpost(event: Any) -> bool:  # noqa: ANN401 -- as posted
    """But for "invalid recipient" and "no such recipient" its classes of bounces are passing, or blocks."""
    (inner,) = event["msys"].values()
    return str(inner.get("bounce_class")) not in {"10", "30"}


TRACKERS = {
    "brevo": Tracker(BrevoTrackingWebhookView, is_soft=lambda event: event["event"] == "soft_bounce"),
    "mailersend": Tracker(
        MailerSendTrackingWebhookView,
        "signing_secret",
        is_soft=lambda event: event["data"]["type"] == "soft_bounced",
    ),
    "mailgun": Tracker(
        MailgunTrackingWebhookView,
        "webhook_signing_key",
        code=lambda event: ((event.get("event-data") or {}).get("delivery-status") or {}).get(
            "enhanced-code"
        ),
    ),
    "mailjet": Tracker(
        MailjetTrackingWebhookView, is_listed=True, is_soft=lambda event: event.get("hard_bounce") is not True
    ),
    # It signs the address, too, as the world sees it; and by another key than the one of mail.
    "mandrill": Tracker(
        MandrillCombinedWebhookView,
        "webhook_key",
        lambda: {"webhook_url": f"{settings.SITE_URL}/hooks/mail/mandrill/events/"},
        form="mandrill_events",
        is_soft=lambda event: event["event"] == "soft_bounce",
    ),
    # What the library calls "failed" is a bounce in the conversation, "bounced" one that came later as mail.
    "postal": Tracker(PostalTrackingWebhookView, "webhook_key", failed=(EventType.BOUNCED, EventType.FAILED)),
    "postmark": Tracker(PostmarkTrackingWebhookView, is_soft=lambda event: event.get("Type") == "SoftBounce"),
    "sendgrid": Tracker(
        SendGridView,
        is_listed=True,
        is_soft=lambda event: event.get("type") == "blocked",
        code=lambda event: event.get("status"),
    ),
    "sparkpost": Tracker(SparkPostTrackingWebhookView, is_listed=True, is_soft=_soft_at_sparkpost),
}
