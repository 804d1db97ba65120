"""Messages made to cost much: each ends soon, with the limit that it goes beyond."""

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tickets.mail import limits
from tickets.mail.html import Pictures, read_html
from tickets.mail.quoting import new_text
from tickets.mail.reading import read_mail
from tickets.mail_read import Limit

HEAD = b"From: nora@customer.example\nSubject: Large\nMessage-ID: <1@customer.example>\n"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Processor time, so that a busy machine does not matter."""
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


def multipart(*parts: bytes, boundary: bytes = b"b") -> bytes:
    lines = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    return (
        b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\n\n' + lines + b"--" + boundary + b"--"
    )


def nested(levels: int) -> bytes:
    """So many containers in each other; made so that it costs no more than its size."""
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
        for level in range(levels)
    )
    return opening + b"\nText\n" + b"".join(b"--b%d--\n" % level for level in reversed(range(levels)))


def many_headers() -> bytes:
    return HEAD + b"X-A: 1\n" * 1_000_000 + b"\nText\n"


LARGE: dict[str, tuple[Callable[[], bytes], Limit]] = {
    "too large": (lambda: HEAD + b"\n" + b"x" * limits.MOST_BYTES, Limit.SIZE),
    "a million header lines": (many_headers, Limit.HEADERS),
    "one header line of 2 MB": (lambda: HEAD + b"X-A: " + b"a" * 2_000_000 + b"\n\nText", Limit.HEADERS),
    "a folded line of 150 kB": (lambda: HEAD + b"X-A: b\n" + b" c\n" * 60_000 + b"\nText", Limit.HEADERS),
    "headers of many parts": (
        lambda: HEAD + multipart(*[b"X-A: " + b"a" * 50_000 + b"\n\nText"] * 10),
        Limit.HEADERS,
    ),
    "2 500 levels": (lambda: HEAD + nested(2500), Limit.DEPTH),
    "100 000 parts": (lambda: HEAD + multipart(*[b"\nx"] * 100_000), Limit.PARTS),
    "a file of 26 MB": (
        lambda: (
            HEAD
            + multipart(
                b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"
                + base64.b64encode(bytes(25 * 1024 * 1024 + 1))
            )
        ),
        Limit.ATTACHMENT_SIZE,
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_what_goes_beyond_a_limit_says_which_and_who_sent_it(name: str) -> None:
    build, limit = LARGE[name]
    raw = build()

    with within(5):
        mail = read_mail(raw)

    assert mail.limit is limit
    assert [one.email for one in mail.senders] == ["nora@customer.example"]
    assert (mail.subject, mail.message_id, mail.text, mail.parts) == ("Large", "<1@customer.example>", "", ())


COSTLY = {
    "comments in comments": b"From: " + b"(" * 50_000 + b"nora@customer.example\n",
    "quotes without an end": b'From: "' + b'\\"' * 40_000 + b"\n",
    "angles without an end": b"From: " + b"<," * 40_000 + b"\n",
    "an address without an at": b"From: @" + b"a" * 90_000 + b"\n",
    "many ats": b"From: " + b"a@" * 40_000 + b"\n",
    "words without an end": b"Subject: " + b"=?a?b?" * 16_000 + b"\n",
    "words of one letter": b"Subject: " + b"=?utf-8?B?YQ==?= " * 5_000 + b"\n",
    "ids without an end": b"References: " + b"<a " * 30_000 + b"\n",
    "parameters without a value": b"Content-Type: text/plain; " + b"a" * 90_000 + b"\n",
    "parameters of spaces": b"Content-Type: text/plain;" + b" " * 40_000 + b"x" + b" ;" * 20_000 + b"\n",
    "quoted parameters": b'Content-Type: text/plain; a="' + b"\\" * 90_001 + b"\n",
    "numbered parameters": b"Content-Type: text/plain; " + b"a*%d*=x;" * 200 % tuple(range(200)) + b"\n",
}  # fmt: skip


@pytest.mark.parametrize("name", COSTLY)
def test_a_field_made_to_be_slow_is_read_in_the_time_of_its_length(name: str) -> None:
    with within(4):
        mail = read_mail(COSTLY[name] + b"\nText\n")

    assert mail.text == "Text"


BASE64 = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
SLOW_BODIES = {
    "carriage returns": b"Content-Type: text/plain\n\nx" + b"\r" * 500_000 + b"Text",
    "spaces for base64": BASE64 + b" " * 500_000 + b"=VGV4dA==",
    "padding": BASE64 + b"VGV4dA" + b"=\n" * 100_000,
    "beginnings": b"\nText\n" + b"begin 644 " * 50_000 + b"\nbegin 644" + b" " * 300_000 + b"x",
    "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"Text that flows on \n" * 40_000,
    "a report": b"Subject: Undeliverable\nX-Failed-Recipients: a@b.example\n\nText" + b"\n" * 300_000 + b"x",
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW_BODIES)
def test_a_body_made_to_be_slow_is_read_in_the_time_of_its_length(name: str) -> None:
    with within(4):
        mail = read_mail(HEAD + SLOW_BODIES[name])

    assert "Text" in mail.text


SLOW_HTML = {
    "20 000 nested tags": "<div>" * 20_000 + "Text",
    "20 000 nested fonts": "<b><font size=1><p>" * 7_000 + "Text",
    "20 000 tables": "<table><tr><td>" * 20_000 + "Text",
    "20 000 quotations": "<blockquote>" * 20_000 + "Text",
    "tags without an end": "<a b " * 30_000 + "Text",
    "quotes without an end": "<a b='" * 20_000 + '"' + "<a b>" * 10_000 + "Text",
    "comments without an end": "<!--" * 50_000 + "Text",
    "scripts without an end": "<script><style>" * 50_000 + "Text",
    "hidden without an end": '<div style="display:none">' * 20_000 + "Text",
    "closing tags": "</a></b></3>" * 15_000 + "Text",
    "attributes": "<p " + "a=1 " * 200_000 + ">Text",
    "lists": "<ul><li>" * 8_000 + "Text",
    "links": '<a href="https://x.example/">' * 20_000 + "Text",
    "entities": "&amp" * 50_000 + " Text",
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW_HTML)
def test_html_made_to_be_slow_is_read_and_loses_no_text(name: str) -> None:
    with within(4):
        clean, text = read_html(SLOW_HTML[name], Pictures())

    assert "Text" in clean
    assert "Text" in text


SLOW_TEXT = {
    "introductions": "On Mon, 2 Nov 2026 at 10:12, x\n" * 20_000,
    "labels": "From: a\nSent: b\n\n" * 20_000,
    "arrows": "> x\ny\n" * 30_000,
    "one line": "On " * 300_000 + "wrote:",
    "empty lines": "\n" * 100_000 + "x",
    "rules": ("-" * 900 + "\n") * 1_000,
    "spaces": ("a" + " " * 900 + "\n") * 1_000,
}


@pytest.mark.parametrize("name", SLOW_TEXT)
def test_text_made_to_be_slow_is_told_from_quotations_in_time(name: str) -> None:
    with within(4):
        assert new_text(SLOW_TEXT[name], "Re: x")


def test_twenty_five_megabytes_of_files_are_read_whole() -> None:
    content = bytes(range(256)) * (25 * 4096)
    part = b"Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
    raw = HEAD + multipart(b"\nSee file.", part + base64.encodebytes(content))

    with within(5):
        mail = read_mail(raw)

    assert (mail.limit, mail.text) == (None, "See file.")
    assert mail.parts[0].content == content


def test_a_large_picture_written_into_html_is_no_long_text() -> None:
    picture = bytes(range(256)) * 8_000
    source = b'<p>See <img src="data:image/png;base64,' + base64.b64encode(picture) + b'" alt="it"> here</p>'

    mail = read_mail(HEAD + b"Content-Type: text/html\n\n" + source)

    assert (mail.text, mail.damage) == ("See [it] here", ())
    assert [(part.name, part.content, part.is_inline) for part in mail.parts] == [
        ("picture.png", picture, True)
    ]


def test_a_text_longer_than_any_page_is_cut_and_kept_whole_beside() -> None:
    text = b"A line of a log.\n" * 100_000

    mail = read_mail(HEAD + b"Content-Type: text/plain\n\n" + text)

    assert len(mail.text) <= limits.MOST_TEXT_CHARACTERS
    assert mail.parts[0].content == text
    assert mail.damage


def test_the_line_of_a_mailbox_file_does_not_hide_who_a_server_takes_for_the_sender() -> None:
    hidden = b"From : eve@evil.example\r\nFrom: nora@customer.example\r\n\r\nText\r\n"
    assert [sender.email for sender in read_mail(hidden).senders] == [
        "eve@evil.example",
        "nora@customer.example",
    ]
