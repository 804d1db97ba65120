"""What providers post of a mail to Nora, as their documentation shows it; the events of an instant."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

NORA = "nora@harbour.example"
SAID = "550 5.1.1 The account does not exist"
BASIC = "desk:a-long-password-of-ours"
KEY = "key-0123456789abcdef"
EVENTS_KEY = "another-key-0123456789"
ADDRESS = "https://support.example.com/hooks/mail/{}/events/"

Event = dict[str, Any]


def postmark(at: datetime, to: str = NORA, **changes: object) -> Event:
    return {
        "RecordType": "Bounce", "MessageStream": "outbound", "ID": 4323372036854775807, "Type": "HardBounce",
        "TypeCode": 1, "Name": "Hard bounce", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "ServerID": 23,
        "Description": "The server was unable to deliver your message", "Details": f"smtp;{SAID}", "Email": to,
        "From": "support@desk.example", "BouncedAt": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "Inactive": True,
    } | changes  # fmt: skip


def mailgun(at: datetime, to: str = NORA, **changes: object) -> Event:
    """With a signature that is good for ``KEY``."""
    stamp, token = f"{at.timestamp():.0f}", hashlib.sha256(repr((at, to, changes)).encode()).hexdigest()[:50]
    signature = hmac.new(KEY.encode(), f"{stamp}{token}".encode(), "sha256").hexdigest()
    status = {
        "attempt-no": 1,
        "message": "",
        "code": 550,
        "enhanced-code": "5.1.1",
        "description": "Not there",
    }
    data = {
        "event": "failed", "severity": "permanent", "reason": "bounce", "timestamp": at.timestamp(), "recipient": to,
        "id": "G9Bn5sl1TC6nu79C8C0bwg", "message": {"headers": {"message-id": "1@desk.example", "to": to}},
        "delivery-status": status, "flags": {}, "tags": [], "user-variables": {},
    }  # fmt: skip
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": data | changes,
    }


def sendgrid(at: datetime, to: str = NORA, **changes: object) -> Event:
    return {
        "email": to, "timestamp": int(at.timestamp()), "smtp-id": "<1@desk.example>", "event": "bounce",
        "type": "bounce", "category": ["cat"], "sg_event_id": "6g4ZI7SA-xmRDv57GoPIPw==",
        "reason": "500 unknown recipient", "status": "5.1.1",
    } | changes  # fmt: skip


def dropped(at: datetime, reason: str) -> Event:
    """What SendGrid did not even try to send."""
    event = sendgrid(at, event="dropped", reason=reason, status="5.0.0")
    del event["type"]
    return event


def brevo(at: datetime, to: str = NORA, **changes: object) -> Event:
    return {
        "event": "hard_bounce", "email": to, "id": 26224, "date": "2026-11-23 19:05:00", "ts": 1604937337,
        "message-id": "<1@desk.example>", "ts_event": 1604933737, "ts_epoch": int(at.timestamp() * 1000),
        "subject": "Reply", "sending_ip": "192.0.2.1", "reason": SAID, "tags": [],
    } | changes  # fmt: skip


def sparkpost(at: datetime, to: str = NORA, **changes: object) -> Event:
    event = {
        "type": "bounce", "bounce_class": "10", "error_code": "550", "event_id": "92356927693813856", "rcpt_to": to,
        "raw_rcpt_to": to, "raw_reason": SAID, "timestamp": f"{at.timestamp():.0f}", "transmission_id": "655832",
    }  # fmt: skip
    return {"msys": {"message_event": event | changes}}


def mandrill(at: datetime, to: str = NORA, **changes: object) -> Event:
    message = {
        "ts": int(at.timestamp()), "subject": "Reply", "email": to, "sender": "support@desk.example", "tags": [],
        "state": "bounced", "metadata": [], "bounce_description": "bad_mailbox", "bgtools_code": 10,
        "diag": f"smtp;{SAID}",
    }  # fmt: skip
    return {
        "event": "hard_bounce",
        "_id": "exampleaaaaaaa",
        "msg": message,
        "ts": int(at.timestamp()),
    } | changes


def mailersend(at: datetime, to: str = NORA, **changes: object) -> Event:
    data = {
        "object": "activity", "id": "62f114f8165fe0d8db0288e3", "type": "hard_bounced",
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
        "email": {"object": "email", "recipient": {"object": "recipient", "email": to}, "message": {"id": "62f1"}},
        "morph": {"object": "recipient_bounce", "reason": "Host or domain name not found"},
    }  # fmt: skip
    return {"type": "activity.hard_bounced", "webhook_id": "7z3m5jgrogdpyo6n", "data": data | changes}


def mailjet(at: datetime, to: str = NORA, **changes: object) -> Event:
    return {
        "event": "bounce", "time": int(at.timestamp()), "MessageID": 13792286917004336, "email": to,
        "mj_campaign_id": 0, "customcampaign": "", "CustomID": "", "Payload": "", "blocked": False,
        "hard_bounce": True, "error_related_to": "recipient", "error": "user unknown", "comment": "No such user",
    } | changes  # fmt: skip


def postal(at: datetime, to: str = NORA, **changes: object) -> Event:
    message = {"id": 12345, "direction": "outgoing", "message_id": "1@desk.example", "to": to, "tag": None}
    payload = {
        "message": message, "status": "HardFail", "details": "Permanent SMTP delivery error", "output": SAID,
        "sent_with_ssl": True, "timestamp": at.timestamp(), "time": 0.22,
    }  # fmt: skip
    return {
        "event": "MessageDeliveryFailed",
        "timestamp": at.timestamp(),
        "uuid": "0b5f",
        "payload": payload | changes,
    }


BOUNCES: dict[str, Callable[..., Event]] = {
    "brevo": brevo, "mailersend": mailersend, "mailgun": mailgun, "mailjet": mailjet, "mandrill": mandrill,
    "postal": postal, "postmark": postmark, "sendgrid": sendgrid, "sparkpost": sparkpost,
}  # fmt: skip
LISTED = {"mailjet", "sendgrid", "sparkpost"}


def body_of(provider: str, *events: object) -> tuple[bytes, str]:
    """The post and its type; of those that post one event, the only one."""
    if provider == "mandrill":
        return urlencode(
            {"mandrill_events": json.dumps(events)}
        ).encode(), "application/x-www-form-urlencoded"
    whole = list(events) if provider in LISTED else events[0]
    return json.dumps(whole).encode(), "application/json"


def proof_of(provider: str, *events: object, secret: str = "") -> dict[str, str]:
    """The headers by which the provider proves itself; Mailgun does in the event."""
    if provider == "mandrill":
        signed = f"{ADDRESS.format(provider)}mandrill_events{json.dumps(events)}".encode()
        digest = hmac.new((secret or EVENTS_KEY).encode(), signed, hashlib.sha1).digest()
        return {"X-Mandrill-Signature": base64.b64encode(digest).decode()}
    if provider == "mailersend":
        body, _ = body_of(provider, *events)
        return {"Signature": hmac.new((secret or EVENTS_KEY).encode(), body, "sha256").hexdigest()}
    if provider == "mailgun":
        return {}
    return {"Authorization": "Basic " + base64.b64encode((secret or BASIC).encode()).decode()}
