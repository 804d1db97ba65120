"""Faults on order: every call of the database fails once."""

import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

from django.apps import apps
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
    """A picture of all rows of these models, in the order of their keys, as the database has them.

    It is taken after every fault, so it goes past the models, which would take most of the time.
    """
    quoted = connection.ops.quote_name
    names = [(quoted(model._meta.db_table), quoted(str(model._meta.pk.column))) for model in models]

    def picture() -> list[Any]:
        with connection.cursor() as cursor:
            found = []
            for table, key in names:
                cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")  # noqa: S608 -- names of our own models
                found.append(cursor.fetchall())
            return found

    return picture


def rows_of(*apps_: str) -> Callable[[], list[Any]]:
    """A picture of all rows of these apps, those of many-to-many relations included."""
    configs = [apps.get_app_config(name) for name in apps_]
    return rows(*(model for config in configs for model in config.get_models(include_auto_created=True)))


def verbs_of(package: ModuleType) -> set[str]:
    """The verbs of a package of services, as ``module.function``: what is public, made there, and takes ``at``."""
    found: set[str] = set()
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and "at" in inspect.signature(function).parameters:
                found.add(f"{info.name}.{name}")
    return found


class Fault:
    """Lets queries through until the ``nth``, which fails as if the database had gone away."""

    text = "the database went away, by order of the test"

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.happened = False
        self.sql = ""
        self._commit: Callable[[], Any] = connection._commit  # type: ignore[attr-defined]  # the stubs do not know it

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
