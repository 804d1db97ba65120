"""What the pages of releases show, read for one reader at one instant."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from contracts.access import deployments_visible_to, releases_visible_to
from contracts.environments import Group, environments_for, grouped
from contracts.models import Deployment, Product, Release, ReleaseFile, User
from contracts.models.products import DeploymentKind

# So many of each product stand on the page of all of them, and on a product's own.
SHOWN, MOST = 5, 300


@dataclass(frozen=True, slots=True)
class Shelf:
    """The releases of one product: those to come, the next first, and those that are out, the newest first."""

    product: Product
    planned: list[Release]
    published: list[Release]
    has_more: bool


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """A release; of a planned one nothing but what it is and when it is planned."""

    release: Release
    is_out: bool
    files: tuple[ReleaseFile, ...] = ()
    withdrawn: tuple[ReleaseFile, ...] = ()
    environments: tuple[Group, ...] = ()


def shelves(user: User, at: datetime, *, most: int = SHOWN, slug: str = "") -> list[Shelf]:
    """By product, what ``user`` may see of its releases; of the product at ``slug`` alone where one is given."""
    visible = releases_visible_to(user, at).select_related("product")
    if slug:
        visible = visible.filter(product__slug=slug)
    found: dict[Product, tuple[list[Release], list[Release]]] = {}
    for release in [*visible.planned(at), *visible.published(at)]:
        planned, published = found.setdefault(release.product, ([], []))
        (published if release.is_published(at) else planned).append(release)
    return [
        Shelf(product, planned[:most], published[:most], has_more=len(published) > most)
        for product, (planned, published) in sorted(found.items(), key=lambda item: item[0].name)
    ]


def release_page(release: Release, at: datetime) -> ReleasePage:
    """All of a published release, and of a planned one what it is."""
    if not release.is_published(at):
        return ReleasePage(release, is_out=False)
    files = list(release.files.all())
    _, environments = environments_for(release.product, release.version, at)
    return ReleasePage(
        release,
        is_out=True,
        files=tuple(file for file in files if file.withdrawn_at is None),
        withdrawn=tuple(file for file in files if file.withdrawn_at is not None),
        environments=grouped(environments),
    )


def agents_of(user: User) -> QuerySet[Deployment]:
    """The agents whose updates ``user`` may choose: those of their own customers, for staff all."""
    agents = deployments_visible_to(user).filter(kind=DeploymentKind.AGENT)
    return agents.select_related("product", "customer")
