"""Settings from the environment: a bad value is refused with its name, what stands there and what may."""

import os
import re
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from contracts.sla.promises import Unreadable, read_length
from portal import mail_providers
from tickets.mail_account import IMAP_PORTS, Account

env = environ.Env()

TRUE = frozenset({"1", "true", "yes", "on"})
MAIL_WANTED = (
    "like smtp+tls://user:password@host:587, postmark://token@, consolemail:// or filemail:////folder"
)
# Of a provider of mail; whoever guesses it writes as anybody.
SHORTEST_SECRET = 16
FALSE = frozenset({"0", "false", "no", "off", ""})


def refuse(name: str, wanted: str) -> ImproperlyConfigured:
    """The fault of the variable `name`, as one line."""
    return ImproperlyConfigured(f"{name} is {os.environ.get(name, '')!r}; it must be {wanted}.")


def refuse_secret(name: str, wanted: str) -> ImproperlyConfigured:
    """The same of a variable whose value nobody should read in a log."""
    return ImproperlyConfigured(f"{name} cannot be used as it is; it must be {wanted}.")


def text(name: str, default: str) -> str:
    """The variable's text; an empty variable counts as absent."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """A yes or no."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise refuse(name, "1 or 0")


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    value = text(name, str(default))
    # No int() first: it takes '1_000' and '٣', which nobody means.
    if not re.fullmatch(r"-?[0-9]{1,18}", value) or not least <= int(value) <= most:
        raise refuse(name, f"a whole number from {least} to {most}")
    return int(value)


def length(name: str, default: str) -> str:
    """A length as policies write it, "2 business days", as text."""
    value = text(name, default)
    try:
        return str(read_length(value))
    except Unreadable as problem:
        raise refuse(name, str(problem)) from None


def words(name: str, default: list[str]) -> list[str]:
    """A list, written with commas."""
    return [word.strip() for word in text(name, ",".join(default)).split(",") if word.strip()]


def matching(name: str, default: str, pattern: str, wanted: str) -> str:
    """A text that matches the whole pattern."""
    value = text(name, default)
    if not re.fullmatch(pattern, value):
        raise refuse(name, wanted)
    return value


def site_url(name: str, default: str) -> str:
    """The address under which people reach the site: scheme and host, no path."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        usable = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        usable = False
        parts = urlsplit("")
    if not usable or parts.path or parts.query or parts.fragment or parts.username:
        raise refuse(name, "an address like https://support.example.com, without a path")
    return value


def secret(name: str, file: Path) -> str:
    """The secret in the variable or, without one, in the file; the file is made once, for its owner alone."""
    if value := os.environ.get(name, ""):
        return value
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(file)
    except OSError as fault:
        raise ImproperlyConfigured(
            f"{file} cannot be written ({fault.strerror}); set {name} or DATA_DIR."
        ) from fault
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(64))
    return _read_secret(file)


def _read_secret(file: Path) -> str:
    value = file.read_text().strip()
    if not value:
        raise ImproperlyConfigured(f"{file} is empty; remove it and a new secret is made.")
    return value


def database(name: str, file: Path) -> dict[str, object]:
    """The database of the variable (postgres://… or sqlite:///…) or else SQLite in `file`."""
    try:
        found: dict[str, object] = env.db_url_config(text(name, f"sqlite:///{file}"))
    except Exception as fault:
        raise refuse(name, "postgres://user:password@host:5432/name or sqlite:////path") from fault
    if found.get("ENGINE") not in {
        "django.db.backends.sqlite3",
        "django.db.backends.postgresql",
    } or not found.get("NAME"):
        raise refuse(name, "postgres://user:password@host:5432/name or sqlite:////path")
    return found


def email(name: str, folder: Path) -> dict[str, object]:
    """Where mail goes by the variable: a server (smtp+tls://user:password@host:587), a provider (postmark://token@ and
    others, see ``portal.mail_providers``), or else files in `folder`.
    """
    value = text(name, f"filemail:///{folder}")
    try:
        found: dict[str, object] = mail_providers.settings_of(value) or env.email_url_config(value)
    except mail_providers.Unusable as problem:
        raise refuse_secret(name, str(problem)) from None
    except Exception as fault:
        raise refuse(name, MAIL_WANTED) from fault
    if not found.get("EMAIL_BACKEND"):
        raise refuse(name, MAIL_WANTED)
    return found


def mailbox(name: str) -> Account | None:
    """The mailbox of the variable (imaps://user:password@host/INBOX), if it is set. A fault does not repeat it."""
    value = text(name, "")
    if not value:
        return None
    wanted = (
        f"{name} must be like imaps://user:password@host/INBOX (also imap+starttls:// and, not encrypted, imap://);"
        " in user and password write % / : @ as %25 %2F %3A %40."
    )
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(wanted) from None
    if parts.scheme not in IMAP_PORTS or not (parts.hostname and parts.username and parts.password):
        raise ImproperlyConfigured(wanted)
    if parts.query or parts.fragment:
        raise ImproperlyConfigured(wanted)
    return Account(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or IMAP_PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def webhooks(name: str) -> dict[str, str]:
    """Providers of mail and their secrets ("postmark=user:password mailgun=key mandrill-events=key").

    A fault does not repeat them.
    """
    found = {}
    for word in text(name, "").split():
        provider, _, value = word.partition("=")
        if not re.fullmatch(r"[a-z]{2,30}(-events)?", provider) or len(value) < SHORTEST_SECRET:
            raise ImproperlyConfigured(
                f"{name} must be words like postmark=user:password, each secret {SHORTEST_SECRET} characters or more."
            )
        found[provider] = value
    return found
