"""Mail that providers post: only with the right proof, stored once and before they hear that it is."""

import base64
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import MIMEPart
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from tickets import mail_reader
from tickets.mail import limits, webhooks
from tickets.mail.posted import Malformed, multipart
from tickets.mail.providers import PROVIDERS
from tickets.mail_read import MailRead
from tickets.models import IncomingMail

pytestmark = pytest.mark.django_db

BASIC = "desk:a-long-password-of-ours"
KEY = "key-0123456789abcdef"
# Latin-1 beside UTF-8: no provider's field may change a byte.
RAW = (
    b"From: Nora <nora@harbour.example>\r\nTo: support@desk.example\r\nSubject: Pump\r\n"
    b"Message-ID: <1@harbour.example>\r\n\r\nIt leaks\xe9 \xc3\xa9\r\n"
)
TEXT = RAW.replace(b"\xe9", b"")


@pytest.fixture(autouse=True)
def here(settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # What it says does not matter here.
    monkeypatch.setattr(mail_reader, "_readers", [lambda raw: MailRead()])
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://support.example.com"
    settings.MAIL_WEBHOOKS = {
        "postmark": BASIC, "mailgun": KEY, "sendgrid": BASIC, "mailjet": BASIC, "mandrill": KEY, "sparkpost": BASIC,
    }  # fmt: skip
    return settings


def post(provider: str, body: bytes, kind: str, **headers: str) -> Any:
    return Client(raise_request_exception=False, enforce_csrf_checks=True).post(
        f"/hooks/mail/{provider}/", body, content_type=kind, headers=headers
    )


Form = tuple[bytes, str]


def basic(secret: str = BASIC) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def postmark(secret: str = BASIC, **changes: object) -> Any:
    event = {
        "MessageID": "22c74902",
        "OriginalRecipient": "support+abc@desk.example",
        "RawEmail": TEXT.decode(),
    }
    return post("postmark", json.dumps(event | changes).encode(), "application/json", **basic(secret))


def sendgrid(sent: Form, secret: str = BASIC) -> Any:
    body, kind = sent
    return post("sendgrid", body, kind, **basic(secret))


def form(fields: dict[str, bytes], file: bytes | None = None) -> Form:
    parts = [
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, content in fields.items()
    ]
    if file is not None:
        head = '--xyz\r\nContent-Disposition: form-data; name="attachment1"; filename=".."\r\nContent-Type: image/png'
        parts.append(head.encode() + b"\r\n\r\n" + file + b"\r\n")
    return b"".join(parts) + b"--xyz--\r\n", "multipart/form-data; boundary=xyz"


def mailgun(key: str = KEY, post_id: str = "t1", *, is_form: bool = True) -> Any:
    stamp = "1772442000"
    signature = hmac.new(key.encode(), f"{stamp}{post_id}".encode(), "sha256").hexdigest()
    fields = {
        "recipient": b"support@desk.example", "sender": b"nora@harbour.example", "timestamp": stamp.encode(),
        "token": post_id.encode(), "signature": signature.encode(), "body-mime": RAW,
    }  # fmt: skip
    if is_form:
        return post("mailgun", *form(fields))
    return post("mailgun", urlencode(fields).encode(), "application/x-www-form-urlencoded")


def raws() -> list[bytes]:
    found = []
    for mail in IncomingMail.objects.order_by("pk"):
        with mail.raw.open() as file:
            found.append(file.read())
    return found


def reading(raw: bytes) -> MIMEPart:
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body is not None
    return body


def test_what_postmark_posts_is_stored_byte_for_byte_under_the_recipient_of_its_envelope(
    monday: datetime,
) -> None:
    with time_machine.travel(monday, tick=False):
        answer = postmark()
    assert (answer.status_code, answer.cookies) == (200, {})
    assert raws() == [b"Delivered-To: support+abc@desk.example\r\n" + TEXT]
    mail = IncomingMail.objects.get()
    assert (mail.received_at, mail.way, mail.place) == (monday, "webhook", "webhook/postmark/22c74902")


@pytest.mark.parametrize("is_form", [True, False])
def test_what_mailgun_signs_is_stored_byte_for_byte_also_what_is_no_utf_8(is_form: bool) -> None:
    assert mailgun(is_form=is_form).status_code == 200
    assert raws() == [b"Delivered-To: support@desk.example\r\n" + RAW]


def test_sendgrid_posts_raw_or_in_fields_and_no_file_is_left_out() -> None:
    raw = form(
        {"email": RAW, "envelope": b'{"to": ["support@desk.example"], "from": "nora@harbour.example"}'}
    )
    assert sendgrid(raw).status_code == 200
    fields = {
        "headers": b"From: nora@harbour.example\nSubject: Pump\n", "text": "Größe".encode(),
        "attachment-info": b'{"attachment1": {"filename": "..", "type": "image/png"}}',
    }  # fmt: skip
    assert sendgrid(form(fields, b"\x89PNG\r\n\x00")).status_code == 200
    first, second = raws()
    assert first == b"Delivered-To: support@desk.example\r\n" + RAW
    assert b"Subject: Pump" in second
    assert reading(second).get_content() == "Größe"
    (file,) = message_from_bytes(second, policy=policy.default).iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("attachment", b"\x89PNG\r\n\x00")


def test_mandrill_signs_the_address_that_the_world_sees() -> None:
    events = json.dumps([
        {"event": "inbound", "msg": {"raw_msg": TEXT.decode(), "email": "support@desk.example"}},
        {"event": "send", "msg": {"email": "nora@harbour.example"}},
    ])  # fmt: skip
    signed = f"https://support.example.com/hooks/mail/mandrill/mandrill_events{events}"
    signature = base64.b64encode(hmac.new(KEY.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    body = urlencode({"mandrill_events": events}).encode()
    kind = "application/x-www-form-urlencoded"
    assert post("mandrill", body, kind, **{"X-Mandrill-Signature": signature}).status_code == 200
    assert post("mandrill", body, kind, **{"X-Mandrill-Signature": signature[::-1]}).status_code == 403
    assert len(raws()) == 1


def test_mailjet_has_only_fields_and_a_post_that_gives_no_message_is_kept_whole() -> None:
    sound = {
        "Headers": {"From": "nora@harbour.example", "Subject": "Pump"},
        "Text-part": "It leaks",
        "Parts": [],
    }
    broken = {"Headers": {"Subject": "a\nb"}, "Text-part": "kept"}
    for event in (sound, broken):
        assert post("mailjet", json.dumps(event).encode(), "application/json", **basic()).status_code == 200
    first, second = raws()
    assert reading(first).get_content() == "It leaks"
    assert base64.b64encode(json.dumps(broken).encode())[:60] in second.replace(b"\n", b"")


def test_bytes_that_are_no_text_come_through_sparkpost() -> None:
    content = {"email_rfc822": base64.b64encode(RAW).decode(), "email_rfc822_is_base64": True}
    events = [{"msys": {}}, {"msys": {"relay_message": {"content": content, "rcpt_to": "two words"}}}]
    assert post("sparkpost", json.dumps(events).encode(), "application/json", **basic()).status_code == 200
    assert raws() == [RAW]


@pytest.mark.parametrize("secret", ["", "desk:", "desk:wrong", "None"])
def test_without_the_right_secret_nothing_is_stored(secret: str) -> None:
    answers = [
        postmark(secret),
        post("postmark", b"{}", "application/json"),
        sendgrid(form({"email": RAW}), secret),
        mailgun("another-key-that-is-long"),
        post("mailgun", *form({"body-mime": RAW})),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert raws() == []


def test_a_provider_that_has_no_secret_in_the_settings_is_not_there(here: Settings) -> None:
    here.MAIL_WEBHOOKS = {"mailgun": KEY}
    # As if somebody had opened the library's own door.
    here.ANYMAIL = {"WEBHOOK_SECRET": BASIC}
    answers = [
        postmark(),
        post("brevo", b"{}", "application/json"),
        post("nobody", b"{}", "application/json"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert Client().head("/hooks/mail/mailgun/").status_code == 200
    assert Client().get("/hooks/mail/mailgun/").status_code == 405


def test_a_post_that_comes_again_is_stored_once() -> None:
    answers = [
        postmark(), postmark(), mailgun(), mailgun(),
        *(sendgrid(form({"email": RAW})) for _ in range(2)),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200] * 6
    assert len(raws()) == 3
    assert mailgun(post_id="t2").status_code == 200
    assert len(raws()) == 4


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"[1]", "application/json"),
        (b'{"RawEmail": 5}', "application/json"),
        (b'{"RecordType": "Bounce"}', "application/json"),
        (b"", "text/plain"),
        (b"--xyz", "multipart/form-data; boundary=xyz"),
        (b"--xyz", "multipart/form-data"),
    ],
)
def test_what_is_malformed_is_said_to_be(body: bytes, kind: str) -> None:
    assert post("postmark", body, kind, **basic()).status_code == 400
    assert raws() == []


def test_a_huge_post_is_not_read_and_a_large_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    large = TEXT.decode() + "x" * 4_000_000
    assert postmark(RawEmail=large).status_code == 200
    monkeypatch.setattr(limits, "MOST_BYTES", 100_000)
    assert postmark(RawEmail=large, MessageID="2").status_code == 413
    assert len(raws()) == 1


def test_what_cannot_be_stored_is_to_be_posted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for fault in (OSError(28, "No space left on device"), DatabaseError("gone")):

        def fail(fault: Exception = fault, **named: Any) -> None:
            raise fault

        with monkeypatch.context() as patched:
            patched.setattr(webhooks, "take_in", fail)
            answer = postmark()
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert postmark().status_code == 200
    assert len(raws()) == 1


def test_who_tries_secrets_is_stopped_and_whoever_has_the_right_one_is_not_held_up_by_that(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webhooks, "MOST_WRONG", 2)
    # At one moment: the limits begin anew every so many minutes.
    with caplog.at_level(logging.DEBUG), time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False):
        assert [postmark("desk:guess").status_code for _ in range(3)] == [403, 403, 429]
        monkeypatch.setattr(webhooks, "MOST_POSTS", 1)
        assert mailgun().status_code == 429
    assert "guess" not in caplog.text


def test_every_provider_can_be_opened_with_its_secret() -> None:
    for name, provider in PROVIDERS.items():
        view = provider.opened(BASIC)
        assert view.esp_name.lower() == name
        assert view.signal is None or view.signal.__class__.__name__ == "Signal"


def test_a_form_is_bounded() -> None:
    with pytest.raises(Malformed):
        multipart(form({f"f{number}": b"" for number in range(1500)})[0], "xyz")
