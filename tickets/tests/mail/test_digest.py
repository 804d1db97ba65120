"""Copies of one message have one digest; other messages have others."""

from collections import Counter

import pytest

from tickets.mail.reading import read_mail
from tickets.tests.mail.book import book, raw

MAIL = raw("parts-alternative-in-related-in-mixed")
FOLDED = b"Subject: Printer does\r\n\t not print"
COPIES = {
    "another server above": b"Received: from a by b\r\nX-Spam: no\r\n" + MAIL,
    "where it was delivered": b"Return-Path: <nora@customer.example>\r\nDelivered-To: desk@desk.example\r\n"
    + MAIL,
    "signed on the way": b"DKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\n" + MAIL,
    "through a pipe": MAIL.replace(b"\r\n", b"\n"),
    "in a mailbox file": b"From nora@customer.example Mon Nov  2 09:12:00 2026\n" + MAIL + b"\n\n",
    "folded otherwise": MAIL.replace(b"Subject: Printer does not print", FOLDED),
}
OTHERS = {
    "another id": MAIL.replace(b"Message-ID: <", b"Message-ID: <a"),
    "another author": MAIL.replace(b"From: Nora", b"From: Boss"),
    "another date": MAIL.replace(b"Date: Mon, 2", b"Date: Mon, 9"),
    "another subject": MAIL.replace(b"Subject: P", b"Subject: p"),
    "another text": MAIL.replace(b"blinks", b"burns"),
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_has_the_digest_of_the_message(copy: str) -> None:
    assert COPIES[copy] != MAIL
    assert read_mail(COPIES[copy]).digest == read_mail(MAIL).digest


def test_what_the_author_changed_changes_the_digest() -> None:
    digests = [read_mail(one).digest for one in (MAIL, *OTHERS.values())]

    assert len(set(digests)) == len(digests)


def test_the_digest_of_a_large_message_is_that_of_its_copy_with_other_ends_of_lines() -> None:
    """It is made in pieces, and an end of a line may lie between two."""
    large = MAIL + b"a line of a log\n" * 300_000

    assert read_mail(large).digest == read_mail(large.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")).digest


def test_all_messages_of_the_corpus_differ() -> None:
    found = Counter(read_mail(raw(name)).digest for name in book() if not name.startswith("nothing"))

    assert [digest for digest, number in found.items() if number > 1] == []
