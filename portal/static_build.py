"""The built static files, made anew only when their sources change."""

from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from portal.apps import StaticConfig


def fingerprint() -> str:
    """Changes when a source, its time or the lock changes."""
    config = apps.get_app_config("staticfiles")
    ignored = config.ignore_patterns if isinstance(config, StaticConfig) else []
    found = sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    found.update(repr((settings.STATIC_URL, settings.STORAGES["staticfiles"], ignored)).encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list(ignored), key=lambda pair: pair[0]):
            status = Path(storage.path(path)).stat()
            found.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()


def stamp() -> Path:
    """Where the fingerprint of the last build is kept."""
    return Path(settings.STATIC_ROOT).with_suffix(".stamp")


def build_if_needed() -> bool:
    """Collects and compresses the static files unless that is done already; whether it did."""
    wanted = fingerprint()
    if stamp().exists() and stamp().read_text() == wanted and Path(settings.STATIC_ROOT).is_dir():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp().write_text(wanted)
    return True
