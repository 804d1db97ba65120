"""A question that several verbs ask of their rows."""

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def others(rows: QuerySet[Row], row: Row | None) -> QuerySet[Row]:
    """``rows`` less the one that is changed; all of them when a new one is made."""
    return rows if row is None else rows.exclude(pk=row.pk)
