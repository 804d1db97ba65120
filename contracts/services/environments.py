"""Supported environments, kept by staff as data (VK2)."""

from datetime import date, datetime

from django.db import transaction

from contracts.models import Environment, Product, Release, User
from contracts.models.products import EnvironmentKind
from contracts.refusals import Refused
from contracts.services.rows import others
from contracts.versions import place_of


@transaction.atomic
def save_environment(
    *,
    environment: Environment | None = None,
    product: Product,
    kind: str,
    name: str,
    versions: str = "",
    note: str = "",
    from_release: Release | None = None,
    until_release: Release | None = None,
    ended_on: date | None = None,
    actor: User | None,
    at: datetime,
) -> Environment:
    """A system that ``product`` is supported on, or ``environment`` changed; of which product it is stays.

    Refused without a name, for releases of another product or in the wrong order, and for one that is listed.
    """
    name, versions, note = (" ".join(text.split()) for text in (name, versions, note))
    if environment is not None and environment.product_id != product.pk:
        raise Refused(f"It is one of {environment.product}; add another one for {product}.", field="product")
    if not name:
        raise Refused("Enter what it is called, as in Windows Server.", field="name")
    if kind not in EnvironmentKind:
        raise Refused(f"{kind!r} is no kind of environment; choose one of the list.", field="kind")
    _check_releases(product, from_release, until_release)
    same = Environment.objects.filter(
        product=product,
        kind=kind,
        name__iexact=name,
        versions__iexact=versions,
        from_release=from_release,
        until_release=until_release,
    )
    if others(same, environment).exists():
        raise Refused(f"{name} is listed for {product} already, with the same versions.", field="name")
    environment = environment or Environment()
    environment.product, environment.kind = product, EnvironmentKind(kind)
    environment.name, environment.versions, environment.note = name, versions, note
    environment.from_release, environment.until_release = from_release, until_release
    environment.ended_on = ended_on
    environment.save()
    return environment


def _check_releases(product: Product, first: Release | None, last: Release | None) -> None:
    for field, release in (("from_release", first), ("until_release", last)):
        if release is not None and release.product_id != product.pk:
            raise Refused(f"{release} is no release of {product}; choose one of its own.", field=field)
    if first and last and place_of(last.version) < place_of(first.version):
        raise Refused(
            f"{last.version} comes before {first.version}; choose a later release, or none.",
            field="until_release",
        )
