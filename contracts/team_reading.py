"""A customer's people and what its contracts entitle it to, read for the team's page in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch

from contracts.calendar_rows import local_day, policy_of
from contracts.models import Contact, Contract, Customer, Deployment, Licence, LicenceClaim, TeamRequest, User
from contracts.policy import Policy
from contracts.words import CHANNELS_IN_WORDS, list_in_words, term_in_words

DECIDED_SHOWN = 5


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence and the claim by which somebody holds it, if anybody does."""

    licence: Licence
    claim: LicenceClaim | None


@dataclass(frozen=True, slots=True)
class Entitled:
    """A contract and what of it is used and left. ``named_allowed`` is ``None`` where the policy sets no number."""

    contract: Contract
    policy: Policy
    on: date
    named_allowed: int | None
    named_used: int
    deployments: list[Deployment]
    licences: list[HeldLicence]

    @property
    def tier(self) -> str:
        return self.policy.tier(self.contract.tier).name

    @property
    def channels(self) -> str:
        known = self.policy.tier(self.contract.tier).channels
        return list_in_words(CHANNELS_IN_WORDS.get(channel, channel) for channel in known)

    @property
    def term(self) -> str:
        """The first and the last day, in words."""
        return term_in_words(self.contract.starts_on, self.contract.ends_on)

    @property
    def is_in_term(self) -> bool:
        return self.contract.is_in_term(self.on)

    @property
    def named_left(self) -> int | None:
        """How many may still be named; ``None`` without a number."""
        return None if self.named_allowed is None else max(self.named_allowed - self.named_used, 0)

    @property
    def licences_claimed(self) -> int:
        return sum(each.claim is not None for each in self.licences)

    @property
    def licences_left(self) -> int:
        return len(self.licences) - self.licences_claimed


@dataclass(slots=True)
class Team:
    """One customer as one of its people sees it."""

    customer: Customer
    is_administrator: bool
    contacts: list[Contact] = field(default_factory=list)
    entitled: list[Entitled] = field(default_factory=list)
    claims: list[LicenceClaim] = field(default_factory=list)
    requests: list[TeamRequest] = field(default_factory=list)

    @property
    def asked(self) -> list[TeamRequest]:
        """What staff have not answered yet."""
        return [each for each in self.requests if each.decided_at is None]

    @property
    def answered(self) -> list[TeamRequest]:
        """What they have answered, the latest first."""
        decided = [each for each in self.requests if each.decided_at is not None]
        return sorted(decided, key=lambda each: (each.decided_at, each.pk), reverse=True)[:DECIDED_SHOWN]


def teams_of(user: User, at: datetime) -> list[Team]:
    """The customers that ``user`` is a contact of. Claims and requests are there for administrators alone."""
    own = Contact.objects.filter(user=user).select_related("customer").order_by("customer__name")
    teams = {each.customer_id: Team(each.customer, each.is_administrator) for each in own}
    managed = [key for key, team in teams.items() if team.is_administrator]
    everybody = Contact.objects.filter(customer__in=teams).select_related("user").order_by("user__name", "pk")
    for contact in everybody:
        teams[contact.customer_id].contacts.append(contact)
    for contract in _contracts(teams):
        team = teams[contract.customer_id]
        team.entitled.append(_entitled(contract, team.contacts, at))
    claims = LicenceClaim.objects.open().filter(licence__contract__customer__in=managed)
    for claim in claims.select_related("licence__contract") if managed else ():
        teams[claim.licence.contract.customer_id].claims.append(claim)
    requests = TeamRequest.objects.filter(customer__in=managed)
    for request in requests.select_related("contact__user", "asked_by", "decided_by") if managed else ():
        teams[request.customer_id].requests.append(request)
    return list(teams.values())


def _contracts(customers: Iterable[int]) -> Iterable[Contract]:
    """Those of the customers with what the page names of each, the newest first."""
    held = Prefetch(
        "claims", LicenceClaim.objects.held().select_related("contact__user"), to_attr="held_claims"
    )
    licences = Prefetch(
        "licences", Licence.objects.standing().prefetch_related(held), to_attr="standing_licences"
    )
    deployments = Prefetch("deployments", Deployment.objects.select_related("product"))
    found = Contract.objects.filter(customer__in=customers).select_related("policy_version")
    return found.prefetch_related(licences, deployments).order_by("-starts_on", "-pk")


def _entitled(contract: Contract, contacts: list[Contact], at: datetime) -> Entitled:
    policy = policy_of(contract.policy_version)
    included = policy.contacts.named_contacts
    licences: list[Licence] = contract.standing_licences  # type: ignore[attr-defined] # prefetched
    return Entitled(
        contract=contract,
        policy=policy,
        on=local_day(contract.policy_version, at),
        named_allowed=None if included is None else included + contract.extra_named_contacts,
        named_used=sum(contact.is_named for contact in contacts),
        deployments=list(contract.deployments.all()),
        licences=[HeldLicence(each, next(iter(each.held_claims), None)) for each in licences],  # type: ignore[attr-defined] # prefetched
    )
