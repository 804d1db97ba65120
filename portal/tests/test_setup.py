"""`bin/setup` on machines that lack something: one clear line each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TOOLS = ("sh", "cat", "cksum", "dirname", "grep", "head", "mkdir", "rm", "sed", "sort", "tail")

OLD = """#!/bin/sh
case $1 in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac
"""
WITHOUT_VENV = """#!/bin/sh
case "$*" in *ensurepip*) exit 1 ;; *) exec {python} "$@" ;; esac
"""
WITH_ALL = """#!/bin/sh
exec {python} "$@"
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that set-up needs, and a PATH with the plain tools and no Python."""
    for part in ("bin", "requirements"):
        shutil.copytree(settings.BASE_DIR / part, tmp_path / part)
    shutil.copy(settings.BASE_DIR / "requirements.txt", tmp_path)
    (tmp_path / "path").mkdir()
    for tool in TOOLS:
        (tmp_path / "path" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def setup(copy: Path, *sets: str, python: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    if python:
        real = Path(sys.base_prefix) / "bin" / "python3"
        (copy / "path" / "python3").write_text(python.format(python=real))
        (copy / "path" / "python3").chmod(0o755)
    plain = {"PATH": str(copy / "path"), "TMPDIR": str(copy), "HOME": str(copy), **env}
    return subprocess.run(
        ["sh", "bin/setup", *sets], env=plain, cwd=copy, capture_output=True, text=True, check=False
    )


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    return line


def test_without_python_it_says_what_to_install(copy: Path) -> None:
    assert only_line(setup(copy)).startswith("set-up: no Python found: install Python 3.11 or later")


def test_an_old_python_is_named(copy: Path) -> None:
    assert "python3 is Python 3.9.2; the portal needs Python 3.11 or later" in only_line(
        setup(copy, python=OLD)
    )


def test_a_python_that_is_named_and_missing_is_refused(copy: Path) -> None:
    assert "PYTHON=/no/such/python is not a program" in only_line(setup(copy, PYTHON="/no/such/python"))


def test_a_python_without_venv_says_what_to_install(copy: Path) -> None:
    assert "apt-get install python3-venv" in only_line(setup(copy, python=WITHOUT_VENV))


def test_a_set_that_is_none_is_refused(copy: Path) -> None:
    assert "there is no set 'everything'" in only_line(setup(copy, "dev", "everything", python=WITH_ALL))


@pytest.mark.slow
def test_a_broken_download_is_one_clear_line_and_the_next_try_goes_on(copy: Path) -> None:
    no_network = {
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "UV_OFFLINE": "1",
        "UV_CACHE_DIR": str(copy / "cache"),
    }
    first, second = (setup(copy, python=WITH_ALL, **no_network) for _ in range(2))
    for done in (first, second):
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(
            "set-up: could not fetch the packages, is the network there?"
        )
        assert "Traceback" not in done.stderr
    assert "Making" in first.stderr
    assert "Making" not in second.stderr
    assert not (copy / ".venv" / "portal-sets").exists()
