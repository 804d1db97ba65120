"""Outages: reported, updated, ended, corrected with a reason, withdrawn."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from contracts.causes import known_causes
from contracts.models import Component, Outage, User
from contracts.refusals import Refused
from contracts.services.outages import (
    correct_outage,
    end_outage,
    report_outage,
    update_outage,
    withdraw_outage,
)
from contracts.tests.factories import ComponentFactory, OutageFactory, published
from contracts.tests.upkeep.making import AT, DAY, HOUR
from contracts.upkeep_record import Overtaken

pytestmark = pytest.mark.django_db


def reported(component: Component, **changed: Any) -> Outage:
    given: dict[str, Any] = {
        "title": "Sign-in fails",
        "components": [component],
        "started_at": AT - HOUR,
        "what_happened": "Nobody can sign in.",
        "actor": None,
        "at": AT,
    }
    return report_outage(**given | changed)


def corrected(outage: Outage, **changed: Any) -> Outage:
    given: dict[str, Any] = {
        "title": outage.title,
        "components": list(outage.components.all()),
        "started_at": outage.started_at,
        "ended_at": outage.ended_at,
        "cause": outage.cause,
        "what_happened": outage.what_happened,
        "what_was_done": outage.what_was_done,
        "reason": "The log says so.",
        "actor": None,
        "at": AT + DAY,
    }
    return correct_outage(outage=outage, **given | changed)


def test_an_outage_is_kept_with_who_and_when_and_runs_until_it_is_ended(
    component: Component, agent: User
) -> None:
    outage = reported(component, actor=agent)
    update_outage(outage=outage, text=" Found it. ", actor=agent, at=AT + HOUR)
    assert outage.length(AT + 40 * DAY) == 40 * DAY + HOUR
    ended = end_outage(outage=outage, what_was_done="Restarted.", actor=agent, at=AT + 2 * HOUR)
    assert (ended.is_running, ended.length(AT + DAY)) == (False, 3 * HOUR)
    facts = [(event.kind, event.text, event.happened_at, event.actor) for event in ended.events.all()]
    assert facts == [
        ("reported", "", AT - HOUR, agent),
        ("updated", "Found it.", AT + HOUR, agent),
        ("ended", "", AT + 2 * HOUR, agent),
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"what_happened": " "}, "what_happened"),
        ({"components": []}, "components"),
        ({"started_at": AT + timedelta(seconds=1)}, "started_at"),
        ({"started_at": AT - 367 * DAY}, "started_at"),
        ({"ended_at": AT - HOUR}, "ended_at"),
        ({"ended_at": AT - 2 * HOUR}, "ended_at"),
        ({"ended_at": AT + HOUR}, "ended_at"),
        ({"cause": "gremlins"}, "cause"),
        ({"cause": "scheduled-maintenance"}, "cause"),
    ],
)
def test_what_cannot_be_reported_is_said_at_its_field(
    component: Component, changed: dict[str, Any], field: str
) -> None:
    published("atheer")
    with pytest.raises(Refused) as caught:
        reported(component, **changed)
    assert caught.value.field == field
    assert not Outage.objects.exists()


def test_at14_the_causes_are_those_that_policies_exclude_but_scheduled_maintenance() -> None:
    published("vivvo")
    assert known_causes() == {}
    published("atheer")
    assert list(known_causes()) == [
        "beyond-control",
        "unauthorized-use",
        "customer-infrastructure",
        "internet",
        "third-party",
    ]


def test_at14_an_outage_names_one_of_the_causes_or_none(component: Component) -> None:
    published("atheer")
    assert reported(component, cause="internet").cause == "internet"
    assert reported(component).cause == ""
    with pytest.raises(Refused, match="No policy excludes the cause 'gremlins'; choose beyond-control,"):
        reported(component, cause="gremlins")
    with pytest.raises(Refused, match="announce it as one"):
        reported(component, cause="scheduled-maintenance")


def test_a_correction_needs_a_reason_and_both_readings_stay(component: Component, agent: User) -> None:
    published("atheer")
    outage = reported(component)
    with pytest.raises(Refused, match="why") as caught:
        corrected(outage, started_at=AT - 2 * HOUR, reason=" ")
    assert caught.value.field == "reason"
    with pytest.raises(Refused, match="just this"):
        corrected(outage)
    other = ComponentFactory.create()
    now = corrected(
        outage, started_at=AT - 2 * HOUR, cause="internet", components=[component, other], actor=agent
    )
    assert (now.started_at, now.cause, now.components.count()) == (AT - 2 * HOUR, "internet", 2)
    first, last = now.events.all()
    assert (first.data["started_at"], last.data["started_at"]) == (
        "2026-11-23T17:00:00Z",
        "2026-11-23T16:00:00Z",
    )
    assert (last.kind, last.text, last.actor) == ("corrected", "The log says so.", agent)


def test_an_outage_that_was_ended_too_early_runs_again_by_a_correction(component: Component) -> None:
    outage = end_outage(outage=reported(component), what_was_done="Restarted.", actor=None, at=AT)
    assert corrected(outage, ended_at=None).is_running


@pytest.mark.parametrize("ended_at", [AT - HOUR, AT - 2 * HOUR, AT + HOUR])
def test_an_end_before_the_start_or_to_come_is_refused(component: Component, ended_at: datetime) -> None:
    with pytest.raises(Refused) as caught:
        end_outage(
            outage=reported(component), ended_at=ended_at, what_was_done="Restarted.", actor=None, at=AT
        )
    assert caught.value.field == "ended_at"


def test_what_is_over_or_withdrawn_takes_no_update(component: Component) -> None:
    over = end_outage(outage=reported(component), what_was_done="Restarted.", actor=None, at=AT)
    gone = withdraw_outage(outage=reported(component), reason="A test.", actor=None, at=AT)
    verbs: list[Callable[..., object]] = [
        partial(update_outage, text="More", actor=None, at=AT),
        partial(end_outage, what_was_done="More", actor=None, at=AT),
    ]
    for verb in verbs:
        with pytest.raises(Refused, match="is over"):
            verb(outage=over)
        with pytest.raises(Refused, match="is withdrawn"):
            verb(outage=gone)
    with pytest.raises(Refused, match="is withdrawn"):
        corrected(gone, title="Other")
    with pytest.raises(Refused, match="why"):
        withdraw_outage(outage=over, reason=" ", actor=None, at=AT)


def test_a_form_opened_before_somebody_elses_update_is_told_of_it(component: Component, agent: User) -> None:
    outage = reported(component)
    update_outage(outage=outage, text="Found it.", actor=agent, at=AT)
    with pytest.raises(Overtaken, match="update by Agnes Desk"):
        end_outage(outage=outage, what_was_done="Restarted.", actor=None, at=AT, seen=1)


def test_outages_are_running_past_or_touch_a_stretch(component: Component) -> None:
    given: dict[str, dict[str, Any]] = {
        "running": {},
        "over": {"ended_at": AT - HOUR / 2},
        "withdrawn": {"withdrawn_at": AT},
    }
    for title, fields in given.items():
        OutageFactory.create(title=title, started_at=AT - HOUR, **fields)
    known = Outage.objects
    assert [outage.title for outage in known.running()] == ["running"]
    assert [outage.title for outage in known.past()] == ["over"]
    assert {outage.title for outage in known.touching(AT - HOUR / 2, AT)} == {"running"}
    assert not known.touching(AT - 2 * HOUR, AT - HOUR).exists()
