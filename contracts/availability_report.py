"""A customer's availability, month by month: what each contract got of each service, against what it promises.

The figures are the core's (``contracts.sla.availability``); here they are found for many contracts at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from contracts.availability_rows import Happened, availability_in, happened_to
from contracts.calendar_rows import policy_of
from contracts.models import Component, Contract, Deployment, Product
from contracts.models.components import REACHED_KINDS
from contracts.policy import Policy
from contracts.policy_availability import rules_of
from contracts.sla.availability import Availability, Rules
from contracts.sla.months import Month

MONTHS = 12
# More than any zone is away from UTC, so that the months of every policy are covered.
ANY_ZONE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Service:
    """A product under a contract: ``counted`` and ``left_out`` are its components that carry the target and that do not
    (AT16), ``months`` its figures, the earliest first.
    """

    product: Product
    counted: tuple[Component, ...]
    left_out: tuple[Component, ...]
    months: tuple[Availability, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A contract and its services; ``rules`` are ``None`` where its policy promises no availability."""

    contract: Contract
    policy: Policy
    rules: Rules | None
    services: tuple[Service, ...]


def months_until(last: Month, count: int = MONTHS) -> tuple[Month, Month]:
    """The first and the last of ``count`` months."""
    years, month = divmod(last.year * 12 + last.month - count, 12)
    return Month(years, month + 1), last


def month_at(rules: Rules, at: datetime) -> Month:
    """The month of ``at`` in the policy's zone."""
    local = at.astimezone(rules.zone)
    return Month(local.year, local.month)


def reports(
    contracts: Iterable[Contract], at: datetime, *, months: tuple[Month, Month] | None = None
) -> list[Report]:
    """One for each of ``contracts``, whose policy versions are loaded, for the first and last of ``months``, both
    included; the last twelve without. The number of queries does not grow with that of the contracts.
    """
    found = list(contracts)
    services = _services(found)
    products = Product.objects.in_bulk({product for keys in services.values() for product in keys})
    left_out = _left_out(products)
    known = _known(products, at, months)
    made = []
    for contract in found:
        policy = policy_of(contract.policy_version)
        rules, theirs = rules_of(policy), sorted(services[contract.pk], key=lambda key: products[key].name)
        offered = tuple(
            Service(
                products[key],
                known[key].components,
                tuple(left_out[key]),
                tuple(_months(contract, known[key], rules, at, months)) if rules else (),
            )
            for key in theirs
        )
        made.append(Report(contract, policy, rules, offered))
    return made


def _months(
    contract: Contract, known: Happened, rules: Rules, at: datetime, months: tuple[Month, Month] | None
) -> list[Availability]:
    first, last = months or months_until(month_at(rules, at))
    return availability_in(contract, first, last, known, at=at)


def _known(
    products: Collection[int], at: datetime, months: tuple[Month, Month] | None
) -> dict[int, Happened]:
    local = at.astimezone(UTC)
    first, last = months or (months_until(Month(local.year, local.month), MONTHS + 1)[0], None)
    start = datetime.combine(first.first_day, time(), UTC) - ANY_ZONE
    end = at + ANY_ZONE if last is None else datetime.combine(last.next.first_day, time(), UTC) + ANY_ZONE
    return happened_to(products, start, end)


def _services(contracts: Collection[Contract]) -> dict[int, set[int]]:
    """By a contract's key, the products with components of which it covers a deployment that they reach."""
    covered = Deployment.objects.filter(
        contracts__in=contracts, kind__in=REACHED_KINDS, product__components__isnull=False
    )
    found: dict[int, set[int]] = defaultdict(set)
    for contract, product in covered.order_by().values_list("contracts", "product").distinct():
        found[contract].add(product)
    return found


def _left_out(products: Collection[int]) -> dict[int, list[Component]]:
    found: dict[int, list[Component]] = defaultdict(list)
    for component in Component.objects.filter(product__in=products, carries_target=False):
        found[component.product_id].append(component)
    return found
