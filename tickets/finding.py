"""Which tickets have some words, and which number somebody typed. What may be seen, the caller's queryset says."""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from knowledgebase.search.words import STOP_WORDS, key, words_of
from tickets.models import Ticket, TicketWords
from tickets.models.ticket import TicketQuerySet
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


def keys_found(typed: str, *, internal: bool, among: TicketQuerySet | None = None) -> list[int]:
    """The keys of the newest tickets that have every word of ``typed``; of the last its beginning is enough.

    ``internal`` looks into notes, too. At most ``MOST_FOUND`` of those ``among``, of all where that is ``None``;
    nothing where nothing was typed that is looked for.
    """
    try:
        within = among.order_by().values("pk").query.sql_with_params() if among is not None else None
    except EmptyResultSet:
        return []
    asked = _asked(typed, internal=internal, within=within)
    if asked is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        return [row[0] for row in cursor.fetchall()]


def has_words(typed: str, *, customers: Sequence[int]) -> Q:
    """The same as a condition on tickets, for those ``customers``, without notes; it costs no query of its own."""
    marks = ", ".join(["%s"] * len(customers))
    within = (f"SELECT id FROM {TICKETS} WHERE customer_id IN ({marks})", tuple(customers))  # noqa: S608 -- names of our own
    asked = _asked(typed, internal=False, within=within) if customers else None
    return Q(pk__in=RawSQL(*asked) if asked else [])  # noqa: S611 -- names of our own, values apart


def _asked(
    typed: str, *, internal: bool, within: tuple[str, tuple[Any, ...]] | None = None
) -> tuple[str, list[Any]] | None:
    """The question in the database's language and its values; ``None`` where there is nothing to ask.

    ``within`` is another one, for the keys of the tickets that are looked at.
    """
    words = [word for word in words_of(typed) if word not in STOP_WORDS][:MOST_WORDS]
    if not words:
        return None
    part = "everything" if internal else "said"
    is_postgresql = connection.vendor == "postgresql"
    sql, asked = _of_postgresql(part, words) if is_postgresql else _of_sqlite(part, words)
    tickets, values = within or ("", ())
    if within is not None:
        sql += f" AND words.ticket_id IN ({tickets})"
    # By the words first, never through all tickets: no index has this order.
    return f"{sql} ORDER BY words.id + 0 DESC LIMIT %s", [asked, *values, MOST_FOUND]


def _of_sqlite(part: str, words: list[str]) -> tuple[str, str]:
    whole = [f'("{word}" OR "{key(word)}")' for word in words[:-1]]
    last = f'("{words[-1]}" * OR "{key(words[-1])}")'
    sql = (
        f"SELECT words.ticket_id FROM {TABLE}_index CROSS JOIN {TABLE} words ON words.id = {TABLE}_index.rowid"  # noqa: S608 -- names of our own
        f" WHERE {TABLE}_index MATCH %s"
    )
    return sql, f"{{{part}}} : ({' AND '.join([*whole, last])})"


def _of_postgresql(part: str, words: list[str]) -> tuple[str, str]:
    quoted = [word.replace("'", "''") for word in words]
    whole = [f"('{word}' | '{key(word)}')" for word in quoted[:-1]]
    last = f"('{quoted[-1]}':* | '{key(quoted[-1])}')"
    sql = f"SELECT words.ticket_id FROM {TABLE} words WHERE words.{part}_words @@ %s::tsquery"  # noqa: S608 -- names of our own
    return sql, " & ".join([*whole, last])
