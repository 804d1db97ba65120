"""
What becomes of messages before anybody tries to send them: by their readers' wishes and by what is known of addresses.

Asked when they would be sent, not when they were written, so that a wish counts from the next mail on and what waits
in a digest can still become something else. Nothing is deleted: what is not sent stays, with the reason, for staff.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.models.bounces import BouncedAddress
from contracts.models.mail_wishes import How, MailWish
from contracts.outbox.digests import digest_instant
from contracts.outbox.kinds import can_be_done_without, group_of
from contracts.outbox.models import DeliveryStatus, OutboxMessage
from contracts.phrasing import long_date

Wishes = Mapping[tuple[int, str], str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of a message that is ready: enough to sort it, without its text."""

    pk: int
    kind: str
    to: str
    created_at: datetime
    attempts: int
    user: int | None
    is_staff: bool
    zone: str

    @property
    def group(self) -> str:
        """The group of the reader's choices that it belongs to; "" where it always comes."""
        group = group_of(self.kind, is_staff=self.is_staff) if self.user else None
        return group.name if group else ""

    @property
    def is_optional(self) -> bool:
        return can_be_done_without(self.kind, is_staff=self.is_staff)


def sort_out(keys: Sequence[int], at: datetime) -> list[int]:
    """Those of the ready messages with these keys that are to be sent now, in their order; the others are set aside.

    A few queries, however many messages. Each is set aside by compare-and-set, so that two who sort do it once.
    """
    waiting = _read(keys)
    bounced = _bounced(waiting)
    wishes = _wishes(waiting)
    aside: set[int] = set()
    for row in waiting:
        if row.is_optional and (bounce := bounced.get(row.to.strip().lower())):
            aside.add(row.pk)
            _put(row, at, status=DeliveryStatus.BOUNCED, last_error=_why(bounce))
        # What has been tried goes on, whatever the reader wished meanwhile.
        elif row.attempts == 0 and (how := wishes.get((row.user or 0, row.group))):
            aside.add(row.pk)
            _put(row, at, **_by_wish(row, How(how)))
    return [row.pk for row in waiting if row.pk not in aside]


def _by_wish(row: Waiting, how: How) -> dict[str, object]:
    if how is How.OFF:
        return {"status": DeliveryStatus.UNWANTED}
    return {
        "status": DeliveryStatus.IN_DIGEST,
        "not_before": digest_instant(how, ZoneInfo(row.zone), row.created_at),
    }


def _put(row: Waiting, at: datetime, **changes: object) -> None:
    OutboxMessage.objects.ready(at).filter(pk=row.pk, attempts=row.attempts).update(**changes)


def _read(keys: Sequence[int]) -> list[Waiting]:
    fields = (
        "pk",
        "kind",
        "to",
        "created_at",
        "attempts",
        "user_id",
        "user__is_staff",
        "user__time_zone",
    )
    rows = {
        pk: Waiting(pk, kind, to, created_at, attempts, user, is_staff=bool(is_staff), zone=zone or "UTC")
        for pk, kind, to, created_at, attempts, user, is_staff, zone in OutboxMessage.objects.filter(
            pk__in=keys
        ).values_list(*fields)
    }
    return [rows[key] for key in keys if key in rows]


def _bounced(waiting: Iterable[Waiting]) -> dict[str, BouncedAddress]:
    """The standing bounces among the addresses of what can be done without."""
    addresses = {row.to for row in waiting if row.is_optional}
    if not addresses:
        return {}
    found = BouncedAddress.objects.standing().among(addresses)
    return {row.address: row for row in found if row.stops}


def _wishes(waiting: Iterable[Waiting]) -> Wishes:
    users = {row.user for row in waiting if row.group}
    if not users:
        return {}
    rows = MailWish.objects.filter(user__in=users)
    return {(row.user_id, row.kind): row.how for row in rows}


def _why(bounce: BouncedAddress) -> str:
    code = f" ({bounce.status})" if bounce.status else ""
    return f"Mail to this address bounced on {long_date(bounce.last_at.date())}{code}: {bounce.diagnostic}".strip(
        ": "
    )
