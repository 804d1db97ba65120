"""Values of the environment: what is taken, what is refused and how."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import environment
from tickets.mail_account import Account


@pytest.mark.parametrize("value", ["0", "65536", "eight", "1_000", "٣", "80 80", "-1"])
def test_a_port_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(
        ImproperlyConfigured, match=r"PORT is '.*'; it must be a whole number from 1 to 65535\."
    ):
        environment.number("PORT", 8000, least=1, most=65535)


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert environment.number("PORT", 8000, least=1, most=65535) == 8000


@pytest.mark.parametrize(
    ("value", "means"),
    [("1", True), ("yes", True), ("TRUE", True), ("0", False), ("off", False), ("", False)],
)
def test_a_flag_is_read_in_the_usual_spellings(
    monkeypatch: pytest.MonkeyPatch, value: str, means: bool
) -> None:
    monkeypatch.setenv("DEMO", value)
    assert environment.flag("DEMO", default=not means) is means


def test_a_flag_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "maybe")
    with pytest.raises(ImproperlyConfigured, match="DEMO is 'maybe'; it must be 1 or 0"):
        environment.flag("DEMO", default=True)


@pytest.mark.parametrize(
    "value",
    [
        "support.example.com",
        "ftp://a.example",
        "https://",
        "https://a.example/desk",
        "https://u@a.example",
        "https://a:x",
        "https://[::1",
    ],
)
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SITE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        environment.site_url("SITE_URL", "")


def test_an_address_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://support.example.com/")
    assert environment.site_url("SITE_URL", "") == "https://support.example.com"


@pytest.mark.parametrize("value", ["red", "#12345", "#12345g", "#1234567"])
def test_a_colour_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ACCENT_COLOUR", value)
    with pytest.raises(ImproperlyConfigured, match="ACCENT_COLOUR"):
        environment.matching("ACCENT_COLOUR", "#000000", "#[0-9a-f]{6}", "a colour")


def test_a_list_is_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, b.example,")
    assert environment.words("ALLOWED_HOSTS", []) == ["a.example", "b.example"]


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = environment.secret("NO_SUCH_SECRET", tmp_path / "key")
    assert len(first) > 60
    assert environment.secret("NO_SUCH_SECRET", tmp_path / "key") == first
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_secret_in_the_environment_writes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOME_SECRET", "given")
    assert environment.secret("SOME_SECRET", tmp_path / "key") == "given"
    assert not (tmp_path / "key").exists()


def test_a_secret_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="cannot be written"):
        environment.secret("NO_SUCH_SECRET", tmp_path / "missing" / "key")


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with pytest.raises(ImproperlyConfigured, match="is empty"):
        environment.secret("NO_SUCH_SECRET", tmp_path / "key")


@pytest.mark.parametrize("value", ["mysql://a/b", "nonsense", "postgres://host:port/name", "postgres://"])
def test_a_database_that_we_do_not_run_on_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DATABASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database("DATABASE_URL", Path("unused"))


def test_mail_goes_into_files_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    found = environment.email("EMAIL_URL", tmp_path)
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert str(found["EMAIL_FILE_PATH"]).rstrip("/") == str(tmp_path)


def test_mail_by_a_server_is_encrypted_when_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://desk:secret@mail.example.com:587")
    found = environment.email("EMAIL_URL", tmp_path)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == (
        "mail.example.com",
        587,
        True,
    )


@pytest.mark.parametrize("value", ["nonsense", "pigeon://loft", "smtp://host:port"])
def test_mail_that_cannot_be_sent_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    monkeypatch.setenv("EMAIL_URL", value)
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        environment.email("EMAIL_URL", tmp_path)


def test_a_length_is_written_as_in_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAITING_REMIND_AFTER", "1 business day")
    assert environment.length("WAITING_REMIND_AFTER", "2 days") == "1 business day"
    monkeypatch.setenv("WAITING_REMIND_AFTER", "soon")
    with pytest.raises(
        ImproperlyConfigured, match=r"WAITING_REMIND_AFTER is 'soon'; it must be a whole number"
    ):
        environment.length("WAITING_REMIND_AFTER", "2 days")


def test_a_mailbox_is_written_as_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIL_IMAP_URL", raising=False)
    assert environment.mailbox("MAIL_IMAP_URL") is None
    monkeypatch.setenv("MAIL_IMAP_URL", "imaps://desk%40example.com:a%2Fb%3A@mail.example.com/Support%20in")
    assert environment.mailbox("MAIL_IMAP_URL") == Account(
        "imaps", "mail.example.com", 993, "desk@example.com", "a/b:", "Support in"
    )
    monkeypatch.setenv("MAIL_IMAP_URL", "imap+starttls://desk:secret@mail.example.com:1143")
    found = environment.mailbox("MAIL_IMAP_URL")
    assert found is not None
    assert (found.port, found.folder) == (1143, "INBOX")
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    "value",
    [
        "imaps://hunter2",
        "pop://desk:hunter2@host/",
        "imaps://desk:hunter2@host:port/",
        "imaps://desk:hunter2@/x",
    ],
)
def test_a_mailbox_that_is_none_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("MAIL_IMAP_URL", value)
    with pytest.raises(ImproperlyConfigured, match="MAIL_IMAP_URL must be") as refusal:
        environment.mailbox("MAIL_IMAP_URL")
    assert "hunter2" not in str(refusal.value)


def test_a_provider_comes_with_a_secret_that_is_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "postmark=desk:a=long/password mandrill=key-0123456789abcdef mandrill-events=key-fedcba9876543210"
    monkeypatch.setenv("MAIL_WEBHOOKS", words)
    assert environment.webhooks("MAIL_WEBHOOKS") == {
        "postmark": "desk:a=long/password",
        "mandrill": "key-0123456789abcdef",
        "mandrill-events": "key-fedcba9876543210",
    }
    for value in ("postmark", "postmark=hunter2", "POST=0123456789abcdef", "postmark-mail=0123456789abcdef"):
        monkeypatch.setenv("MAIL_WEBHOOKS", value)
        with pytest.raises(ImproperlyConfigured, match="MAIL_WEBHOOKS must be") as refusal:
            environment.webhooks("MAIL_WEBHOOKS")
        assert "hunter2" not in str(refusal.value)
