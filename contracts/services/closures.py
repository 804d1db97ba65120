"""The desk shut against its hours (VV5): entered with a reason, withdrawn, never edited.

The floor above wraps both verbs to move the clocks that run meanwhile.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from contracts.calendar_rows import calendar_changed
from contracts.closure_audience import announce_closure
from contracts.models import Closure, PolicyVersion, User
from contracts.refusals import Refused

LATEST_ENTRY = timedelta(hours=24)


@transaction.atomic
def enter_closure(
    *, policy_slug: str, starts_at: datetime, ends_at: datetime, reason: str, actor: User | None, at: datetime
) -> Closure:
    """Shut the desk of every version of a policy in ``[starts_at, ends_at)``.

    The contacts of its customers are told, unless it is over already. Refused for a policy that is not published, and
    by :func:`check_closure`.
    """
    reason = reason.strip()
    check_closure(starts_at=starts_at, ends_at=ends_at, reason=reason, at=at)
    _raise_revision(policy_slug)
    closure = Closure.objects.create(
        policy_slug=policy_slug,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        entered_at=at,
        entered_by=actor,
    )
    announce_closure(closure, at)
    return closure


def check_closure(*, starts_at: datetime, ends_at: datetime, reason: str, at: datetime) -> None:
    """What a preview checks, too: refused without a reason, for an end that is not after the start,
    and for a start more than 24 hours before ``at``.
    """
    if not reason.strip():
        raise Refused("Say why the desk is closed; customers read it.", field="reason")
    if ends_at <= starts_at:
        raise Refused("The desk opens again after it closes: choose a later end.", field="ends_at")
    if starts_at < at - LATEST_ENTRY:
        raise Refused(
            "A closure can be entered at most 24 hours after its start: choose a later start.",
            field="starts_at",
        )


@transaction.atomic
def withdraw_closure(*, closure: Closure, actor: User | None, at: datetime) -> Closure:
    """Take a closure back, for time gone by as well; of one that was to come its readers are told.

    Refused for one that is withdrawn already.
    """
    closure = Closure.objects.select_for_update().get(pk=closure.pk)
    if closure.withdrawn_at is not None:
        raise Refused("This closure is withdrawn already.")
    closure.withdrawn_at, closure.withdrawn_by = at, actor
    closure.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _raise_revision(closure.policy_slug)
    announce_closure(closure, at)
    return closure


def _raise_revision(slug: str) -> None:
    """Every version of the policy has a new calendar."""
    versions = PolicyVersion.objects.filter(slug=slug)
    if not versions.update(calendar_revision=F("calendar_revision") + 1):
        raise Refused(f"There is no policy {slug!r}; choose one that is published.", field="policy_slug")
    calendar_changed()
