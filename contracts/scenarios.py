"""A scenario in, its clocks out: the JSON of the ``clocks`` command (policy-format.md §4)."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.policy import Policy
from contracts.policy_file import PolicyFaults
from contracts.policy_reader import shown
from contracts.sla.clock import Clock
from contracts.sla.clocks import clocks
from contracts.sla.counting import Stretch
from contracts.sla.events import BadEvents, ClockName, Event, EventKind
from contracts.sla.hours import Closure, NoOpenTime, OpeningHours
from contracts.sla.terms import Terms

ReadPolicy = Callable[[str], Policy]


class BadScenario(ValueError):  # noqa: N818 -- names what is bad
    """A line that is no scenario; the message says what is wrong with it."""


class Scenario:
    """One line, read: the terms, the events in time order, and the instant to judge at."""

    def __init__(self, line: str, read: ReadPolicy) -> None:
        """``read`` opens the policy at a path. Raises ``BadScenario``."""
        given = _object(line)
        self.policy = _policy(given, read)
        self.tier = _text(given, "tier")
        self.hours = self.policy.opening_hours(_closures(given, self.policy.opening_hours()))
        self.terms = _terms(self.tier, self.policy, self.hours)
        self.at = _instant(given, "now")
        self.events = [_event(item, place) for place, item in enumerate(_list(given, "events"), start=1)]

    def clocks(self) -> list[Clock]:
        """The clocks at ``at``. Raises ``BadScenario``."""
        try:
            return clocks(self.terms, self.events, self.at)
        except (BadEvents, NoOpenTime) as problem:
            raise BadScenario(str(problem)) from None
        except OverflowError:
            raise BadScenario("a time or a due date lies outside the years 1 to 9999") from None


def as_json(clock: Clock) -> dict[str, Any]:
    """One clock in the words of policy-format.md §4."""
    words: dict[str, Any] = {
        "clock": clock.name.value,
        "promise": None if clock.promise is None else str(clock.promise),
        "state": clock.state.value,
        "missed": clock.missed,
        "missed_at": written(clock.missed_at),
        "started_at": written(clock.started_at),
        "due_at": written(clock.due_at),
        "stopped_at": written(clock.stopped_at),
        "remaining_seconds": _seconds(clock.remaining),
        "counted": [_stretch(stretch) for stretch in clock.counted],
    }
    if clock.missed_count is not None:
        words["missed_count"] = clock.missed_count
    return words


def written(at: datetime | None) -> str | None:
    """An instant as ``2026-11-24T18:00:00Z``, with a fraction of a second only where there is one."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _stretch(stretch: Stretch) -> list[str | None]:
    return [written(stretch.start), written(stretch.end)]


def _seconds(length: timedelta | None) -> int | float | None:
    if length is None:
        return None
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _object(line: str) -> Mapping[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadScenario(f"not JSON: {problem}") from None
    if not isinstance(given, dict):
        raise BadScenario("a scenario is a JSON object")
    return given


def _policy(given: Mapping[str, Any], read: ReadPolicy) -> Policy:
    path = _text(given, "policy")
    try:
        return read(path)
    except OSError as problem:
        raise BadScenario(f"cannot read the policy {path}: {problem.strerror}") from None
    except PolicyFaults as problem:
        raise BadScenario(f"the policy {path} breaks the format: {problem}") from None
    except ValueError as problem:
        raise BadScenario(f"cannot read the policy {path!r}: {problem}") from None


def _terms(tier: str, policy: Policy, hours: OpeningHours) -> Terms:
    try:
        return policy.terms_of(tier, hours)
    except LookupError as problem:
        raise BadScenario(str(problem.args[0])) from None


def _closures(given: Mapping[str, Any], hours: OpeningHours) -> list[Closure]:
    found = (_closure(item, hours) for item in _list(given, "closures", optional=True))
    return [closure for closure in found if closure is not None]


def _closure(given: object, hours: OpeningHours) -> Closure | None:
    """A closure as two instants; ``None`` for one that shuts nothing, since it begins in an hour that is skipped
    and so moves on past its end.
    """
    if not isinstance(given, dict):
        raise BadScenario('a closure is an object with "from", "to" and "reason"')
    first, last = (_wall(given, key) for key in ("from", "to"))
    if first >= last:
        raise BadScenario('a closure ends after it starts: "to" must lie after "from"')
    reason = _optional_text(given, "reason") or "closed"
    try:
        start, end = hours.at_local(first), hours.at_local(last)
    except OverflowError:
        raise BadScenario("a closure must lie within the years 1 to 9999") from None
    return Closure(start, end, reason) if start < end else None


def _event(given: object, place: int) -> Event:
    if not isinstance(given, dict):
        raise BadScenario(f"event {place} is no object")
    name = given.get("event")
    if name not in list(EventKind):
        raise BadScenario(f"event {place}: unknown event {shown(name)}; known are {', '.join(EventKind)}")
    kind = EventKind(name)
    try:
        return Event(
            at=_instant(given, "at"),
            kind=kind,
            severity=_severity(given, kind),
            promise=_promise(given) if kind is EventKind.AGREED else None,
            due=_due(given, kind),
            code=_optional_text(given, "code"),
        )
    except BadScenario as problem:
        raise BadScenario(f"event {place} ({name}): {problem}") from None


def _severity(given: Mapping[str, Any], kind: EventKind) -> str | None:
    if kind in (EventKind.SUBMITTED, EventKind.SEVERITY_CHANGED):
        return _text(given, "severity")
    return None


def _promise(given: Mapping[str, Any]) -> ClockName:
    name = given.get("promise")
    if name not in list(ClockName):
        raise BadScenario(f'"promise" must be one of {", ".join(ClockName)}')
    return ClockName(name)


def _due(given: Mapping[str, Any], kind: EventKind) -> datetime | None:
    if kind is EventKind.AGREED:
        return _instant(given, "due")
    if kind is EventKind.RELEASE_PLANNED:
        return None if given.get("due", "") is None else _instant(given, "due")
    return None


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value:
        raise BadScenario(f'"{key}" must be a text')
    return value


def _optional_text(given: Mapping[str, Any], key: str) -> str | None:
    return None if given.get(key) is None else _text(given, key)


def _list(given: Mapping[str, Any], key: str, *, optional: bool = False) -> list[object]:
    value = given.get(key, [] if optional else None)
    if not isinstance(value, list):
        raise BadScenario(f'"{key}" must be a list')
    return value


def _instant(given: Mapping[str, Any], key: str) -> datetime:
    moment = _datetime(given, key)
    if moment.tzinfo is None:
        raise BadScenario(f'"{key}" needs its zone, as in 2026-11-24T18:00:00Z')
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadScenario(f'"{key}" must lie within the years 1 to 9999') from None


def _wall(given: Mapping[str, Any], key: str) -> datetime:
    moment = _datetime(given, key)
    if moment.tzinfo is not None:
        raise BadScenario(f'"{key}" of a closure is local to the policy\'s zone: leave the zone out')
    return moment


def _datetime(given: Mapping[str, Any], key: str) -> datetime:
    text = _text(given, key)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadScenario(f'"{key}" must be a time such as 2026-11-24T18:00:00Z') from None
