"""What was done to a window or an outage, the latest first, each fact with what it changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.causes import known_causes
from contracts.models import MaintenanceWindow, Outage, OutageEvent, WindowEvent
from contracts.words import list_in_words

# The keys of a fact's data in the order in which they are told, each with its word.
WORDS = {
    "title": "Title",
    "starts_at": "From",
    "started_at": "Since",
    "ends_at": "Until",
    "ended_at": "Until",
    "began_at": "Began",
    "finished_at": "Over",
    "components": "Components",
    "interrupts": "Interruption",
    "reason": "Why",
    "cause": "Cause",
    "what_happened": "What happened",
    "what_was_done": "What was done",
}
Value = str | datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a fact changed; an instant is told in the reader's zone, "" is nothing."""

    word: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact, and what is otherwise since."""

    event: WindowEvent | OutageEvent
    changes: tuple[Change, ...]


def history_of(thing: MaintenanceWindow | Outage) -> list[Entry]:
    """The facts about ``thing``, the latest first; the first of all changed nothing."""
    events: list[WindowEvent | OutageEvent]
    if isinstance(thing, MaintenanceWindow):
        events = [*WindowEvent.objects.filter(window=thing).select_related("actor")]
    else:
        events = [*OutageEvent.objects.filter(outage=thing).select_related("actor")]
    causes = known_causes() if isinstance(thing, Outage) else {}
    entries = []
    for number, event in enumerate(events):
        before = events[number - 1].data if number else event.data
        entries.append(Entry(event, tuple(_changes(before, event.data, causes))))
    return entries[::-1]


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], causes: Mapping[str, str]
) -> Iterator[Change]:
    for key, word in WORDS.items():
        if before.get(key) != after.get(key):
            yield Change(word, _told(key, before.get(key), causes), _told(key, after.get(key), causes))


def _told(key: str, value: Any, causes: Mapping[str, str]) -> Value:  # noqa: ANN401 -- as JSON has it
    if value is None or value == "":
        return ""
    if key.endswith("_at"):
        return datetime.fromisoformat(value)
    if key == "components":
        return list_in_words(component["name"] for component in value)
    if key == "interrupts":
        return "yes" if value else "no"
    return causes.get(value, str(value))
