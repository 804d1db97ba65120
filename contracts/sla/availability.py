"""Monthly availability: how much of a calendar month a service was available, against what was promised.

``docs/availability.md`` tells how it is computed, how the policy is read, and gives worked examples. All is exact:
lengths are whole microseconds, percentages are fractions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from contracts.sla.intervals import Interval, merge, total
from contracts.sla.months import Month, Part, Term, parts
from contracts.sla.unavailability import (
    SCHEDULED_MAINTENANCE,
    Component,
    Outage,
    Piece,
    Rank,
    Verdict,
    Work,
    between,
    lay,
    outage_pieces,
    work_pieces,
)

MICROSECOND = timedelta(microseconds=1)
# Within a component an excuse wins; between components downtime does: the service is as bad as each of them.
IN_A_COMPONENT = {verdict: place for place, verdict in enumerate(Verdict)}
BETWEEN_COMPONENTS = {**IN_A_COMPONENT, Verdict.EXCLUDED: len(Verdict)}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a policy says of availability.

    ``target_percent`` is of a calendar month in ``zone``. ``excluded`` are the codes of the causes that are no
    downtime, in the policy's order: of several that excuse the same time the first is named. ``monthly_limit`` is the
    most that planned work may interrupt in a month, ``None`` for no limit.
    """

    zone: ZoneInfo
    target_percent: Fraction
    excluded: tuple[str, ...] = ()
    monthly_limit: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """The ``components`` of a service that carry the target, and what happened, in any order.

    What befalls other components may be among it, and is left out.
    """

    components: Sequence[Component]
    outages: Sequence[Outage] = ()
    works: Sequence[Work] = ()


@dataclass(frozen=True, slots=True)
class Availability:
    """How available a service, or one of its components, was in the part of a month inside the term.

    ``start`` and ``end`` (not included) are that part. ``pieces`` are its unavailable time in order, without overlaps;
    every sum is one of theirs. ``provisional``: the part is not over yet, and what is to come is taken to be available.
    ``components`` has each component's own figures; a component's has none.
    """

    month: Month
    start: datetime
    end: datetime
    target_percent: Fraction
    provisional: bool
    pieces: tuple[Piece, ...]
    downtime: timedelta
    over_limit: timedelta
    excluded: Mapping[str, timedelta]
    components: Mapping[Component, "Availability"] = field(default_factory=dict)

    @property
    def total(self) -> timedelta:
        """All time of the part, round the clock."""
        return self.end - self.start

    @property
    def unavailable(self) -> timedelta:
        """Downtime and excluded time together."""
        return sum(self.excluded.values(), self.downtime)

    @property
    def percent(self) -> Fraction:
        """(total − downtime) / total × 100."""
        return Fraction(100 * ((self.total - self.downtime) // MICROSECOND), self.total // MICROSECOND)

    @property
    def met(self) -> bool:
        """Whether the exact percentage is the target or more."""
        return self.percent >= self.target_percent


def availability(
    month: Month, *, service: Service, rules: Rules, term: Term, at: datetime
) -> Availability | None:
    """The figures of one month; see :func:`availabilities` for what goes in and when there are none."""
    found = availabilities(month, month, service=service, rules=rules, term=term, at=at)
    return found[0] if found else None


def availabilities(
    first: Month, last: Month, *, service: Service, rules: Rules, term: Term, at: datetime
) -> list[Availability]:
    """The figures of a service as they stand ``at`` an instant, for each month from ``first`` to ``last``, included.

    A month has no figure and is left out where nothing of it lies inside ``term``, where it has not begun ``at``, and
    where no component carries the target. Instants are aware UTC.
    """
    months = [part for part in parts(first, last, term, rules.zone) if part.start < at]
    if not months or not service.components:
        return []
    befallen = _by_component(service, months, rules, at)
    laid = {component: lay(pieces, _rank(rules, IN_A_COMPONENT)) for component, pieces in befallen.items()}
    whole = _together(list(laid.values()), rules)
    return [_of_service(part, whole, laid, rules, at) for part in months]


def limit_left(month: Month, *, service: Service, rules: Rules, term: Term) -> timedelta | None:
    """How much excusable interruption the month still has room for; ``None`` where there is no limit.

    Planned work counts with its announced time, finished work with what of that it really interrupted. Nothing is left
    (and not less) where the limit is passed, and all of it in a month outside of ``term``.
    """
    if rules.monthly_limit is None:
        return None
    used = _limited(service)
    spent = [total(between(used, part.start, part.end)) for part in parts(month, month, term, rules.zone)]
    return max(timedelta(), rules.monthly_limit - sum(spent, timedelta()))


def rounded_down(percent: Fraction, digits: int) -> str:
    """A percentage, never shown better than it is: 98.4999 with two digits after the point is ``98.49``."""
    whole, rest = divmod(percent * 10**digits // 1, 10**digits)
    return f"{whole}.{rest:0{digits}}" if digits else str(whole)


def _limited(service: Service) -> list[Interval[datetime]]:
    """The time in which excusable work interrupts the service as announced, as a normal list."""
    carrying = set(service.components)
    return merge(
        work.announced_interruption
        for work in service.works
        if work.excusable and not carrying.isdisjoint(work.components)
    )


def _over_limit(service: Service, months: Iterable[Part], limit: timedelta) -> list[Interval[datetime]]:
    """What of the limited time is over the limit of its month, used up in the order of time; a normal list."""
    used, over = _limited(service), []
    for part in months:
        left = limit
        for start, end in between(used, part.start, part.end):
            if end - start > left:
                over.append(Interval(start + left, end))
            left = max(timedelta(), left - (end - start))
    return merge(over)


def _by_component(
    service: Service, months: Iterable[Part], rules: Rules, at: datetime
) -> dict[Component, list[Piece]]:
    """What befell each component that carries the target, in any order and overlapping."""
    over = [] if rules.monthly_limit is None else _over_limit(service, months, rules.monthly_limit)
    excused = SCHEDULED_MAINTENANCE in rules.excluded
    given: dict[Component, list[Piece]] = {component: [] for component in service.components}
    for piece in outage_pieces(service.outages, rules.excluded, at):
        if piece.component in given:
            given[piece.component].append(piece)
    for work in service.works:
        for component in work.components:
            if component in given:
                given[component] += work_pieces(work, component, over, at, excused=excused)
    return given


def _together(laid: Sequence[list[Piece]], rules: Rules) -> list[Piece]:
    """The unavailable time of a service, from that of each component; most services have but one."""
    if len(laid) == 1:
        return laid[0]
    return lay((piece for pieces in laid for piece in pieces), _rank(rules, BETWEEN_COMPONENTS))


def _rank(rules: Rules, verdicts: Mapping[Verdict, int]) -> Rank:
    """Which of two pieces has the stretch in which they overlap: by verdict, then by the policy's order of causes."""
    causes = {cause: place for place, cause in enumerate(rules.excluded)}
    return lambda piece: (verdicts[piece.verdict], causes.get(piece.cause or "", len(causes)))


def _of_service(
    part: Part, whole: list[Piece], laid: Mapping[Component, list[Piece]], rules: Rules, at: datetime
) -> Availability:
    """The figures of a month, with those of each component; of one alone they are the same."""
    each = {component: _figures(part, pieces, rules, at) for component, pieces in laid.items()}
    own = _figures(part, whole, rules, at) if len(each) > 1 else next(iter(each.values()))
    return replace(own, components=each)


def _figures(part: Part, pieces: list[Piece], rules: Rules, at: datetime) -> Availability:
    """The sums of the pieces in ``part``, as far as ``at``."""
    here = between(pieces, part.start, min(part.end, at))
    excluded: dict[str, timedelta] = defaultdict(timedelta)
    downtime = over_limit = timedelta()
    for piece in here:
        length = piece.end - piece.start
        if piece.verdict is Verdict.EXCLUDED:
            excluded[str(piece.cause)] += length
            continue
        downtime += length
        if piece.verdict is Verdict.OVER_LIMIT:
            over_limit += length
    return Availability(
        part.month,
        part.start,
        part.end,
        rules.target_percent,
        at < part.end,
        tuple(here),
        downtime,
        over_limit,
        {cause: excluded[cause] for cause in rules.excluded if cause in excluded},
    )
