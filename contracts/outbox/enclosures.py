"""
Files that go with a mail, made when it is sent: by the app that knows them, which registers a maker under a name.

A message whose ``data`` has ``enclosed``, a name, gets what the maker of that name makes of that data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A calendar file with its name, its method (RFC 5546) and its content."""

    filename: str
    method: str
    content: str


Maker = Callable[[Mapping[str, Any]], Enclosure | None]
_MAKERS: dict[str, Maker] = {}


def register(name: str, maker: Maker) -> None:
    """Makes a maker known; the same again changes nothing. It returns ``None`` where the mail goes without."""
    _MAKERS[name] = maker


def enclosure_of(data: Mapping[str, Any]) -> Enclosure | None:
    """What goes with a message of that ``data``, if anything. Raises ``KeyError`` for a maker that is not known."""
    return _MAKERS[data["enclosed"]](data) if "enclosed" in data else None
