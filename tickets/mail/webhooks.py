"""
Mail that a provider posts: ``/hooks/mail/<provider>/``, for the providers of the settings alone.

200 is the answer once every message of the post is stored; 503 where one cannot be, so that the provider posts it again
and those that are stored are known by their place. A message is read by a child process, so that a hostile one never
meets the web's.
"""

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.message import EmailMessage, Message
from functools import partial

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import EventType
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from contracts.clients import client_key
from contracts.limits import is_spent, is_within
from tickets.mail import limits
from tickets.mail.places import place_of
from tickets.mail.posted import Malformed, Posted
from tickets.mail.processing import take_in
from tickets.mail.providers import PROVIDERS, Door, Provider, Raw
from tickets.models.mail import Way

logger = logging.getLogger(__name__)

# Posts without the right proof, of one client.
MOST_WRONG, WRONG_SECONDS = 60, 600
# All posts of one client; a provider posts again later.
MOST_POSTS, POSTS_SECONDS = 600, 60
RETRY_AFTER = "60"
# What a message may become around the limit of its size: JSON, escaped line ends, fields beside it.
ROOM = 1024 * 1024
ADDRESS = re.compile(r"[!-~]{1,320}")


@dataclass(frozen=True, slots=True)
class Hook:
    """One address: whose posts it takes, the proof, what each is counted as, how large it may be, and what is done.

    Without a ``secret`` there is no such address. ``take`` may raise ``Malformed``, ``OSError`` and ``Error``.
    """

    name: str
    door: Door
    secret: str
    counted: str
    most_bytes: int
    take: Callable[[AnymailCoreWebhookView, Posted, datetime], None]


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Takes the mail that a provider posts. Without a secret in the settings there is no such address."""
    known = PROVIDERS.get(provider)
    if known is None:
        raise Http404
    secret, most = settings.MAIL_WEBHOOKS.get(provider, ""), limits.MOST_BYTES * 3 // 2 + ROOM
    return answered(
        request, Hook(provider, known, secret, "mail-hook", most, partial(_store, provider, known))
    )


def answered(request: HttpRequest, hook: Hook) -> HttpResponse:
    """What a post to ``hook`` is answered, once what it says is done."""
    if not hook.secret:
        raise Http404
    if request.method == "HEAD":
        # Some try the address when it is set up.
        return HttpResponse()
    at, who = timezone.now(), client_key(request)
    try:
        return _take(request, hook, hook.door.opened(hook.secret), at=at)
    except AnymailWebhookValidationFailure as fault:
        return _refuse(hook.name, fault, who, at=at)
    except (Malformed, UnreadablePostError) as fault:
        logger.warning("A post of %s cannot be read: %s", hook.name, fault)
        return _answer(400)
    except (OSError, Error):
        # Of the disk, the database, or the interface of the provider from which the library fetches attachments.
        logger.exception("A post of %s could not be stored; it is to be posted again.", hook.name)
        return _answer(503)


def _take(request: HttpRequest, hook: Hook, view: AnymailCoreWebhookView, *, at: datetime) -> HttpResponse:
    if hook.door.is_basic:
        _prove(view, request)
    if not _may_post(hook.counted, client_key(request), at=at):
        return _answer(429)
    posted = _read(request, hook.most_bytes)
    if posted is None:
        return _answer(413)
    _prove(view, posted)
    hook.take(view, posted, at)
    return _answer(200)


def _prove(view: AnymailCoreWebhookView, request: HttpRequest) -> None:
    """Raises ``AnymailWebhookValidationFailure`` also where the library stumbles over what stands for a proof."""
    try:
        view.run_validators(request)
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as fault:
        raise AnymailWebhookValidationFailure(f"no proof: {type(fault).__name__}") from None


def _store(name: str, provider: Provider, view: AnymailCoreWebhookView, posted: Posted, at: datetime) -> None:
    for raw, event in _mails(provider, view, posted):
        place = place_of("webhook", name, event)
        take_in(raw=raw, way=Way.WEBHOOK, received_at=at, place=place, at=at)


def _may_post(counted: str, who: str, *, at: datetime) -> bool:
    spent = is_spent("mail-hook-wrong", who, most=MOST_WRONG, seconds=WRONG_SECONDS, at=at)
    return not spent and is_within(counted, who, most=MOST_POSTS, seconds=POSTS_SECONDS, at=at)


def _refuse(provider: str, fault: Exception, who: str, *, at: datetime) -> HttpResponse:
    if not is_within("mail-hook-wrong", who, most=MOST_WRONG, seconds=WRONG_SECONDS, at=at):
        return _answer(429)
    logger.warning("A post in the name of %s is refused: %s", provider, fault)
    return _answer(403)


def _read(request: HttpRequest, most: int) -> Posted | None:
    """The post with its body; ``None`` if it is too large, and then nothing of it was read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        raise Malformed("no length")
    if int(length) > most:
        return None
    body = request.read(int(length))
    if len(body) != int(length):
        raise Malformed("the post ends early")
    return Posted(request, body)


def _mails(provider: Provider, view: AnymailCoreWebhookView, posted: Posted) -> list[tuple[bytes, str]]:
    """The messages of a post, each with its place's last part. What cannot be put together is kept as it was posted."""
    try:
        found = provider.raw(posted)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as fault:
        raise Malformed(f"{type(fault).__name__}: {fault}"[:200]) from None
    if found is not None:
        return [(_delivered(raw), raw.event or _print(raw.content)) for raw in found]
    try:
        return _put_together(view, posted)
    except AnymailConfigurationError as fault:
        raise Malformed(str(fault)) from None
    except OSError:
        raise
    except Exception:
        logger.exception("A post of %s is kept as it is: no message can be made of it.", view.esp_name)
        return [(_wrapped(view.esp_name, posted), _print(posted.body))]


def _put_together(view: AnymailCoreWebhookView, posted: Posted) -> list[tuple[bytes, str]]:
    return [
        (
            _delivered(Raw(_written(event.message), event.message.envelope_recipient or "")),
            str(event.event_id or "") or _print(posted.body),
        )
        for event in view.parse_events(posted)
        if event.event_type == EventType.INBOUND
    ]


def _written(message: Message) -> bytes:
    """The message with its files in base64: as the library makes them, writing would change their line ends."""
    for part in message.walk():
        if not part.is_multipart() and "Content-Transfer-Encoding" not in part:
            encode_base64(part)
    return message.as_bytes()


def _delivered(raw: Raw) -> bytes:
    """The message under the recipient of its envelope, as a mail server delivers it; a copy may name nobody."""
    if ADDRESS.fullmatch(raw.recipient):
        return f"Delivered-To: {raw.recipient}\r\n".encode("ascii") + raw.content
    return raw.content


def _wrapped(name: str, posted: Posted) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = f"A post of {name} that could not be read"
    mail.set_content(f"{name} posted a message that could not be put together. The post is attached.\n")
    mail.add_attachment(posted.body, maintype="application", subtype="octet-stream", filename="post.bin")
    return mail.as_bytes()


def _print(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _answer(status: int) -> HttpResponse:
    words = {200: "stored", 400: "malformed", 403: "refused", 413: "too large", 429: "too many", 503: "later"}
    answer = HttpResponse(f"{words[status]}\n", status=status, content_type="text/plain; charset=utf-8")
    if status in {429, 503}:
        answer.headers["Retry-After"] = RETRY_AFTER
    if status == 413:
        answer.headers["Connection"] = "close"
    return answer
