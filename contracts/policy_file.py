"""From the TOML text of a policy file to a :class:`~contracts.policy.Policy`, or to its faults.

One function a section of the format (policy-format.md §1). Each notes what is wrong and goes on
with something harmless in its place, so that one reading lists every fault of the file.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import combinations
from zoneinfo import ZoneInfo, available_timezones

from contracts.calendars import is_supported
from contracts.policy import (
    Availability,
    Clause,
    ContactRules,
    Escalation,
    Hours,
    Maintenance,
    Policy,
    RequestType,
    Severity,
    Suggestion,
    Term,
    Tier,
)
from contracts.policy_reader import CODE, Fault, Table, unique
from contracts.policy_week import read_week
from contracts.sla.counting import Counting
from contracts.sla.events import ClockName, EventKind
from contracts.sla.hours import NoOpenTime, Week
from contracts.sla.promises import (
    LENGTH_HINT,
    PROMISE_HINT,
    UPDATE_HINT,
    Kind,
    Length,
    Promise,
    Unit,
    Unreadable,
    Wordless,
    read_length,
    read_promise,
    read_update_promise,
)

CHANNELS = ("web", "email", "phone", "forum")
CLOCKS = tuple(name.value for name in ClockName)
WORDINGS = ("target", "commitment")
NOT_A_ZONE = frozenset({"localtime", "Factory", "posixrules"})
ZONE_HINT = 'an IANA time zone such as "Europe/Berlin"; "GMT+1" is "Etc/GMT-1"'
HOLIDAYS_HINT = (
    '"" or a country such as "US", or COUNTRY-SUBDIVISION such as "DE-BY", of the holidays package'
)
NO_PROMISE = "no promise"
EMPTY_WEEK: Week = ((),) * 7
STAND_IN = Length(1, Unit.HOUR)  # where a faulty length stood; no policy with a fault is ever used


class PolicyFaults(ValueError):  # noqa: N818 - carries many
    """A file that breaks the format, with every fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@lru_cache(maxsize=64)
def read_policy(text: str) -> Policy:
    """The policy of a TOML text. Raises :class:`PolicyFaults` listing every fault of the file."""
    root = Table("", _parsed(text), [])
    policy = _policy(root)
    if not root.faults:
        _check_open_time(root, policy)
    if root.faults:
        raise PolicyFaults(root.faults)
    return policy


def decode_policy(content: bytes) -> str:
    """The text of an uploaded file. Raises :class:`PolicyFaults` when it is not UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        fault = Fault("(file)", f"byte {problem.start} that is not UTF-8", "a text file saved as UTF-8")
        raise PolicyFaults([fault]) from None


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        raise PolicyFaults(
            [Fault("(file)", f"text that is not TOML: {problem}", "a TOML document")]
        ) from None


def _policy(root: Table) -> Policy:
    head = root.table("policy", required=True)
    tiers = root.tables("tiers", required=True)
    severities = root.tables("severities", required=True)
    tier_codes = _codes(tiers)
    severity_codes = _codes(severities)
    clocks = root.table("clocks", required=True)
    acceptance = root.table("acceptance")
    form = root.table("form")
    standing = root.table("standing")
    unique(tiers, "code")
    unique(severities, "code")
    read_severities = tuple(_severity(table, tier_codes) for table in severities)
    _check_one_security(severities)
    policy = Policy(
        slug=head.code("slug"),
        title=head.text("title"),
        vendor=head.text("vendor"),
        effective_from=head.day("effective_from"),
        languages=head.texts("languages", required=True, least=1, allowed='languages, as in ["en"]'),
        assumptions=head.texts("assumptions", required=True),
        wording=head.choice("wording", WORDINGS),
        hours=_hours(root.table("hours", required=True)),
        tiers=tuple(_tier(table) for table in tiers),
        severities=read_severities,
        response_stops_at=EventKind(
            clocks.choice(
                "response_stops_at", ("acknowledged", "work_started"), "acknowledged", required=True
            )
        ),
        immediately=clocks.parsed("immediately", read_length, LENGTH_HINT, required=True) or STAND_IN,
        paused_while_waiting=frozenset(
            ClockName(name)
            for name in clocks.texts("paused_while_waiting_on_customer", CLOCKS, required=True)
            if name in CLOCKS
        ),
        escalations=tuple(_escalation(t, severity_codes) for t in root.tables("escalations")),
        exclusions=_clauses(root.tables("exclusions")),
        not_provided=_clauses(root.tables("not_provided")),
        terms=_terms(root.tables("terms")),
        request_types=_request_types(root.tables("request_types")),
        asks=form.texts("asks", ("steps", "effect")),
        contacts=_contacts(root.table("contacts")),
        requires_current_payment=standing.flag("requires_current_payment"),
        maintenance=_maintenance(root.table("maintenance")),
        availability=_availability(root),
        silence_accepts_after=acceptance.parsed("silence_accepts_after", read_length, LENGTH_HINT),
        reopen_within=acceptance.parsed("reopen_within", read_length, LENGTH_HINT),
        warnings=_warnings(read_severities, tier_codes),
    )
    for table in (root, head, clocks, acceptance, form, standing):
        table.finish()
    return policy


def _hours(table: Table) -> Hours:
    zone = table.parsed("time_zone", _zone, ZONE_HINT, required=True)
    week = read_week(table)
    holidays = table.parsed("holidays", _holidays, HOLIDAYS_HINT, required=True)
    business_day = table.parsed("business_day", _business_day, "a length in hours or minutes", required=True)
    table.finish()
    length = business_day or STAND_IN
    hours = length.number if length.unit is Unit.HOUR else length.number / 60
    return Hours(zone or ZoneInfo("UTC"), week, holidays or "", timedelta(hours=hours), str(length))


def _zone(name: str) -> ZoneInfo:
    if name in NOT_A_ZONE or name not in _zones():
        raise ValueError(ZONE_HINT)
    return ZoneInfo(name)


@cache
def _zones() -> set[str]:
    return available_timezones()


def _holidays(code: str) -> str:
    if not is_supported(code):
        raise ValueError(HOLIDAYS_HINT)
    return code


def _business_day(text: str) -> Length:
    length = read_length(text)
    if length.unit not in (Unit.HOUR, Unit.MINUTE):
        raise Unreadable('a length in hours or minutes, as in "8 hours"')
    return length


def _tier(table: Table) -> Tier:
    tier = Tier(table.code("code"), table.text("name"), table.texts("channels", CHANNELS, required=True))
    table.finish()
    return tier


def _severity(table: Table, tier_codes: frozenset[str]) -> Severity:
    tiers = table.table("tiers")
    instead = {code: _tier_promises(tiers.table(code)) for code in tiers.values if code in tier_codes}
    tiers.known |= tier_codes
    tiers.finish()
    promises = {
        n: p for n, p in _promises(table.table("promises"), may_withdraw=False).items() if p is not None
    }
    severity = Severity(
        code=table.code("code"),
        name=table.text("name"),
        definition=table.text("definition"),
        promises=promises,
        tiers=instead,
        suggest=_suggestion(table),
        security=table.flag("security"),
    )
    table.finish()
    return severity


def _check_one_security(severities: list[Table]) -> None:
    """Of several severities nobody knew which a security breach is of."""
    for table in [each for each in severities if each.values.get("security") is True][1:]:
        table.wrong("security", "true a second time", "true for one severity at most")


def _tier_promises(table: Table) -> dict[ClockName, Promise | None]:
    return _promises(table, may_withdraw=True)


def _promises(table: Table, *, may_withdraw: bool) -> dict[ClockName, Promise | None]:
    """The promises of one table; ``None`` where a tier withdraws one with "no promise"."""
    found: dict[ClockName, Promise | None] = {}
    for name in ClockName:
        if may_withdraw and table.values.get(name) == NO_PROMISE:
            table.known.add(name)
            found[name] = None
            continue
        read, hint = (
            (read_update_promise, UPDATE_HINT) if name is ClockName.UPDATE else (read_promise, PROMISE_HINT)
        )
        promise = table.parsed(name, read, f'{hint}; "{NO_PROMISE}"' if may_withdraw else hint)
        if promise is not None:
            found[name] = promise
    table.finish()
    return found


def _suggestion(table: Table) -> Suggestion | None:
    if not table.has("suggest"):
        return None
    suggest = table.table("suggest")
    found = Suggestion(
        suggest.whole_number("affected_percent_at_least", 0, 100), suggest.optional_flag("workaround")
    )
    suggest.finish()
    return found


def _escalation(table: Table, severity_codes: frozenset[str]) -> Escalation:
    used = table.parsed("when", _used_percent, '"missed" or a share such as "75% used"', required=True)
    promises = table.texts("promises", CLOCKS)
    escalation = Escalation(
        used_percent=used or 100,
        severities=table.texts("severities", sorted(severity_codes)),
        promises=tuple(ClockName(name) for name in promises if name in CLOCKS),
        to=table.texts("to", required=True, least=1, allowed='roles, as in ["CTO"]'),
        acknowledge_within=table.parsed("acknowledge_within", read_length, LENGTH_HINT),
        then=table.texts("then"),
        notify=table.choice("notify", ("always", "in support hours"), "always"),
    )
    table.finish()
    return escalation


def _used_percent(text: str) -> int:
    number, _, rest = text.partition("%")
    if text == "missed":
        return 100
    if rest == " used" and number.isascii() and number.isdigit() and 1 <= int(number) <= 99:
        return int(number)
    raise ValueError('"missed" or a share from "1% used" to "99% used"')


def _clauses(tables: list[Table]) -> tuple[Clause, ...]:
    unique(tables, "code")
    clauses = tuple(Clause(table.code("code"), table.text("text")) for table in tables)
    _finish(tables)
    return clauses


def _terms(tables: list[Table]) -> tuple[Term, ...]:
    unique(tables, "word")
    terms = tuple(Term(table.text("word"), table.text("text")) for table in tables)
    _finish(tables)
    return terms


def _request_types(tables: list[Table]) -> tuple[RequestType, ...]:
    unique(tables, "code")
    types = tuple(
        RequestType(
            t.code("code"),
            t.text("name"),
            t.flag("clocks", default=True),
            t.flag("needs_contract", default=True),
        )
        for t in tables
    )
    _finish(tables)
    return types


def _contacts(table: Table) -> ContactRules:
    rules = ContactRules(
        table.whole_number("named_contacts", 1, 100_000),
        table.flag("only_named_contacts"),
        table.flag("training_required"),
        table.flag("internal_only"),
    )
    table.finish()
    return rules


def _maintenance(table: Table) -> Maintenance:
    windows = table.tables("standing_windows")
    maintenance = Maintenance(
        table.parsed("notice", read_length, LENGTH_HINT),
        table.parsed("monthly_limit", _limit, "a length in hours or minutes"),
        tuple(read_week(window) for window in windows),
    )
    _finish([table, *windows])
    return maintenance


def _limit(text: str) -> Length:
    length = read_length(text)
    if length.kind is not Kind.ELAPSED:
        raise Unreadable('a length in hours or minutes, as in "8 hours"')
    return length


def _availability(root: Table) -> Availability | None:
    table = root.table("availability")
    if not root.has("availability"):
        return None
    target = table.percent("target_percent")
    excluded = _clauses(table.tables("excluded"))
    table.finish()
    return Availability(target or 100.0, excluded)


def _finish(tables: Iterable[Table]) -> None:
    for table in tables:
        table.finish()


def _codes(tables: list[Table]) -> frozenset[str]:
    found = (table.values.get("code") for table in tables)
    return frozenset(code for code in found if isinstance(code, str) and CODE.fullmatch(code))


def _check_open_time(root: Table, policy: Policy) -> None:
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
    lengths = {Length(1, Unit.BUSINESS_MINUTE), policy.immediately, policy.silence_accepts_after}
    lengths |= {escalation.acknowledge_within for escalation in policy.escalations}
    for severity in policy.severities:
        promised: list[Mapping[ClockName, Promise | None]] = [severity.promises, *severity.tiers.values()]
        lengths |= {_length(promise) for promises in promised for promise in promises.values()}
    return {length for length in lengths if length and length.kind is Kind.OPEN}


def _warnings(severities: tuple[Severity, ...], tier_codes: frozenset[str]) -> tuple[str, ...]:
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
