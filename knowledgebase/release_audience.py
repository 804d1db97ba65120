"""Who is told of a release, and what: where it runs on their premises (VK4), and where their agents run (VK5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from contracts.entitlement import is_in_force
from contracts.links import absolute
from contracts.models import Announcement, Contact, Contract, Deployment, Release, User
from contracts.models.products import DeploymentKind
from contracts.outbox.audiences import Reader

AUDIENCE = "release-contacts"
MAIL = "release"
# What the vendor hosts is updated by the vendor, in windows that are announced.
TOLD = (DeploymentKind.ON_PREMISES, DeploymentKind.AGENT)


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail says: of the release, and of the reader's deployments of it, by how each gets it."""

    release: str
    release_kind: str
    has_files: bool
    url: str
    updates_url: str
    on_premises: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()


class ReleaseContacts:
    """The contacts of the customers with a deployment of the product, but hosted ones, under a contract in force."""

    name = AUDIENCE

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[User]:
        """Active people of customers who have such a deployment; of each contract ``readers`` is the judge."""
        runs = _told_of(_release(announcement)).values("customer")
        theirs = Contact.objects.filter(user=OuterRef("pk"), customer__in=runs)
        return User.objects.filter(Exists(theirs), is_active=True)

    def readers(self, announcement: Announcement, rows: Sequence[User], at: datetime) -> Iterable[Reader]:
        release = _release(announcement)
        said = _said(release)
        customers: dict[int, list[int]] = defaultdict(list)
        for contact in Contact.objects.filter(user__in=rows).order_by("pk"):
            customers[contact.user_id].append(contact.customer_id)
        covered = _covered(release, {pk for each in customers.values() for pk in each}, at)
        for user in rows:
            theirs = [deployment for pk in customers[user.pk] for deployment in covered[pk]]
            if theirs:
                yield Reader(user, _naming(said, theirs))

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        return {each.name: getattr(reader.alike, each.name) for each in fields(Said)}


def _release(announcement: Announcement) -> Release:
    return Release.objects.select_related("product").get(pk=announcement.data["release"])


def _said(release: Release) -> Said:
    return Said(
        release=str(release),
        release_kind=release.get_kind_display(),
        has_files=release.files.filter(withdrawn_at=None).exists(),
        url=absolute("release", slug=release.product.slug, version=release.version),
        updates_url=absolute("releases"),
    )


def _naming(said: Said, deployments: Sequence[Deployment]) -> Said:
    """``said`` of ``deployments``, by how each gets a release."""
    return replace(
        said,
        on_premises=_names(each for each in deployments if not each.is_agent),
        automatic=_names(each for each in deployments if each.updates_itself),
        by_hand=_names(each for each in deployments if each.is_agent and not each.updates_itself),
    )


def _names(deployments: Iterator[Deployment]) -> tuple[str, ...]:
    return tuple(sorted(deployment.name for deployment in deployments))


def _told_of(release: Release) -> QuerySet[Deployment]:
    return Deployment.objects.filter(product=release.product_id, kind__in=TOLD).order_by()


def _covered(release: Release, customers: Iterable[int], at: datetime) -> dict[int, list[Deployment]]:
    """By customer, the deployments of the product that a contract in force covers."""
    told = _told_of(release).filter(customer__in=set(customers))
    contracts = Contract.objects.filter(deployments__in=told).select_related("policy_version").distinct()
    in_force = [contract.pk for contract in contracts.order_by() if is_in_force(contract, at)]
    found: dict[int, list[Deployment]] = defaultdict(list)
    for deployment in told.filter(contracts__in=in_force).distinct():
        found[deployment.customer_id].append(deployment)
    return found
