"""
Who is told of an announcement: audiences, registered by the apps that know them.

An audience is a class with a name, a query of those who may be concerned, the judgement of who of them is, and what the
text is made of. Each is asked when recipients are drawn, not when the announcement is made: who has lost the right in
between is not told. ``register`` it in the app's ``ready``.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet

from contracts.models.people import User
from contracts.outbox.models import Announcement


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told: a person, or the address of somebody who has no account.

    Readers with an equal ``alike`` share one rendering, so it holds all that the text says of the reader: their zone,
    what of theirs is concerned. A person is told once, however often they are drawn; an address once per ``name``,
    which is the row's own, such as ``subscription-17``. ``data`` goes into the message's row.
    """

    to: User | str
    alike: Hashable
    name: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unique(self) -> str:
        """What the message's key says of the reader."""
        return str(self.to.pk) if isinstance(self.to, User) else self.name


class Audience(Protocol):
    """Whom an announcement may concern."""

    name: str

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[Any]:
        """The rows among whom readers are found, all of one model with a whole number for its key.

        Drawn in the order of their keys, some at a time, each time anew. None: nobody is left to be told, as when
        what was announced has been called off.
        """

    def readers(self, announcement: Announcement, rows: Sequence[Any], at: datetime) -> Iterable[Reader]:
        """Those among ``rows`` who are told, by their rights and choices at ``at``."""

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        """What the templates of the announcement's kind are given, for all who are ``alike`` this reader."""


_AUDIENCES: dict[str, Audience] = {}


def register(audience: Audience) -> None:
    """Makes an audience known by its name; the same again changes nothing."""
    _AUDIENCES[audience.name] = audience


def audience_named(name: str) -> Audience:
    """The audience of that name. Raises ``LookupError`` where no app has registered one."""
    if name not in _AUDIENCES:
        raise LookupError(f"No audience is called {name!r}; known are: {', '.join(sorted(_AUDIENCES))}.")
    return _AUDIENCES[name]
