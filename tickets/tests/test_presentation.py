"""The clock card: worked examples, the same that one can reckon with the policy in hand."""

from dataclasses import replace
from datetime import timedelta

from contracts.sla.events import ClockName, EventKind
from contracts.sla.hours import Closure
from tickets.standing import Standing
from tickets.tests.clock_stories import Story, at, pausing, policy

ATHEER, VIAKOO, VIVVO = policy("atheer"), policy("viakoo"), policy("vivvo")
# P1 within 4 business hours of 09:00–17:00 Pacific, filed on a Friday at 15:00 there: due on Monday at 11:00.
P1 = Story(ATHEER, "P1", "2026-11-20 23:00")
RESPONSE, UPDATE, WORKAROUND, RESOLUTION = ClockName


def test_a_clock_on_time_says_what_is_left_of_support_time_and_when_it_is_due_in_both_zones() -> None:
    card = P1.card(RESPONSE, "2026-11-21 00:50")
    assert (card.name, card.promise, card.wording) == ("Response", "within 4 business hours", "target")
    assert (card.standing, card.left) == (Standing.ON_TIME, "2 h 10 min of support time left")
    assert card.due
    assert card.due.text == "Mon 23 Nov, 20:00 · 11:00 PST"
    assert card.due.iso == "2026-11-23T19:00:00Z"
    assert card.used == 45


def test_nothing_is_used_while_the_desk_is_shut() -> None:
    assert P1.card(RESPONSE, "2026-11-21 02:00").left == P1.card(RESPONSE, "2026-11-23 16:59").left


def test_the_last_quarter_is_due_soon() -> None:
    card = P1.card(RESPONSE, "2026-11-23 18:00")
    assert (card.standing, card.left, card.used) == (Standing.DUE_SOON, "1 h of support time left", 75)


def test_at_the_due_instant_itself_nothing_is_missed_yet() -> None:
    card = P1.card(RESPONSE, "2026-11-23 19:00")
    assert (card.standing, card.left, card.used) == (Standing.DUE_SOON, "0 s of support time left", 100)


def test_an_overdue_clock_says_since_when_and_by_how_much() -> None:
    card = P1.card(RESPONSE, "2026-11-23 20:20")
    assert (card.standing, card.rest) == (Standing.OVERDUE, "since Mon 23 Nov, 20:00 · 11:00 PST")
    assert (card.left, card.used) == ("1 h 20 min of support time over", 100)


def test_a_kept_promise_says_what_was_to_spare() -> None:
    story = Story(ATHEER, "P1", "2026-11-20 23:00", (("2026-11-23 18:30", EventKind.ACKNOWLEDGED),))
    card = story.card(RESPONSE, "2026-12-01 00:00")
    assert (card.standing, card.rest) == (Standing.KEPT, "")
    assert (card.left, card.due_label) == ("30 min of support time to spare", "was due")


def test_a_missed_promise_says_by_how_much_support_time() -> None:
    story = Story(ATHEER, "P1", "2026-11-20 23:00", (("2026-11-24 18:10", EventKind.ACKNOWLEDGED),))
    card = story.card(RESPONSE, "2026-12-01 00:00")
    assert (card.standing, card.rest, card.left) == (Standing.MISSED, "by 7 h 10 min of support time", "")


def test_a_paused_clock_says_since_when_and_who_is_awaited() -> None:
    asked = (("2026-11-20 23:30", EventKind.WAITING_ON_CUSTOMER),)
    story = Story(pausing("atheer"), "P1", "2026-11-20 23:00", asked)
    card = story.card(RESPONSE, "2026-11-24 12:00")
    assert card.standing is Standing.PAUSED
    assert card.rest == "since Sat 21 Nov, 00:30 · Fri 20 Nov, 15:30 PST, waiting for you"
    assert (card.left, card.due, card.ticking) == ("3 h 30 min of support time left", None, None)


def test_an_agreed_date_is_awaited_then_agreed_then_due_soon() -> None:
    story = Story(VIAKOO, "minor", "2026-11-20 23:00")
    waiting = story.card(RESOLUTION, "2026-11-21 00:00")
    assert (waiting.standing, waiting.left) == (Standing.WAITING, "the date is still to be agreed")
    agreed = Story(
        VIAKOO, "minor", "2026-11-20 23:00", agreed=("2026-11-21 00:00", RESOLUTION, "2026-12-01 20:00")
    )
    card = agreed.card(RESOLUTION, "2026-11-24 20:00")
    assert (card.standing, card.left, card.due_label) == (Standing.AGREED, "7 days left", "agreed for")
    assert agreed.card(RESOLUTION, "2026-11-30 21:00").standing is Standing.DUE_SOON


def test_a_release_that_is_not_planned_is_said_to_be_awaited() -> None:
    card = Story(VIAKOO, "major", "2026-11-20 23:00").card(RESOLUTION, "2026-11-21 00:00")
    assert (card.standing, card.left) == (Standing.WAITING, "no maintenance release is planned yet")
    assert (card.used, card.why) == (None, None)


def test_best_effort_promises_no_time() -> None:
    card = Story(VIVVO, "no-effect", "2026-11-20 10:00").card(RESPONSE, "2026-11-20 11:00")
    assert (card.standing, card.left, card.due) == (Standing.BEST_EFFORT, "no time is promised", None)


def test_a_best_effort_that_was_made_is_neither_kept_nor_missed() -> None:
    story = Story(VIVVO, "no-effect", "2026-11-20 10:00", (("2026-11-20 12:00", EventKind.WORK_STARTED),))
    assert story.card(RESPONSE, "2026-11-21 11:00").standing is Standing.DONE


def test_an_excluded_ticket_has_void_clocks() -> None:
    story = Story(ATHEER, "P1", "2026-11-20 23:00", (("2026-11-20 23:10", EventKind.EXCLUDED),))
    card = story.card(RESPONSE, "2026-11-21 11:00")
    assert (card.standing, card.due, card.why) == (Standing.VOID, None, None)
    assert "excluded" in card.left


def test_immediately_says_how_long_that_is() -> None:
    card = Story(VIVVO, "critical", "2026-11-20 10:00").card(RESPONSE, "2026-11-20 10:05")
    assert card.promise == "immediately: within 15 business minutes"
    assert card.left == "10 min of support time left"


def test_late_updates_are_counted_and_a_late_one_is_overdue_first() -> None:
    story = Story(VIAKOO, "serious", "2026-11-20 23:00", (("2026-11-20 23:30", EventKind.ACKNOWLEDGED),))
    late = story.card(UPDATE, "2026-11-22 00:30")
    assert (late.standing, late.left, late.note) == (Standing.OVERDUE, "1 h over", "")
    answered = Story(
        VIAKOO, "serious", story.filed, (*story.events, ("2026-11-22 00:30", EventKind.PUBLIC_REPLY))
    )
    again = answered.card(UPDATE, "2026-11-22 01:00")
    assert (again.standing, again.note) == (Standing.ON_TIME, "One update came late.")


def test_a_miss_stays_though_a_lesser_severity_gives_more_time() -> None:
    lowered = Story(VIAKOO, "serious", "2026-11-16 18:00", changed=("2026-11-18 19:00", "major"))
    card = lowered.card(WORKAROUND, "2026-11-20 18:00")
    assert (card.standing, card.rest) == (Standing.MISSED, "on Wed 18 Nov, 19:00 · 10:00 PST")
    assert (card.promise, card.left) == ("within 30 days", "26 days left")


def test_a_miss_of_a_promise_that_is_made_no_more_is_still_told() -> None:
    silent = policy("viakoo")
    minor = replace(silent.severity("minor"), promises={})
    story = Story(
        replace(silent, severities=(*silent.severities[:-1], minor)),
        "serious",
        "2026-11-16 18:00",
        changed=("2026-11-18 19:00", "minor"),
    )
    card = story.card(WORKAROUND, "2026-11-20 18:00")
    assert (card.standing, card.promise, card.due) == (Standing.MISSED, "", None)
    assert card.note == "The ticket's severity promises nothing here any more."


def test_without_script_nothing_is_needed_and_with_it_only_open_time_counts() -> None:
    ticking = P1.card(RESPONSE, "2026-11-21 00:50").ticking
    assert ticking is not None
    assert (ticking.left, ticking.amount, ticking.in_hours) == (2 * 3600 + 600, 4 * 3600, True)
    until_closing = (at("2026-11-21 00:50"), at("2026-11-21 01:00"))
    assert ticking.spans == "-".join(str(int(moment.timestamp())) for moment in until_closing)


def test_elapsed_time_ticks_on_through_the_night() -> None:
    ticking = Story(VIAKOO, "serious", "2026-11-20 23:00").card(WORKAROUND, "2026-11-21 03:00").ticking
    assert ticking is not None
    first, last = ticking.spans.split("-")
    assert int(last) - int(first) == timedelta(days=1).total_seconds()


def test_a_calendar_week_is_told_in_days() -> None:
    card = Story(VIAKOO, "serious", "2026-11-20 23:00").card(RESOLUTION, "2026-11-21 20:00")
    assert (card.promise, card.left) == ("within 1 week", "6 days 3 h left")
    kept = Story(VIAKOO, "serious", "2026-11-20 23:00", (("2026-11-26 23:00", EventKind.RESOLVED),))
    assert kept.card(RESOLUTION, "2026-12-20 20:00").left == "24 h to spare"


def test_a_closure_moves_the_due_date_of_the_card() -> None:
    storm = Closure(at("2026-11-23 17:00"), at("2026-11-24 01:00"), "Snow storm")
    shut = Story(ATHEER, "P1", "2026-11-20 23:00", closures=(storm,)).card(RESPONSE, "2026-11-21 00:50")
    assert shut.due
    assert shut.due.text == "Tue 24 Nov, 20:00 · 11:00 PST"


def test_no_two_standings_are_told_apart_by_colour_alone() -> None:
    assert len({standing.word for standing in Standing}) == len(Standing)
    assert len({standing.sign for standing in Standing}) == len(Standing)
