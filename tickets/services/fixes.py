"""Marking a ticket as fixed in a release, and resolving it when that release is out (VK15)."""

from datetime import datetime
from typing import Any

from contracts.links import absolute
from contracts.models import Release, User
from contracts.refusals import Refused
from tickets import notifications
from tickets.fixes import read_fix
from tickets.models import KnownProblem, Ticket, TicketFix
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.models.ticket import UNFINISHED
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.services.releases import happened, record_next_release

LONGEST_REASON = 2_000


def name_fix(*, ticket: Ticket, release: Release, reason: str = "", actor: User, at: datetime) -> Ticket:
    """Say in which planned release of its product ``ticket`` is fixed: its date is then what the ticket waits for.

    Instead of another release it needs a reason, which the contact reads. Refused for a release that is out, one of
    another product, the one that is named already, and on a finished ticket.
    """
    require_staff(actor)
    reason = short(reason)
    with changing(ticket, at) as change:
        change.refuse_unless("name_fix")
        fix = read_fix(change.events)
        if fix and fix.release == release.pk:
            raise Refused(f"The ticket is marked as fixed in {release} already.")
        mark(change, plannable(release, change.ticket), actor, require_text(reason, "why") if fix else reason)
    return change.ticket


def take_fix_back(*, ticket: Ticket, reason: str, actor: User, at: datetime) -> Ticket:
    """Say that it is not known any more in which release ``ticket`` is fixed, with a reason that the contact reads."""
    require_staff(actor)
    reason = require_text(short(reason), "why")
    with changing(ticket, at) as change:
        change.refuse_unless("name_fix")
        if read_fix(change.events) is None:
            raise Refused("The ticket is not marked as fixed in a release.")
        mark(change, None, actor, reason)
    return change.ticket


def short(reason: str) -> str:
    """``reason`` without the white space around it. Raises ``Refused`` for one that is too long."""
    reason = reason.replace("\0", "").strip()
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Say it in {LONGEST_REASON} characters; these are {len(reason)}.", field="reason")
    return reason


def plannable(release: Release, ticket: Ticket) -> Release:
    """``release`` as it stands, locked, so that it is not published meanwhile.

    Raises ``Refused`` for one that is out or of another product than the ticket.
    """
    found = Release.objects.select_for_update(of=("self",)).select_related("product").get(pk=release.pk)
    if found.product_id != ticket.product_id:
        raise Refused(
            f"{found} is of another product. Choose a release of {ticket.product}.", field="release"
        )
    if found.published_at is not None:
        raise Refused(
            f"{found} is out. Resolve the ticket instead, and say that this release has the fix.",
            field="release",
        )
    return found


def mark(  # noqa: PLR0917 -- the order is the sentence: mark what as fixed in which, by whom, why
    change: Change,
    release: Release | None,
    actor: User,
    reason: str,
    problem: KnownProblem | None = None,
    since: datetime | None = None,
) -> None:
    """Record in which release the ticket under change is fixed (``None``: not known any more), bring its date in step
    and tell the contact.
    """
    data: dict[str, Any] = {"release": None, "version": ""}
    if release is None:
        TicketFix.objects.filter(ticket=change.ticket).delete()
    else:
        data = {"release": release.pk, "version": release.version}
        named = {"release": release, "named_at": change.at}
        TicketFix.objects.update_or_create(ticket=change.ticket, defaults=named)
    if problem is not None:
        data["problem"] = problem.pk
    event = change.record(Kind.FIX_NAMED, actor, text=reason, happened_at=happened(change, since), **data)
    if change.ticket.runs_clocks:
        record_next_release(change, actor, since=since)
    notifications.tell_fix(change.ticket, release, event, change.clocks())


def resolve_by_release(change: Change, release: Release, actor: User) -> bool:
    """Resolve the ticket under change by a published release that it is marked as fixed in, as of the publication.

    Whether it was: not where it is finished, marked otherwise by now, or was reopened since. Acceptance remains the
    customer's (VK17).
    """
    fix, out = read_fix(change.events), release.published_at
    if out is None or fix is None or fix.release != release.pk or not fix.awaits(out):
        return False
    if change.facts.status not in UNFINISHED:
        return False
    notes = absolute("release", slug=release.product.slug, version=release.version)
    text = f"{release} is out, and it has the fix. What is in it, and how to get it: {notes}"
    message = change.say(MessageKind.REPLY, actor, text)
    event = change.record(
        Kind.RESOLVED,
        actor,
        message=message,
        happened_at=happened(change, out),
        release=release.pk,
        version=release.version,
    )
    notifications.tell_contact(change.ticket, "resolution", event, change.clocks())
    return True
