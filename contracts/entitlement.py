"""Whether a request is entitled to its clocks, and if not, why (AT1, AT2, AT3, VV7).

A request that is not entitled is kept and answered with the reasons; nothing here writes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from contracts.calendar_rows import local_day, policy_of
from contracts.models import Contact, Contract, Deployment
from contracts.policy import Policy
from contracts.words import CHANNELS_IN_WORDS, day_in_words, list_in_words


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no clock runs: a code for the program, a sentence for the contact with what to do."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The contract that a request falls under, if any, and what speaks against its clocks."""

    contract: Contract | None
    reasons: tuple[Reason, ...]

    @property
    def holds(self) -> bool:
        return not self.reasons


def entitlement(
    *, contact: Contact, deployment: Deployment | None, channel: str, at: datetime
) -> Entitlement:
    """The judgement at ``at``, each contract's dates taken in the zone of its policy."""
    contract = contract_for(contact=contact, deployment=deployment, at=at)
    on = local_day(contract.policy_version, at) if contract else at.date()
    return Entitlement(
        contract, tuple(reasons_against(contract=contract, contact=contact, channel=channel, on=on))
    )


def contract_for(*, contact: Contact, deployment: Deployment | None, at: datetime) -> Contract | None:
    """``find_contract`` at an instant: on the day that it is in the zone of each contract's policy."""
    return _chosen(contact, deployment, lambda found: local_day(found.policy_version, at))


def find_contract(*, contact: Contact, deployment: Deployment | None, on: date) -> Contract | None:
    """The contact's customer's contract for ``deployment`` on the day ``on``.

    Where none is in term, the one that ended last, else the next to start, so that the answer can
    say so. Without a deployment, the customer's newest contract in term.
    """
    return _chosen(contact, deployment, lambda _: on)


def reasons_against(*, contract: Contract | None, contact: Contact, channel: str, on: date) -> list[Reason]:
    """Every reason why a request gets no clocks; none for one that is entitled.

    ``on`` is the day in the policy's zone. Codes: ``no_contract``, ``not_in_term``, ``standing``,
    ``not_named``, ``channel``.
    """
    if contract is None:
        return [Reason("no_contract", _no_contract(contact))]
    policy = policy_of(contract.policy_version)
    judged = (
        _term(contract, on),
        _standing(contract, policy),
        _named(contact, policy),
        _channel(contract.tier, policy, channel),
    )
    return [reason for reason in judged if reason]


def channel_refused(*, policy: Policy, tier: str, channel: str) -> Reason | None:
    """Why ``channel`` is not included in a ``tier`` of ``policy``; ``None`` where it is."""
    return _channel(tier, policy, channel)


def is_in_force(contract: Contract, at: datetime) -> bool:
    """Whether ``contract`` gives its customer anything at ``at``: in term by the day in the policy's zone, and in good
    standing where the policy asks for it. ``policy_version`` is read.
    """
    policy = policy_of(contract.policy_version)
    on = local_day(contract.policy_version, at)
    return _term(contract, on) is None and _standing(contract, policy) is None


def _chosen(
    contact: Contact, deployment: Deployment | None, day: Callable[[Contract], date]
) -> Contract | None:
    found = Contract.objects.filter(customer=contact.customer_id).select_related("policy_version")
    if deployment is not None:
        found = found.filter(deployments=deployment)
    return _best(list(found.order_by("starts_on", "pk")), day)


def _best(contracts: Iterable[Contract], day: Callable[[Contract], date]) -> Contract | None:
    """The newest in term; else the one that ended last; else the next to start."""
    sorts = [(contract, day(contract)) for contract in contracts]
    in_term = [contract for contract, on in sorts if contract.is_in_term(on)]
    ended = [contract for contract, on in sorts if contract.starts_on <= on]
    to_come = [contract for contract, on in sorts if contract.starts_on > on]
    if in_term or (to_come and not ended):
        return in_term[-1] if in_term else to_come[0]
    return max(ended, key=lambda contract: contract.ends_on or date.max, default=None)


def _no_contract(contact: Contact) -> str:
    return (
        f"{contact.customer} has no support contract for this. Choose a deployment that is under contract,"
        f" or ask us for one."
    )


def _term(contract: Contract, on: date) -> Reason | None:
    if contract.is_in_term(on):
        return None
    if on < contract.starts_on:
        text = f"The contract {contract.order_reference} starts on {day_in_words(contract.starts_on)} only."
        return Reason("not_in_term", f"{text} Write again then, or ask us for an earlier start.")
    last = day_in_words(contract.ends_on or on)
    text = f"The contract {contract.order_reference} ended on {last}."
    return Reason("not_in_term", f"{text} Renew it, and we will take up your request.")


def _standing(contract: Contract, policy: Policy) -> Reason | None:
    if contract.is_current or not policy.requires_current_payment:
        return None
    what = contract.standing_reason.rstrip(".") or contract.get_standing_display()
    return Reason(
        "standing",
        f"{policy.title} asks that you are current in your obligations, and something is overdue under the"
        f" contract {contract.order_reference}: {what}. Settle it, and we will take up your request.",
    )


def _named(contact: Contact, policy: Policy) -> Reason | None:
    if contact.is_named or not policy.contacts.only_named_contacts:
        return None
    return Reason(
        "not_named",
        f"Under {policy.title} only a named contact may submit a request and deal with support, and you are"
        f" none. Ask your named contact{_who(contact)} to submit it, or have yourself named.",
    )


def _who(contact: Contact) -> str:
    named = Contact.objects.active().filter(customer=contact.customer_id, is_named=True)
    names = list_in_words((str(other.user) for other in named.select_related("user")), "or")
    return f" ({names})" if names else ""


def _channel(code: str, policy: Policy, channel: str) -> Reason | None:
    tier = policy.tier(code)
    if channel in tier.channels:
        return None
    ways = list_in_words(_in_words(tier.channels), "or")
    return Reason(
        "channel",
        f"{tier.name} does not include support by {CHANNELS_IN_WORDS.get(channel, channel)}."
        f" Reach us by {ways} instead.",
    )


def _in_words(channels: Iterable[str]) -> Iterator[str]:
    return (CHANNELS_IN_WORDS.get(channel, channel) for channel in channels)
