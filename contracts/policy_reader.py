"""Reading a parsed TOML document, every fault noted with its path instead of raised one by one."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any, TypeVar

T = TypeVar("T")

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
CODE_HINT = 'a short code of letters, digits, "-" and "_"'
LONGEST_SHOWN = 80
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a file breaks the format.

    ``path`` is the key's full path, places in a list counted from 1 (``severities[2].code``);
    ``found`` what stands there, as TOML would write it; ``allowed`` what may stand there.
    """

    path: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.path}: found {self.found}; may be {self.allowed}"


def shown(value: object) -> str:
    """A value as a reader of the file knows it, shortened."""
    if isinstance(value, list):
        items = ", ".join("a list" if isinstance(v, list) else shown(v) for v in value[:LONGEST_SHOWN])
        return _short(f"[{items}]")
    return _short(_shown_alone(value))


def _shown_alone(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a table"
        case bool() | str():
            return json.dumps(value[:LONGEST_SHOWN] if isinstance(value, str) else value, ensure_ascii=False)
        case int() if abs(value) >= 10**LONGEST_SHOWN:
            return f"a number of more than {LONGEST_SHOWN} digits"
        case date() | time():
            return value.isoformat()
    return str(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


@dataclass(slots=True)
class Table:
    """One table of the document. What is asked for is known; ``finish`` reports every other key."""

    path: str
    values: dict[str, Any]
    faults: list[Fault]
    known: set[str] = field(default_factory=set)

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return key in self.values

    def fault(self, key: str, value: object, allowed: str) -> None:
        """Note that ``value`` may not stand at ``key``."""
        self.wrong(key, shown(value), allowed)

    def wrong(self, key: str, found: str, allowed: str) -> None:
        """Note what is wrong at ``key`` in words."""
        self.faults.append(Fault(self.at(key), found, allowed))

    def value(
        self, key: str, fits: Callable[[Any], bool], allowed: str, default: T, *, required: bool = False
    ) -> Any | T:  # noqa: ANN401 -- TOML holds anything; `fits` has looked at it
        """The value of ``key`` if it fits; otherwise a fault, and ``default``."""
        self.known.add(key)
        if key not in self.values:
            if required:
                self.fault(key, None, allowed)
            return default
        if not fits(self.values[key]):
            self.fault(key, self.values[key], allowed)
            return default
        return self.values[key]

    def text(self, key: str, allowed: str = "a text") -> str:
        """A required text that is not blank, without the white space around it."""
        found: str = self.value(key, _is_text, allowed, "", required=True)
        return found.strip()

    def code(self, key: str) -> str:
        found: str = self.value(
            key, lambda v: isinstance(v, str) and bool(CODE.fullmatch(v)), CODE_HINT, "", required=True
        )
        return found

    def choice(self, key: str, choices: Sequence[str], default: str = "", *, required: bool = False) -> str:
        allowed = one_of(choices)
        found: str = self.value(
            key, lambda v: isinstance(v, str) and v in choices, allowed, default, required=required
        )
        return found

    def flag(self, key: str, *, default: bool = False) -> bool:
        found: bool = self.value(key, lambda v: isinstance(v, bool), "true or false", default)
        return found

    def optional_flag(self, key: str) -> bool | None:
        found: bool | None = self.value(key, lambda v: isinstance(v, bool), "true or false", None)
        return found

    def whole_number(self, key: str, least: int, most: int) -> int | None:
        found: int | None = self.value(
            key,
            lambda v: isinstance(v, int) and not isinstance(v, bool) and least <= v <= most,
            f"a whole number from {least} to {most}",
            None,
        )
        return found

    def percent(self, key: str) -> float | None:
        found = self.value(
            key,
            lambda v: isinstance(v, int | float) and not isinstance(v, bool) and 0 < v <= 100,
            "a number above 0 and up to 100",
            None,
            required=True,
        )
        return None if found is None else float(found)

    def day(self, key: str) -> date:
        found: date = self.value(
            key,
            lambda v: isinstance(v, date) and not isinstance(v, datetime),
            "a date without quotes, as in 2026-01-31",
            date.min,
            required=True,
        )
        return found

    def parsed(self, key: str, read: Callable[[str], T], allowed: str, *, required: bool = False) -> T | None:
        """A text that ``read`` understands; its ``ValueError`` says what may stand there."""
        text: str | None = self.value(key, lambda v: isinstance(v, str), allowed, None, required=required)
        if text is None:
            return None
        try:
            return read(text)
        except ValueError as problem:
            self.fault(key, text, str(problem) or allowed)
            return None

    def texts(
        self,
        key: str,
        choices: Sequence[str] | None = None,
        *,
        required: bool = False,
        least: int = 0,
        allowed: str = "a list of texts",
    ) -> tuple[str, ...]:
        """A list of texts, each once, each one of ``choices`` if they are given."""
        if choices is not None:
            allowed = f"a list of any of {one_of(choices)}" if choices else "an empty list"
        found: list[Any] = self.value(
            key, lambda v: isinstance(v, list) and len(v) >= least, allowed, [], required=required
        )
        seen: dict[str, None] = {}
        for place, item in enumerate(found, start=1):
            if choices is not None and item not in choices:
                self.fault(f"{key}[{place}]", item, one_of(choices) or "nothing")
            elif not _is_text(item):
                self.fault(f"{key}[{place}]", item, "a text")
            elif item in seen:
                self.fault(f"{key}[{place}]", item, "each entry once")
            else:
                seen[item] = None
        return tuple(seen)

    def table(self, key: str, *, required: bool = False) -> "Table":
        """The table at ``key``; an empty one, where it is missing or something else stands there."""
        found: dict[str, Any] = self.value(
            key, lambda v: isinstance(v, dict), f"a table [{self.at(key)}]", {}, required=required
        )
        return Table(self.at(key), found, self.faults)

    def tables(self, key: str, *, required: bool = False) -> list["Table"]:
        """The tables of the list at ``key``."""
        allowed = f"one or more tables [[{self.at(key)}]]"
        found: list[Any] = self.value(
            key, lambda v: isinstance(v, list) and bool(v or not required), allowed, [], required=required
        )
        tables = []
        for place, item in enumerate(found, start=1):
            if isinstance(item, dict):
                tables.append(Table(self.at(f"{key}[{place}]"), item, self.faults))
            else:
                self.fault(f"{key}[{place}]", item, f"a table [[{self.at(key)}]]")
        return tables

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.values:
            if key in self.known:
                continue
            near = get_close_matches(key, sorted(self.known), n=1)
            allowed = f'"{near[0]}"' if near else f"one of {one_of(sorted(self.known))}"
            self.wrong(
                key if _BARE_KEY.fullmatch(key) else shown(key), f"the unknown key {shown(key)}", allowed
            )


def unique(tables: Sequence[Table], key: str) -> None:
    """Report every code or word that stands a second time."""
    seen: set[object] = set()
    for table in tables:
        value = table.values.get(key)
        if isinstance(value, str):
            if value in seen:
                table.fault(key, value, "a value that no entry before it has")
            seen.add(value)


def one_of(choices: Sequence[str]) -> str:
    """The choices as a fault names them."""
    return ", ".join(f'"{choice}"' for choice in choices)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
