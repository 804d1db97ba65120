"""Faults of the settings that would otherwise show late, each with an id."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 -- Django's name

EXAMPLES = ("change", "example", "insecure", "secret", "password", "django-")
SHORTEST = 32

Configs = Sequence[AppConfig] | None


@register(Tags.security)
def secrets_are_secret(app_configs: Configs, **kwargs: object) -> list[CheckMessage]:
    """portal.E001: whoever knows the key signs in as anybody and runs code in the worker."""
    return [
        Error(
            f"{name} is an example or shorter than {SHORTEST} characters.",
            hint="Leave it unset (one is made in DATA_DIR), or set 50 random characters.",
            id="portal.E001",
        )
        for name, setting in (("DJANGO_SECRET_KEY", "SECRET_KEY"), ("RECORD_KEY", "RECORD_KEY"))
        if not settings.DEBUG and _is_weak(getattr(settings, setting))
    ]


def _is_weak(key: str) -> bool:
    return len(key) < SHORTEST or len(set(key)) < 8 or key.lower().startswith(EXAMPLES)


@register()
def data_dir_is_writable(app_configs: Configs, **kwargs: object) -> list[CheckMessage]:
    """portal.E002: everything is written there."""
    folder: Path = settings.DATA_DIR
    if os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"DATA_DIR {folder} cannot be written.", hint="Make it writable for this user.", id="portal.E002"
        )
    ]


@register(Tags.security)
def data_dir_is_not_served(app_configs: Configs, **kwargs: object) -> list[CheckMessage]:
    """portal.E003: files of customers must not lie below what the web server hands out."""
    files, served = Path(settings.MEDIA_ROOT).resolve(), Path(settings.STATIC_ROOT).resolve()
    if not files.is_relative_to(served) and not served.is_relative_to(files):
        return []
    return [
        Error(
            "Customers' files lie among the static files.",
            hint="Give them folders of their own.",
            id="portal.E003",
        )
    ]


@register(Tags.security, deploy=True)
def site_is_encrypted(app_configs: Configs, **kwargs: object) -> list[CheckMessage]:
    """portal.W001: without https passwords and cookies travel in the open."""
    if settings.HTTPS:
        return []
    return [
        Warning(
            f"SITE_URL {settings.SITE_URL} is not https.",
            hint="Set SITE_URL=https://your.host.",
            id="portal.W001",
        )
    ]


@register(deploy=True)
def mail_is_sent(app_configs: Configs, **kwargs: object) -> list[CheckMessage]:
    """portal.W002: without a mail server nobody gets invitations or answers."""
    if "smtp" in settings.EMAIL_BACKEND or settings.EMAIL_BACKEND.startswith("anymail."):
        return []
    return [
        Warning(
            "Mail goes into files, not to people.",
            hint="Set EMAIL_URL=smtp+tls://user:password@host:587, or a provider.",
            id="portal.W002",
        )
    ]


@register()
def providers_are_known(app_configs: Configs, **kwargs: object) -> list[CheckMessage]:
    """portal.E005: a provider with another name would get 404 for each message."""
    if not settings.MAIL_WEBHOOKS:
        return []
    # Their modules take a while to load, and nearly every command would pay for it.
    from tickets.mail.providers import PROVIDERS  # noqa: PLC0415 -- the models are not there when checks are registered

    return [
        Error(
            f"MAIL_WEBHOOKS names {name}, whose posts nobody understands.",
            hint=f"One of {', '.join(sorted(PROVIDERS))}.",
            id="portal.E005",
        )
        for name in settings.MAIL_WEBHOOKS
        if name.removesuffix("-events") not in PROVIDERS
    ]


@register(Tags.security, deploy=True)
def mailbox_is_encrypted(app_configs: Configs, **kwargs: object) -> list[CheckMessage]:
    """portal.W003: the mailbox's password would travel in the open."""
    if settings.MAIL_IMAP is None or settings.MAIL_IMAP.scheme != "imap":
        return []
    return [
        Warning(
            "MAIL_IMAP_URL is not encrypted.",
            hint="Write imaps://… or imap+starttls://….",
            id="portal.W003",
        )
    ]


@register()
def retries_come_after_the_timeout(app_configs: Configs, **kwargs: object) -> list[CheckMessage]:
    """portal.E004: `retry` counts from when a task is fetched; too short a one runs tasks twice."""
    queue = settings.Q_CLUSTER
    least = queue["timeout"] * (queue["queue_limit"] / queue["workers"] + 2)
    if queue["retry"] > least:
        return []
    return [
        Error(
            f"The queue's retry of {queue['retry']} s is too short.",
            hint=f"More than {least:.0f} s.",
            id="portal.E004",
        )
    ]
