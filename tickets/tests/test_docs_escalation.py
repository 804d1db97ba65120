"""The worked example of docs/escalation.md is played: each row at its time, and the record compared with it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.models import Contract, User
from contracts.services.escalation_roles import name_people, read_people
from contracts.tests.factories import published
from tickets.models import Escalation, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.services.acknowledging import acknowledge_escalation
from tickets.services.noticing import record_escalations, record_misses
from tickets.tests.conftest import File

PAGE = (Path(__file__).parents[2] / "docs" / "escalation.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\w{3} \d+ Nov \d\d:\d\d) \| (.*?) \| (.*?) ?\|$", re.MULTILINE)
ZONE = ZoneInfo("America/Los_Angeles")
SECONDS = timedelta(seconds=5)


def instant(text: str) -> datetime:
    return datetime.strptime(f"2026 {text[4:]}", "%Y %d %b %H:%M").replace(tzinfo=ZONE)


def said(event: TicketEvent) -> str:
    data = event.data
    if event.kind == Kind.ESCALATION_ACKNOWLEDGED:
        return f"{data['role']}: acknowledged by {data['name']}"
    return f"{data['role']}: {', '.join(data['people'])}{', reminded' if data['reminder'] else ''}"


def test_the_worked_example_is_what_happens(file: File, contract: Contract, manager: User) -> None:
    contract.policy_version = published("viakoo")
    contract.save()
    people = {"CTO": "Ada Chief <a@v.example>\nDan Deputy <d@v.example>", "CISO": "Cal Safe <c@v.example>"}
    (filed, _, _), *rows = ROW.findall(PAGE)
    for role, lines in people.items():
        name_people(
            policy_slug="viakoo", role=role, people=read_people(lines), actor=manager, at=instant(filed)
        )
    ticket = file(at=instant(filed), severity="serious")
    seen = ticket.seq
    for when, happens, recorded in rows:
        _play(happens, instant(when))
        ticket = Ticket.objects.get(pk=ticket.pk)
        fresh = ticket.events.filter(
            seq__gt=seen, kind__in=[Kind.ESCALATED, Kind.ESCALATION_ACKNOWLEDGED]
        ).order_by("seq")
        assert "; ".join(map(said, fresh)) == recorded, when
        assert {event.happened_at.replace(second=0) for event in fresh} <= {instant(when)}
        seen = ticket.seq


def _play(happens: str, at: datetime) -> None:
    """What a row says, and the worker's look a moment later."""
    if happens.endswith("acknowledges"):
        row = Escalation.objects.filter(name=happens.removesuffix(" acknowledges")).latest("pk")
        acknowledge_escalation(escalation=row, at=at)
    worker: tuple[Callable[..., None], ...] = (record_misses, record_escalations)
    for job in worker:
        job(at=at + SECONDS)
