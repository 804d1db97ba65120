"""Keys of rows, and places in a list, as an address or a form writes them. Anybody may have typed them."""

from datetime import UTC, datetime
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_datetime

Row = TypeVar("Row", bound=Model)
Place = tuple[datetime, int]
"""Where a row stands in a list that is ordered by an instant: the instant, aware, and the row's key."""

MOST_DIGITS = 18  # every number of so many fits a column of keys


def key_in(typed: str) -> int | None:
    """The key that ``typed`` is; ``None`` for what is no whole number, or more than a key can be."""
    return int(typed) if typed.isdecimal() and len(typed) <= MOST_DIGITS else None


def row_in(rows: QuerySet[Row], typed: str) -> Row | None:
    """The one of ``rows`` whose key ``typed`` is; ``None`` where there is none. What is no key costs no query."""
    key = key_in(typed)
    return rows.filter(pk=key).first() if key is not None else None


def written_place(instant: datetime, pk: int) -> str:
    """The place of a row, for the address of the next page."""
    return f"{instant.isoformat()}_{pk}"


def read_place(typed: str) -> Place | None:
    """The place that ``typed`` names, in UTC; ``None`` for what ``written_place`` did not make."""
    instant, _, pk = typed.rpartition("_")
    key = key_in(pk)
    try:
        found = parse_datetime(instant)
        if found is None or found.tzinfo is None or key is None:
            return None
        return found.astimezone(UTC), key
    except (ValueError, OverflowError):
        return None
