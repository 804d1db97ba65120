"""Text that means harm: judged by a second reader of HTML, and by the work that it makes."""

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.refusals import Refused
from knowledgebase.markdown import Rendered, render
from knowledgebase.markdown.cleaning import clean
from knowledgebase.tests.prose import faults, hostile

HOSTILE = list(hostile())
FRAGMENTS = [
    *"[]()!*_~`<>|\\&:#-+=\"'.^ \t\na1%/?{}$@",
    *(
        "  ",
        "    ",
        "\n\n",
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n- [ ] ",
        "\n!!! note\n    ",
        "\n??? x\n    ",
        "\n# ",
        "\n---\n",
    ),
    *(
        "```",
        "```html\n",
        "~~~\n",
        "**",
        "~~",
        "](",
        "![",
        "[^a]",
        "\n[^a]: ",
        "\n[a]: ",
        "[a]",
        "][a]",
        "|-|-|\n",
        "|",
    ),
    *(
        "http://",
        "https://a.b/",
        "javascript:",
        "data:",
        "/kb/files/1",
        "mailto:",
        "<a@b.c>",
        "&#106;",
        "&colon;",
        "&#0;",
    ),
    *(
        "<script>",
        "</div>",
        "<!--",
        "-->",
        "<img src=x onerror=x>",
        '" onclick="',
        "\0",
        "\u202e",
        "\ud800",
        "é",
        "日",
        "\r",
    ),
]
MARKDOWN = st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join) | st.text(max_size=200)


def rendered(text: str, *, trusted: bool) -> Rendered | None:
    """The text rendered, or nothing when it is refused, which is the only way out."""
    try:
        return render(text, trusted=trusted)
    except Refused:
        return None


PARTS = 4


# Many texts in one test: as many tests as texts took longer to hand out than to run.
@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("part", range(PARTS))
def test_a_hostile_text_does_no_harm(part: int, trusted: bool) -> None:
    texts = HOSTILE[part::PARTS]
    results = {text: rendered(text, trusted=trusted) for text in texts}
    found = {text: harm(text, result, trusted=trusted) for text, result in results.items() if result}
    assert {ascii(text)[:200]: what for text, what in found.items() if what} == {}
    # Most of a list of 300 and more; the others were refused.
    assert len(set(HOSTILE)) >= 300
    assert PARTS * len(found) > 300


def harm(text: str, result: Rendered, *, trusted: bool) -> list[str]:
    """What is wrong with what a text became."""
    (result.html + result.plain).encode()
    return [
        *map(str, faults(result.html, trusted=trusted)),
        *["grows too much"] * (len(result.html) > min(100 * len(text) + 500, 1_500_000)),
        *["holds a NUL"] * ("\0" in result.plain),
    ]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=MARKDOWN, trusted=st.booleans())
def test_whatever_is_typed_does_no_harm_and_renders_the_same_twice(text: str, trusted: bool) -> None:
    result = rendered(text, trusted=trusted)
    assert result == rendered(text, trusted=trusted)
    if result is not None:
        assert faults(result.html, trusted=trusted) == []
        (result.html + result.plain + "".join(heading.title for heading in result.headings)).encode()


@pytest.mark.parametrize("trusted", [True, False])
def test_the_cleaner_alone_lets_nothing_through(trusted: bool) -> None:
    """As if the parser had let HTML pass. The relation of staff's links, and what nobody sees, is looked to before."""
    found = {
        (text, fault)
        for text in HOSTILE
        if "<" in text and len(text) < 500
        for fault in faults(clean(text, trusted=trusted), trusted=trusted)
        if not fault.startswith(("link without", "a character"))
    }
    assert found == set()


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        '<img src="http://a/x">',
        '<p onclick="x">y</p>',
        '<p style="color:red">y</p>',
        '<a href="javascript:x">y</a>',
        '<a href=" data:x">y</a>',
        '<a href="http://a">y</a>',
        '<h2 id="location">y</h2>',
        '<p class="btn">y</p>',
        "</p>",
        "<p>",
        "<!-- x -->",
        "<p>\u202e</p>",
        "<input>",
        '<a href="//a">x</a>',
    ],
)
def test_the_judge_sees_a_fault(html: str) -> None:
    assert faults(html, trusted=True)


def calls(text: str) -> int:
    """How many calls of Python rendering ``text`` takes: the same on every machine."""
    count = 0

    def on_call(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(on_call)
    try:
        render(text, trusted=True)
    finally:
        sys.setprofile(None)
    return count


UNITS = [
    *(
        "[",
        "![",
        "[a](",
        "[a](b)",
        "]",
        "`",
        "`a``b",
        "*",
        "*a ",
        "*a **b ",
        "**a _b ",
        "a**b",
        "~~a ",
        "<",
        "<a@b",
        "<http:",
    ),
    *(
        "http://a ",
        "mailto:a@",
        "&",
        "&amp;",
        "\\",
        "> a\n",
        "- a\n",
        "- [ ] a\n",
        "1. a\n",
        "# a\n",
        "a\n=\n",
        "a  \n",
    ),
    *(
        "|a|b|\n|-|-|\n\n",
        "a|b\n-|-\n",
        "[a]: b\n",
        "[a]: <b\n",
        "[^a]: b\n\n[^a] ",
        "!!! note\n    a\n\n",
        "```\na\n```\n",
    ),
    *(
        "![[](a)",
        "[a](<b",
        "[a](b 'c",
        "![a](/kb/files/1 'b')\n\n",
        "- ```\n",
        "\n",
        "\t",
        "a\u0300",
        "\u00fc",
        "<!--",
        "</p>",
    ),
]


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_twice_the_text_is_about_twice_the_work(unit: str) -> None:
    render("# warm\n\n```python\nx\n```", trusted=True)
    once, twice = calls(unit * 150), calls(unit * 300)
    assert twice <= 2.6 * once + 2_000
