"""What the properties are tried on: zones with odd changes, weeks of every shape, closures, events."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from contracts.policy_file import read_policy
from contracts.sla.counting import Stretch
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.hours import Closure, DailySpan, Holidays, OpeningHours, Week
from contracts.sla.intervals import Interval, merge
from contracts.sla.promises import Length, Unit
from contracts.sla.terms import Terms
from contracts.tests.reference.policy_maker import make_policy

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES

# Where and when the wall clock does odd things, and a day near one of them.
ODD_DAYS = {
    "America/Los_Angeles": ("2026-03-08", "2026-11-01"),
    "Europe/Lisbon": ("2026-03-29", "2026-10-25"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),  # by half an hour
    "America/Caracas": ("2007-12-09", "2016-05-01"),  # half an hour, for good
    "Asia/Pyongyang": ("2015-08-15", "2018-05-05"),
    "Asia/Kathmandu": ("1986-01-01",),  # a quarter of an hour, for good
    "Antarctica/Troll": ("2026-03-29", "2026-10-25"),  # by two hours
    "Pacific/Apia": ("2011-12-30", "2011-09-24"),  # 30 December 2011 was left out
    "Pacific/Kwajalein": ("1993-08-21",),  # left out
    "America/Sao_Paulo": ("2017-10-15", "2018-02-18"),  # midnight itself was skipped, and repeated
    "Africa/Casablanca": ("2026-02-15", "2026-03-22"),
    "Etc/GMT-1": ("2026-07-01",),
    "UTC": ("2026-01-01",),
}
# Weeks as people have them, beside those that are drawn minute by minute.
ALWAYS = DailySpan(0, DAY_MINUTES)
OFFICE, MORNING, AFTERNOON = DailySpan(540, 1020), DailySpan(540, 750), DailySpan(840, 1080)
NIGHT = DailySpan(22 * 60, 30 * 60)
WEEKS: tuple[Week, ...] = (
    (*[(OFFICE,)] * 5, (), ()),
    (*[(MORNING, AFTERNOON)] * 5, (), ()),
    (*[(NIGHT,)] * 5, (), ()),
    (*[(DailySpan(360, 840), NIGHT)] * 7,),
    (*[(ALWAYS,)] * 7,),
    ((), (), (), (), (), (), (DailySpan(30, 105), DailySpan(120, 180))),
)


@st.composite
def drawn_weeks(draw: st.DrawFn) -> Week:
    """Spans between minutes drawn from the whole week, each shorter than a day, none overlapping; one is 2 hours."""
    minutes = sorted(draw(st.sets(st.integers(120, WEEK_MINUTES - 1), min_size=2, max_size=12)))
    week: list[list[DailySpan]] = [[DailySpan(0, 120)], [], [], [], [], [], []]
    for start, end in zip(minutes[::2], minutes[1::2], strict=False):
        day, minute = divmod(start, DAY_MINUTES)
        week[day].append(DailySpan(minute, minute + min(end - start, DAY_MINUTES - 1)))
    return tuple(tuple(spans) for spans in week)


def weeks() -> st.SearchStrategy[Week]:
    return st.sampled_from(WEEKS) | drawn_weeks()


def zones() -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(ODD_DAYS))


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    """Near an odd day of the zone, or anywhere up to 40 years ahead; whole minutes more often than not."""
    odd = st.sampled_from(ODD_DAYS[zone]).map(lambda day: datetime.fromisoformat(day).replace(tzinfo=UTC))
    base = draw(odd | odd | st.datetimes(datetime(2011, 1, 1), datetime(2066, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 -- Hypothesis takes bounds without a zone
    base = base.replace(hour=0, minute=0, second=0, microsecond=0)
    return base + draw(lengths(timedelta(days=4))) - timedelta(days=2)


def lengths(most: timedelta) -> st.SearchStrategy[timedelta]:
    """Whole hours, minutes or microseconds."""
    steps = (timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1))
    return st.one_of(*[st.integers(0, most // step).map(step.__mul__) for step in steps])


@st.composite
def closures(draw: st.DrawFn, around: datetime) -> list[Closure]:
    """None to three of whole minutes, up to three days, within a week of ``around``."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        minute = around.replace(second=0, microsecond=0)
        start = minute + timedelta(minutes=draw(st.integers(-WEEK_MINUTES, WEEK_MINUTES)))
        found.append(
            Closure(start, start + timedelta(minutes=draw(st.integers(1, 3 * DAY_MINUTES))), "closed")
        )
    return found


@st.composite
def holidays_of_any_year(draw: st.DrawFn, around: datetime) -> Holidays:
    """The same days every year, some of them close to ``around``."""
    shifts = draw(st.sets(st.integers(-5, 5), max_size=4))
    days = {
        ((around + timedelta(days=shift)).month, min((around + timedelta(days=shift)).day, 28))
        for shift in shifts
    }

    def holidays(year: int) -> Mapping[date, str]:
        return {date(year, month, day): "A holiday" for month, day in days}

    return holidays


@st.composite
def calendars(draw: st.DrawFn) -> tuple[OpeningHours, datetime]:
    """Opening hours and an instant at which they are interesting."""
    zone = draw(zones())
    at = draw(instants(zone))
    hours = OpeningHours(ZoneInfo(zone), draw(weeks()), draw(holidays_of_any_year(at)), draw(closures(at)))
    return hours, at


def open_lengths() -> st.SearchStrategy[timedelta]:
    """Up to 60 hours, or 300 of them."""
    return lengths(timedelta(hours=60)) | st.integers(0, 300).map(timedelta(hours=1).__mul__)


def promised_lengths(*units: Unit) -> st.SearchStrategy[Length]:
    return st.builds(Length, st.integers(1, 60), st.sampled_from(units or tuple(Unit)))


@st.composite
def pauses(draw: st.DrawFn, around: datetime) -> list[Stretch]:
    """A normal list of up to four, from a minute to two days, from a day before ``around`` on."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        start = around + timedelta(minutes=draw(st.integers(-DAY_MINUTES, 9 * DAY_MINUTES)))
        found.append(Interval(start, start + timedelta(minutes=draw(st.integers(1, 2 * DAY_MINUTES)))))
    return merge(found)


# Tickets


@st.composite
def stories(draw: st.DrawFn) -> tuple[Terms, list[Event], datetime]:
    """A made policy, what happens to a ticket under it (in any order that time allows), and an instant after it."""
    made = make_policy(draw(st.randoms(use_true_random=False)))
    zone = made.time_zone if made.time_zone in ODD_DAYS else "UTC"
    at = draw(instants(zone))
    policy = read_policy(made.text)
    terms = policy.terms_of(draw(st.sampled_from(made.tiers)), policy.opening_hours(draw(closures(at))))
    severities = st.sampled_from(made.severities)
    events = [Event(at, EventKind.SUBMITTED, severity=draw(severities))]
    for _ in range(draw(st.integers(0, 8))):
        at += timedelta(minutes=draw(st.integers(0, 600) | st.integers(0, 5 * DAY_MINUTES)))
        events.append(draw(events_at(at, severities)))
    return terms, events, at + draw(lengths(timedelta(days=9)))


@st.composite
def events_at(draw: st.DrawFn, at: datetime, severities: st.SearchStrategy[str]) -> Event:
    kind = draw(st.sampled_from([kind for kind in EventKind if kind is not EventKind.SUBMITTED]))
    due = at + timedelta(hours=draw(st.integers(-24, 240)))
    match kind:
        case EventKind.SEVERITY_CHANGED:
            return Event(at, kind, severity=draw(severities))
        case EventKind.AGREED:
            return Event(at, kind, promise=draw(st.sampled_from(ClockName)), due=due)
        case EventKind.RELEASE_PLANNED:
            return Event(at, kind, due=draw(st.just(due) | st.none()))
    return Event(at, kind)
