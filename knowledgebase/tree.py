"""The whole tree of categories, for staff: empty ones stand in it, too."""

from collections.abc import Iterator, Sequence

from knowledgebase.models import Category


def in_order(rows: Sequence[Category] | None = None) -> list[tuple[Category, int]]:
    """Every category with its depth (0 at the top), each before what is below it. One query, or that of ``rows``."""
    below: dict[int | None, list[Category]] = {}
    for category in Category.objects.order_by("position", "name", "pk") if rows is None else rows:
        below.setdefault(category.parent_id, []).append(category)
    return list(_walk(below, None, 0))


def _walk(
    below: dict[int | None, list[Category]], parent: int | None, depth: int
) -> Iterator[tuple[Category, int]]:
    for category in below.get(parent, []):
        yield category, depth
        yield from _walk(below, category.pk, depth + 1)
