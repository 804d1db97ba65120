"""The facts of a ticket that its clocks are judged from (policy-format.md §4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ClockName(StrEnum):
    """The four promises that run as clocks, in the order in which they are shown."""

    RESPONSE = "response"
    UPDATE = "update"
    WORKAROUND = "workaround"
    RESOLUTION = "resolution"


class EventKind(StrEnum):
    """What can happen to a ticket as far as clocks are concerned."""

    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    WORK_STARTED = "work_started"
    PUBLIC_REPLY = "public_reply"
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    CUSTOMER_REPLIED = "customer_replied"
    WORKAROUND_PROVIDED = "workaround_provided"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SEVERITY_CHANGED = "severity_changed"
    EXCLUDED = "excluded"
    REINSTATED = "reinstated"
    AGREED = "agreed"
    RELEASE_PLANNED = "release_planned"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. ``severity`` goes with submitted and severity_changed, ``promise`` with agreed,
    ``due`` with agreed and release_planned (``None`` there: no release is planned any more).
    """

    at: datetime
    kind: EventKind
    severity: str | None = None
    promise: ClockName | None = None
    due: datetime | None = None
    code: str | None = None


class BadEvents(ValueError):  # noqa: N818 -- names what is bad
    """The events tell no story that clocks can be judged from; the message says why."""
