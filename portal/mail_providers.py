"""
Providers of mail by one setting: EMAIL_URL names one and its key, ``postmark://token@`` or ``mailgun://key@domain``.

Most go through django-anymail. Amazon SES and SendGrid are reached by their doors for SMTP, the one because its API
needs a library more, the other because anymail no longer looks after it. MailerSend is left out: it takes no
References but from its largest customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

TIMEOUT = 10


@dataclass(frozen=True, slots=True)
class Provider:
    """How a provider's address is written, and what becomes of its parts as settings of anymail.

    ``regions`` are the values of ``?region=`` with the address of each one's API. ``headers`` are added to every mail;
    "" leaves one of ours out, where the provider refuses it.
    """

    form: str
    user: str
    password: str = ""
    host: str = ""
    regions: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


PROVIDERS: Mapping[str, Provider] = {
    "brevo": Provider("brevo://key@", "API_KEY"),
    "mailgun": Provider(
        "mailgun://key@mg.example.com, with ?region=eu for Europe",
        "API_KEY",
        host="SENDER_DOMAIN",
        regions={"eu": "https://api.eu.mailgun.net/v3"},
    ),
    # It makes both by itself, and refuses a mail that brings them.
    "mailjet": Provider(
        "mailjet://key:secret@", "API_KEY", "SECRET_KEY", headers={"Message-ID": "", "Date": ""}
    ),
    "mandrill": Provider("mandrill://key@", "API_KEY"),
    "postmark": Provider("postmark://token@", "SERVER_TOKEN", headers={"X-PM-KeepID": "true"}),
    "resend": Provider("resend://key@", "API_KEY"),
    "scaleway": Provider("scaleway://secret:project@", "SECRET_KEY", "PROJECT_ID"),
    "sparkpost": Provider(
        "sparkpost://key@, with ?region=eu for Europe",
        "API_KEY",
        regions={"eu": "https://api.eu.sparkpost.com/api/v1"},
    ),
}
SMTP = {"ses": "ses://user:password@eu-west-1", "sendgrid": "sendgrid://key@"}
"""Those reached by SMTP, with how their address is written."""


class Unusable(ValueError):  # noqa: N818 -- as Refused
    """An address of a provider that lacks something; says how it is written."""


def settings_of(url: str) -> dict[str, object] | None:
    """The settings of Django and anymail that ``url`` stands for; ``None`` where it names no provider.

    Raises ``Unusable`` for one whose parts are not those that the provider needs.
    """
    scheme = url.partition(":")[0].lower()
    if scheme not in PROVIDERS and scheme not in SMTP:
        return None
    try:
        return _by_api(urlsplit(url)) if scheme in PROVIDERS else _by_smtp(urlsplit(url))
    except ValueError as problem:
        form = SMTP[scheme] if scheme in SMTP else PROVIDERS[scheme].form
        raise Unusable(f"like {form}") from problem


def _by_api(url: SplitResult) -> dict[str, object]:
    provider, name = PROVIDERS[url.scheme], url.scheme.upper()
    given = {provider.user: url.username, provider.password: url.password, provider.host: url.hostname}
    parts = {key: unquote(value or "") for key, value in given.items() if key}
    region = parse_qs(url.query).get("region", [""])[0]
    if not all(parts.values()) or (region and region not in provider.regions) or url.path.strip("/"):
        raise ValueError(url.scheme)
    if region:
        parts["API_URL"] = provider.regions[region]
    return {
        "EMAIL_BACKEND": f"anymail.backends.{url.scheme}.EmailBackend",
        "ANYMAIL": {
            **{f"{name}_{key}": value for key, value in parts.items()},
            "REQUESTS_TIMEOUT": TIMEOUT,
        },
        "MAIL_PROVIDER_HEADERS": dict(provider.headers),
    }


def _by_smtp(url: SplitResult) -> dict[str, object]:
    """The user and password of Amazon SES are those of its SMTP settings, not the keys of an account."""
    user: str | None
    if url.scheme == "sendgrid":
        host, user, password = "smtp.sendgrid.net", "apikey", url.username
    else:
        host, user, password = f"email-smtp.{url.hostname}.amazonaws.com", url.username, url.password
    if not (user and password and (url.hostname or url.scheme == "sendgrid")):
        raise ValueError(url.scheme)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": 587,
        "EMAIL_USE_TLS": True,
        "EMAIL_HOST_USER": unquote(user),
        "EMAIL_HOST_PASSWORD": unquote(password),
    }
