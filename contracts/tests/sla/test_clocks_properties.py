"""What holds of clocks whatever the policy and whatever happens to the ticket."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contracts.sla.clock import Clock, State
from contracts.sla.clocks import clocks
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.explain import Why, explain
from contracts.sla.hours import Closure, OpeningHours
from contracts.sla.intervals import total
from contracts.sla.promises import Kind
from contracts.sla.terms import Terms
from contracts.tests.sla.making import lengths, stories
from contracts.tests.sla.tickets import due_now

Story = tuple[Terms, list[Event], datetime]


def by_name(found: list[Clock]) -> dict[ClockName, Clock]:
    return {clock.name: clock for clock in found}


def told(story: Story) -> list[Clock]:
    terms, events, at = story
    return clocks(terms, events, at)


def afresh(hours: OpeningHours, *closures: Closure) -> OpeningHours:
    return OpeningHours(hours.zone, hours.week, hours.holidays, [*hours.closures, *closures])


@given(stories())
def test_the_same_events_give_the_same_clocks(story: Story) -> None:
    terms, events, at = story
    rebuilt = replace(terms, hours=afresh(terms.hours))
    assert clocks(terms, events, at) == clocks(terms, events, at) == clocks(rebuilt, events, at)


@given(stories(), lengths(timedelta(days=9)))
def test_what_happens_later_does_not_change_how_clocks_stood(story: Story, later: timedelta) -> None:
    terms, events, at = story
    more = [*events, Event(at + later, EventKind.RESOLVED)] if later else events
    assert clocks(terms, more, at) == clocks(terms, events, at)


@given(stories())
def test_no_clock_is_due_before_it_started(story: Story) -> None:
    terms, _, _ = story
    for clock in told(story):
        if clock.due_at and terms.length(clock.promise):
            assert clock.counted_from is not None
            assert clock.due_at >= clock.counted_from >= clock.started_at


@given(stories(), st.integers(-9, 99), st.integers(1, 99))
def test_a_closure_never_makes_a_clock_due_earlier(story: Story, begins: int, hours: int) -> None:
    terms, events, at = story
    start = events[0].at + begins * timedelta(hours=1)
    closed = replace(
        terms, hours=afresh(terms.hours, Closure(start, start + timedelta(hours=hours), "closed"))
    )
    before = by_name(clocks(terms, events, at))
    for name, clock in by_name(clocks(closed, events, at)).items():
        due, earlier = clock.due_at, before[name].due_at if name in before else None
        assert due is None or earlier is None or due >= earlier


@given(stories(), lengths(timedelta(days=9)))
def test_a_miss_stays_a_miss_and_is_of_the_same_instant(story: Story, later: timedelta) -> None:
    terms, events, at = story
    now = by_name(clocks(terms, events, at))
    for name, clock in by_name(clocks(terms, [*events, Event(at, EventKind.RESOLVED)], at + later)).items():
        if name in now and now[name].missed:
            assert clock.missed_at == now[name].missed_at


@given(stories())
def test_a_running_clock_is_missed_exactly_when_its_due_date_has_passed(story: Story) -> None:
    for clock in told(story):
        if clock.state is State.RUNNING and clock.due_at and clock.due_at < story[2]:
            assert clock.missed


@given(stories())
def test_a_clock_has_time_left_exactly_while_it_runs_or_is_paused(story: Story) -> None:
    for clock in told(story):
        assert (clock.remaining is not None) == (clock.state in (State.RUNNING, State.PAUSED))


@given(stories())
def test_a_due_date_that_lies_ahead_leaves_time_and_one_behind_leaves_none(story: Story) -> None:
    for clock in told(story):
        if clock.state is State.RUNNING and clock.due_at and clock.remaining is not None:
            ahead = clock.due_at - story[2]
            assert (clock.remaining > timedelta()) <= (ahead > timedelta())
            assert (clock.remaining < timedelta()) <= (ahead < timedelta())


@given(stories())
def test_a_clock_without_a_due_date_is_paused_unscheduled_stopped_or_void(story: Story) -> None:
    for clock in told(story):
        if clock.state in (State.PAUSED, State.UNSCHEDULED, State.VOID):
            assert clock.due_at is None
        elif clock.state is State.RUNNING:
            assert clock.due_at is not None


@given(stories())
def test_counted_stretches_are_apart_and_lie_between_start_and_now(story: Story) -> None:
    for clock in told(story):
        ends = [
            clock.counted_from or story[2],
            *[at for stretch in clock.counted for at in stretch],
            story[2],
        ]
        assert all(one <= other for one, other in pairwise(ends)) or not clock.counted
        assert all(one.end < other.start for one, other in pairwise(clock.counted))


@given(stories())
def test_what_was_counted_and_what_is_left_are_the_promise(story: Story) -> None:
    terms, _, _ = story
    for clock in told(story):
        if clock.counted and clock.length and clock.remaining is not None and clock.counted_from:
            amount = terms.counting.amount(clock.counted_from, clock.length)
            assert total(clock.counted) + clock.remaining == amount


@given(stories())
def test_the_explanation_of_a_due_date_adds_up_to_the_promise(story: Story) -> None:
    terms, _, at = story
    for clock in told(story):
        sum_ = explain(terms, clock, at)
        if sum_ and clock.due_at:
            assert sum_.counted == sum_.amount
            assert sum_.until == clock.due_at


@given(stories())
def test_the_lines_of_an_explanation_follow_one_another_without_a_gap(story: Story) -> None:
    terms, _, at = story
    for clock in told(story):
        sum_ = explain(terms, clock, at)
        if sum_ and sum_.kind is not Kind.CALENDAR and sum_.counted_from < sum_.until:
            assert (sum_.lines[0].start, sum_.lines[-1].end) == (sum_.counted_from, sum_.until)
            assert all(one.end == other.start for one, other in pairwise(sum_.lines))


@given(stories())
def test_only_lines_that_shut_the_desk_have_a_label(story: Story) -> None:
    terms, _, at = story
    for clock in told(story):
        sum_ = explain(terms, clock, at)
        assert all(bool(line.label) == (line.why is Why.SHUT) for line in (sum_.lines if sum_ else ()))


@given(stories())
def test_a_ticket_filed_now_is_due_as_its_clocks_say(story: Story) -> None:
    terms, events, at = story
    severity = events[0].severity
    assert severity is not None
    filed = clocks(terms, [Event(at, EventKind.SUBMITTED, severity=severity)], at)
    assert due_now(terms, severity, at) == {clock.name: clock.due_at for clock in filed if clock.due_at}


@given(stories())
def test_raising_a_ticket_never_grants_more_time(story: Story) -> None:
    terms, events, at = story
    most_severe = terms.severities[0].code
    raised = [*events, Event(at, EventKind.SEVERITY_CHANGED, severity=most_severe)]
    now = by_name(clocks(terms, events, at))
    for name, clock in by_name(clocks(terms, raised, at)).items():
        before = now[name].due_at if name in now else None
        if before and clock.due_at and clock.length and terms.length(now[name].promise):
            assert clock.due_at <= before


@given(stories())
def test_an_exclusion_taken_back_is_as_if_it_had_never_been(story: Story) -> None:
    terms, events, at = story
    there_and_back = [Event(at, EventKind.EXCLUDED, code="a"), Event(at, EventKind.REINSTATED)]
    plain = [event for event in events if event.kind not in (EventKind.EXCLUDED, EventKind.REINSTATED)]
    assert clocks(terms, [*plain, *there_and_back], at) == clocks(terms, plain, at)


@given(stories())
def test_an_excluded_ticket_has_only_void_clocks_and_no_miss(story: Story) -> None:
    terms, events, at = story
    for clock in clocks(terms, [*events, Event(at, EventKind.EXCLUDED, code="a")], at):
        assert (clock.state, clock.missed, clock.due_at) == (State.VOID, False, None)


@given(stories())
def test_clocks_come_in_their_order_each_at_most_once(story: Story) -> None:
    places = [list(ClockName).index(clock.name) for clock in told(story)]
    assert places == sorted(set(places))
