"""The words that a ticket is found by: cut and folded as the knowledge base does it. Pure."""

from collections.abc import Iterable
from typing import Any

from knowledgebase.search.words import STOP_WORDS, key, words_of

LONGEST_TEXT = 60_000


def of_texts(texts: Iterable[str]) -> dict[str, None]:
    """Each word of ``texts`` once, as it is written and by its stem, in their order."""
    found: dict[str, None] = {}
    for text in texts:
        for word in words_of(text[:LONGEST_TEXT]):
            if word not in STOP_WORDS:
                found[word] = found[key(word)] = None
    return found


def texts_of(ticket: Any) -> list[str]:  # noqa: ANN401 -- a migration has a model of its own
    """What a ticket says beside its messages: number, subject, people, product, and what was reported."""
    person = ticket.contact.user
    about = [
        ticket.number,
        ticket.subject,
        ticket.customer.name,
        person.name,
        person.email,
        ticket.product.name,
    ]
    return [*about, ticket.steps, ticket.effect, ticket.environment]
