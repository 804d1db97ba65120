"""What Markdown becomes: what a reader sees, hears and searches."""

import pytest

from contracts.refusals import Refused
from knowledgebase.markdown import Heading, caps, render
from knowledgebase.tests.prose import faults


def article(text: str) -> str:
    return str(render(text, trusted=True).html)


def post(text: str) -> str:
    return str(render(text, trusted=False).html)


def test_headings_have_levels_ids_and_a_link_beside_them() -> None:
    rendered = render("# Causes & *cures*\n\n## Causes cures\n\n###### Deep", trusted=True)
    assert rendered.headings == (
        Heading(2, "text-causes-cures", "Causes & cures"),
        Heading(2, "text-causes-cures-2", "Causes cures"),
        Heading(4, "text-deep", "Deep"),
    )
    assert (
        '<h2 id="text-causes-cures">Causes &amp; <em>cures</em></h2><a class="anchor" href="#text-causes-cures"'
        ' aria-label="Link to “Causes &amp; cures”">#</a></div>'
    ) in rendered.html


def test_an_id_that_was_given_is_not_given_again() -> None:
    ids = [heading.id for heading in render("# a\n# a-2\n# a\n# a\n# !", trusted=True).headings]
    assert ids == ["text-a", "text-a-2", "text-a-3", "text-a-4", "text-section"]


def test_headings_of_posts_leave_the_outline_to_the_page() -> None:
    rendered = render("# Loud\n\nx", trusted=False)
    assert rendered.html == '<p class="heading">Loud</p>\n<p>x</p>\n'
    assert rendered.headings == ()


def test_a_link_to_a_heading_of_the_same_text_finds_it() -> None:
    assert article("[see](#causes)") == '<p><a href="#text-causes">see</a></p>\n'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[x](/kb/)", '<a href="/kb/">x</a>'),
        ("[x](http://a.b 'title')", '<a href="http://a.b" rel="noopener noreferrer">x</a>'),
        ("[](http://a.b)", '<a href="http://a.b" rel="noopener noreferrer">http://a.b</a>'),
        (
            "(http://a.b/c_d_e).",
            '(<a href="http://a.b/c_d_e" rel="noopener noreferrer">http://a.b/c_d_e</a>).',
        ),
        ("http://a.b/(c)", '<a href="http://a.b/(c)" rel="noopener noreferrer">http://a.b/(c)</a>'),
        ("<x@y.example>", '<a href="mailto:x@y.example">x@y.example</a>'),
        ("xhttp://a.b", "xhttp://a.b"),
        ("`http://a.b`", "<code>http://a.b</code>"),
        ("[x](tel:1)", "[x](tel:1)"),
        ("[x](//a.b)", "[x](//a.b)"),
    ],
)
def test_links_of_articles(text: str, html: str) -> None:
    assert article(text) == f"<p>{html}</p>\n"


def test_links_of_posts_vouch_for_nothing() -> None:
    rel = 'rel="nofollow ugc noopener noreferrer"'
    assert post("[x](http://a.b)") == f'<p><a href="http://a.b" {rel}>x</a></p>\n'


def test_a_picture_of_our_own_is_shown_and_every_other_becomes_a_link() -> None:
    assert article("![Port](/kb/files/1/a.png)") == (
        '<p><img src="/kb/files/1/a.png" alt="Port" loading="lazy" decoding="async"></p>\n'
    )
    assert article("![Port](http://a.b/x.png)") == (
        '<p><a href="http://a.b/x.png" rel="noopener noreferrer">Port</a></p>\n'
    )
    assert "<img" not in post("![Port](/kb/files/1/a.png)")
    assert article("[![Port](http://a.b/x.png)](/kb/)") == '<p><a href="/kb/">Port</a></p>\n'


def test_a_picture_with_a_title_is_a_figure_with_a_caption() -> None:
    assert article('![Port](/kb/files/1 "The port")') == (
        '<figure><img src="/kb/files/1" alt="Port" loading="lazy" decoding="async">'
        "<figcaption>The port</figcaption></figure>\n"
    )


def test_a_table_scrolls_in_a_named_region_and_is_aligned_by_classes() -> None:
    html = article("|Port|Use|\n|:-:|--:|\n|80|web|")
    assert html.startswith(
        '<div class="wide" tabindex="0" role="region" aria-label="Table 1: Port, Use"><table>'
    )
    assert '<td class="to-centre">80</td>' in html
    assert '<th class="to-right">Use</th>' in html
    assert 'role="group"' in post("|Port|\n|-|")


def test_notes_say_their_kind_in_a_word() -> None:
    note = '<div class="note note-warning" role="note">\n<p class="note-title"><strong>Warning'
    assert article("!!! warning\n    Back up.") == f"{note}</strong></p>\n<p>Back up.</p>\n</div>\n"
    assert article('!!! warning "Data"\n    Back up.').startswith(f"{note}:</strong> Data</p>")
    assert article("!!! modal fixed-top\n    x").startswith('<div class="note note-note" role="note">')


def test_footnotes_lead_there_and_back() -> None:
    html = article("Text.[^a] More.[^a]\n\n[^a]: Small print.")
    assert '<a href="#text--fn-1" id="text--fnref-1" aria-label="Footnote 1">1</a>' in html
    assert '<li id="text--fn-1"><p>Small print. ' in html
    assert 'href="#text--fnref-1-2" aria-label="Back to footnote 1 in the text, place 2"' in html


def test_tasks_are_signs_with_names_and_no_form() -> None:
    html = article("- [ ] Back up\n- [x] Restart")
    assert '<li class="task"><span class="box" role="img" aria-label="To do">☐</span> Back up</li>' in html
    assert 'aria-label="Done">☑</span> Restart' in html


def test_code_is_coloured_by_classes_in_languages_we_know() -> None:
    assert '<span class="hl-k">def</span>' in article("```python\ndef f(): pass\n```")
    assert article("```klingon\n<b>\n```") == (
        '<pre tabindex="0" role="group" aria-label="Code"><code>&lt;b&gt;\n</code></pre>\n'
    )


def test_long_code_and_code_of_strangers_is_not_coloured() -> None:
    assert "hl-" not in article("```python\n" + "x = 11111111\n" * 2_000 + "```")
    assert "hl-" not in post("```python\ndef f(): pass\n```")


def test_plain_text_is_a_block_a_line() -> None:
    text = "# A *b*\n\nc [d](http://e)\nf `g`\n\n|h|i|\n|-|-|\n|j|k|\n\n```py\nl\nm\n```\n\n![n](/kb/files/1)"
    assert render(text, trusted=True).plain == "A b\nc d f g\nh i\nj k\nl m\nn"


def test_html_is_text() -> None:
    assert article("a <b>c</b>\n\n<div>\nd") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n<p>&lt;div&gt;\nd</p>\n"


@pytest.mark.parametrize("sign", ["\0", "\u202e", "\u2066", "\ud800", "\x1b", "\x85", "&#x202e;", "\ufffe"])
def test_signs_that_nobody_sees_are_left_out_everywhere(sign: str) -> None:
    rendered = render(f"# a{sign}b\n\n`c{sign}d`", trusted=True)
    rendered.html.encode()
    assert faults(rendered.html, trusted=True) == []
    if not sign.startswith("&"):
        assert rendered.plain == "ab\ncd"
        assert rendered.headings[0].title == "ab"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a" * (caps.LONGEST_ARTICLE + 1), "100,001 characters; 100,000 are the most"),
        ("\n" * caps.MOST_LINES, "3,001 lines; 3,000"),
        ("[" * (caps.MOST_BRACKETS + 1), "1,001 opening brackets"),
        ("*" * (caps.MOST_MARKS + 1), "marks of emphasis"),
        ("\\" * (caps.MOST_BACKSLASHES + 1), "backslashes"),
        ("&" * (caps.MOST_SIGNS + 1), "signs that are no letters"),
        ("[" * 16 + "!" * caps.MOST_TANGLED, "in paragraphs with brackets"),
        ("[](" + "a" * caps.MOST_UNBROKEN, "characters without a space around the addresses"),
        ("<" * (caps.MOST_ADDRESSES + 1), "angle brackets"),
        ("|a" * 90 + "\n" + "|-" * 90 + "\n" + "|\n" * 60, "cells of tables"),
        ("> " * (caps.DEEPEST + 1) + "a", "7 deep within each other here; 6 are the most"),
        ("> > > > a\n" * 2_000, "marks of lists, quotes and notes"),
    ],
)
def test_what_is_too_much_is_refused_before_it_is_parsed(
    text: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledgebase.markdown.parsing.parser", None)
    with pytest.raises(Refused, match=says.replace("(", r"\(")) as refusal:
        render(text, trusted=True)
    assert refusal.value.field == "text"


def test_what_is_deep_by_indenting_is_refused_and_never_lost() -> None:
    deep = "".join("  " * level + "- a\n" for level in range(caps.DEEPEST))
    assert render(deep, trusted=True).html.count("<li>") == caps.DEEPEST
    with pytest.raises(Refused, match="7 deep"):
        render(deep + "  " * caps.DEEPEST + "- a\n", trusted=True)


def test_a_post_is_shorter_than_an_article() -> None:
    with pytest.raises(Refused, match="20,000 are the most"):
        render("a" * (caps.LONGEST_POST + 1), trusted=False)


def test_short_references_to_a_long_address_are_refused() -> None:
    text = f"[a]: http://x/{'y' * 1_900}\n\n{'[a]' * 900}"
    with pytest.raises(Refused, match="300,000 are the most"):
        render(text, trusted=True)


def test_rules_and_documents_of_dashes_are_neither_lists_nor_tables() -> None:
    assert article("- - - - - - - - - -") == "<hr>\n"
    assert caps.cells(["---", "a: 1"] * 1_000) == 0
