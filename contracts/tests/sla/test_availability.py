"""Monthly availability by Atheer's clauses 6 a to d, each case worked out by hand. The pages are still to come."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from contracts.policy_availability import rules_of
from contracts.policy_file import read_policy
from contracts.sla.availability import Rules, Service, availabilities, rounded_down
from contracts.sla.months import Month, Term, midnight
from contracts.sla.unavailability import Verdict, Work
from contracts.tests.factories import policy_text
from contracts.tests.sla.downtime import Place, minutes

BERLIN = Place()
EXCLUDED, OVER, UNANNOUNCED, COUNTED = Verdict


# AT12


def test_at12_the_core_takes_target_causes_and_limit_from_the_policy_exactly() -> None:
    assert rules_of(read_policy(policy_text("atheer"))) == Rules(
        ZoneInfo("America/Los_Angeles"),
        Fraction(985, 10),
        (
            "scheduled-maintenance",
            "beyond-control",
            "unauthorized-use",
            "customer-infrastructure",
            "internet",
            "third-party",
        ),
        timedelta(hours=8),
    )


def test_at12_a_policy_that_promises_no_availability_has_no_rules() -> None:
    assert rules_of(read_policy(policy_text("viakoo"))) is None


def test_at12_a_limit_may_be_in_minutes_or_missing() -> None:
    text = policy_text("atheer")
    in_minutes = rules_of(
        read_policy(text.replace('monthly_limit = "8 hours"', 'monthly_limit = "90 minutes"'))
    )
    missing = rules_of(read_policy(text.replace('monthly_limit = "8 hours"', "")))
    assert in_minutes
    assert missing
    assert (in_minutes.monthly_limit, missing.monthly_limit) == (timedelta(minutes=90), None)


@pytest.mark.parametrize(
    ("until", "met"),
    [("2026-04-01 10:48:00", True), ("2026-04-01 10:48:00.000001", False)],
)
def test_at12_the_target_is_held_against_the_exact_figure(until: str, met: bool) -> None:
    """1.5 % of the 43 200 minutes of April are 648: 10 h 48 min."""
    month = BERLIN.month("2026-04", BERLIN.outage("2026-04-01 00:00", until))
    assert month.met is met


@pytest.mark.parametrize(
    ("percent", "digits", "shown"),
    [
        (Fraction("98.4999"), 1, "98.4"), (Fraction("98.5"), 2, "98.50"), (Fraction("99.99999999"), 3, "99.999"),
        (Fraction(100), 3, "100.000"), (Fraction(0), 2, "0.00"), (Fraction(200, 3), 4, "66.6666"),
        (Fraction("99.05"), 2, "99.05"), (Fraction("99.9"), 0, "99"),
    ],
)  # fmt: skip
def test_at12_a_percentage_is_never_shown_better_than_it_is(
    percent: Fraction, digits: int, shown: str
) -> None:
    assert rounded_down(percent, digits) == shown


# AT13


def test_at13_the_percentage_is_total_less_downtime_over_total() -> None:
    """446 of March's 44 580 minutes in Berlin: 31 days less the hour that the clocks skip on the 29th."""
    month = BERLIN.month("2026-03", BERLIN.outage("2026-03-02 00:00", "2026-03-02 07:26"))
    assert (minutes(month.total), minutes(month.downtime)) == (44_580, 446)
    assert month.percent == Fraction(44_134 * 100, 44_580)
    assert rounded_down(month.percent, 3) == "98.999"


def test_at13_without_downtime_it_is_100() -> None:
    month = BERLIN.month("2026-03")
    assert (month.percent, month.met, len(month.pieces)) == (Fraction(100), True, 0)


# AT14


@pytest.mark.parametrize(("cause", "downtime"), [("internet", 0), ("own-fault", 60), (None, 60)])
def test_at14_only_a_cause_of_the_policy_is_excluded(cause: str | None, downtime: int) -> None:
    month = BERLIN.month("2026-03", BERLIN.outage("2026-03-02 10:00", "2026-03-02 11:00", cause))
    assert (minutes(month.downtime), minutes(month.unavailable)) == (downtime, 60)


def test_at14_overlaps_count_once_and_a_cause_excuses_what_it_overlaps() -> None:
    """10 to 13 of nobody's fault but ours twice over, 11 to 14 the internet: an hour counts, three do not."""
    month = BERLIN.month(
        "2026-03",
        BERLIN.outage("2026-03-02 10:00", "2026-03-02 13:00"),
        BERLIN.outage("2026-03-02 10:30", "2026-03-02 12:00"),
        BERLIN.outage("2026-03-02 11:00", "2026-03-02 14:00", "internet"),
    )
    assert BERLIN.told(month) == [("02 10:00", "02 11:00", COUNTED), ("02 11:00", "02 14:00", EXCLUDED)]
    assert month.excluded == {"internet": timedelta(hours=3)}


@pytest.mark.parametrize("listed", [("internet", "third-party"), ("third-party", "internet")])
def test_at14_of_two_causes_the_one_that_the_policy_lists_first_is_named(listed: tuple[str, ...]) -> None:
    place = Place(excluded=listed)
    month = place.month(
        "2026-03",
        place.outage("2026-03-02 10:00", "2026-03-02 12:00", "internet"),
        place.outage("2026-03-02 11:00", "2026-03-02 13:00", "third-party"),
    )
    assert {cause: minutes(length) for cause, length in month.excluded.items()} == {
        listed[0]: 120,
        listed[1]: 60,
    }


def test_at14_only_planned_work_is_scheduled_maintenance_never_an_outage() -> None:
    outage = BERLIN.outage("2026-03-02 10:00", "2026-03-02 11:00", "scheduled-maintenance")
    assert minutes(BERLIN.month("2026-03", outage).downtime) == 60


# AT15


def test_at15_announced_work_is_excluded_and_its_overrun_is_downtime() -> None:
    work = BERLIN.work(
        "2026-03-02 02:00", "2026-03-02 04:00", began="2026-03-02 02:10", finished="2026-03-02 04:30"
    )
    assert BERLIN.told(BERLIN.month("2026-03", work)) == [
        ("02 02:10", "02 04:00", EXCLUDED),
        ("02 04:00", "02 04:30", UNANNOUNCED),
    ]


@pytest.mark.parametrize(
    ("facts", "pieces"),
    [
        ({}, [("02:00", "04:00", EXCLUDED)]),
        ({"finished": "2026-03-02 03:00"}, [("02:00", "03:00", EXCLUDED)]),
        ({"finished": "2026-03-02 01:00"}, []),
        # Nobody has said that it is over: it overruns until somebody does.
        ({"began": "2026-03-02 02:00"}, [("02:00", "04:00", EXCLUDED), ("04:00", "05:00", UNANNOUNCED)]),
        # Begun too early: what lies before the announced time was announced to nobody.
        (
            {"began": "2026-03-02 01:00", "finished": "2026-03-02 03:00"},
            [("01:00", "02:00", UNANNOUNCED), ("02:00", "03:00", EXCLUDED)],
        ),
        # Moved to the night after it had been done: the announced time is the latest.
        ({"began": "2026-03-02 00:00", "finished": "2026-03-02 01:00"}, [("00:00", "01:00", UNANNOUNCED)]),
        ({"cancelled_at": "2026-03-01 12:00"}, []),
        ({"cancelled_at": "2026-03-02 03:00"}, []),
        # Cancelled while under way: excused up to the cancellation.
        (
            {"began": "2026-03-02 02:15", "cancelled_at": "2026-03-02 03:00"},
            [("02:15", "03:00", EXCLUDED)],
        ),
        (
            {
                "began": "2026-03-02 02:15",
                "cancelled_at": "2026-03-02 03:00",
                "finished": "2026-03-02 03:10",
            },
            [("02:15", "03:00", EXCLUDED), ("03:00", "03:10", UNANNOUNCED)],
        ),
        ({"interrupts": False}, []),
        ({"interrupts": False, "began": "2026-03-02 02:00", "finished": "2026-03-02 06:00"}, []),
        # Announced too late for this policy.
        ({"excusable": False}, [("02:00", "04:00", COUNTED)]),
    ],
)  # fmt: skip
def test_at15_what_is_excused_of_work_announced_from_2_to_4_as_seen_at_5(
    facts: dict[str, str | bool], pieces: list[tuple[str, str, Verdict]]
) -> None:
    work = BERLIN.work("2026-03-02 02:00", "2026-03-02 04:00", **facts)
    month = BERLIN.month("2026-03", work, at="2026-03-02 05:00")
    assert BERLIN.told(month) == [(f"02 {start}", f"02 {end}", verdict) for start, end, verdict in pieces]


def test_at15_work_that_does_not_interrupt_excuses_no_outage() -> None:
    work = BERLIN.work("2026-03-02 02:00", "2026-03-02 04:00", interrupts=False)
    month = BERLIN.month("2026-03", work, BERLIN.outage("2026-03-02 03:00", "2026-03-02 04:00"))
    assert minutes(month.downtime) == 60


def test_at15_work_excuses_nothing_where_the_policy_does_not_list_it() -> None:
    place = Place(excluded=("internet",))
    month = place.month("2026-03", place.work("2026-03-02 02:00", "2026-03-02 04:00"))
    assert (minutes(month.downtime), place.told(month)) == (120, [("02 02:00", "02 04:00", COUNTED)])


def nights(*days: int, hours: int = 3) -> list[Work]:
    return [BERLIN.work(f"2026-03-{day:02} 00:00", f"2026-03-{day:02} {hours:02}:00") for day in days]


def test_at15_limit_is_used_up_in_the_order_of_time_and_the_rest_is_downtime() -> None:
    """Three nights of three hours: the eight hours end at 2:00 in the last."""
    month = BERLIN.month("2026-03", *nights(20, 3, 10))
    assert BERLIN.told(month)[2:] == [("20 00:00", "20 02:00", EXCLUDED), ("20 02:00", "20 03:00", OVER)]
    assert (minutes(month.over_limit), minutes(month.downtime)) == (60, 60)


def test_at15_limit_counts_actual_interruption_alone() -> None:
    """Two nights of five hours planned, finished after three: six of the eight hours are used."""
    done = [
        BERLIN.work(
            f"2026-03-{day} 00:00",
            f"2026-03-{day} 05:00",
            began=f"2026-03-{day} 00:00",
            finished=f"2026-03-{day} 03:00",
        )
        for day in (10, 20)
    ]
    quiet = BERLIN.work("2026-03-25 00:00", "2026-03-25 05:00", interrupts=False)
    assert minutes(BERLIN.month("2026-03", *done, quiet).downtime) == 0
    assert BERLIN.left("2026-03", *done, quiet) == timedelta(hours=2)


def test_at15_limit_is_not_used_by_overruns_nor_by_work_that_is_not_excusable() -> None:
    overrun = BERLIN.work(
        "2026-03-10 00:00", "2026-03-10 04:00", finished="2026-03-10 09:00", began="2026-03-10 00:00"
    )
    hasty = BERLIN.work("2026-03-11 00:00", "2026-03-11 06:00", excusable=False)
    assert BERLIN.left("2026-03", overrun, hasty) == timedelta(hours=4)
    month = BERLIN.month("2026-03", overrun, hasty, *nights(20))
    assert (minutes(month.over_limit), minutes(month.downtime)) == (0, 11 * 60)


def test_at15_limit_is_used_once_where_two_components_are_down_at_once() -> None:
    both = BERLIN.work("2026-03-10 00:00", "2026-03-10 06:00", "api", "web")
    web = BERLIN.work("2026-03-10 04:00", "2026-03-10 09:00", "web")
    month = BERLIN.month("2026-03", both, web, components=("api", "web"))
    assert (minutes(month.downtime), minutes(month.over_limit)) == (60, 60)
    assert [minutes(part.downtime) for part in month.components.values()] == [0, 60]


def test_at15_limit_is_not_used_by_work_on_components_without_the_target() -> None:
    assert BERLIN.left("2026-03", BERLIN.work("2026-03-10 00:00", "2026-03-10 06:00", "mobile")) == timedelta(
        hours=8
    )


def test_at15_limit_begins_anew_each_month_in_the_policys_zone() -> None:
    """From 31 March 16:00 to 1 April 12:00 local: eight hours in each month are excused, and four are over."""
    work = BERLIN.work("2026-03-31 16:00", "2026-04-01 12:00")
    march, april = BERLIN.month("2026-03", work), BERLIN.month("2026-04", work)
    assert [minutes(month.over_limit) for month in (march, april)] == [0, 240]
    assert [minutes(month.excluded["scheduled-maintenance"]) for month in (march, april)] == [480, 480]


def test_at15_limit_used_up_leaves_another_cause_its_excuse() -> None:
    storm = BERLIN.outage("2026-03-20 02:30", "2026-03-20 04:00", "internet")
    month = BERLIN.month("2026-03", *nights(3, 10, 20), storm)
    assert BERLIN.told(month)[3:] == [("20 02:00", "20 02:30", OVER), ("20 02:30", "20 04:00", EXCLUDED)]


def test_at15_limit_left_counts_what_is_planned_and_never_less_than_nothing() -> None:
    assert BERLIN.left("2026-03", *nights(3, 10)) == timedelta(hours=2)
    assert BERLIN.left("2026-03", *nights(3, 10, 20)) == timedelta()
    assert BERLIN.left("2026-04", *nights(3, 10, 20)) == timedelta(hours=8)
    assert Place(limit_hours=None).left("2026-03", *nights(3)) is None


def test_at15_without_a_limit_all_announced_work_is_excused() -> None:
    place = Place(limit_hours=None)
    month = place.month("2026-03", *nights(3, 10, 20))
    assert (minutes(month.downtime), minutes(month.unavailable)) == (0, 540)


# AT16


def test_at16_the_core_leaves_out_components_that_do_not_carry_the_target() -> None:
    app = BERLIN.outage("2026-03-02 10:00", "2026-03-02 11:00", component="mobile")
    work = BERLIN.work("2026-03-03 00:00", "2026-03-03 02:00", "mobile", excusable=False)
    month = BERLIN.month("2026-03", app, work)
    assert (month.percent, set(month.components)) == (Fraction(100), {"api"})


def test_at16_a_service_none_of_whose_components_carries_the_target_has_no_figure() -> None:
    assert BERLIN.maybe("2026-03", components=()) is None


def test_at16_two_components_of_one_service_are_down_together_once() -> None:
    """The service is down while either is; the excuse of one is no excuse for the other."""
    month = BERLIN.month(
        "2026-03",
        BERLIN.outage("2026-03-02 10:00", "2026-03-02 12:00", component="api"),
        BERLIN.outage("2026-03-02 11:00", "2026-03-02 13:00", component="web"),
        BERLIN.outage("2026-03-02 11:30", "2026-03-02 14:00", "internet", component="api"),
        components=("api", "web"),
    )
    assert BERLIN.told(month) == [
        ("02 10:00", "02 11:30", COUNTED), ("02 11:30", "02 13:00", COUNTED), ("02 13:00", "02 14:00", EXCLUDED),
    ]  # fmt: skip
    assert [minutes(part.downtime) for part in month.components.values()] == [90, 120]


# AT17


@pytest.mark.parametrize(
    ("zone", "month", "total"),
    [
        ("Europe/Berlin", "2026-03", 44_580), ("Europe/Berlin", "2026-10", 44_700),
        ("Europe/Berlin", "2026-02", 40_320),
        ("America/Los_Angeles", "2028-02", 41_760), ("Australia/Lord_Howe", "2026-04", 43_230),
        ("Pacific/Apia", "2011-12", 43_200),  # left out a day
        ("Pacific/Kiritimati", "1994-12", 43_200),  # left out its last day
        ("UTC", "2026-12", 44_640),
    ],
)  # fmt: skip
def test_at17_the_core_counts_every_minute_of_the_month_in_the_policys_zone(
    zone: str, month: str, total: int
) -> None:
    place = Place(zone=zone, first_day="1990-01-01")
    assert minutes(place.month(month).total) == total


@pytest.mark.parametrize(
    ("first_day", "last_day", "days"),
    [
        ("2026-04-11", None, 20), ("2020-01-01", "2026-04-10", 10), ("2026-04-30", "2026-04-30", 1),
        ("2026-05-01", None, None), ("2020-01-01", "2026-03-31", None), ("2020-01-01", "2026-04-30", 30),
    ],
)  # fmt: skip
def test_at17_the_core_counts_the_part_of_the_month_inside_the_term_its_last_day_included(
    first_day: str, last_day: str | None, days: int | None
) -> None:
    found = Place(first_day=first_day, last_day=last_day).maybe("2026-04")
    assert (found and found.total) == (days and timedelta(days=days))


def test_at17_outages_and_work_outside_the_term_neither_count_nor_use_the_limit() -> None:
    place = Place(first_day="2026-03-10")
    late = place.work("2026-03-09 20:00", "2026-03-10 06:00")
    month = place.month("2026-03", late, place.outage("2026-03-05 00:00", "2026-03-10 01:00"))
    assert (minutes(month.downtime), month.unavailable) == (0, timedelta(hours=6))
    assert place.left("2026-03", late) == timedelta(hours=2)


def test_at17_an_outage_across_the_months_end_counts_in_each() -> None:
    outage = BERLIN.outage("2026-03-31 23:00", "2026-04-01 02:00")
    assert [minutes(BERLIN.month(month, outage).downtime) for month in ("2026-03", "2026-04")] == [60, 120]


def test_at17_a_month_that_is_not_over_is_provisional_and_counts_up_to_now() -> None:
    running = BERLIN.outage("2026-03-02 10:00", None)
    month = BERLIN.month("2026-03", running, *nights(20), at="2026-03-02 12:00")
    assert (minutes(month.downtime), month.unavailable) == (120, timedelta(hours=2))
    assert (month.provisional, minutes(month.total)) == (True, 44_580)


def test_at17_a_month_is_final_once_it_is_over_even_if_an_outage_runs_on() -> None:
    running = BERLIN.outage("2026-03-31 22:00", None)
    month = BERLIN.month("2026-03", running, at="2026-04-01 00:00")
    assert (month.provisional, minutes(month.downtime)) == (False, 120)


def test_at17_a_month_that_has_not_begun_has_no_figure() -> None:
    assert BERLIN.maybe("2026-03", at="2026-03-01 00:00") is None


def test_at17_a_range_of_months_leaves_out_those_outside_the_term() -> None:
    found = availabilities(
        Month(2025, 11),
        Month(2026, 12),
        service=Service(["api"]),
        rules=BERLIN.rules,
        term=Term(date(2025, 12, 31), date(2026, 2, 1)),
        at=datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert [(str(month.month), month.total.days) for month in found] == [
        ("2025-12", 1),
        ("2026-01", 31),
        ("2026-02", 1),
    ]


def test_at17_what_happened_is_handed_through_to_the_pieces() -> None:
    work = BERLIN.work("2026-03-02 02:00", "2026-03-02 04:00", ref=7)
    piece = BERLIN.month("2026-03", work).pieces[0]
    assert (piece.ref, piece.component, piece.cause) == (7, "api", "scheduled-maintenance")


def test_a_thirteenth_month_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        Month(2026, 13)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        (
            "America/Sao_Paulo",
            "2017-10-15",
            "2017-10-15T03:00:00+00:00",
        ),  # 0:00 was skipped: it began at 1:00
        ("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00+00:00"),  # 23:00 came twice before it
        ("America/St_Johns", "2009-11-01", "2009-11-01T02:30:00+00:00"),  # 0:00 came twice: the earlier
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00+00:00"),  # a day that was left out
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00+00:00"),
    ],
)
def test_a_day_begins_at_its_local_midnight(zone: str, day: str, begins: str) -> None:
    assert midnight(date.fromisoformat(day), ZoneInfo(zone)).isoformat() == begins
