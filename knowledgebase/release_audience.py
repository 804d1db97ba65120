"""Who is told of a release, and what: where it runs on their premises (VK4), and where their agents run (VK5)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

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


class ReleaseContacts:
    """The contacts of the customers with a deployment of the product, but hosted ones, under a contract in force."""

    name = AUDIENCE

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[User]:
        """Active people of customers who have such a deployment; of each contract ``readers`` is the judge."""
        release = _release(announcement)
        runs = _told_of(release).values("customer")
        theirs = Contact.objects.filter(user=OuterRef("pk"), customer__in=runs)
        return User.objects.filter(Exists(theirs), is_active=True)

    def readers(self, announcement: Announcement, rows: Sequence[User], at: datetime) -> Iterable[Reader]:
        contacts = Contact.objects.filter(user__in=rows).order_by("pk").values_list("user_id", "customer_id")
        customers: dict[int, list[int]] = defaultdict(list)
        for person, customer in contacts:
            customers[person].append(customer)
        runs = _covered(_release(announcement), {pk for _, pk in contacts}, at)
        for user in rows:
            theirs = tuple(pk for customer in customers[user.pk] for pk in runs[customer])
            if theirs:
                yield Reader(user, theirs)

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        """The release and the reader's deployments of it, by how each gets it."""
        release = _release(announcement)
        theirs = cast("tuple[int, ...]", reader.alike)
        deployments = list(Deployment.objects.filter(pk__in=theirs).order_by("name", "pk"))
        return {
            "release": str(release),
            "release_kind": release.get_kind_display(),
            "has_files": release.files.filter(withdrawn_at=None).exists(),
            "automatic": [each.name for each in deployments if each.updates_itself],
            "by_hand": [each.name for each in deployments if each.is_agent and not each.updates_itself],
            "on_premises": [each.name for each in deployments if not each.is_agent],
            "url": absolute("release", slug=release.product.slug, version=release.version),
            "updates_url": absolute("releases"),
        }


def _release(announcement: Announcement) -> Release:
    return Release.objects.select_related("product").get(pk=announcement.data["release"])


def _told_of(release: Release) -> QuerySet[Deployment]:
    return Deployment.objects.filter(product=release.product_id, kind__in=TOLD).order_by()


def _covered(release: Release, customers: Iterable[int], at: datetime) -> dict[int, list[int]]:
    """By customer, the deployments of the product that one of its contracts in force covers."""
    told = _told_of(release).filter(customer__in=set(customers))
    contracts = Contract.objects.filter(deployments__in=told).select_related("policy_version").distinct()
    in_force = [contract.pk for contract in contracts.order_by() if is_in_force(contract, at)]
    found: dict[int, list[int]] = defaultdict(list)
    for pk, customer in (
        told.filter(contracts__in=in_force).order_by("pk").distinct().values_list("pk", "customer_id")
    ):
        found[customer].append(pk)
    return found
