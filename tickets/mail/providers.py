"""The providers whose webhooks bring mail: how each proves who it is, and where in its post the raw message lies.

The proof is the library's (django-anymail), so is a message put together of fields where a provider posts no raw one. A
raw message is taken out of the post here: the library reads it, writes it anew and thereby changes its bytes, and fails
on those that are not UTF-8. The library's views tell of a message by a signal; calling its reading directly needs none,
so an error in storing reaches the provider as an answer.

Left out are those for which the library fetches each message from the provider's interface with packages that we do not
have: Amazon SES, Mailtrap, Resend.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from anymail.webhooks.base import AnymailBaseWebhookView, AnymailCoreWebhookView
from anymail.webhooks.brevo import BrevoInboundWebhookView
from anymail.webhooks.mailersend import MailerSendInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postal import PostalInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.conf import settings

from tickets.mail.posted import Malformed, Posted


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as posted. ``recipient`` of its envelope and ``event``, the provider's name for it, may be ``""``."""

    content: bytes
    recipient: str = ""
    event: str = ""


class SendGridView(SendGridInboundWebhookView):  # type: ignore[misc]  # the library has no types
    """The library warns on each request that it has nobody to try SendGrid with; docs/operations.md says so instead."""

    def __init__(self, **options: object) -> None:
        """Leave out the warning."""
        AnymailBaseWebhookView.__init__(self, **options)


Messages = Callable[[Posted], Sequence[Raw] | None]


@dataclass(frozen=True, slots=True)
class Door:
    """By what a provider proves who it is; ``secret`` is the library's name for that."""

    view: type[AnymailCoreWebhookView]
    secret: str = "webhook_secret"  # noqa: S105 -- a name
    options: Callable[[], dict[str, str]] = field(default=dict)

    @property
    def is_basic(self) -> bool:
        """Whether user and password in a header are the proof, so that it can be judged before the body is read."""
        return self.secret == "webhook_secret"  # noqa: S105 -- a name

    def opened(self, secret: str) -> AnymailCoreWebhookView:
        """The library's view, whose ``run_validators`` and ``parse_events`` are used. ``secret`` is never empty."""
        # Whatever the settings of the library hold, only the secret of this provider opens its door.
        options = {"webhook_secret": [], self.secret: [secret] if self.is_basic else secret}
        return self.view(**options, **self.options())


@dataclass(frozen=True, slots=True)
class Provider(Door):
    """One provider that posts mail. ``raw`` gives the raw messages of a post, or ``None`` where it has only fields."""

    raw: Messages = lambda posted: None


def _json(posted: Posted) -> Any:  # noqa: ANN401 -- whatever they posted
    try:
        return json.loads(posted.body)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None


def _bytes(text: object, *, is_base64: bool = False) -> bytes:
    if not isinstance(text, str):
        raise Malformed("no message")
    return b64decode(text) if is_base64 else text.encode("utf-8", "surrogatepass")


def _postmark(posted: Posted) -> Sequence[Raw] | None:
    event = _json(posted)
    if event.get("RecordType", "Inbound") != "Inbound":
        raise Malformed("not of Postmark's inbound webhook")
    if "RawEmail" not in event:
        return None
    recipient, name = event.get("OriginalRecipient"), event.get("MessageID")
    return [Raw(_bytes(event["RawEmail"]), str(recipient or ""), str(name or ""))]


def _mailgun(posted: Posted) -> Sequence[Raw] | None:
    if "body-mime" not in posted.raw:
        return None
    recipient, token = posted.POST.get("recipient", ""), posted.POST.get("token", "")
    return [Raw(posted.raw["body-mime"], str(recipient), str(token))]


def _sendgrid(posted: Posted) -> Sequence[Raw] | None:
    if "email" not in posted.raw:
        if "headers" not in posted.raw:
            raise Malformed("neither 'email' nor 'headers'")
        return None
    return [Raw(posted.raw["email"], _recipient_of_sendgrid(posted))]


def _recipient_of_sendgrid(posted: Posted) -> str:
    try:
        return str(json.loads(posted.raw["envelope"])["to"][0])
    except (KeyError, IndexError, TypeError, ValueError, RecursionError):
        return ""


def _mandrill(posted: Posted) -> Sequence[Raw]:
    try:
        events = json.loads(posted.raw["mandrill_events"])
    except (KeyError, ValueError, RecursionError):
        raise Malformed("no events") from None
    return [
        Raw(_bytes(event["msg"]["raw_msg"]), str(event["msg"].get("email") or ""))
        for event in events
        if event.get("event") == "inbound"
    ]


def _mailersend(posted: Posted) -> Sequence[Raw]:
    event = _json(posted)
    if event.get("type") != "inbound.message":
        raise Malformed("not of MailerSend's inbound route")
    data = event["data"]
    to = (data.get("recipients") or {}).get("rcptTo") or [{}]
    return [Raw(_bytes(data["raw"]), str(to[0].get("email") or ""), str(data.get("id") or ""))]


def _postal(posted: Posted) -> Sequence[Raw]:
    event = _json(posted)
    raw = _bytes(event["message"], is_base64=event.get("base64") is True)
    return [Raw(raw, str(event.get("rcpt_to") or ""), str(event.get("id") or ""))]


def _sparkpost(posted: Posted) -> Sequence[Raw]:
    found = []
    for row in _json(posted):
        # An empty event is a ping.
        if event := row["msys"].get("relay_message"):
            content = event["content"]
            is_base64 = bool(content.get("email_rfc822_is_base64"))
            raw = _bytes(content["email_rfc822"], is_base64=is_base64)
            found.append(Raw(raw, str(event.get("rcpt_to") or "")))
    return found


def _fields_alone(posted: Posted) -> None:
    """Of those that never post a raw message: it must be JSON."""
    _json(posted)


PROVIDERS = {
    "brevo": Provider(
        BrevoInboundWebhookView, options=lambda: {"api_key": settings.BREVO_API_KEY}, raw=_fields_alone
    ),
    "mailersend": Provider(MailerSendInboundWebhookView, "inbound_secret", raw=_mailersend),
    "mailgun": Provider(MailgunInboundWebhookView, "webhook_signing_key", raw=_mailgun),
    "mailjet": Provider(MailjetInboundWebhookView, raw=_fields_alone),
    # It signs the address, too, as the world sees it.
    "mandrill": Provider(
        MandrillCombinedWebhookView,
        "webhook_key",
        lambda: {"webhook_url": f"{settings.SITE_URL}/hooks/mail/mandrill/"},
        raw=_mandrill,
    ),
    "postal": Provider(PostalInboundWebhookView, "webhook_key", raw=_postal),
    "postmark": Provider(PostmarkInboundWebhookView, raw=_postmark),
    "sendgrid": Provider(SendGridView, raw=_sendgrid),
    "sparkpost": Provider(SparkPostInboundWebhookView, raw=_sparkpost),
}
