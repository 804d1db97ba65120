"""Which tickets have some words, and which number somebody typed. What may be seen, the caller's queryset says."""

import re
from collections.abc import Sequence

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from knowledgebase.search.words import STOP_WORDS, key, words_of
from tickets.models import Ticket, TicketWords
from tickets.numbers import ALPHABET, LENGTH

MOST_FOUND = 2_000
MOST_WORDS = 12
TABLE, TICKETS = TicketWords._meta.db_table, Ticket._meta.db_table
_DRAWN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def number_in(typed: str) -> str:
    """The tracking number that ``typed`` is, with its prefix or without; ``""`` where it is none."""
    prefix, number = f"{settings.TICKET_PREFIX}-", typed.strip().upper()
    if _DRAWN.fullmatch(number):
        return prefix + number
    return number if re.fullmatch(f"{re.escape(prefix)}[0-9A-Z]{{{LENGTH}}}", number) else ""


def keys_found(typed: str, *, internal: bool) -> list[int]:
    """The keys of the newest tickets that have every word of ``typed``; of the last its beginning is enough.

    ``internal`` looks into notes, too. At most ``MOST_FOUND``; nothing where nothing was typed that is looked for.
    """
    asked = _asked(typed, internal=internal)
    if asked is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        return [row[0] for row in cursor.fetchall()]


def has_words(typed: str, *, customers: Sequence[int]) -> Q:
    """The same as a condition on tickets, for those ``customers``, without notes; it costs no query of its own."""
    asked = _asked(typed, internal=False, customers=customers) if customers else None
    return Q(pk__in=RawSQL(*asked) if asked else [])  # noqa: S611 - names of our own, values apart


def _asked(
    typed: str, *, internal: bool, customers: Sequence[int] = ()
) -> tuple[str, list[str | int]] | None:
    """The question in the database's language and its values; ``None`` where there is nothing to ask."""
    words = [word for word in words_of(typed) if word not in STOP_WORDS][:MOST_WORDS]
    if not words:
        return None
    part = "everything" if internal else "said"
    is_postgresql = connection.vendor == "postgresql"
    sql, asked = _of_postgresql(part, words) if is_postgresql else _of_sqlite(part, words)
    if customers:
        marks = ", ".join(["%s"] * len(customers))
        sql += f" AND words.ticket_id IN (SELECT id FROM {TICKETS} WHERE customer_id IN ({marks}))"  # noqa: S608 - names of our own
    # By the words first, never through all tickets: no index has this order.
    return f"{sql} ORDER BY words.id + 0 DESC LIMIT %s", [asked, *customers, MOST_FOUND]


def _of_sqlite(part: str, words: list[str]) -> tuple[str, str]:
    whole = [f'("{word}" OR "{key(word)}")' for word in words[:-1]]
    last = f'("{words[-1]}" * OR "{key(words[-1])}")'
    sql = (
        f"SELECT words.ticket_id FROM {TABLE}_index CROSS JOIN {TABLE} words ON words.id = {TABLE}_index.rowid"  # noqa: S608 - names of our own
        f" WHERE {TABLE}_index MATCH %s"
    )
    return sql, f"{{{part}}} : ({' AND '.join([*whole, last])})"


def _of_postgresql(part: str, words: list[str]) -> tuple[str, str]:
    quoted = [word.replace("'", "''") for word in words]
    whole = [f"('{word}' | '{key(word)}')" for word in quoted[:-1]]
    last = f"('{quoted[-1]}':* | '{key(quoted[-1])}')"
    sql = f"SELECT words.ticket_id FROM {TABLE} words WHERE words.{part}_words @@ %s::tsquery"  # noqa: S608 - names of our own
    return sql, " & ".join([*whole, last])
