"""What could not be read as it was meant, in words, each once."""

from __future__ import annotations

from tickets.mail.limits import MOST_DAMAGE


class Damage:
    """Collects sentences; the same twice is one, and after the limit there are no more."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def say(self, what: str) -> None:
        """Keep ``what``, printable and short: names in it come from the sender."""
        clean = "".join(c if c.isprintable() else "?" for c in what)[:200]
        if len(self._said) < MOST_DAMAGE:
            self._said[clean] = None

    def all(self) -> tuple[str, ...]:
        """The sentences, in the order in which they were said."""
        return tuple(self._said)
