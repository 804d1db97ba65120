"""Maintenance windows: announced in time or refused, moved, changed, begun, finished, cancelled, and noticed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from contracts.models import Announcement, Component, MaintenanceWindow, User, WindowEvent
from contracts.models.upkeep import WindowState
from contracts.refusals import Refused
from contracts.services.watching import notice_windows
from contracts.services.windows import (
    begin_window,
    cancel_window,
    change_window,
    finish_window,
    move_window,
)
from contracts.tests.factories import (
    ComponentFactory,
)
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced, emergency, facts, under_policy
from contracts.upkeep_audience import CONTACTS
from contracts.upkeep_record import Overtaken

pytestmark = pytest.mark.django_db


# Announcing


def test_an_announced_window_is_kept_with_who_and_when(component: Component, agent: User) -> None:
    window = announced(component, actor=agent, title="  Database upgrade ")

    fact = WindowEvent.objects.get()
    assert (window.title, window.announced_at, window.sequence) == ("Database upgrade", AT, 0)
    assert (fact.kind, fact.actor, fact.happened_at, fact.number) == ("announced", agent, AT, 1)
    assert fact.data["starts_at"] == "2026-12-03T18:00:00Z"
    assert fact.data["components"] == [{"id": component.pk, "name": "Service"}]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"reason": " "}, "reason"),
        ({"components": []}, "components"),
        ({"kind": "whim"}, "kind"),
        ({"kind": "emergency"}, "emergency_reason"),
        ({"ends_at": AT + 10 * DAY}, "ends_at"),
        ({"ends_at": AT + 9 * DAY}, "ends_at"),
        ({"ends_at": AT + 41 * DAY + timedelta(minutes=1)}, "ends_at"),
        ({"starts_at": AT + 731 * DAY, "ends_at": AT + 732 * DAY}, "starts_at"),
        ({"starts_at": AT - HOUR, "ends_at": AT + HOUR}, "starts_at"),
        ({"ends_at": datetime(9999, 12, 31, tzinfo=UTC)}, "ends_at"),
    ],
)
def test_what_cannot_be_announced_is_said_at_its_field(
    component: Component, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        announced(component, **changed)
    assert caught.value.field == field
    assert not MaintenanceWindow.objects.exists()


def test_a_component_out_of_service_is_refused(component: Component) -> None:
    component.retired_at = AT
    component.save()
    with pytest.raises(Refused, match="Out of service: Atlas: Service"):
        announced(component)


def test_a_window_that_overlaps_another_of_the_same_component_is_refused_by_name(
    component: Component,
) -> None:
    first = announced(component, title="Router change")
    with pytest.raises(Refused, match=r"“Router change” \(Thu 3 Dec, 18:00 – 20:00 UTC\)"):
        announced(component, starts_at=first.ends_at - timedelta(seconds=1), ends_at=first.ends_at + HOUR)
    assert announced(component, starts_at=first.ends_at, ends_at=first.ends_at + HOUR).pk
    assert announced(ComponentFactory.create(product=component.product)).pk
    cancel_window(window=first, reason="Not needed", actor=None, at=AT)
    assert announced(component).pk


def test_a_window_that_was_over_early_leaves_the_rest_of_its_time(component: Component) -> None:
    first = emergency(component, ends_at=AT + 5 * HOUR)
    finish_window(window=first, actor=None, at=AT + HOUR)
    assert emergency(component, at=AT + 2 * HOUR, starts_at=AT + 2 * HOUR, ends_at=AT + 3 * HOUR).pk


# Emergencies


def test_an_emergency_may_begin_at_once_and_up_to_24_hours_back(component: Component) -> None:
    now = emergency(component)
    assert not now.was_entered_late
    late = emergency(ComponentFactory.create(), starts_at=AT - DAY, ends_at=AT - DAY + HOUR)
    assert late.was_entered_late
    with pytest.raises(Refused, match="at most 24 hours after its start") as caught:
        emergency(ComponentFactory.create(), starts_at=AT - DAY - timedelta(seconds=1))
    assert caught.value.field == "starts_at"


def test_an_emergency_that_is_entered_when_it_is_over_is_finished_and_told_once(component: Component) -> None:
    window = emergency(component, starts_at=AT - 3 * HOUR, ends_at=AT - HOUR)
    assert (window.state(AT), window.overrun(AT + DAY)) == (WindowState.DONE, timedelta())
    assert facts(window) == ["announced", "finished"]
    assert notice_windows(at=AT + DAY) == 0
    assert Announcement.objects.filter(audience=CONTACTS).count() == 1


def test_a_scheduled_window_keeps_no_reason_of_an_emergency(component: Component) -> None:
    assert announced(component, emergency_reason="A hole is used.").emergency_reason == ""


# Moving and changing


def test_moving_starts_the_notice_anew(component: Component, agent: User) -> None:
    under_policy(component, "viakoo")
    window, later = announced(component), AT + 8 * DAY
    with pytest.raises(Refused, match="Fri 4 Dec, 10:00 PST"):
        move_window(
            window=window,
            starts_at=window.starts_at + timedelta(minutes=5),
            ends_at=window.ends_at,
            reason="",
            actor=agent,
            at=later,
        )
    moved = move_window(
        window=window,
        starts_at=later + 3 * DAY,
        ends_at=later + 3 * DAY + HOUR,
        reason="The vendor is late.",
        actor=agent,
        at=later,
    )
    assert (moved.announced_at, moved.sequence) == (later, 1)
    fact = moved.events.get(kind="moved")
    assert (fact.text, fact.sequence, fact.data["starts_at"]) == (
        "The vendor is late.",
        1,
        "2026-12-04T18:00:00Z",
    )


def change(window: MaintenanceWindow, **changed: Any) -> MaintenanceWindow:
    given: dict[str, Any] = {
        "title": window.title,
        "reason": window.reason,
        "components": list(window.components.all()),
        "interrupts": window.interrupts,
        "actor": None,
        "at": AT,
    }
    return change_window(window=window, **given | changed)


def test_a_component_that_is_added_needs_its_contracts_notice(component: Component) -> None:
    other = ComponentFactory.create()
    under_policy(other, "viakoo")
    window = announced(component)
    with pytest.raises(Refused, match="Too late"):
        change(window, components=[component, other], at=AT + 8 * DAY)
    changed = change(window, components=[component, other], at=AT + 7 * DAY)
    assert (changed.components.count(), changed.sequence, changed.announced_at) == (2, 1, AT)


def test_an_interruption_where_none_was_announced_needs_notice(component: Component) -> None:
    under_policy(component, "viakoo")
    window = announced(component, interrupts=False)
    with pytest.raises(Refused, match="Too late"):
        change(window, interrupts=True, at=AT + 8 * DAY)
    assert not change(window, title="Smaller upgrade", at=AT + 8 * DAY).interrupts


def test_a_change_that_changes_nothing_is_refused(component: Component) -> None:
    window = announced(component)
    with pytest.raises(Refused, match="just this"):
        change(window)
    with pytest.raises(Refused, match="these times"):
        move_window(
            window=window, starts_at=window.starts_at, ends_at=window.ends_at, reason="", actor=None, at=AT
        )


# Beginning, finishing, cancelling


def test_what_staff_say_of_begin_and_end_counts_and_the_state_follows(component: Component) -> None:
    window = announced(component)
    start, end = window.starts_at, window.ends_at
    assert window.state(AT) is WindowState.ANNOUNCED
    assert window.state(start) is WindowState.UNDER_WAY
    assert window.state(end) is WindowState.OVERRAN
    window = begin_window(window=window, began_at=start + HOUR, actor=None, at=start + HOUR)
    window = finish_window(window=window, finished_at=end + HOUR, actor=None, at=end + 2 * HOUR)
    assert window.state(end + 2 * HOUR) is WindowState.DONE
    assert window.overrun(end + 2 * HOUR) == HOUR
    assert facts(window) == ["announced", "began", "finished"]
    assert [event.happened_at for event in window.events.all()][1:] == [start + HOUR, end + HOUR]


def test_a_window_that_nobody_ends_overruns_for_as_long(component: Component) -> None:
    window = announced(component)
    assert window.overrun(window.ends_at + 5 * HOUR) == 5 * HOUR
    assert window.overrun(window.starts_at) == timedelta()


@pytest.mark.parametrize(
    ("said", "field"), [(AT + 11 * DAY, "began_at"), (AT - timedelta(seconds=1), "began_at")]
)
def test_a_begin_that_cannot_be_is_refused(component: Component, said: datetime, field: str) -> None:
    window = announced(component)
    with pytest.raises(Refused) as caught:
        begin_window(window=window, began_at=said, actor=None, at=AT + 10 * DAY)
    assert caught.value.field == field


def test_an_end_in_the_future_or_before_the_begin_is_refused(component: Component) -> None:
    window = announced(component)
    for said in (window.starts_at - HOUR, window.starts_at + 3 * HOUR):
        with pytest.raises(Refused) as caught:
            finish_window(window=window, finished_at=said, actor=None, at=window.starts_at + HOUR)
        assert caught.value.field == "finished_at"
    with pytest.raises(Refused, match="not begun"):
        finish_window(window=window, actor=None, at=AT)


def test_what_is_over_is_neither_moved_nor_changed_nor_ended_again(component: Component) -> None:
    cancelled, finished = announced(component), emergency(component)
    cancel_window(window=cancelled, reason="Not needed", actor=None, at=AT)
    finish_window(window=finished, actor=None, at=AT)
    for window, word in ((cancelled, "cancelled"), (finished, "finished")):
        verbs: list[Callable[[], object]] = [
            partial(change, window, title="Other"),
            partial(
                move_window,
                window=window,
                starts_at=AT + DAY,
                ends_at=AT + 2 * DAY,
                reason="",
                actor=None,
                at=AT,
            ),
            partial(begin_window, window=window, actor=None, at=AT),
            partial(finish_window, window=window, actor=None, at=AT),
            partial(cancel_window, window=window, reason="No", actor=None, at=AT),
        ]
        for verb in verbs:
            with pytest.raises(Refused, match=f"is {word}"):
                verb()


def test_cancelling_needs_a_reason_and_a_window_that_has_not_begun(component: Component) -> None:
    window = announced(component)
    with pytest.raises(Refused, match="why") as caught:
        cancel_window(window=window, reason=" ", actor=None, at=AT)
    assert caught.value.field == "reason"
    with pytest.raises(Refused, match=r"It began Thu 3 Dec, 18:00 UTC\. Cancel it before"):
        cancel_window(window=window, reason="No", actor=None, at=window.starts_at)
    cancelled = cancel_window(window=window, reason="Not needed", actor=None, at=AT)
    assert (cancelled.state(AT + 20 * DAY), cancelled.sequence) == (WindowState.CANCELLED, 1)
    assert cancelled.start_at(AT + 20 * DAY) is None


def test_a_form_opened_before_somebody_elses_change_is_told_what_it_was(
    component: Component, agent: User
) -> None:
    window = announced(component)
    change(window, title="Smaller upgrade", actor=agent)
    with pytest.raises(Overtaken, match="changed by Agnes Desk") as caught:
        cancel_window(window=window, reason="No", actor=None, at=AT, seen=1)
    assert [event.kind for event in caught.value.news] == ["changed"]
    assert cancel_window(window=window, reason="No", actor=None, at=AT, seen=2).is_over


def test_an_emergency_is_not_moved_to_an_end_that_is_past(component: Component) -> None:
    window = emergency(component, starts_at=AT + HOUR, ends_at=AT + 2 * HOUR)
    with pytest.raises(Refused, match="This end is past"):
        move_window(
            window=window, starts_at=AT - 2 * HOUR, ends_at=AT - HOUR, reason="Early", actor=None, at=AT
        )
