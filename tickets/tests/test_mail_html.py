"""What of a mail's HTML stands on a page of ours, and how what servers found out is said. Pure."""

import pytest

from tickets.mail_html import LONGEST, shown_html
from tickets.mail_words import checks

OURS = {"<logo@mail>": "/tickets/VK-222222/files/7/"}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        ("<script>alert(1)</script>x", "x"),
        ('<p class="a" id="b" style="c" onclick="d">x</p>', "<p>x</p>"),
        ("<h1>Title</h1>", "<h3>Title</h3>"),
        ("<form action=/account/logout/><button>x</button></form>", "x"),
        ("<svg><style><img src=x></style></svg>", "<em>[picture]</em>"),
        ("<iframe src=https://evil.example></iframe>", ""),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer nofollow ugc">x</a>'),
        ('<a href="https://a.example"> </a>x', "x"),
        ('<a href="/account/logout/">x</a>', '<a rel="noopener noreferrer nofollow ugc">x</a>'),
        (
            '<table><tr><td colspan="2" bgcolor="red">x',
            '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
        ),
    ],
)
def test_of_a_mails_html_a_page_takes_words_and_their_order(sent: str, shown: str) -> None:
    assert shown_html(sent, {}) == shown


def test_a_picture_of_the_mail_stands_in_its_place_and_one_from_elsewhere_never() -> None:
    ours = shown_html('<img src="cid:LOGO%40mail" alt="Logo" onerror="x" width="40" height="1e9">', OURS)
    assert ours == '<img src="/tickets/VK-222222/files/7/" width="40" alt="Logo" loading="lazy">'
    assert 'alt="Picture"' in shown_html('<img src="cid:logo@mail">', OURS)
    for elsewhere in (
        "https://evil.example/pixel.gif",
        "//evil.example/x",
        "data:image/png;base64,AA",
        "cid:gone",
    ):
        assert shown_html(f'<img src="{elsewhere}" alt="Tracker">', OURS) == "<em>[picture: Tracker]</em>"
    assert shown_html("<img>", OURS) == "<em>[picture]</em>"


def test_what_stands_in_an_attribute_breaks_out_of_nothing() -> None:
    shown = shown_html(
        '<img src="cid:x" alt="><script>alert(1)</script> src=&quot;y&quot;"><b title="<h1>">x</b>', {}
    )
    assert "<script" not in shown
    assert shown.endswith("<b>x</b>")


def test_what_no_page_can_hold_is_left_to_the_download() -> None:
    assert shown_html("x" * LONGEST, {}) == ""


def test_what_servers_found_out_is_said_by_server_and_method() -> None:
    field = (
        "mx.desk.example; spf=pass (mailfrom dkim=fail) smtp.mailfrom=a@b.example;\r\n dkim=fail; dmarc=none"
    )
    first, second, third = checks([field, "nobody", ""], trusted=["MX.desk.example"])
    assert (first.server, first.results) == ("mx.desk.example", "SPF pass, DKIM fail, DMARC none")
    assert [first.is_trusted, second.is_trusted, third.is_trusted] == [True, False, False]
    assert [second.server, third.server] == ["nobody", "A server"]
    assert second.results == "nothing of SPF, DKIM or DMARC"
