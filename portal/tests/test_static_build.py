"""The static files: built once, and only those that pages ask for."""

from pathlib import Path
from unittest.mock import patch

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from pytest_django import Settings

from portal import static_build


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path / "static"


def build() -> bool:
    with patch("portal.static_build.call_command", side_effect=lambda *_, **__: settings.STATIC_ROOT.mkdir()):
        return static_build.build_if_needed()


def test_the_second_start_builds_nothing(root: Path) -> None:
    assert [build(), build()] == [True, False]


def test_a_changed_source_is_built_again(root: Path) -> None:
    build()
    static_build.stamp().write_text("the state of yesterday")
    root.rmdir()
    assert build()


def test_a_folder_that_was_removed_is_built_again(root: Path) -> None:
    build()
    root.rmdir()
    assert build()


def test_of_bootstrap_only_what_pages_ask_for_is_copied() -> None:
    ignored = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]  # the stubs do not know it
    found = {
        path
        for finder in get_finders()
        for path, storage in finder.list(ignored)
        if getattr(storage, "prefix", None) == "bootstrap"
    }
    assert found == {
        "css/bootstrap.min.css",
        "css/bootstrap.min.css.map",
        "js/bootstrap.bundle.min.js",
        "js/bootstrap.bundle.min.js.map",
    }
