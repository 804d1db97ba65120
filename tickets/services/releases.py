"""Releases, as far as they move tickets: the date of a release is a due date (VK15).

Which date a ticket waits for: that of the release that it is marked as fixed in, else that of its product's next
maintenance release. Planning and publishing write rows (``Errand``), which the worker works off ticket by ticket.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Product, Release, User
from contracts.models.products import ReleaseKind
from contracts.refusals import Refused
from contracts.services import products
from knowledgebase.services import release_notes
from tickets.fixes import Fix, read_fix
from tickets.models import Errand, Ticket, TicketEvent
from tickets.models.errand import ErrandKind
from tickets.models.event import Kind
from tickets.services.changing import Change


def plan_release(
    *,
    release: Release | None = None,
    product: Product,
    version: str,
    kind: ReleaseKind,
    planned_at: datetime | None,
    reason: str = "",
    actor: User,
    at: datetime,
) -> Release:
    """Plan a release, or change its plan; the worker then gives its date to the open tickets that wait for it.

    Refused without a ``reason`` where a date moves that was planned: the contacts whose tickets it moves read it.
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        before = Release.objects.select_for_update().get(pk=release.pk) if release else None
        if before and before.product_id != product.pk and before.ticket_fixes.exists():
            raise Refused(
                f"Tickets are marked as fixed in {before}. Plan a release of {product} instead.",
                field="product",
            )
        planned = products.plan_release(
            release=release,
            product=product,
            version=version,
            kind=kind,
            planned_at=planned_at,
            actor=actor,
            at=at,
        )
        if before and before.planned_at not in (None, planned_at) and not reason:
            raise Refused(
                "Say why the date moves. The contacts whose tickets it moves read it.", field="reason"
            )
        if before is None or (before.planned_at, before.kind) != (planned_at, planned.kind):
            _send(ErrandKind.DATES, planned, reason, actor, at)
            if before and before.product_id != planned.product_id:
                _send(ErrandKind.DATES, before, reason, actor, at)
    return planned


def publish_release(*, release: Release, actor: User, at: datetime) -> Release:
    """Record that a release is out: who runs it is told, and the worker resolves the tickets marked as fixed in it.

    The next release that is planned gives the date of the others from now on.
    """
    with transaction.atomic():
        published = release_notes.publish_release(release=release, actor=actor, at=at)
        _send(ErrandKind.RESOLVE, published, "", actor, at)
        why = f"{published} is out, and this is not marked as fixed in it."
        _send(ErrandKind.DATES, published, why, actor, at)
    return published


def record_next_release(
    change: Change, actor: User | None = None, *, reason: str = "", since: datetime | None = None
) -> TicketEvent | None:
    """Record on a ticket when the release that it waits for is planned; the event, ``None`` if that is no news.

    ``since`` is when the plan was made, where that was before the change.
    """
    fix = read_fix(change.events)
    release = _awaited(change.ticket, fix)
    due = release.planned_at if release else None
    if change.facts.release_due == due:
        return None
    data: dict[str, Any] = {"due_at": due.isoformat() if due else None, "release": ""}
    if release is not None:
        data["release"] = release.version
    if before := change.facts.release_due:
        data["before"] = before.isoformat()
    if fix and release and fix.release == release.pk:
        data["fixes"] = True
    return change.record(
        Kind.RELEASE_PLANNED, actor, text=reason, happened_at=happened(change, since), **data
    )


def awaited_release(change: Change) -> Release | None:
    """The release whose date the ticket waits for by what is planned now; ``None`` where there is none."""
    return _awaited(change.ticket, read_fix(change.events))


def happened(change: Change, since: datetime | None) -> datetime | None:
    """The instant of something that came about at ``since``, and is recorded only now: in the order of the record."""
    return max(since, change.ticket.last_event_at) if since else None


def _awaited(ticket: Ticket, fix: Fix | None) -> Release | None:
    """The release whose date the ticket waits for. One that is out counts while its tickets are being resolved."""
    named = Release.objects.filter(pk=fix.release).first() if fix else None
    if fix and named and named.planned_at and (named.published_at is None or fix.awaits(named.published_at)):
        return named
    return Release.objects.next_maintenance(ticket.product)


def _send(kind: ErrandKind, release: Release, reason: str, actor: User, at: datetime) -> None:
    """Have the worker see to the tickets. A newer plan of the same release makes up for what is left of the older."""
    same = Errand.objects.filter(kind=kind, product=release.product_id, release=release, problem=None)
    same.filter(done_at=None).update(done_at=at)
    Errand.objects.create(
        kind=kind,
        product=release.product,
        release=release,
        reason=reason,
        actor=actor,
        created_at=at,
        not_before=at,
    )
