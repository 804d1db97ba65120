"""What differs between two versions of a policy, in the words of its file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contracts.policy import Availability, Clause, Escalation, Policy, Severity, Tier
from contracts.policy_week import DAYS
from contracts.sla.hours import DailySpan, Week
from contracts.words import list_in_words

Line = tuple[str, str]  # a path of the file and what stands there; lists give one path many times


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: ``before`` is ``None`` for what is new, ``after`` for what is gone."""

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.path}: new: {self.after}"
        if self.after is None:
            return f"{self.path}: no longer: {self.before}"
        return f"{self.path}: {self.before} → {self.after}"


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Every difference in the order of the new file, then what is gone. Comments and layout make none."""
    before, after = _by_path(described(old)), _by_path(described(new))
    found: list[Difference] = []
    for path in dict.fromkeys([*after, *before]):
        found.extend(_changes(path, before.get(path, []), after.get(path, [])))
    return found


def _changes(path: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    gone = [text for text in before if text not in after]
    come = [text for text in after if text not in before]
    if len(gone) == len(come) == 1:
        yield Difference(path, gone[0], come[0])
        return
    yield from (Difference(path, text, None) for text in gone)
    yield from (Difference(path, None, text) for text in come)


def _by_path(lines: Iterable[Line]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path, text in lines:
        found[path].append(text)
    return found


def described(policy: Policy) -> Iterator[Line]:
    """What a policy says, line by line, under the paths of its file."""
    yield "policy.title", policy.title
    yield "policy.vendor", policy.vendor
    yield "policy.effective_from", policy.effective_from.isoformat()
    yield "policy.languages", ", ".join(policy.languages)
    if policy.wording:
        yield "policy.wording", policy.wording
    yield from (("policy.assumptions", text) for text in policy.assumptions)
    yield from _hours(policy)
    yield from (line for tier in policy.tiers for line in _tier(tier))
    yield "severities (most severe first)", ", ".join(s.code for s in policy.severities)
    yield from (line for severity in policy.severities for line in _severity(severity))
    yield from _clocks(policy)
    yield from (("escalations", _escalation(entry)) for entry in policy.escalations)
    yield from _clauses("exclusions", policy.exclusions)
    yield from _clauses("not_provided", policy.not_provided)
    yield from ((f"terms.{term.word}", term.text) for term in policy.terms)
    yield from _requests(policy)
    yield from _contacts(policy)
    yield "standing.requires_current_payment", _yes(holds=policy.requires_current_payment)
    yield from _upkeep(policy)


def _hours(policy: Policy) -> Iterator[Line]:
    yield "hours.time_zone", policy.hours.time_zone.key
    yield from (
        (f"hours.{day}", _spans(spans)) for day, spans in zip(DAYS, policy.hours.week, strict=True) if spans
    )
    yield "hours.holidays", policy.hours.holidays or "none"
    yield "hours.business_day", policy.hours.business_day_text


def _tier(tier: Tier) -> Iterator[Line]:
    yield f"tiers.{tier.code}.name", tier.name
    yield f"tiers.{tier.code}.channels", ", ".join(tier.channels)


def _severity(severity: Severity) -> Iterator[Line]:
    path = f"severities.{severity.code}"
    yield f"{path}.name", severity.name
    yield f"{path}.definition", severity.definition
    for clock, promise in severity.promises.items():
        yield f"{path}.{clock}", str(promise)
    for tier, promises in severity.tiers.items():
        for clock, instead in promises.items():
            yield f"{path}.tiers.{tier}.{clock}", "no promise" if instead is None else str(instead)
    if severity.suggest and severity.suggest.affected_percent_at_least is not None:
        yield f"{path}.suggest.affected_percent_at_least", str(severity.suggest.affected_percent_at_least)
    if severity.suggest and severity.suggest.workaround is not None:
        yield f"{path}.suggest.workaround", _yes(holds=severity.suggest.workaround)


def _clocks(policy: Policy) -> Iterator[Line]:
    yield "clocks.response_stops_at", policy.response_stops_at.value
    yield "clocks.immediately", str(policy.immediately)
    paused = ", ".join(sorted(policy.paused_while_waiting))
    yield "clocks.paused_while_waiting_on_customer", paused or "none"


def _escalation(entry: Escalation) -> str:
    when = "missed" if entry.used_percent == 100 else f"{entry.used_percent}% used"
    what = list_in_words(entry.promises) or "every promise"
    whose = list_in_words(entry.severities) or "every severity"
    parts = [f"{what} of {whose}, {when}: to {list_in_words(entry.to)}, {entry.notify}"]
    if entry.acknowledge_within:
        parts.append(f"to be acknowledged within {entry.acknowledge_within}")
    if entry.then:
        parts.append(f"then to {list_in_words(entry.then)}")
    return ", ".join(parts)


def _requests(policy: Policy) -> Iterator[Line]:
    for kind in policy.request_types:
        path = f"request_types.{kind.code}"
        yield f"{path}.name", kind.name
        yield f"{path}.clocks", _yes(holds=kind.clocks)
        yield f"{path}.needs_contract", _yes(holds=kind.needs_contract)
    if policy.asks:
        yield "form.asks", ", ".join(policy.asks)
    if policy.silence_accepts_after:
        yield "acceptance.silence_accepts_after", str(policy.silence_accepts_after)
    if policy.reopen_within:
        yield "acceptance.reopen_within", str(policy.reopen_within)


def _contacts(policy: Policy) -> Iterator[Line]:
    rules = policy.contacts
    limit = rules.named_contacts
    yield "contacts.named_contacts", "no limit" if limit is None else str(limit)
    yield "contacts.only_named_contacts", _yes(holds=rules.only_named_contacts)
    yield "contacts.training_required", _yes(holds=rules.training_required)
    yield "contacts.internal_only", _yes(holds=rules.internal_only)


def _upkeep(policy: Policy) -> Iterator[Line]:
    upkeep = policy.maintenance
    if upkeep.notice:
        yield "maintenance.notice", str(upkeep.notice)
    if upkeep.monthly_limit:
        yield "maintenance.monthly_limit", str(upkeep.monthly_limit)
    yield from (("maintenance.standing_windows", _week(window)) for window in upkeep.standing_windows)
    if policy.availability:
        yield from _availability(policy.availability)


def _availability(availability: Availability) -> Iterator[Line]:
    yield "availability.target_percent", f"{availability.target_percent:g}"
    yield from _clauses("availability.excluded", availability.excluded)


def _clauses(path: str, clauses: Iterable[Clause]) -> Iterator[Line]:
    yield from ((f"{path}.{clause.code}", clause.text) for clause in clauses)


def _week(week: Week) -> str:
    return "; ".join(f"{day} {_spans(spans)}" for day, spans in zip(DAYS, week, strict=True) if spans)


def _spans(spans: Iterable[DailySpan]) -> str:
    return ", ".join(f"{_time(span.start)}-{_time(_end(span))}" for span in spans)


def _end(span: DailySpan) -> int:
    """The end as the file writes it: 24:00 stays, the tail of a night shift is a time of the next day."""
    return span.end if span.end <= 24 * 60 else span.end - 24 * 60


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _yes(*, holds: bool) -> str:
    return "yes" if holds else "no"
