"""What the availability pages say of figures: lengths in minutes, causes in the policy's words. Pure."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.urls import reverse

from contracts.availability_report import Report, Service
from contracts.models import MaintenanceWindow, Outage
from contracts.phrasing import MONTHS, stretch
from contracts.policy import Policy
from contracts.sla.availability import Availability, Rules, rounded_down
from contracts.sla.months import Month
from contracts.sla.unavailability import Piece, Verdict
from portal import signs
from portal.strips import HEIGHT, Picture, bars

DIGITS = 3
MINUTE = timedelta(minutes=1)
# Where the line stands that a bar of the allowed downtime reaches.
ALLOWED = 20


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of a service in the table; ``excluded`` are what did not count, each cause with its length."""

    month: Month
    name: str
    total: str
    downtime: str
    excluded: tuple[tuple[str, str], ...]
    percent: str
    standing: signs.Sign


@dataclass(frozen=True, slots=True)
class SumLine:
    """One stretch behind a figure."""

    when: str
    what: str
    address: str
    component: str
    cause: str
    verdict: str
    counts: bool
    length: str


def minutes(length: timedelta) -> str:
    """As in "44 580 min" and "90 min 5 s", whole seconds; the narrow space is one that does not break."""
    whole, rest = divmod(length, MINUTE)
    told = f"{whole:,}".replace(",", "\u202f") + " min"
    seconds = rest // timedelta(seconds=1)
    return f"{told} {seconds} s" if seconds else told


def percent(share: Fraction) -> str:
    """Never better than it is."""
    return f"{rounded_down(share, DIGITS)} %"


def target(rules: Rules) -> str:
    """As the policy writes it."""
    return f"{float(rules.target_percent):g} %"


def month_name(month: Month) -> str:
    """As in "Nov 2026"."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def month_line(figures: Availability) -> MonthLine:
    """One month of the table."""
    return MonthLine(
        month=figures.month,
        name=month_name(figures.month),
        total=minutes(figures.total),
        downtime=minutes(figures.downtime),
        excluded=tuple((cause.replace("-", " "), minutes(long)) for cause, long in figures.excluded.items()),
        percent=percent(figures.percent),
        standing=_standing(figures),
    )


def picture(service: Service) -> Picture:
    """A bar a month, the earliest first: downtime beside what the target allows, which is the line."""
    return bars([_bar(figures) for figures in service.months], step=10, width=7, line=ALLOWED)


def described(service: Service) -> str:
    """The picture in a sentence."""
    missed = [month_name(figures.month) for figures in service.months if not figures.met]
    told = f"missed in {', '.join(missed)}" if missed else "met in each"
    return f"{len(service.months)} months; the target was {told}."


def sum_lines(report: Report, service: Service, figures: Availability) -> list[SumLine]:
    """Every stretch of unavailable time, in order; those that count add up to the downtime."""
    names: dict[Hashable, str] = {component.pk: component.name for component in service.counted}
    return [_sum_line(report, names, piece) for piece in figures.pieces]


def _standing(figures: Availability) -> signs.Sign:
    if figures.provisional:
        return signs.SO_FAR if figures.met else signs.MISSED_SO_FAR
    return signs.MET if figures.met else signs.MISSED


def _bar(figures: Availability) -> tuple[str, int]:
    allowed = figures.total * float(1 - figures.target_percent / 100)
    height = round(ALLOWED * (figures.downtime / allowed)) if allowed else HEIGHT * bool(figures.downtime)
    word = "missed" if not figures.met else "so-far" if figures.provisional else "met"
    # Rounding must not lift a month that met its target to the line, nor leave one that missed it on it.
    least, most = (ALLOWED + 2, HEIGHT) if word == "missed" else (1, ALLOWED)
    return word, min(max(height, least), most)


def _sum_line(report: Report, names: Mapping[Hashable, str], piece: Piece) -> SumLine:
    what, address = _named(piece.ref)
    return SumLine(
        when=_when(report, piece.start, piece.end),
        what=what,
        address=address,
        component=names.get(piece.component, ""),
        cause=cause_in_words(report.policy, piece.cause),
        verdict=_verdict(report, piece),
        counts=piece.verdict is not Verdict.EXCLUDED,
        length=minutes(piece.end - piece.start),
    )


def _when(report: Report, start: datetime, end: datetime) -> str:
    return stretch(start, end, report.policy.hours.time_zone)


def _named(ref: object) -> tuple[str, str]:
    if isinstance(ref, MaintenanceWindow):
        return ref.title, reverse("maintenance_window", args=[ref.pk])
    if isinstance(ref, Outage):
        return ref.title, reverse("outage", args=[ref.pk])
    raise TypeError(f"{ref!r} is neither a window nor an outage")


def cause_in_words(policy: Policy, code: str | None) -> str:
    """The policy's own text of a cause that it excludes; "" for none."""
    excluded = policy.availability.excluded if policy.availability else ()
    return next((clause.text for clause in excluded if clause.code == code), "")


def _verdict(report: Report, piece: Piece) -> str:
    limit = report.policy.maintenance.monthly_limit
    if piece.verdict is Verdict.COUNTED and isinstance(piece.ref, MaintenanceWindow):
        return "Counted: not announced as the policy asks"
    return {
        Verdict.EXCLUDED: "Not counted",
        Verdict.OVER_LIMIT: f"Counted: over the limit of {limit} a month",
        Verdict.UNANNOUNCED: "Counted: outside the announced time",
        Verdict.COUNTED: "Counted",
    }[piece.verdict]
