"""Each message of the corpus says what a person reads in it."""

import pytest

from contracts.files import clean_name
from tickets.mail.reading import read_mail
from tickets.tests.mail.book import CORPUS, EMPTY, as_in_book, book, raw

PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_a_message_says_what_a_person_reads_in_it(part: int) -> None:
    """Some of the messages: as many tests as messages took longer to hand out than to run."""
    found = {name: faults(name) for name in sorted(book())[part::PARTS]}
    assert {name: what for name, what in found.items() if what} == {}


def faults(name: str) -> list[object]:
    """Where the reading of a message is another than the book's."""
    wanted = EMPTY | book()[name]
    shown, not_shown = wanted.pop("html", []), wanted.pop("no_html", [])
    mail = read_mail(raw(name))
    seen = as_in_book(mail)
    return [
        *((what, seen[what], "instead of", wanted[what]) for what in wanted if seen[what] != wanted[what]),
        *(("not shown", piece, mail.damage) for piece in shown if piece not in mail.html),
        *(("shown", piece) for piece in not_shown if piece in mail.html),
        *["no digest"] * (len(mail.digest) != 64),
    ]


def test_names_of_files_stay_as_they_are_where_files_are_stored() -> None:
    names = [part[0] for entry in book().values() for part in entry.get("parts", [])]

    assert [name for name in names if clean_name(name) != name] == []


def test_every_message_is_in_the_book_and_the_corpus_is_large_in_number_only() -> None:
    files = list(CORPUS.glob("*.eml"))

    assert sorted(file.stem for file in files) == sorted(book())
    assert len(files) >= 160
    assert sum(file.stat().st_size for file in files) < 2_000_000
