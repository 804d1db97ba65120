"""Whom work on components and outages of them concern, and by which policy each is judged."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet

from contracts.calendar_rows import local_day, opening_hours, policy_of
from contracts.models import Component, Contract, Deployment, MaintenanceWindow, PolicyVersion, User
from contracts.models.components import REACHED_KINDS
from contracts.notice import earliest_start, is_in_time, is_standing
from contracts.policy import Policy

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Affected:
    """A policy version with the contracts under it that components concern."""

    version: PolicyVersion
    contracts: tuple[Contract, ...]

    @cached_property
    def products(self) -> frozenset[int]:
        """The keys of the products that its contracts cover a reached deployment of; one query."""
        covered = Deployment.objects.filter(contracts__in=self.contracts, kind__in=REACHED_KINDS)
        return frozenset(covered.order_by().values_list("product", flat=True))

    @cached_property
    def policy(self) -> Policy:
        return policy_of(self.version)

    def earliest_start(self, announced_at: datetime) -> datetime:
        """When work announced then may start, outside of standing windows."""
        return earliest_start(self.policy, opening_hours(self.version), announced_at)

    def is_standing(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether work lies wholly in standing windows."""
        return is_standing(self.policy, starts_at, ends_at)


def contracts_on(products: Collection[int]) -> QuerySet[Contract]:
    """The contracts, in term or not, that cover a deployment of one of ``products`` that components reach."""
    reached = Contract.objects.filter(
        deployments__product__in=products, deployments__kind__in=REACHED_KINDS
    ).order_by()
    return Contract.objects.filter(pk__in=reached.values("pk"))


def affected_contracts(components: Iterable[Component], at: datetime) -> list[Contract]:
    """The contracts that ``components`` concern and whose term includes ``at``, each with its policy version.

    A term's days are those of the policy's zone; its last day belongs to it (AT17).
    """
    products = {component.product_id for component in components}
    around = Q(starts_on__lte=(at + DAY).date()) & (Q(ends_on=None) | Q(ends_on__gte=(at - DAY).date()))
    near = list(contracts_on(products).filter(around).order_by("pk"))
    versions = PolicyVersion.objects.in_bulk({contract.policy_version_id for contract in near})
    days = {key: local_day(version, at) for key, version in versions.items()}
    for contract in near:
        contract.policy_version = versions[contract.policy_version_id]
    return [contract for contract in near if contract.is_in_term(days[contract.policy_version_id])]


def affected_policies(components: Iterable[Component], at: datetime) -> list[Affected]:
    """``affected_contracts`` by their policy version, in the order of its slug and date."""
    of: dict[PolicyVersion, list[Contract]] = {}
    for contract in affected_contracts(components, at):
        of.setdefault(contract.policy_version, []).append(contract)
    order = sorted(of, key=lambda version: (version.slug, version.effective_from))
    return [Affected(version, tuple(of[version])) for version in order]


def excuses(window: MaintenanceWindow, version: PolicyVersion) -> bool:
    """Whether a policy excuses the time of ``window``: an emergency, a standing window, or announced in time."""
    return window.is_emergency or is_in_time(
        policy_of(version),
        opening_hours(version),
        announced_at=window.announced_at,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
    )


def components_concerning(user: User, at: datetime) -> QuerySet[Component]:
    """The components in service that a contract of the user's customers reaches, now or later, with their products."""
    theirs = Contract.objects.filter(customer__contacts__user=user).exclude(ends_on__lt=(at - DAY).date())
    reached = theirs.filter(deployments__kind__in=REACHED_KINDS).order_by().values("deployments__product")
    return Component.objects.in_service(at).filter(product__in=reached).select_related("product")
