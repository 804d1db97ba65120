"""What was searched in vain is kept for staff, and nothing that names a person."""

from datetime import timedelta

import pytest

from contracts.models import Product
from knowledgebase.models import FruitlessSearch
from knowledgebase.services import fruitless
from knowledgebase.services.fruitless import record_fruitless
from knowledgebase.tests.factories import WRITTEN

pytestmark = pytest.mark.django_db


def record(words: str, product: Product | None = None, hours: int = 0) -> None:
    record_fruitless(words=words, product=product, at=WRITTEN + timedelta(hours=hours))


def kept() -> list[tuple[str, int]]:
    return list(FruitlessSearch.objects.values_list("words", "times"))


def test_the_same_words_are_counted() -> None:
    record("Holo  DECK!")
    record("holo deck", hours=3)
    assert kept() == [("holo deck", 2)]
    search = FruitlessSearch.objects.get()
    assert (search.first_at, search.last_at) == (WRITTEN, WRITTEN + timedelta(hours=3))


def test_a_product_counts_apart() -> None:
    record("holodeck", Product.objects.create(name="One", slug="one"))
    record("holodeck")
    assert kept() == [("holodeck", 1), ("holodeck", 1)]


@pytest.mark.parametrize(
    "words",
    ["", "?!", "mail of ann@customer.example", "call 0043 660 1234567", "4111 1111 1111 1111", "x " * 101],
)
def test_nothing_is_kept_of(words: str) -> None:
    record(words)
    assert kept() == []


def test_a_code_is_no_number_of_a_telephone() -> None:
    record("E1234-5 2.4.1")
    assert kept() == [("e1234-5 2.4.1", 1)]


def test_the_least_and_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fruitless, "MOST_KEPT", 2)
    for hours, words in enumerate(["often", "often", "once", "later"]):
        record(words, hours=hours)
    assert {words for words, _ in kept()} == {"often", "later"}
