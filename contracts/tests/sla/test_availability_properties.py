"""Availability against the minute-by-minute reference, and what holds of it whatever happened."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.sla.availability import Availability, Rules, Service, availabilities, limit_left
from contracts.sla.intervals import merge, subtract, total
from contracts.sla.months import Month, Term
from contracts.sla.unavailability import Outage, Verdict, Work
from contracts.tests.reference.availability_by_the_minute import Fact, figures, first_minute, month_minutes
from contracts.tests.sla.downtime import down_stretches

MINUTE, DAY = timedelta(minutes=1), 24 * 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CAUSES = ("internet", "scheduled-maintenance", "third-party")
# Zones, each with a month that begins at or after something odd of its wall clock.
ODD_MONTHS = [
    ("Europe/Berlin", 2026, 4), ("Europe/Berlin", 2026, 11), ("America/Los_Angeles", 2026, 12),
    ("Australia/Lord_Howe", 2026, 11),  # by half an hour
    ("Asia/Kathmandu", 1986, 1),  # a quarter of an hour, at the month's very beginning
    ("Pacific/Apia", 2012, 1),  # 30 December 2011 was left out
    ("Pacific/Kiritimati", 1995, 1),  # the last day of 1994 was left out
    ("America/St_Johns", 2009, 11),  # the first minute of November came twice
    ("America/Caracas", 2016, 5),
    ("UTC", 2024, 3),
]  # fmt: skip
SPAN = range(-DAY // 2, DAY // 2)  # minutes around the beginning of the month in which things begin
LOOKED_AT = range(SPAN.start - 120, SPAN.stop + DAY)  # and those in which they happen


@dataclass(frozen=True)
class Case:
    """What was drawn, for the reference (minutes since 1970) and for the core."""

    zone: str
    month: Month
    service: Fact
    limit: int | None
    excluded: tuple[str, ...]
    first_day: date
    last_day: date | None
    at: int

    @property
    def asked(self) -> Service:
        return Service(
            tuple(self.service["components"]),
            [Outage(**as_instants(outage)) for outage in self.service["outages"]],
            [Work(**as_instants(work)) for work in self.service["works"]],
        )

    @property
    def rules(self) -> Rules:
        limit = None if self.limit is None else self.limit * MINUTE
        return Rules(ZoneInfo(self.zone), Fraction("98.5"), self.excluded, limit)

    @property
    def term(self) -> Term:
        return Term(self.first_day, self.last_day)

    def figures(self, service: Service | None = None, rules: Rules | None = None) -> list[Availability]:
        """Those of the month before and of the month itself."""
        before = Month(self.month.year - (self.month.month == 1), (self.month.month - 2) % 12 + 1)
        return availabilities(
            before,
            self.month,
            service=service or self.asked,
            rules=rules or self.rules,
            term=self.term,
            at=EPOCH + self.at * MINUTE,
        )


def as_instants(fact: Fact) -> dict[str, Any]:
    return {
        key: EPOCH + value * MINUTE if isinstance(value, int) and not isinstance(value, bool) else value
        for key, value in fact.items()
    }


def names() -> st.SearchStrategy[str]:
    return st.sampled_from(["api", "web", "mobile"])


@st.composite
def outages(draw: st.DrawFn, begin: int) -> Fact:
    start = begin + draw(st.sampled_from(SPAN))
    end = draw(st.one_of(st.none(), st.integers(0, DAY).map(lambda length: start + length)))
    cause = draw(st.sampled_from([None, *CAUSES]))
    return {"component": draw(names()), "start": start, "end": end, "cause": cause}


@st.composite
def works(draw: st.DrawFn, begin: int) -> Fact:
    starts = begin + draw(st.sampled_from(SPAN))
    ends = starts + draw(st.integers(1, 12 * 60))
    near = st.one_of(st.none(), st.integers(starts - 120, ends + 240))
    began = draw(near)
    finished = draw(near)
    if began is not None and finished is not None and finished < began:
        began, finished = finished, began
    return {
        "components": tuple(draw(st.sets(names(), min_size=1))),
        "starts": starts,
        "ends": ends,
        "interrupts": draw(st.sampled_from([True, True, True, False])),
        "excusable": draw(st.sampled_from([True, True, True, False])),
        "began": began,
        "finished": finished,
        "cancelled_at": draw(st.one_of(st.none(), st.none(), near)),
    }


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, year, month = draw(st.sampled_from(ODD_MONTHS))
    first = date(year, month, 1)
    begin = first_minute(first, zone)
    service = {
        "components": draw(st.sampled_from([("api",), ("api", "web")])),
        "outages": draw(st.lists(outages(begin), max_size=4)),
        "works": draw(st.lists(works(begin), max_size=4)),
    }
    return Case(
        zone,
        Month(year, month),
        service,
        draw(st.sampled_from([None, 0, 90, 480])),
        draw(st.sampled_from([CAUSES, CAUSES[::-1], ("internet",), ()])),
        first + timedelta(days=draw(st.sampled_from([-400, -400, -1, 0, 3]))),
        draw(st.sampled_from([None, None, first, first - timedelta(days=1), first + timedelta(days=2)])),
        begin + draw(st.integers(-DAY, LOOKED_AT.stop)),
    )


def minutes(length: timedelta) -> int:
    assert not length % MINUTE
    return length // MINUTE


def told(case: Case, month: Availability) -> dict[str, Any]:
    left = limit_left(month.month, service=case.asked, rules=case.rules, term=case.term)
    down = {str(name): minutes(part.downtime) for name, part in month.components.items()}
    return {
        "total": minutes(month.total),
        "down": {"service": minutes(month.downtime), **down},
        "excluded": {cause: minutes(length) for cause, length in month.excluded.items()},
        "over_limit": minutes(month.over_limit),
        "left": None if left is None else minutes(left),
        "provisional": month.provisional,
    }


@settings(max_examples=3 * settings().max_examples)
@given(cases())
def test_the_figures_are_those_of_every_minute_by_itself(case: Case) -> None:
    begin = first_minute(case.month.first_day, case.zone)
    looked_at = range(begin + LOOKED_AT.start, begin + LOOKED_AT.stop)
    rules = {"limit": case.limit, "excluded": list(case.excluded)}
    for month in case.figures():
        here = month_minutes(month.month.year, month.month.month, case.zone, case.first_day, case.last_day)
        wanted = figures(case.service, rules, here, looked_at, case.at)
        named = {name: wanted["down"].get(name, 0) for name in ("service", *case.service["components"])}
        assert told(case, month) == {**wanted, "down": named}


@given(cases())
def test_the_pieces_add_up_to_the_figures(case: Case) -> None:
    for service in case.figures():
        for month in (service, *service.components.values()):
            down = sum(
                (p.end - p.start for p in month.pieces if p.verdict is not Verdict.EXCLUDED), timedelta()
            )
            assert down == month.downtime == total(merge(down_stretches(month)))
            assert sum((p.end - p.start for p in month.pieces), timedelta()) == month.unavailable
            assert all(a.end <= b.start for a, b in zip(month.pieces, month.pieces[1:], strict=False))
            assert all(month.start <= p.start < p.end <= month.end for p in month.pieces)


@given(cases())
def test_a_service_is_down_when_any_of_its_components_is(case: Case) -> None:
    for month in case.figures():
        each = [stretch for part in month.components.values() for stretch in down_stretches(part)]
        assert merge(down_stretches(month)) == merge(each)


@given(cases())
def test_an_excluded_outage_never_lowers_the_percentage(case: Case) -> None:
    begin = EPOCH + first_minute(case.month.first_day, case.zone) * MINUTE
    rules = replace(case.rules, excluded=(*case.excluded, "storm"))
    more = Outage("api", begin - timedelta(hours=9), begin + timedelta(hours=9), "storm")
    asked = case.asked
    without = case.figures(rules=rules)
    with_it = case.figures(replace(asked, outages=[*asked.outages, more]), rules)
    assert all(a.percent <= b.percent for a, b in zip(without, with_it, strict=True))


@given(cases())
def test_every_outage_that_is_left_out_raises_the_percentage_or_keeps_it(case: Case) -> None:
    """With no cause excused; and each figure is between 0 and 100."""
    asked, rules = case.asked, replace(case.rules, excluded=())
    without = case.figures(replace(asked, outages=asked.outages[1:]), rules)
    for a, b in zip(case.figures(rules=rules), without, strict=True):
        assert 0 <= a.percent <= b.percent <= 100


@given(cases())
def test_splitting_every_outage_in_two_changes_nothing(case: Case) -> None:
    at = EPOCH + case.at * MINUTE
    halves: list[Outage] = []
    for outage in case.asked.outages:
        middle = outage.start + ((outage.end or at) - outage.start) / 2
        halves += (
            [replace(outage, end=middle), replace(outage, start=middle)]
            if middle > outage.start
            else [outage]
        )
    split = case.figures(replace(case.asked, outages=halves))
    assert [told(case, month) for month in split] == [told(case, month) for month in case.figures()]


@given(cases())
def test_the_order_in_which_things_are_told_does_not_matter(case: Case) -> None:
    asked = case.asked
    backwards = Service(asked.components[::-1], asked.outages[::-1], asked.works[::-1])
    assert [told(case, month) for month in case.figures(backwards)] == [
        told(case, month) for month in case.figures()
    ]


@given(cases())
def test_months_asked_together_are_the_months_asked_alone(case: Case) -> None:
    alone = [
        availabilities(
            month.month,
            month.month,
            service=case.asked,
            rules=case.rules,
            term=case.term,
            at=EPOCH + case.at * MINUTE,
        )
        for month in case.figures()
    ]
    assert [[month] for month in case.figures()] == alone


@given(cases())
def test_a_limit_only_ever_costs_and_never_more_than_what_it_leaves_over(case: Case) -> None:
    limited, free = case.figures(), case.figures(rules=replace(case.rules, monthly_limit=None))
    for a, b in zip(limited, free, strict=True):
        beyond = subtract(merge(down_stretches(a)), merge(down_stretches(b)))
        assert not subtract(merge(down_stretches(b)), merge(down_stretches(a)))
        assert total(beyond) == a.over_limit - b.over_limit
