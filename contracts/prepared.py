"""Queries whose SQL is worked out once. Building one costs several times what the database takes to answer it.

What is kept is the text of a query and nothing of its answers, so it cannot go stale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Value = str | int


class Prepared:
    """The SQL of ``query``, in which each value that is a key of ``names`` stands for what is named so.

    The values must be ones that stand nowhere else in the query, and of the type of what comes in their places.
    """

    def __init__(self, query: QuerySet[Any, Any], names: Mapping[Value, str]) -> None:
        self.compiler = query.query.get_compiler(connection=connection)
        self.sql, parameters = self.compiler.as_sql()
        self.parameters = [(names.get(value, ""), value) for value in parameters]
        missing = set(names.values()) - {name for name, _ in self.parameters}
        if missing:
            raise ValueError(f"the query does not ask for {', '.join(sorted(missing))}")

    def rows(self, given: Mapping[str, Value]) -> Iterator[Sequence[Any]]:
        """The rows for the values ``given`` by name, as ``values_list`` gives them."""
        values = [given[name] if name else value for name, value in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            found = cursor.fetchall()
        yield from self.compiler.results_iter(results=[found])
