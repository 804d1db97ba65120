"""What a maintenance window may be: each check refuses, at the field that it concerns, and says what to do instead."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce

from contracts.models import Component, MaintenanceWindow
from contracts.models.upkeep import WindowKind
from contracts.phrasing import UTC_ZONE, moment, public_moment, stretch
from contracts.refusals import Refused
from contracts.upkeep import Affected, affected_policies
from contracts.words import list_in_words

LONGEST = timedelta(days=31)
FURTHEST = timedelta(days=2 * 365)
LATEST_ENTRY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def check_words(title: str, reason: str) -> None:
    """Refused without what is done and why."""
    if not title:
        raise Refused("Say what will be done; customers read it.", field="title")
    if not reason:
        raise Refused("Say why it is done; customers read it.", field="reason")


def check_kind(kind: str, emergency_reason: str) -> None:
    """Refused for an unknown kind, and for an emergency without a reason."""
    if kind not in WindowKind:
        raise Refused(f"{kind!r} is no kind of maintenance; choose one of the list.", field="kind")
    if kind == WindowKind.EMERGENCY and not emergency_reason:
        raise Refused("Say why this cannot wait; customers read it.", field="emergency_reason")


def check_components(
    components: Collection[Component], at: datetime, *, kept: Collection[Component] = ()
) -> None:
    """Refused without any, and for one that is retired by ``at`` and not among those ``kept``."""
    if not components:
        raise Refused("Choose at least one component.", field="components")
    retired = [str(each) for each in components if each.is_retired(at) and each not in kept]
    if retired:
        raise Refused(f"Out of service: {list_in_words(retired)}. Choose others.", field="components")


def check_times(kind: str, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Refused for an end that is not after the start, for more than 31 days, for more than two years ahead, and for
    a start before ``at``; that of an emergency may lie up to 24 hours back.
    """
    if ends_at <= starts_at:
        raise Refused("It ends after it starts: choose a later end.", field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise Refused(
            "A window is at most 31 days long: choose an earlier end, or several windows.", field="ends_at"
        )
    if starts_at > at + FURTHEST:
        raise Refused("A window starts within two years: choose an earlier start.", field="starts_at")
    if kind == WindowKind.EMERGENCY:
        if starts_at < at - LATEST_ENTRY:
            raise Refused(
                "An emergency can be entered at most 24 hours after its start: choose a later start, or report what "
                "was down before as an outage.",
                field="starts_at",
            )
    elif starts_at < at:
        raise Refused(
            "This start is past: choose a later one, or announce an emergency with its reason.",
            field="starts_at",
        )


def check_free(
    components: Collection[Component],
    starts_at: datetime,
    ends_at: datetime,
    *,
    besides: MaintenanceWindow | None = None,
) -> None:
    """Refused where another window of one of ``components`` that is not cancelled has a part of the time.

    ``components`` are locked by the caller, so that nobody plans another meanwhile.
    """
    taken = MaintenanceWindow.objects.standing().filter(components__in=components, starts_at__lt=ends_at)
    until = Coalesce(F("finished_at"), F("ends_at"))
    overlapping = taken.annotate(until=until).filter(until__gt=starts_at, ends_at__gt=starts_at)
    if besides is not None:
        overlapping = overlapping.exclude(pk=besides.pk)
    if other := overlapping.order_by("starts_at", "pk").first():
        when = stretch(other.starts_at, other.ends_at, UTC_ZONE)
        raise Refused(
            f"It overlaps “{other}” ({when} UTC), which has the same component: choose another time, or change that "
            "window.",
            field="starts_at",
        )


def check_notice(
    components: Collection[Component], starts_at: datetime, ends_at: datetime, at: datetime
) -> None:
    """Refused where a contract in term at the start has a policy that demands longer notice than from ``at`` on.

    Work inside its standing windows needs none (VK3, AT15).
    """
    late = list(_too_late(affected_policies(components, starts_at), starts_at, ends_at, at))
    if late:
        raise Refused(
            f"Too late: {'; '.join(late)}. Choose a later start, or announce an emergency with its reason.",
            field="starts_at",
        )


def _too_late(
    affected: Collection[Affected], starts_at: datetime, ends_at: datetime, at: datetime
) -> Iterator[str]:
    """Each policy whose notice is not kept, with the earliest start that keeps it."""
    for each in affected:
        earliest = each.earliest_start(at)
        if starts_at < earliest and not each.is_standing(starts_at, ends_at):
            yield (
                f"{each.version.title} asks for {each.policy.maintenance.notice} of notice, so the earliest start is "
                f"{public_moment(next_minute(earliest), each.policy.hours.time_zone, now=at)}"
            )


def next_minute(at: datetime) -> datetime:
    """``at`` as people type it: the first whole minute that is not before it."""
    down = at.replace(second=0, microsecond=0)
    return down if down == at else down + MINUTE


def told(at: datetime, now: datetime) -> str:
    """An instant in a refusal, whose reader's zone is not known: in UTC."""
    return moment(at, UTC_ZONE, now=now)
