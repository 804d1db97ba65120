"""Products, where each customer runs them, and their releases.

The floor above wraps the verbs of releases, for promises that wait for one.
"""

import re
from datetime import datetime

from django.db import transaction

from contracts.models import Customer, Deployment, Product, Release, User
from contracts.models.products import DeploymentKind, ReleaseKind
from contracts.refusals import Refused
from contracts.services.rows import others

# It stands in addresses.
VERSION = re.compile(r"\w[\w.+~ -]*")


@transaction.atomic
def save_product(
    *,
    product: Product | None = None,
    name: str,
    slug: str,
    actor: User | None,
    at: datetime,
) -> Product:
    """A new product, or ``product`` changed. Refused for a name or an address that is taken."""
    rest = others(Product.objects.all(), product)
    for field, value in (("name", name), ("slug", slug)):
        if not value.strip():
            raise Refused(f"Enter the product's {field}.", field=field)
        if rest.filter(**{field: value.strip()}).exists():
            raise Refused(f"Another product has the {field} {value.strip()} already.", field=field)
    product = product or Product()
    product.name, product.slug = name.strip(), slug.strip()
    product.save()
    return product


@transaction.atomic
def add_deployment(
    *,
    customer: Customer,
    product: Product,
    name: str,
    kind: str,
    version: str = "",
    actor: User | None,
    at: datetime,
) -> Deployment:
    """One customer's installation of ``product``. Refused for a name that it has already."""
    deployment = Deployment(customer=customer, product=product)
    return save_deployment(deployment=deployment, name=name, kind=kind, version=version, actor=actor, at=at)


@transaction.atomic
def save_deployment(
    *,
    deployment: Deployment,
    name: str,
    kind: str,
    version: str,
    actor: User | None,
    at: datetime,
) -> Deployment:
    """Change a deployment; whose it is and of what stays. Refused for a name that is taken."""
    name = name.strip()
    if not name:
        raise Refused("Enter the deployment's name, as the customer calls it.", field="name")
    if kind not in DeploymentKind:
        raise Refused(f"{kind!r} is no kind of deployment; choose one of the list.", field="kind")
    same = Deployment.objects.filter(customer=deployment.customer, product=deployment.product, name=name)
    if same.exclude(pk=deployment.pk).exists():
        raise Refused(
            f"{deployment.customer} has a deployment {name} of {deployment.product} already.", field="name"
        )
    deployment.name, deployment.kind, deployment.version = name, DeploymentKind(kind), version.strip()
    deployment.save()
    return deployment


@transaction.atomic
def plan_release(
    *,
    release: Release | None = None,
    product: Product,
    version: str,
    kind: str,
    planned_at: datetime | None,
    actor: User | None,
    at: datetime,
) -> Release:
    """Plan a release of ``product``, or plan ``release`` anew; ``planned_at`` ``None`` for no date yet.

    Refused for a version that is taken or cannot stand in an address, and for a release that is published.
    """
    version = version.strip()
    if release is not None and release.published_at is not None:
        raise Refused(f"{release} is published; plan the next one instead.")
    if not version:
        raise Refused("Enter the version of the release.", field="version")
    if not VERSION.fullmatch(version):
        raise Refused(
            "A version has letters, digits, points, hyphens and blanks, as in 6.2.1.", field="version"
        )
    if kind not in ReleaseKind:
        raise Refused(f"{kind!r} is no kind of release; choose one of the list.", field="kind")
    same = Release.objects.filter(product=product, version=version)
    if others(same, release).exists():
        raise Refused(f"There is a release {version} of {product} already.", field="version")
    release = release or Release()
    release.product, release.version, release.kind = product, version, ReleaseKind(kind)
    release.planned_at = planned_at
    release.save()
    return release


@transaction.atomic
def publish_release(
    *,
    release: Release,
    actor: User | None,
    at: datetime,
) -> Release:
    """Say that a release is out. Refused for one that is out already."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    if release.published_at is not None:
        raise Refused(f"{release} is published already.")
    release.published_at = at
    release.save(update_fields=["published_at"])
    return release
