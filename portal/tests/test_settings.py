"""The settings as a process would read them, each in an interpreter of its own."""

import json
import os
import subprocess
import sys
import zoneinfo
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

READ = """
import json, sys
from portal import settings
print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[1:]}, default=str))
"""


def read(tmp_path: Path, *names: str, **env: str) -> Any:
    """The values of the named settings in an environment with only these variables."""
    done = run([sys.executable, "-c", READ, *names], tmp_path, **env)
    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout)
    return [values[name] for name in names] if len(names) > 1 else values[names[0]]


def run(command: list[str], tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    plain = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **env}
    return subprocess.run(
        command, env=plain, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )


def test_on_this_machine_cookies_come_back_without_encryption(tmp_path: Path) -> None:
    assert read(tmp_path, "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT") == [
        False,
        0,
        False,
    ]


def test_on_the_internet_everything_is_locked(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_NAME",
        "ALLOWED_HOSTS",
    )
    values = read(tmp_path, *names, SITE_URL="https://support.example.com")
    assert values == [True, True, True, "__Host-session", ["support.example.com"]]


def test_debugging_is_off_unless_asked_for(tmp_path: Path) -> None:
    assert read(tmp_path, "DEBUG") is False
    assert read(tmp_path, "DEBUG", DEBUG="1") is True


def test_two_copies_on_one_machine_have_cookies_of_their_own(tmp_path: Path) -> None:
    assert read(tmp_path, "SESSION_COOKIE_NAME", PORT="8001") != read(
        tmp_path, "SESSION_COOKIE_NAME", PORT="8002"
    )


def test_all_that_is_written_lies_in_one_folder(tmp_path: Path) -> None:
    database, static, files, mail = read(
        tmp_path, "DATABASES", "STATIC_ROOT", "MEDIA_ROOT", "EMAIL_FILE_PATH"
    )
    assert all(str(tmp_path) in str(place) for place in (database["default"]["NAME"], static, files, mail))


def test_sqlite_takes_the_write_lock_at_the_start(tmp_path: Path) -> None:
    assert read(tmp_path, "DATABASES")["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_only_the_web_process_keeps_a_pool(tmp_path: Path) -> None:
    url = "postgres://u:p@127.0.0.1:5432/portal"
    assert "pool" in read(tmp_path, "DATABASES", DATABASE_URL=url, PORTAL_ROLE="web")["default"]["OPTIONS"]
    assert "pool" not in read(tmp_path, "DATABASES", DATABASE_URL=url)["default"]["OPTIONS"]


def test_redis_is_the_cache_and_never_the_queue(tmp_path: Path) -> None:
    caches, queue = read(tmp_path, "CACHES", "Q_CLUSTER", REDIS_URL="redis://127.0.0.1:6379/1")
    assert caches["default"]["BACKEND"].endswith("RedisCache")
    assert queue["orm"] == "default"
    assert "redis" not in queue


def test_a_bad_value_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    done = run([sys.executable, "manage.py", "check"], tmp_path, PORT="eight")
    assert done.returncode == 1
    assert done.stderr == "Settings: PORT is 'eight'; it must be a whole number from 1 to 65535.\n"


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run([sys.executable, "manage.py", "check"], tmp_path, DATA_DIR=str(tmp_path / "file" / "data"))
    assert done.stderr.startswith("Settings: DATA_DIR ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("word", ["unsafe-inline", "unsafe-eval", "*", "http:", "https:"])
def test_the_content_policy_lets_nothing_in_by_a_side_door(word: str) -> None:
    sources = {
        source for sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for source in sources
    }
    assert not any(word in source for source in sources)


def test_the_rules_of_the_zones_come_from_the_lock() -> None:
    assert zoneinfo.TZPATH == ()
    assert zoneinfo.ZoneInfo("Europe/Berlin").key == "Europe/Berlin"


def test_passwords_are_hashed_with_argon2(tmp_path: Path) -> None:
    assert read(tmp_path, "PASSWORD_HASHERS")[0].endswith("Argon2PasswordHasher")
