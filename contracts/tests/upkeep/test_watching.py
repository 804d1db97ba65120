"""What nobody says of a window and is true all the same."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.models import Component, MaintenanceWindow, WindowEvent
from contracts.services.watching import notice_windows
from contracts.services.windows import begin_window, cancel_window, finish_window, move_window
from contracts.tests.factories import ComponentFactory
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced, facts
from contracts.upkeep_record import record_window

pytestmark = pytest.mark.django_db


def test_begin_and_overrun_are_noticed_once_each_with_their_own_instants(component: Component) -> None:
    window = announced(component)
    late = window.ends_at + HOUR
    assert notice_windows(at=window.starts_at - timedelta(seconds=1)) == 0
    assert notice_windows(at=late) == 2
    assert notice_windows(at=late) == 0
    noticed = window.events.exclude(kind="announced")
    assert [(e.kind, e.happened_at, e.recorded_at, e.actor) for e in noticed] == [
        ("began", window.starts_at, late, None),
        ("overran", window.ends_at, late, None),
    ]


def test_a_window_that_fails_keeps_none_of_the_others_from_being_noticed(
    component: Component, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = announced(component), announced(ComponentFactory.create())

    def failing(window: MaintenanceWindow, *args: Any, **given: Any) -> WindowEvent:
        if window == broken:
            raise ValueError("It is broken.")
        return record_window(window, *args, **given)

    monkeypatch.setattr("contracts.services.watching.record_window", failing)
    assert notice_windows(at=whole.starts_at) == 1
    assert facts(whole) == ["announced", "began"]
    monkeypatch.undo()
    assert notice_windows(at=whole.starts_at) == 1
    assert facts(broken) == ["announced", "began"]


def test_what_staff_said_is_not_noticed_again(component: Component) -> None:
    window = announced(component)
    begin_window(window=window, actor=None, at=window.starts_at - timedelta(minutes=1))
    assert notice_windows(at=window.starts_at) == 0
    finish_window(window=window, actor=None, at=window.starts_at + HOUR)
    cancel_window(window=announced(ComponentFactory.create()), reason="No", actor=None, at=AT)
    assert notice_windows(at=window.ends_at + DAY) == 0


def test_a_moved_window_is_noticed_at_its_new_times(component: Component) -> None:
    window = announced(component)
    start = window.starts_at + DAY
    move_window(window=window, starts_at=start, ends_at=start + HOUR, reason="", actor=None, at=AT)
    assert notice_windows(at=start - timedelta(seconds=1)) == 0
    assert notice_windows(at=start) == 1
