"""What a policy file that keeps the format may still get wrong, or can hardly mean."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import combinations

from contracts.policy import Policy, Severity
from contracts.policy_reader import Table
from contracts.sla.counting import Counting
from contracts.sla.events import ClockName
from contracts.sla.hours import NoOpenTime
from contracts.sla.promises import Kind, Length, Promise, Unit, Wordless


def check_open_time(root: Table, policy: Policy) -> None:
    """Refuse hours in which the desk never opens, or too seldom for a length that counts its hours."""
    start = datetime(policy.effective_from.year, 1, 1, tzinfo=UTC)
    counting = Counting(policy.opening_hours(), policy.hours.business_day)
    for length in sorted(_open_lengths(policy), key=lambda length: length.rough):
        try:
            counting.due(start, length, ())
        except (NoOpenTime, OverflowError):
            root.wrong("hours", f"hours that do not hold {length}", f"hours open for {length} in 200 years")
            return


def _open_lengths(policy: Policy) -> set[Length]:
    """Every length of the policy that is counted in open time, and one minute, so that some is looked for."""
    lengths = {Length(1, Unit.BUSINESS_MINUTE), policy.immediately, policy.maintenance.notice}
    lengths |= {policy.silence_accepts_after, policy.reopen_within}
    lengths |= {escalation.acknowledge_within for escalation in policy.escalations}
    for severity in policy.severities:
        promised: list[Mapping[ClockName, Promise | None]] = [severity.promises, *severity.tiers.values()]
        lengths |= {_length(promise) for promises in promised for promise in promises.values()}
    return {length for length in lengths if length and length.kind is Kind.OPEN}


def warnings_of(severities: tuple[Severity, ...], tier_codes: frozenset[str]) -> tuple[str, ...]:
    """Where a lesser severity promises more than a greater one: allowed, but hardly meant."""
    found = []
    for tier in sorted(tier_codes):
        for name in ClockName:
            promised = [(s, _length(s.promised(tier).get(name))) for s in severities]
            for (greater, long), (lesser, short) in combinations(promised, 2):
                if long and short and long.kind is short.kind and short.rough < long.rough:
                    found.append(
                        f"{lesser.name} promises its {name} sooner ({short}) than {greater.name} ({long})"
                        f" in the tier {tier}"
                    )
    return tuple(dict.fromkeys(found))


def _length(promise: Promise | None) -> Length | None:
    return None if promise is None or isinstance(promise, Wordless) else promise.length
