"""Who is told that the desk of a policy will be shut, or will not be after all: its customers' contacts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from contracts.calendar_rows import policy_of
from contracts.models import Announcement, Closure, Contact, Contract, PolicyVersion, User
from contracts.outbox.announcements import announce
from contracts.outbox.audiences import Reader
from contracts.phrasing import moment

AUDIENCE = "closure-contacts"
MAIL = "closure"


class ClosureContacts:
    """The active contacts of customers with a contract under the policy, in term when the closure begins.

    Readers are alike who share a zone: the closure is of the whole policy, whatever its version.
    """

    name = AUDIENCE

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[User]:
        closure, is_withdrawal = closure_of(announcement)
        # What was withdrawn before everybody was told is told to nobody more; its withdrawal goes to all.
        if closure.withdrawn_at is not None and not is_withdrawal:
            return User.objects.none()
        contracts = Contract.objects.in_term(closure.starts_at.date())
        affected = contracts.filter(policy_version__slug=closure.policy_slug).values("customer")
        theirs = Contact.objects.filter(user=OuterRef("pk"), customer__in=affected)
        return User.objects.filter(Exists(theirs), is_active=True)

    def readers(self, announcement: Announcement, rows: Sequence[User], at: datetime) -> Iterable[Reader]:
        return [Reader(user, user.time_zone) for user in rows]

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        """The closure with its times in the reader's zone and the desk's."""
        closure, is_withdrawal = closure_of(announcement)
        version = PolicyVersion.objects.filter(slug=closure.policy_slug).latest("effective_from")
        zone, desk = ZoneInfo(cast("str", reader.alike)), policy_of(version).hours.time_zone
        return {
            "policy_title": version.title,
            "reason": closure.reason,
            "starts": moment(closure.starts_at, zone, now=at, other=desk),
            "ends": moment(closure.ends_at, zone, now=at, other=desk),
            "withdrawn": is_withdrawal,
            "url": f"{settings.SITE_URL}/policies/{closure.policy_slug}/",
        }


def announce_closure(closure: Closure, at: datetime) -> None:
    """Tell the contacts of a closure that was entered or withdrawn, unless it is over already."""
    if closure.ends_at <= at:
        return
    is_withdrawal = closure.withdrawn_at is not None
    what = "withdrawn" if is_withdrawal else "entered"
    announce(
        kind=MAIL,
        audience=AUDIENCE,
        key=f"closure/{closure.pk}/{what}",
        at=at,
        data={"closure": closure.pk, "withdrawn": is_withdrawal},
    )


def closure_of(announcement: Announcement) -> tuple[Closure, bool]:
    """The closure that is announced, and whether its withdrawal is."""
    return Closure.objects.get(pk=announcement.data["closure"]), bool(announcement.data.get("withdrawn"))
