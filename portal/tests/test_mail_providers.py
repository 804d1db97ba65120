"""Providers of mail: one setting each, and our headers in what their API is given. No provider is asked."""

import json
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from contracts.models import BouncedAddress, Contact, OutboxMessage
from contracts.outbox import writing
from contracts.outbox.delivery import deliver
from portal import environment
from portal.mail_providers import PROVIDERS, settings_of

NUMBER = "VK-7F3K9Q"
URLS = {
    "brevo": "brevo://k%2Fey@",
    "mailgun": "mailgun://key@mg.desk.example?region=eu",
    "mailjet": "mailjet://key:secret@",
    "mandrill": "mandrill://key@",
    "postmark": "postmark://key@",
    "resend": "resend://key@",
    "scaleway": "scaleway://key:project@",
    "sparkpost": "sparkpost://key@",
}
OURS = ("Message-ID", "References", "In-Reply-To", "Auto-Submitted", "List-Unsubscribe")


def chosen(url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("EMAIL_URL", url)
    return environment.email("EMAIL_URL", Path("unused"))


def test_a_key_is_read_as_it_is_meant() -> None:
    assert settings_of("brevo://k%2Fey@") == {
        "EMAIL_BACKEND": "anymail.backends.brevo.EmailBackend",
        "ANYMAIL": {"BREVO_API_KEY": "k/ey", "REQUESTS_TIMEOUT": 10},
        "MAIL_PROVIDER_HEADERS": {},
    }
    assert settings_of("smtp://host:25") is None


def test_amazon_and_sendgrid_take_mail_by_smtp(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chosen("ses://AKIA:se%2Bcret@eu-west-1", monkeypatch)
    assert found["EMAIL_HOST"] == "email-smtp.eu-west-1.amazonaws.com"
    assert (found["EMAIL_HOST_PASSWORD"], found["EMAIL_USE_TLS"]) == ("se+cret", True)
    found = chosen("sendgrid://SG.key@", monkeypatch)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("apikey", "SG.key")


@pytest.mark.parametrize(
    "url",
    [
        "postmark://",
        "mailgun://key@",
        "mailjet://key@",
        "ses://AKIA@eu-west-1",
        "mailgun://hidden@a.b?region=mars",
    ],
)
def test_what_lacks_a_part_is_refused_without_telling_the_key(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(
        ImproperlyConfigured, match=r"EMAIL_URL cannot be used as it is; it must be like \w+://"
    ) as it:
        chosen(url, monkeypatch)
    assert "hidden" not in str(it.value)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_mail_of_ours_reaches_the_api_with_its_headers(
    name: str, contact: Contact, settings: Settings, monkeypatch: pytest.MonkeyPatch, monday: datetime
) -> None:
    asked: list[str] = []

    def request(self: object, **given: Any) -> requests.Response:
        asked.append(
            json.dumps([given.get(part) for part in ("data", "json", "params", "files")], default=str)
        )
        raise requests.ConnectionError("cut")

    monkeypatch.setattr(requests.Session, "request", request)
    for key, value in chosen(URLS[name], monkeypatch).items():
        setattr(settings, key, value)
    said = {"ticket": SimpleNamespace(number=NUMBER, subject="Login fails"), "text": "Try this."}
    message = writing.write(
        kind="reply", to=contact.user, at=monday, context=said, key="k", ticket_number=NUMBER
    )
    assert deliver(monday).failed == 1
    (sent,) = asked
    left_out = {key.lower() for key, value in settings.MAIL_PROVIDER_HEADERS.items() if not value}
    assert [each for each in OURS if each.lower() not in sent.lower()] == [
        each for each in OURS if each.lower() in left_out
    ]
    assert writing.thread_id(NUMBER) in sent
    assert (message.message_id in sent) == ("message-id" not in left_out)
    assert "support+vk-7f3k9q." in sent
    assert "Try this." in sent


def test_an_address_that_a_provider_refuses_is_marked(
    contact: Contact, settings: Settings, monkeypatch: pytest.MonkeyPatch, monday: datetime
) -> None:
    def request(self: object, **_: object) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 422
        answer._content = json.dumps(
            {
                "ErrorCode": 406,
                "Message": "Found inactive addresses: nora@harbour.example. Inactive recipients are ones that bounced.",
            }
        ).encode()
        return answer

    monkeypatch.setattr(requests.Session, "request", request)
    for key, value in chosen(URLS["postmark"], monkeypatch).items():
        setattr(settings, key, value)
    writing.write(kind="password_changed", to=contact.user, at=monday, context={}, key="k")
    assert deliver(monday).given_up == 1
    assert OutboxMessage.objects.get(key="k").status == "given_up"
    assert BouncedAddress.objects.get(address="nora@harbour.example").stops
