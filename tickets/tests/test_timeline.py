"""What happened, told to people: one entry for what the verbs record as several events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.models import User
from tickets.models import Message, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.telling import TOLD, Words
from tickets.timeline import Shape, timeline

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORDS = Words(moment=lambda at: f"{at:%d %b %H:%M}", severities={"P1": "Severe", "P2": "Significant"})
AGNES = User(pk=7, name="Agnes Desk", is_staff=True)


def event(seq: int, kind: Kind, *, at: datetime = NOON, said: str = "", **given: Any) -> TicketEvent:
    """One event of Agnes; ``said`` is its message."""
    message = Message(text=said, by_staff=True) if said else None
    if message:
        message._prefetched_objects_cache = {"attachments": Message.objects.none()}  # type: ignore[attr-defined]  # the stubs do not know it
    actor, text = given.pop("actor", AGNES), given.pop("text", "")
    return TicketEvent(
        ticket=Ticket(),
        seq=seq,
        kind=kind,
        happened_at=at,
        message=message,
        actor=actor,
        text=text,
        data=given,
    )


def told(*events: TicketEvent) -> list[str]:
    return [f"{entry.who} {entry.did}".strip() for entry in timeline(events, WORDS)]


def test_every_kind_of_event_is_told() -> None:
    assert set(TOLD) == set(Kind)


def test_filing_is_one_entry() -> None:
    filed = event(1, Kind.FILED, said="Help", channel="email", kept_because=[])
    assert told(filed, event(2, Kind.SUBMITTED, severity="P1")) == ["Agnes Desk filed the request by email"]


def test_the_clocks_of_a_kept_request_start_later() -> None:
    filed = event(1, Kind.FILED, said="Help", channel="web", kept_because=["standing"])
    started = event(2, Kind.SUBMITTED, at=NOON + timedelta(days=1), severity="P1", actor=None)
    assert told(filed, started) == [
        "Agnes Desk sent the request, which was kept without a clock",
        "The clocks started",
    ]


def test_a_question_is_one_entry() -> None:
    question = event(1, Kind.PUBLIC_REPLY, said="Send the log")
    assert told(question, event(2, Kind.WAITING_ON_CUSTOMER)) == ["Agnes Desk asked for something"]
    assert told(question) == ["Agnes Desk replied"]


def test_a_change_of_severity_confirms_it_in_one_entry() -> None:
    change = event(1, Kind.SEVERITY_CHANGED, before="P1", severity="P2", text="Some can work")
    entry, *others = timeline([change, event(2, Kind.SEVERITY_CONFIRMED, severity="P2")], WORDS)
    assert (entry.did, entry.text) == ("changed the severity from Severe to Significant", "Some can work")
    assert others == []
    assert told(event(3, Kind.SEVERITY_CONFIRMED, severity="P2")) == [
        "Agnes Desk confirmed the severity Significant"
    ]


def test_reopening_while_awaited_is_one_entry() -> None:
    answered = event(1, Kind.CUSTOMER_REPLIED)
    assert told(answered, event(2, Kind.REOPENED, said="No")) == ["Agnes Desk reopened the ticket"]


def test_a_miss_that_was_recorded_late_stands_where_it_happened() -> None:
    miss = event(2, Kind.MISSED, at=NOON, actor=None, clock="response", due_at=NOON.isoformat())
    reply = event(1, Kind.PUBLIC_REPLY, at=NOON + timedelta(hours=1), said="Hello")
    entries = timeline([reply, miss], WORDS)
    assert [entry.shape for entry in entries] == [Shape.MISS, Shape.MESSAGE]


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (Kind.EXCLUDED, {"clause": "c"}, "excluded it under clause (c) of the policy; no promise holds"),
        (Kind.REINSTATED, {}, "put it back under the promises"),
        (
            Kind.AGREED,
            {"promise": "workaround", "due_at": NOON.isoformat()},
            "recorded the agreed date of the workaround: 23 Nov 12:00",
        ),
        (
            Kind.RELEASE_PLANNED,
            {"due_at": NOON.isoformat(), "release": "4.3"},
            "Maintenance release 4.3 is planned for 23 Nov 12:00",
        ),
        (Kind.RELEASE_PLANNED, {"due_at": None}, "No maintenance release is planned any more"),
        (Kind.ASSIGNED, {"assignee": None}, "assigned it to nobody"),
        (
            Kind.WARNED,
            {"clock": "update", "due_at": NOON.isoformat()},
            "The update is due soon, 23 Nov 12:00",
        ),
        (
            Kind.JUDGED_AGAIN,
            {"clock": "update", "due_at": NOON.isoformat()},
            "After a correction: the update due 23 Nov 12:00 counts as not missed",
        ),
    ],
)
def test_each_fact_has_its_words(kind: Kind, data: dict[str, Any], said: str) -> None:
    assert [entry.did for entry in timeline([event(1, kind, **data)], WORDS)] == [said]


def test_a_release_is_told_as_planned_and_not_as_somebodys_deed() -> None:
    planned = event(1, Kind.RELEASE_PLANNED, due_at=NOON.isoformat(), release="4.3")
    assert told(planned) == ["Maintenance release 4.3 is planned for 23 Nov 12:00"]
