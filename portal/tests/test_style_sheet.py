"""The style sheet: every text can be read, light and dark, and a first visit stays light on the wire."""

import gzip
import re
from pathlib import Path

import bootstrap_wrapper
import pytest
from django.conf import settings

from portal import theme

SHEET = Path(settings.BASE_DIR) / "static" / "portal" / "portal.css"
TEXTS = ("ink", "muted", "ok", "warn", "bad", "still", "note")
PAIRS = [(text, ground) for text in ("ink", "muted") for ground in ("page", "surface")]
PAIRS += [(tone, f"{tone}-soft") for tone in ("ok", "warn", "bad", "still", "note")]
PAIRS += [(text, "page") for text in TEXTS] + [
    ("ink", f"{tone}-soft") for tone in ("ok", "warn", "bad", "note")
]


def tokens(opening: str) -> dict[str, theme.Colour]:
    """The colours that a block of the sheet sets."""
    block = SHEET.read_text().split(opening, 1)[1].split("}", 1)[0]
    return {name: theme.parse(colour) for name, colour in re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)}


LIGHT, DARK = tokens(":root {"), tokens(':root:not([data-bs-theme="light"]) {')


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_can_be_read_upon_its_ground(
    colours: dict[str, theme.Colour], text: str, ground: str
) -> None:
    assert theme.contrast(colours[text], colours[ground]) >= theme.READABLE


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edges_of_fields_can_be_seen(colours: dict[str, theme.Colour]) -> None:
    assert theme.contrast(colours["edge"], colours["page"]) >= 3


def test_a_saved_choice_of_dark_looks_like_the_systems() -> None:
    assert tokens(':root[data-bs-theme="dark"] {') == DARK


def test_the_accent_stays_readable_upon_the_dark_page() -> None:
    assert theme.luminance(DARK["page"]) <= theme.luminance(theme.DARK_PAGE)


def test_the_style_sheets_leave_room_for_the_page() -> None:
    bootstrap = Path(bootstrap_wrapper.get_bootstrap_dir(), "css", "bootstrap.min.css")
    weight = sum(len(gzip.compress(path.read_bytes())) for path in (bootstrap, SHEET))
    assert weight < 45_000
