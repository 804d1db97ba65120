"""The rules of a policy as sentences, for its public page. Pure: they say what the file says, no more."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.policy import Escalation, Policy
from contracts.sla.events import ClockName, EventKind
from contracts.sla.promises import Kind, Length, Promise, Unit, Wordless
from contracts.words import list_in_words

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens, and when."""

    when: str
    then: str


def promise(policy: Policy, promised: Promise | None) -> str:
    """A promise in the words of the contract, "immediately" with how long that is; "" for none."""
    if promised is None:
        return ""
    if promised is Wordless.IMMEDIATELY:
        return f"immediately: within {policy.immediately}"
    return str(promised)


def clocks(policy: Policy) -> Iterator[str]:
    """How time is counted: what ends the response, what pauses, what a business day is."""
    kinds, units = _kinds_and_units(policy)
    if Kind.OPEN in kinds:
        yield "Business minutes, hours and days are time in which the desk is open; the time between does not count."
    if Unit.BUSINESS_DAY in units:
        yield f"One business day is {policy.hours.business_day_text} of it."
    if Kind.ELAPSED in kinds:
        yield "Other hours count day and night, weekends and holidays included."
    if Kind.CALENDAR in kinds:
        yield "Days, weeks and months end at the same local time so many days, weeks or months later."
    if policy.response_stops_at is EventKind.WORK_STARTED:
        yield "A response is given when a member of the team begins to work on the request."
    else:
        yield "A response is given when a person acknowledges or answers the request."
    if policy.paused_while_waiting:
        names = list_in_words(name.value for name in ClockName if name in policy.paused_while_waiting)
        yield f"While something is awaited from the customer, time does not count towards: {names}."
    else:
        yield "Time counts on while something is awaited from the customer."


def _kinds_and_units(policy: Policy) -> tuple[set[Kind], set[Unit]]:
    promised = [p for s in policy.severities for t in policy.tiers for p in s.promised(t.code).values()]
    lengths = [
        policy.immediately if p is Wordless.IMMEDIATELY else getattr(p, "length", None) for p in promised
    ]
    found = [length for length in lengths if isinstance(length, Length)]
    return {length.kind for length in found}, {length.unit for length in found}


def contacts(policy: Policy) -> Iterator[str]:
    """Who may ask for support."""
    rules = policy.contacts
    if rules.named_contacts is not None:
        some = _number(rules.named_contacts)
        yield f"A contract includes {some} named contact{'' if rules.named_contacts == 1 else 's'}."
    if rules.only_named_contacts:
        yield "Only named contacts may submit requests and deal with support."
    if rules.training_required:
        yield "A named contact has gone through support training."
    if rules.internal_only:
        yield "A named contact's address is in one of the customer's own domains."
    if policy.requires_current_payment:
        yield "Support is given while the customer is current in its payments."
    if policy.asks:
        asked = {"steps": "the steps that lead to the problem", "effect": "its effect"}
        yield f"A report describes {list_in_words(asked[ask] for ask in policy.asks)}."


def escalation(policy: Policy, entry: Escalation) -> Rule:
    """When somebody above is told, and who."""
    names = {severity.code: severity.name for severity in policy.severities}
    promises = list_in_words((name.value for name in entry.promises), "or") or "any promise"
    severities = list_in_words((names[code] for code in entry.severities), "or")
    late = "is missed" if entry.used_percent == 100 else f"has {entry.used_percent} % of its time used"
    when = f"{promises.capitalize()}{f' of a {severities} request' if severities else ''} {late}"
    told = "within support hours" if entry.notify == "in support hours" else "at once, day or night"
    then = f"{list_in_words(entry.to)} {'is' if len(entry.to) == 1 else 'are'} told {told}"
    if entry.acknowledge_within:
        then += f", and acknowledge it within {entry.acknowledge_within}"
        then += (
            f"; after that {list_in_words(entry.then)} {'is' if len(entry.then) == 1 else 'are'} told"
            if entry.then
            else ""
        )
    return Rule(when, f"{then}.")


def maintenance(policy: Policy) -> Iterator[str]:
    """What is said of planned work."""
    rules = policy.maintenance
    if rules.notice:
        yield f"Scheduled maintenance is announced at least {rules.notice} before it starts."
    if rules.monthly_limit:
        yield f"It takes at most {rules.monthly_limit} a month."


def acceptance(policy: Policy) -> Iterator[str]:
    """How a resolution is accepted, and until when a ticket can be reopened."""
    if policy.silence_accepts_after:
        yield f"A resolution that the customer does not answer counts as accepted after {policy.silence_accepts_after}."
    if policy.reopen_within:
        yield f"The customer can reopen a resolved ticket within {policy.reopen_within}."


def _number(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
