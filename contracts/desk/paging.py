"""The past, page by page: the latest first, by keys, however long the history is."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from contracts.keys import row_in

ROWS = 25
Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row], before: str, instant: str) -> tuple[list[Row], int | None]:
    """The rows that follow the one whose key is ``before``, and the key to go on with; ``None`` for the last page.

    ``rows`` are in the order of ``instant`` and key, both downwards. What is no key begins at the beginning.
    """
    last = row_in(rows.model._default_manager.all(), before)
    if last is not None:
        value = getattr(last, instant)
        rows = rows.filter(Q(**{f"{instant}__lt": value}) | Q(**{instant: value, "pk__lt": last.pk}))
    found = list(rows[: ROWS + 1])
    return found[:ROWS], found[ROWS - 1].pk if len(found) > ROWS else None
