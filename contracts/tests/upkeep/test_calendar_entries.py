"""Calendar entries of windows, read by a parser of another make."""

from datetime import timedelta
from typing import Any

import pytest
import vobject

from contracts.calendar_entries import calendar, changes_of, entry
from contracts.models import Component, MaintenanceWindow
from contracts.services.windows import cancel_window, change_window, finish_window, move_window
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced

pytestmark = pytest.mark.django_db


def read(window: MaintenanceWindow, component: Component, **how: Any) -> Any:
    made = calendar(
        [entry(window, [component], changed_at=changes_of([window])[window.pk])], name="Maintenance", **how
    )
    return vobject.readOne(made.decode())


def test_an_entry_says_what_why_and_when_in_utc(component: Component, settings: Any) -> None:
    window = announced(component, title="Häfen, Äcker; \\ und\x0b mehr", reason="First line\r\nand a second.")
    event = read(window, component).vevent
    assert event.summary.value == "Maintenance: Häfen, Äcker; \\ und mehr"
    assert event.description.value == f"{component}: not available.\n\nFirst line\nand a second."
    assert (event.dtstart.value, event.dtend.value) == (AT + 10 * DAY, AT + 10 * DAY + 2 * HOUR)
    assert event.dtstart.value.tzname() == "UTC"
    assert event.url.value == f"{settings.SITE_URL}/maintenance/{window.pk}/"
    assert event.uid.value == str(window.uid)
    assert event.dtstamp.value == event.last_modified.value == AT
    assert (event.status.value, event.sequence.value) == ("CONFIRMED", "0")


def test_whatever_happens_the_name_stays_and_the_sequence_rises(component: Component) -> None:
    window = announced(component)
    seen = [read(window, component).vevent]
    window = move_window(
        window=window,
        starts_at=AT + 20 * DAY,
        ends_at=AT + 20 * DAY + HOUR,
        reason="",
        actor=None,
        at=AT + HOUR,
    )
    seen.append(read(window, component).vevent)
    window = change_window(
        window=window,
        title="Other",
        reason="Why",
        components=[component],
        interrupts=False,
        actor=None,
        at=AT + 2 * HOUR,
    )
    seen.append(read(window, component).vevent)
    window = cancel_window(window=window, reason="Not needed.", actor=None, at=AT + 3 * HOUR)
    seen.append(read(window, component, method="CANCEL").vevent)
    assert {event.uid.value for event in seen} == {str(window.uid)}
    assert [int(event.sequence.value) for event in seen] == [0, 1, 2, 3]
    assert [event.status.value for event in seen] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event.last_modified.value for event in seen] == [AT + hours * HOUR for hours in range(4)]
    assert seen[1].dtstart.value == AT + 20 * DAY


@pytest.mark.parametrize(
    ("took", "until"), [(3 * HOUR, 3 * HOUR), (timedelta(), 2 * HOUR), (timedelta(microseconds=1), 2 * HOUR)]
)
def test_a_finished_entry_has_its_real_end_and_always_a_length(
    component: Component, took: timedelta, until: timedelta
) -> None:
    window = announced(component)
    start = window.starts_at
    window = finish_window(window=window, finished_at=start + took, actor=None, at=start + 4 * HOUR)
    event = read(window, component).vevent
    assert (event.dtstart.value, event.dtend.value) == (start, start + until)


def test_a_calendar_is_named_and_without_entries_still_one() -> None:
    made = calendar([], name="Wartung, \nDTSTART:1").decode()
    assert "\r\nNAME:Wartung\\, \\nDTSTART:1\r\nX-WR-CALNAME:Wartung\\, \\nDTSTART:1\r\n" in made
    assert vobject.readOne(made).method.value == "PUBLISH"
