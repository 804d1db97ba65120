"""Releases, as far as they move tickets: the date of the next maintenance release is a due date (VK15)."""

from datetime import datetime

from django.db import transaction

from contracts.models import Product, Release, User
from contracts.models.products import ReleaseKind
from contracts.services import products
from knowledgebase.services import release_notes
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services.changing import Change, changing


def plan_release(
    *,
    release: Release | None = None,
    product: Product,
    version: str,
    kind: ReleaseKind,
    planned_at: datetime | None,
    actor: User,
    at: datetime,
) -> Release:
    """Plan a release, or change its plan; open tickets that wait for it get its date."""
    with transaction.atomic():
        planned = products.plan_release(
            release=release,
            product=product,
            version=version,
            kind=kind,
            planned_at=planned_at,
            actor=actor,
            at=at,
        )
        tell_tickets(product=product, actor=actor, at=at)
    return planned


def publish_release(*, release: Release, actor: User, at: datetime) -> Release:
    """Record that a release is out: who runs it is told, and the next one planned gives the date from now on."""
    with transaction.atomic():
        published = release_notes.publish_release(release=release, actor=actor, at=at)
        tell_tickets(product=release.product, actor=actor, at=at)
    return published


def tell_tickets(*, product: Product, actor: User | None, at: datetime) -> None:
    """Give every unfinished ticket of ``product`` the planned date of its next maintenance release."""
    for ticket in Ticket.objects.unfinished().filter(product=product, runs_clocks=True):
        with changing(ticket, at) as change:
            record_next_release(change, actor)


def record_next_release(change: Change, actor: User | None = None) -> None:
    """Record on a ticket when its product's next maintenance release is planned, if that is news."""
    release = Release.objects.next_maintenance(change.ticket.product)
    due = release.planned_at if release else None
    if change.facts.release_due != due:
        change.record(
            Kind.RELEASE_PLANNED,
            actor,
            due_at=due.isoformat() if due else None,
            release=release.version if release else "",
        )
