"""Faults on order: every call of the database fails once."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import OperationalError, connection
from django.db.models import Model

MOST_QUERIES = 500


def fail_each_query(do: Callable[[], object], *, whole: Callable[[], object]) -> int:
    """Runs ``do`` again and again; the first time its first query fails, then its second … and each commit, too.

    After each failure ``whole()`` must be as it was before, and the last run, without a fault, gets through: the same
    call works afterwards. Returns how many queries were made to fail. ``whole`` is a picture of what matters, such as
    ``rows(Ticket, OutboxMessage)``.
    """
    before = whole()
    for nth in itertools.count(1):
        fault = Fault(nth)
        try:
            with fault.ordered():
                do()
        except OperationalError:
            if not fault.happened:
                raise
        if not fault.happened:
            return nth - 1
        assert whole() == before, f"after query {nth} failed ({fault.sql}), something had changed"
        assert nth < MOST_QUERIES, "it goes on for ever"
    raise AssertionError


def rows(*models: type[Model]) -> Callable[[], list[Any]]:
    """A picture of all rows of these models, in the order of their keys."""
    return lambda: [list(model._default_manager.order_by("pk").values()) for model in models]


class Fault:
    """Lets queries through until the ``nth``, which fails as if the database had gone away."""

    text = "the database went away, by order of the test"

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.happened = False
        self.sql = ""
        self._commit: Callable[[], Any] = connection._commit  # type: ignore[attr-defined]

    @contextmanager
    def ordered(self) -> Iterator[None]:
        """While this lasts, queries and commits are counted."""
        with connection.execute_wrapper(self), mock.patch.object(connection, "_commit", self.commit):
            yield

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        self._count(sql)
        return execute(sql, params, many, context)

    def commit(self) -> Any:
        """In place of the connection's own."""
        self._count("COMMIT")
        return self._commit()

    def _count(self, sql: str) -> None:
        self.left -= 1
        if self.left == 0:
            self.happened, self.sql = True, sql
            raise OperationalError(self.text)
