"""Contracts: signed under the policy in force on their order date, amended, in good standing or not."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from contracts.calendar_rows import local_day, policy_of
from contracts.models import Contract, Customer, Deployment, PolicyVersion, StandingChange, User
from contracts.models.contracts import Standing
from contracts.refusals import Refused
from contracts.services.contacts import check_named_contacts
from contracts.words import day_in_words, term_in_words


@transaction.atomic
def sign_contract(
    *,
    customer: Customer,
    policy_slug: str,
    tier: str,
    order_reference: str,
    ordered_on: date,
    starts_on: date,
    ends_on: date | None,
    deployments: Collection[Deployment],
    extra_named_contacts: int = 0,
    extra_named_contacts_order: str = "",
    colleagues_see_tickets: bool = True,
    actor: User | None,
    at: datetime,
) -> Contract:
    """A contract under the version of ``policy_slug`` in force on ``ordered_on``, for good (AT1).

    ``ends_on`` is the last day of the term, ``None`` for no end. Refused for an order older than
    the policy, an unknown tier, a term that ends before it starts, another customer's deployment,
    one under contract in that time already, and named contacts that the policy does not allow.
    """
    Customer.objects.select_for_update().get(pk=customer.pk)
    version = _version_for(policy_slug, ordered_on)
    _check_tier(version, tier)
    if not order_reference.strip():
        raise Refused("Enter the reference of the order.", field="order_reference")
    contract = Contract(
        customer=customer,
        policy_version=version,
        tier=tier,
        order_reference=order_reference.strip(),
        ordered_on=ordered_on,
        starts_on=starts_on,
        ends_on=ends_on,
        extra_named_contacts=extra_named_contacts,
        extra_named_contacts_order=extra_named_contacts_order.strip(),
        colleagues_see_tickets=colleagues_see_tickets,
        standing=Standing.CURRENT,
    )
    return _kept(contract, deployments, at)


@transaction.atomic
def amend_contract(
    *,
    contract: Contract,
    ends_on: date | None,
    deployments: Collection[Deployment],
    extra_named_contacts: int,
    extra_named_contacts_order: str,
    colleagues_see_tickets: bool,
    actor: User | None,
    at: datetime,
) -> Contract:
    """Change what may change of a contract: the rest, its policy version above all, stays as signed.

    Refused for the same reasons as :func:`sign_contract`.
    """
    Customer.objects.select_for_update().get(pk=contract.customer_id)
    locked = Contract.objects.select_for_update(of=("self",))
    contract = locked.select_related("customer", "policy_version").get(pk=contract.pk)
    contract.ends_on = ends_on
    contract.extra_named_contacts = extra_named_contacts
    contract.extra_named_contacts_order = extra_named_contacts_order.strip()
    contract.colleagues_see_tickets = colleagues_see_tickets
    return _kept(contract, deployments, at)


@transaction.atomic
def set_standing(
    *, contract: Contract, standing: str, reason: str, actor: User | None, at: datetime
) -> Contract:
    """Say whether the customer is current in its obligations (AT2), with the reason when it is not.

    The floor above wraps this to start the clocks of the requests kept meanwhile.
    """
    reason = reason.strip()
    if standing not in Standing:
        raise Refused(f"{standing!r} is no standing; choose one of the list.", field="standing")
    if standing != Standing.CURRENT and not reason:
        raise Refused("Say what is overdue; the customer reads it.", field="reason")
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    if (contract.standing, contract.standing_reason) == (standing, reason):
        raise Refused("The contract has this standing already.", field="standing")
    if contract.standing != standing:
        contract.standing_since = local_day(contract.policy_version, at)
    contract.standing, contract.standing_reason = Standing(standing), reason
    contract.save(update_fields=["standing", "standing_reason", "standing_since"])
    StandingChange.objects.create(
        contract=contract, changed_at=at, changed_by=actor, standing=standing, reason=reason
    )
    return contract


def _kept(contract: Contract, deployments: Collection[Deployment], at: datetime) -> Contract:
    """The contract saved with its deployments, once every check of its customer has passed."""
    _check_term(contract)
    _check_deployments(contract, deployments)
    _check_extra_contacts(contract)
    check_named_contacts(contract=contract, on=local_day(contract.policy_version, at))
    contract.save()
    contract.deployments.set(deployments)
    return contract


def _version_for(slug: str, ordered_on: date) -> PolicyVersion:
    if version := PolicyVersion.objects.in_force(slug, ordered_on):
        return version
    first = PolicyVersion.objects.filter(slug=slug).order_by("effective_from").first()
    if first is None:
        raise Refused(f"There is no policy {slug!r}; publish it first.", field="policy_slug")
    raise Refused(
        f"{first.title} is in force for orders signed on or after {day_in_words(first.effective_from)};"
        f" this one was signed on {day_in_words(ordered_on)}.",
        field="ordered_on",
    )


def _check_tier(version: PolicyVersion, tier: str) -> None:
    tiers = policy_of(version).tiers
    if tier not in {known.code for known in tiers}:
        known = ", ".join(known.code for known in tiers)
        raise Refused(f"{version.title} has no tier {tier!r}; it has {known}.", field="tier")


def _check_term(contract: Contract) -> None:
    if contract.ends_on is not None and contract.ends_on < contract.starts_on:
        raise Refused(
            f"The term ends before it starts on {day_in_words(contract.starts_on)}: choose a later last day.",
            field="ends_on",
        )


def _check_deployments(contract: Contract, deployments: Collection[Deployment]) -> None:
    for deployment in deployments:
        if deployment.customer_id != contract.customer_id:
            raise Refused(
                f"{deployment} is a deployment of {deployment.customer}, not of {contract.customer}.",
                field="deployments",
            )
    for deployment in deployments:
        if other := _covering(contract, deployment):
            raise Refused(
                f"{deployment} is under contract {other.order_reference} already,"
                f" {term_in_words(other.starts_on, other.ends_on)}, the last day included."
                f" A deployment has one contract at a time.",
                field="deployments",
            )


def _covering(contract: Contract, deployment: Deployment) -> Contract | None:
    """Another contract of the deployment whose term shares a day with this one's."""
    others = Contract.objects.filter(deployments=deployment).exclude(pk=contract.pk)
    if contract.ends_on is not None:
        others = others.filter(starts_on__lte=contract.ends_on)
    return next(
        (other for other in others if other.ends_on is None or other.ends_on >= contract.starts_on), None
    )


def _check_extra_contacts(contract: Contract) -> None:
    """More named contacts are bought (AT7), so they have an order."""
    if contract.extra_named_contacts < 0:
        raise Refused("The number of extra named contacts is 0 or more.", field="extra_named_contacts")
    if contract.extra_named_contacts and not contract.extra_named_contacts_order:
        raise Refused(
            "Extra named contacts are bought: enter the reference of their order.",
            field="extra_named_contacts_order",
        )
