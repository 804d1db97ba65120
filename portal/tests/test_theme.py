"""The accent colour: a style sheet that may be kept, and text in it that can be read."""

from hashlib import sha256
from pathlib import Path

import bootstrap_wrapper
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from portal import theme

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@given(COLOURS)
def test_text_in_any_accent_can_be_read_on_light_and_dark(colour: theme.Colour) -> None:
    for page in (theme.LIGHT_PAGE, theme.DARK_PAGE):
        assert theme.contrast(theme.readable_on(page, colour), page) >= theme.READABLE


@given(COLOURS)
def test_text_upon_any_accent_can_be_read(colour: theme.Colour) -> None:
    assert theme.contrast(theme.text_upon(colour), colour) >= theme.READABLE


def test_the_contrast_is_that_of_the_guidelines() -> None:
    assert theme.contrast(theme.WHITE, theme.BLACK) == pytest.approx(21)
    assert theme.contrast((119, 119, 119), theme.WHITE) == pytest.approx(4.48, abs=0.01)


def test_a_readable_accent_stays_as_it_is() -> None:
    assert theme.readable_on(theme.LIGHT_PAGE, (0, 0, 128)) == (0, 0, 128)


def test_the_style_sheet_may_be_kept_for_a_year(client: Client) -> None:
    answer = client.get("/theme.css")
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies


def test_another_accent_has_another_address(settings: Settings) -> None:
    before = theme.theme_address()
    settings.ACCENT_COLOUR = "#aa0000"
    assert theme.theme_address() != before


def test_a_saved_choice_wins_over_the_system() -> None:
    sheet = theme.style_sheet("#0f5c8c")
    assert ":root:not([data-bs-theme=light])" in sheet
    assert ":root[data-bs-theme=dark]" in sheet


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("css/bootstrap.min.css", "d85327d99c7a3ee1f9b5d0500d1370acea3ad2db39c163c2f51f232baedbdede"),
        ("js/bootstrap.bundle.min.js", "e4fd49181388c48ec5040bd3fe66f57c29c8e67fcd8502b3354b96ec7ab47cc7"),
    ],
)
def test_bootstrap_is_byte_for_byte_the_published_one(name: str, digest: str) -> None:
    assert sha256((Path(bootstrap_wrapper.get_bootstrap_dir()) / name).read_bytes()).hexdigest() == digest
