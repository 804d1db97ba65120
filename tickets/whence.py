"""From where something is done: set by the outermost layer for as long as it lasts, read where an event is recorded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    """The ways in. Neither page, mail nor worker is a command, the demo included."""

    WEB = "web"
    ADMIN = "admin"
    EMAIL = "email"
    WORKER = "worker"
    COMMAND = "command"


def _nowhere() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Whence:
    """A way in, and how to learn the network address of who came by it (``""`` where there is none)."""

    via: Via = Via.COMMAND
    address: Callable[[], str] = _nowhere


_now: ContextVar[Whence] = ContextVar("whence", default=Whence())  # noqa: B039 -- frozen


@contextmanager
def coming(via: Via, address: Callable[[], str] = _nowhere) -> Iterator[None]:
    """Whatever is recorded within says that it came by ``via``, from ``address``."""
    token = _now.set(Whence(via, address))
    try:
        yield
    finally:
        _now.reset(token)


def whence() -> Whence:
    """From where what happens now is done."""
    return _now.get()
