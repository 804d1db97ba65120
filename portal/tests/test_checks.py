"""Each fault of the settings is found, and the settings as they are have none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from portal import checks
from tickets.mail_account import Account

GOOD_KEY = "q3V9-fT1xZ_pL7mW2sK8bN4cR6yD0hJ5gA-eUoQ"


@pytest.mark.parametrize(
    "key", ["short", "x" * 60, "django-insecure-" + GOOD_KEY, "change-me-" + GOOD_KEY, "Example" + GOOD_KEY]
)
@pytest.mark.parametrize("name", ["SECRET_KEY", "RECORD_KEY"])
def test_an_example_of_a_key_is_refused(settings: Settings, name: str, key: str) -> None:
    setattr(settings, name, key)
    assert [fault.id for fault in checks.secrets_are_secret(None)] == ["portal.E001"]


def test_any_key_does_while_debugging(settings: Settings) -> None:
    settings.DEBUG, settings.SECRET_KEY = True, "short"
    assert checks.secrets_are_secret(None) == []


def test_a_folder_that_is_not_there_is_refused(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "missing"
    assert [fault.id for fault in checks.data_dir_is_writable(None)] == ["portal.E002"]


def test_files_of_customers_below_the_static_files_are_refused(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    assert [fault.id for fault in checks.data_dir_is_not_served(None)] == ["portal.E003"]


def test_static_files_below_the_files_of_customers_are_refused(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT, settings.MEDIA_ROOT = tmp_path / "static", tmp_path
    assert [fault.id for fault in checks.data_dir_is_not_served(None)] == ["portal.E003"]


def test_a_site_without_encryption_is_warned_of(settings: Settings) -> None:
    settings.HTTPS = False
    assert [fault.id for fault in checks.site_is_encrypted(None)] == ["portal.W001"]
    settings.HTTPS = True
    assert checks.site_is_encrypted(None) == []


def test_mail_into_files_is_warned_of(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert [fault.id for fault in checks.mail_is_sent(None)] == ["portal.W002"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert checks.mail_is_sent(None) == []


def test_a_retry_that_comes_too_soon_is_refused(settings: Settings) -> None:
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, "retry": 130}
    assert [fault.id for fault in checks.retries_come_after_the_timeout(None)] == ["portal.E004"]


def test_a_provider_that_nobody_understands_is_refused(settings: Settings) -> None:
    settings.MAIL_WEBHOOKS = {"postmark-events": "desk:a-long-password", "pigeon": "another-long-password"}
    (fault,) = checks.providers_are_known(None)
    assert (fault.id, "pigeon" in fault.msg) == ("portal.E005", True)
    assert "password" not in str(fault)


def test_a_mailbox_in_the_open_is_warned_of(settings: Settings) -> None:
    settings.MAIL_IMAP = Account("imap", "mail.example.com", 143, "desk", "secret", "INBOX")
    assert [fault.id for fault in checks.mailbox_is_encrypted(None)] == ["portal.W003"]
    settings.MAIL_IMAP = None
    assert checks.mailbox_is_encrypted(None) == []


@pytest.mark.parametrize(
    "check",
    [
        checks.secrets_are_secret,
        checks.data_dir_is_writable,
        checks.data_dir_is_not_served,
        checks.retries_come_after_the_timeout,
        checks.providers_are_known,
    ],
)
def test_the_settings_as_they_are_pass(check: Callable[[None], list[object]]) -> None:
    assert settings.DEBUG is False
    assert check(None) == []
