"""What the form says before anything is sent: what is promised at this very moment, and by whom it is not.

``offer`` reads the contract and its calendar; all that follows from them is computed for one instant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts import phrasing
from contracts.calendar_rows import policy_of, terms_for
from contracts.entitlement import Reason, entitlement
from contracts.models import Contact, Contract, Deployment, Release
from contracts.opening import Opening, opening
from contracts.policy import Policy, Severity
from contracts.policy_page import language
from contracts.sla import clocks as core
from contracts.sla.clock import Clock
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.promises import Wordless
from contracts.sla.terms import Terms
from contracts.words import list_in_words
from tickets.presentation import Moment, promise_text

WITHOUT_DATE = {
    Wordless.BEST_EFFORT: "no time is promised",
    Wordless.NEXT_MAINTENANCE_RELEASE: "none is planned yet",
}
SECURITY = "security breach"


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise for a request sent now: its due date, or in words why there is none.

    ``lesser`` names the lesser severity whose promise comes first, where one does.
    """

    name: str
    promise: str
    due: Moment | None
    instead: str = ""
    lesser: str = ""


@dataclass(frozen=True, slots=True)
class SeverityOffer:
    """A severity as the form shows it. ``answer`` is the response; ``more`` the other promises.

    ``label`` is its code where people say it, as in P1.

    ``percent`` and ``workaround`` are the policy's criteria for suggesting it, for the script.
    """

    code: str
    label: str
    name: str
    definition: str
    answer: Promised | None
    more: tuple[Promised, ...]
    percent: int | None
    workaround: bool | None
    is_suggested_ever: bool
    is_for_security: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a contact is offered for one installation at one instant. Without a contract no policy speaks."""

    contact: Contact
    deployment: Deployment
    contract: Contract | None
    policy: Policy | None
    reasons: tuple[Reason, ...]
    severities: tuple[SeverityOffer, ...] = ()
    tier: str = ""
    desk: Opening | None = None
    languages: str = ""


def offer(*, contact: Contact, deployment: Deployment, zone: ZoneInfo, at: datetime) -> Offer:
    """What ``contact`` is offered for ``deployment`` at ``at``, told in ``zone`` and the desk's zone."""
    found = entitlement(contact=contact, deployment=deployment, channel="web", at=at)
    contract, reasons = found.contract, tuple(found.reasons)
    if contract is None:
        return Offer(contact=contact, deployment=deployment, contract=None, policy=None, reasons=reasons)
    policy = policy_of(contract.policy_version)
    terms = terms_for(contract.policy_version, contract.tier)
    said = _Saying(policy, terms, zone, at)
    return Offer(
        contact=contact,
        deployment=deployment,
        contract=contract,
        policy=policy,
        reasons=reasons,
        severities=tuple(severity_offers(said, contract.tier, _planned_release(deployment))),
        tier=policy.tier(contract.tier).name,
        desk=opening(terms.hours, at, reader_zone=zone),
        languages=list_in_words([language(code) for code in policy.languages], "or"),
    )


def suggested(
    policy: Policy, *, affected_percent: int | None, workaround: bool | None, security: bool
) -> Severity | None:
    """The severity that follows from the answers; ``None`` while they do not suffice.

    Where a severity's definition names what raises the risk of a security breach, such a request is
    of that severity whatever else was answered (VK2).
    """
    if security and (named := next((each for each in policy.severities if _is_for_security(each)), None)):
        return named
    if affected_percent is None or workaround is None:
        return None
    return policy.suggested_severity(affected_percent, workaround=workaround)


@dataclass(frozen=True, slots=True)
class _Saying:
    policy: Policy
    terms: Terms
    zone: ZoneInfo
    at: datetime

    def moment(self, due: datetime) -> Moment:
        desk = self.policy.hours.time_zone
        return Moment(phrasing.moment(due, self.zone, now=self.at, other=desk), phrasing.iso(due))


def severity_offers(said: _Saying, tier: str, release_due: datetime | None) -> Iterable[SeverityOffer]:
    """Each severity of the policy with what it promises to a request sent at this moment."""
    for severity in said.policy.severities:
        promised = _promised(said, severity, tier, release_due)
        suggest = severity.suggest
        yield SeverityOffer(
            code=severity.code,
            label=_label(severity),
            name=severity.name,
            definition=severity.definition,
            answer=promised.pop(ClockName.RESPONSE, None),
            more=tuple(promised.values()),
            percent=suggest.affected_percent_at_least if suggest else None,
            workaround=suggest.workaround if suggest else None,
            is_suggested_ever=suggest is not None,
            is_for_security=_is_for_security(severity),
        )


def _promised(
    said: _Saying, severity: Severity, tier: str, release_due: datetime | None
) -> dict[ClockName, Promised]:
    """By clock: those that would run from now on, and the updates, which begin with the answer."""
    clocks = _clocks_of_new(said, severity, release_due)
    found: dict[ClockName, Promised] = {}
    for name, promise in severity.promised(tier).items():
        if name in clocks:
            found[name] = _of_clock(said, clocks[name], severity)
        else:
            found[name] = Promised("updates", str(promise), None, "from the first answer on")
    return found


def _clocks_of_new(said: _Saying, severity: Severity, release_due: datetime | None) -> dict[ClockName, Clock]:
    events = [Event(said.at, EventKind.SUBMITTED, severity=severity.code)]
    if release_due:
        events.append(Event(said.at, EventKind.RELEASE_PLANNED, due=release_due))
    return {clock.name: clock for clock in core.clocks(said.terms, events, said.at)}


def _of_clock(said: _Saying, clock: Clock, severity: Severity) -> Promised:
    lesser = next((each.name for each in said.policy.severities if each.code == clock.severity), "")
    due = said.moment(clock.due_at) if clock.due_at else None
    instead = WITHOUT_DATE.get(clock.promise, "") if isinstance(clock.promise, Wordless) else ""
    return Promised(
        name=clock.name.value,
        promise=promise_text(clock),
        due=due,
        instead="" if due else instead,
        lesser="" if clock.severity == severity.code else lesser,
    )


def _label(severity: Severity) -> str:
    return severity.code if severity.code.isupper() and severity.code != severity.name.upper() else ""


def _is_for_security(severity: Severity) -> bool:
    return SECURITY in severity.definition.lower()


def _planned_release(deployment: Deployment) -> datetime | None:
    release = Release.objects.next_maintenance(deployment.product)
    return release.planned_at if release else None
