"""
All settings. Values come from the environment, and a bad value is refused by name.

Nothing needs to be set on a machine of one's own: `make run` works as it is. On the internet, SITE_URL=https://…,
EMAIL_URL and DATA_DIR are the ones to set; what is missing is said by `manage.py check --deploy`.
"""

import atexit
import importlib.util
import os
import shutil
import sys
import tempfile
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bootstrap_wrapper
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal import environment

BASE_DIR = Path(__file__).resolve().parent.parent

# Tests write into a folder of their own and use fast password hashes; nothing else differs.
TESTING = "pytest" in sys.modules

# Set by portal/wsgi.py: only the web process may keep a pool of connections (the worker forks).
ROLE = os.environ.get("PORTAL_ROLE", "command")

# The zones' rules come from the locked package, not from the machine: they are an input of every due date.
zoneinfo.reset_tzpath(to=())


def _data_dir() -> Path:
    if TESTING:
        folder = tempfile.mkdtemp(prefix="portal-test-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)
    return Path(environment.text("DATA_DIR", str(BASE_DIR / "var"))).expanduser().absolute()


# --- Where things are -------------------------------------------------------------------------------------------

# Everything that the portal writes: database, files, built static files, secrets, caches, mails of the demo.
DATA_DIR = _data_dir()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o750)
except OSError as fault:
    raise ImproperlyConfigured(
        f"DATA_DIR {DATA_DIR} cannot be made ({fault.strerror}); name a folder that can."
    ) from fault

HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.number("PORT", 8000, least=1, most=65535)
SITE_URL = environment.site_url("SITE_URL", f"http://127.0.0.1:{PORT}")
HTTPS = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
LOCAL = SITE_HOST in {"127.0.0.1", "localhost", "::1"}

# --- The site's own settings ------------------------------------------------------------------------------------

# How the desk is called, on pages and in mails.
SITE_NAME = environment.text("SITE_NAME", "Support")
# The logo: a path below static/ or an address on this site; empty shows the name alone.
SITE_LOGO = environment.text("SITE_LOGO", "")
# The one accent colour; shades for hover, dark pages and text upon it are derived from it.
ACCENT_COLOUR = environment.matching("ACCENT_COLOUR", "#0f5c8c", r"#[0-9a-fA-F]{6}", "a colour like #0f5c8c")
# What stands before the six characters of a ticket's number.
TICKET_PREFIX = environment.matching("TICKET_PREFIX", "VK", r"[A-Z]{1,6}", "one to six capital letters")
# Files that come with a message: how large each, how many, which kinds (by the name's end, against the content).
ATTACHMENT_MAX_BYTES = environment.number("ATTACHMENT_MAX_BYTES", 10 * 1024 * 1024, least=1, most=1024**3)
ATTACHMENT_MAX_COUNT = environment.number("ATTACHMENT_MAX_COUNT", 10, least=0, most=100)
ATTACHMENT_TYPES = environment.words(
    "ATTACHMENT_TYPES",
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "pdf",
        "txt",
        "log",
        "csv",
        "json",
        "yaml",
        "zip",
        "gz",
        "7z",
        "docx",
        "xlsx",
        "pptx",
    ],
)
# Files that a release is installed from: how large each, how many, which kinds (by the name's end).
RELEASE_FILE_MAX_BYTES = environment.number("RELEASE_FILE_MAX_BYTES", 2 * 1024**3, least=1, most=64 * 1024**3)
RELEASE_FILE_MAX_COUNT = environment.number("RELEASE_FILE_MAX_COUNT", 40, least=1, most=500)
RELEASE_FILE_TYPES = environment.words(
    "RELEASE_FILE_TYPES",
    ["7z", "apk", "appimage", "asc", "bin", "bz2", "deb", "dmg", "exe", "gz", "iso", "jar", "json", "msi", "msix",
     "ova", "pdf", "pkg", "rpm", "sha256", "sig", "tar", "tgz", "txt", "vsix", "whl", "xz", "zip", "zst"],
)  # fmt: skip
# The forum: what one person may write, and after how many quiet days a question takes no more answers.
FORUM_QUESTIONS_AN_HOUR = environment.number("FORUM_QUESTIONS_AN_HOUR", 5, least=1, most=1000)
FORUM_ANSWERS_AN_HOUR = environment.number("FORUM_ANSWERS_AN_HOUR", 20, least=1, most=1000)
FORUM_EDITS_AN_HOUR = environment.number("FORUM_EDITS_AN_HOUR", 20, least=1, most=1000)
# How long one's own post can be changed after somebody has answered it.
FORUM_EDIT_MINUTES = environment.number("FORUM_EDIT_MINUTES", 30, least=0, most=525_600)
FORUM_REPORTS_A_DAY = environment.number("FORUM_REPORTS_A_DAY", 10, least=1, most=1000)
FORUM_QUIET_DAYS = environment.number("FORUM_QUIET_DAYS", 365, least=1, most=36_500)
# Of a contact who is asked for something and says nothing: after how much of the policy's support time they are
# reminded, how often at most, and how long after the last reminder the ticket is offered for closing.
WAITING_REMIND_AFTER = environment.length("WAITING_REMIND_AFTER", "2 business days")
WAITING_REMINDERS = environment.number("WAITING_REMINDERS", 2, least=1, most=10)
WAITING_OFFER_CLOSING_AFTER = environment.length("WAITING_OFFER_CLOSING_AFTER", "3 business days")
# How old what the pages of status and maintenance show may be.
SNAPSHOT_SECONDS = environment.number("SNAPSHOT_SECONDS", 60, least=1, most=60)
# Within which time an escalation is to be acknowledged where the policy does not say so.
ESCALATION_ACKNOWLEDGE_WITHIN = environment.matching(
    "ESCALATION_ACKNOWLEDGE_WITHIN",
    "1 hour",
    r"(?i)[1-9]\d{0,3} (business )?(minutes?|hours?)",
    'a time such as "1 hour" or "30 business minutes"',
)
# Whether new tickets are given to who knows the product.
ASSIGN_NEW_TICKETS = environment.flag("ASSIGN_NEW_TICKETS", default=True)
# How long an invitation or a reset link opens its door.
LINK_HOURS = environment.number("LINK_HOURS", 24, least=1, most=168)

# What strangers ask before they buy: how many inquiries an hour come from one network, and for how many days one
# waits for its address to be confirmed.
INQUIRIES_AN_HOUR = environment.number("INQUIRIES_AN_HOUR", 5, least=1, most=1000)
INQUIRY_DAYS = environment.number("INQUIRY_DAYS", 7, least=2, most=90)

# How long the record knows from which network address a person did something; 0 keeps none.
RECORD_ADDRESS_DAYS = environment.number("RECORD_ADDRESS_DAYS", 90, least=0, most=36_500)

# --- The worker -------------------------------------------------------------------------------------------------

# How often `manage.py work` looks after its processes and hands out jobs that are due.
WORK_LOOK_SECONDS = 1.0
# A heartbeat older than this, while no job is at work, means that the queue stands still: everything is restarted.
WORK_SILENCE_SECONDS = environment.number("WORK_SILENCE_SECONDS", 40, least=2, most=600)
# How long the running tasks may take to end before the processes are killed.
WORK_STOP_SECONDS = environment.number("WORK_STOP_SECONDS", 15, least=1, most=300)

# --- Security ---------------------------------------------------------------------------------------------------

DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret("DJANGO_SECRET_KEY", DATA_DIR / "secret-key")
# Earlier keys, with commas: what they signed, links and reply addresses, stays good.
SECRET_KEY_FALLBACKS = environment.words("DJANGO_SECRET_KEY_FALLBACKS", [])
# Seals the record of each ticket; apart from SECRET_KEY so that the one can be changed without breaking the other.
RECORD_KEY = environment.secret("RECORD_KEY", DATA_DIR / "record-key")

ALLOWED_HOSTS = environment.words(
    "ALLOWED_HOSTS", [SITE_HOST, *(["127.0.0.1", "localhost", "[::1]"] if LOCAL else [])]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# How many proxies stand in front: their X-Forwarded-Proto and X-Forwarded-For are then believed, and only then.
PROXY_COUNT = environment.number("PROXY_COUNT", 1 if HTTPS else 0, least=0, most=9)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# All of these follow the scheme: on http://127.0.0.1 a secure cookie would never come back.
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# Browsers accept a __Host- cookie from this very host alone. Without https two copies on one machine share a host
# and differ in the port, which cookies do not see.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else f"session-{PORT}"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else f"csrf-{PORT}"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Nothing inline and nothing from elsewhere; data: is what Bootstrap's own style sheet draws its small pictures with.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]  # a dictionary of texts and of options

# Above the limit that people are told, so that a form with too many files comes back with what was typed.
DATA_UPLOAD_MAX_NUMBER_FILES = ATTACHMENT_MAX_COUNT + 100
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- The application --------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # The roof first: its commands and templates win over those of the packages.
    "portal.apps.PortalConfig",
    "tickets.apps.TicketsConfig",
    "knowledgebase.apps.KnowledgebaseConfig",
    "contracts.apps.ContractsConfig",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "portal.apps.StaticConfig",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_q",
    "heroicons",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.WhenceMiddleware",
    # Innermost, so that its 404 is a page like any other.
    "portal.middleware.PlainPathMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

LANGUAGE_CODE = "en"
USE_I18N = True
# Days and hours in Django's own lists as on our pages.
FORMAT_MODULE_PATH = "portal.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# --- People -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "contracts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Closes sign-up (people come in by invitation) and sends the library's mail through the outbox.
ACCOUNT_ADAPTER = "contracts.accounts.Adapter"
ACCOUNT_FORMS = {
    "login": "contracts.forms_account.SignInForm",
    "change_password": "contracts.forms_account.ChangePasswordForm",
    "reset_password": "contracts.forms_account.AskResetForm",
    "reset_password_from_key": "contracts.forms_account.ChooseNewPasswordForm",
}
# Bound to the address and the access of the person; the library's own would keep a second list of addresses.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "contracts.links.ResetTokens"  # noqa: S105 -- a name
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# The link of the invitation has proved the address, and only staff change it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
PASSWORD_RESET_TIMEOUT = LINK_HOURS * 3600

# --- Data -------------------------------------------------------------------------------------------------------


def _database() -> dict[str, Any]:
    found: dict[str, Any] = environment.database("DATABASE_URL", DATA_DIR / "portal.sqlite3")
    options: dict[str, Any] = found.setdefault("OPTIONS", {})
    if found["ENGINE"].endswith("sqlite3"):
        # With the default, BEGIN DEFERRED, most of the writers that meet fail with "database is locked".
        options.update(transaction_mode="IMMEDIATE", timeout=60)
        # NORMAL may lose the last commits when the power fails, never when a process is killed. Tests need neither.
        options["init_command"] = (
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous={'OFF' if TESTING else 'NORMAL'};"
        )
        # A file, since threads share no database in memory as the running portal's threads share theirs.
        found["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
        return found
    if importlib.util.find_spec("psycopg") is None:
        raise ImproperlyConfigured(
            "DATABASE_URL names PostgreSQL, which needs pip install -r requirements/production.txt."
        )
    if ROLE == "web":
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
        found["CONN_MAX_AGE"] = 0
    else:
        # The queue closes old connections whenever a task is handed in outside a transaction.
        found["CONN_MAX_AGE"] = 60
        found["CONN_HEALTH_CHECKS"] = True
    return found


def _cache(name: str) -> dict[str, Any]:
    if redis := environment.text("REDIS_URL", ""):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis,
            "KEY_PREFIX": name,
        }
    if TESTING:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    # Files, so that the processes share the limits on attempts; a cache in memory would give each its own.
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "cache" / name),
    }


DATABASES = {"default": _database()}
SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
CACHES = {"default": _cache("portal"), "q": _cache("q")}

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    *([BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []),
    ("bootstrap", bootstrap_wrapper.get_bootstrap_dir()),
]
MEDIA_ROOT = DATA_DIR / "files"
# Where the checkpoints of the record are written; best a folder that the database's backups do not share.
CHECKPOINTS = Path(environment.text("CHECKPOINTS", str(DATA_DIR / "checkpoints"))).expanduser().absolute()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# --- Mail -------------------------------------------------------------------------------------------------------

# Without EMAIL_URL each mail becomes a file in DATA_DIR/mail, so that the demo's mails can be read. A provider sets
# ANYMAIL, too, and MAIL_PROVIDER_HEADERS: what its mails carry besides, "" for one of ours that it refuses.
ANYMAIL: dict[str, Any] = {}
MAIL_PROVIDER_HEADERS: dict[str, str] = {}
vars().update(environment.email("EMAIL_URL", DATA_DIR / "mail"))
EMAIL_TIMEOUT = 10
MAIL_DOMAIN = environment.text("MAIL_DOMAIN", SITE_HOST if not LOCAL else "localhost")
DEFAULT_FROM_EMAIL = environment.text("MAIL_FROM", f"{SITE_NAME} <support@{MAIL_DOMAIN}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Answers to mails about tickets go to <prefix>+<ticket and seal>@<domain>; mail systems must deliver what has a "+".
MAIL_REPLY_PREFIX = environment.matching(
    "MAIL_REPLY_PREFIX", "support", r"[a-z0-9](?:[a-z0-9._-]{0,6}[a-z0-9])?", "one to eight of a-z 0-9 . _ -"
)
MAIL_REPLY_DOMAIN = environment.text("MAIL_REPLY_DOMAIN", MAIL_DOMAIN)

# Servers whose Authentication-Results are believed, by the name that they write there; none: the fields are not read.
MAIL_TRUSTED_SERVERS = environment.words("MAIL_TRUSTED_SERVERS", [])
# How many messages an hour one sender may send; what is more is held.
MAIL_SENDER_HOURLY = environment.number("MAIL_SENDER_HOURLY", 300, least=1, most=100_000)

# Mail that comes in. The mailbox that the worker fetches from, and the folder in it where stored messages go.
MAIL_IMAP = environment.mailbox("MAIL_IMAP_URL")
MAIL_IMAP_DONE = environment.text("MAIL_IMAP_DONE", "Processed")
# The providers that may post mail to /hooks/mail/<provider>/, and to events/ below it what became of ours, each with
# the secret that it proves itself by; "<provider>-events" where events have another.
MAIL_WEBHOOKS = environment.webhooks("MAIL_WEBHOOKS")
# Only Brevo's attachments are fetched from it.
BREVO_API_KEY = environment.text("BREVO_API_KEY", "")

# --- Background jobs --------------------------------------------------------------------------------------------

Q_CLUSTER: dict[str, Any] = {
    "name": "portal",
    "label": "Background jobs",
    # The database, also beside Redis: handing in a task is then part of the transaction.
    "orm": "default",
    "workers": 2,
    "timeout": 120,
    # Counted from the moment a task is fetched, waiting included, so it exceeds timeout × (queue_limit / workers + 2).
    "retry": 900,
    "max_attempts": 5,
    "queue_limit": 2,
    "bulk": 1,
    "poll": 1,
    "catch_up": False,
    # portal/jobs.py lists what recurs, and `manage.py work` hands it out.
    "scheduler": False,
    "save_limit": 1000,
    "ack_failures": False,
    # A worker that is replaced looks like one that died, and `manage.py work` then restarts them all; so, seldom.
    "recycle": 20_000,
    "cache": "q",
}

# --- Logs -------------------------------------------------------------------------------------------------------

LOG_LEVEL = environment.matching(
    "LOG_LEVEL", "INFO", "DEBUG|INFO|WARNING|ERROR", "DEBUG, INFO, WARNING or ERROR"
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.logs.Line"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        **{
            name: {"level": LOG_LEVEL}
            for name in ("portal", "tickets", "contracts", "knowledgebase", "django.request")
        },
        "django-q": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # A stranger's wrong Host header is not news.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
