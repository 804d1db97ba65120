"""The whole portal under kills and crowds. CI tries a fiftieth of what `make endure` tries; docs/endurance.md."""

import pytest

from benchmarks.endurance.runs import kill_while_people_file, many_file_at_once
from contracts.tests.endurance import Endurance
from portal.tests.servers import Server

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def test_web_and_worker_are_killed_while_people_file(server: Server, endurance: Endurance) -> None:
    number = endurance.number(500)
    outcome, killed = kill_while_people_file(server, number=number, seed=endurance.seed)
    acknowledged = len(outcome.diary.filed)
    endurance.report(
        number,
        "kills",
        outcome.faults(),
        acknowledged=acknowledged,
        connections_cut=outcome.diary.cut,
        server_errors=outcome.server_errors(),
        killed=dict(killed),
    )
    assert acknowledged > number


def test_many_people_file_at_once(server: Server, endurance: Endurance) -> None:
    tickets, people = endurance.number(10_000), endurance.number(1000)
    outcome = many_file_at_once(server, tickets=tickets, people=min(200, people))
    answers = dict(outcome.diary.statuses)
    faults = [
        *outcome.faults(),
        *[f"{outcome.server_errors()} answers were 5xx"] * bool(outcome.server_errors()),
    ]
    endurance.report(tickets, "filings", faults, people=min(200, people), answers=answers)
    assert len(outcome.audit["tickets"]) == tickets
    assert outcome.diary.cut == 0
