"""The sections of a policy file, a function each (policy-format.md §1).

Each notes what is wrong in its table and goes on with something harmless in its place.
"""

from collections.abc import Iterable
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from contracts.calendars import is_supported
from contracts.policy import (
    Availability,
    Clause,
    ContactRules,
    Escalation,
    Hours,
    Maintenance,
    RequestType,
    Severity,
    Suggestion,
    Term,
    Tier,
)
from contracts.policy_reader import Table, unique
from contracts.policy_week import read_week
from contracts.sla.events import ClockName
from contracts.sla.promises import (
    LENGTH_HINT,
    PROMISE_HINT,
    UPDATE_HINT,
    Kind,
    Length,
    Promise,
    Unit,
    Unreadable,
    read_length,
    read_promise,
    read_update_promise,
)

CHANNELS = ("web", "email", "phone", "forum")
CLOCKS = tuple(name.value for name in ClockName)
NOT_A_ZONE = frozenset({"localtime", "Factory", "posixrules"})
ZONE_HINT = 'an IANA time zone such as "Europe/Berlin"; "GMT+1" is "Etc/GMT-1"'
HOLIDAYS_HINT = (
    '"" or a country such as "US", or COUNTRY-SUBDIVISION such as "DE-BY", of the holidays package'
)
NO_PROMISE = "no promise"
ELAPSED_HINT = "a length in hours or minutes"
STAND_IN = Length(1, Unit.HOUR)  # where a faulty length stood; no policy with a fault is ever used


def read_hours(table: Table) -> Hours:
    """When the desk is open."""
    zone = table.parsed("time_zone", _zone, ZONE_HINT, required=True)
    week = read_week(table)
    holidays = table.parsed("holidays", _holidays, HOLIDAYS_HINT, required=True)
    business_day = table.parsed("business_day", _elapsed_length, ELAPSED_HINT, required=True)
    table.finish()
    length = business_day or STAND_IN
    return Hours(zone or ZoneInfo("UTC"), week, holidays or "", length.elapsed, str(length))


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


def _elapsed_length(text: str) -> Length:
    length = read_length(text)
    if length.kind is not Kind.ELAPSED:
        raise Unreadable(f'{ELAPSED_HINT}, as in "8 hours"')
    return length


def read_tier(table: Table) -> Tier:
    """One tier."""
    tier = Tier(table.code("code"), table.text("name"), table.texts("channels", CHANNELS, required=True))
    table.finish()
    return tier


def read_severity(table: Table, tier_codes: frozenset[str]) -> Severity:
    """One severity, and by tier what it promises instead."""
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
    )
    table.finish()
    return severity


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


def read_escalation(table: Table, severity_codes: frozenset[str]) -> Escalation:
    """One rule of escalation."""
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


def read_clauses(tables: list[Table]) -> tuple[Clause, ...]:
    """Clauses with a code each."""
    unique(tables, "code")
    clauses = tuple(Clause(table.code("code"), table.text("text")) for table in tables)
    _finish(tables)
    return clauses


def read_terms(tables: list[Table]) -> tuple[Term, ...]:
    """The words that the policy defines."""
    unique(tables, "word")
    terms = tuple(Term(table.text("word"), table.text("text")) for table in tables)
    _finish(tables)
    return terms


def read_request_types(tables: list[Table]) -> tuple[RequestType, ...]:
    """What may be asked for."""
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


def read_contacts(table: Table) -> ContactRules:
    """Who may deal with support."""
    rules = ContactRules(
        table.whole_number("named_contacts", 1, 100_000),
        table.flag("only_named_contacts"),
        table.flag("training_required"),
        table.flag("internal_only"),
    )
    table.finish()
    return rules


def read_maintenance(table: Table) -> Maintenance:
    """What is promised of planned work."""
    windows = table.tables("standing_windows")
    maintenance = Maintenance(
        table.parsed("notice", read_length, LENGTH_HINT),
        table.parsed("monthly_limit", _elapsed_length, ELAPSED_HINT),
        tuple(read_week(window) for window in windows),
    )
    _finish([table, *windows])
    return maintenance


def read_availability(root: Table) -> Availability | None:
    """The target of availability; ``None`` where the file has none."""
    table = root.table("availability")
    if not root.has("availability"):
        return None
    target = table.percent("target_percent")
    excluded = read_clauses(table.tables("excluded"))
    table.finish()
    return Availability(target or 100.0, excluded)


def _finish(tables: Iterable[Table]) -> None:
    for table in tables:
        table.finish()
