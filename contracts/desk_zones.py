"""In which zones a visitor is told when something is: those of the desks that serve the products concerned."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from contracts.calendar_rows import policy_of
from contracts.models import Component, Deployment, PolicyVersion

DAY = timedelta(days=1)
Desks = tuple[ZoneInfo, ...]


def desks_of_components(components: Iterable[Component], at: datetime) -> Desks:
    """The zones of the desks that serve the products of ``components``, each once; two queries, or three."""
    products = {component.product_id for component in components}
    return desks_together(desks_by_product(products, at), products)


def desks_together(desks: Mapping[int, Desks], products: Iterable[int]) -> Desks:
    """Those of several products, each once, in the order of their names."""
    found = {zone.key: zone for product in products for zone in desks.get(product, ())}
    return tuple(found[key] for key in sorted(found))


def desks_by_product(products: Collection[int], at: datetime) -> dict[int, Desks]:
    """By a product's key, the zones of the policies under which it is run today, wherever it runs.

    A product that nobody has under contract has the zone of all policies in force, where they share one.
    """
    if not products:
        return {}
    versions: dict[int, set[int]] = defaultdict(set)
    in_term = Q(contracts__starts_on__lte=(at + DAY).date()) & (
        Q(contracts__ends_on=None) | Q(contracts__ends_on__gte=(at - DAY).date())
    )
    run = Deployment.objects.filter(in_term, product__in=products).order_by()
    for product, version in run.values_list("product", "contracts__policy_version").distinct():
        versions[product].add(version)
    known = PolicyVersion.objects.in_bulk({key for keys in versions.values() for key in keys})
    desks = {product: _zones(known[key] for key in keys) for product, keys in versions.items()}
    if missing := set(products) - desks.keys():
        alone = _zones(PolicyVersion.objects.current(at.date()))
        desks |= dict.fromkeys(missing, alone if len(alone) == 1 else ())
    return desks


def _zones(versions: Iterable[PolicyVersion]) -> Desks:
    found = {policy_of(version).hours.time_zone for version in versions}
    return tuple(sorted(found, key=lambda zone: zone.key))
