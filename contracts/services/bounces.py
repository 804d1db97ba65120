"""Addresses to which mail does not arrive: marked by what mail servers say, cleared by people."""

from datetime import datetime

from django.db import transaction

from contracts.models import BouncedAddress, EscalationPerson, Subscription, User
from contracts.models.bounces import is_for_good
from contracts.refusals import Refused
from contracts.team_told import desk, tell

STATUS_LENGTH = 20
DIAGNOSTIC_LENGTH = 1000
# RFC 3463 has no status for somebody who wants no mail; of class 5, about the address, and nothing more.
UNWANTED, REPORTED = "5.1.0", "reported as spam"


@transaction.atomic
def mark_bounced(
    *, address: str, status: str, diagnostic: str, at: datetime, happened_at: datetime | None = None
) -> BouncedAddress:
    """Mail to ``address`` did not arrive: the row about it. Staff are told when it begins or stops mail, not each time.

    ``status`` is of RFC 3463, such as 5.1.1, or "" where nobody said one; one of class 5 about the mailbox stops mail
    that can be done without. ``diagnostic`` is what the mail server said. Both may be anything that came by mail; that
    a mail of ours went to the address is for the caller to know. ``happened_at`` where the same may be told again: what
    happened before the last that was noted, or before the address was cleared, is then known already.
    """
    row, is_news = _mark(address, _clean(status), _clean(diagnostic), happened_at, at)
    if is_news:
        code = f" ({row.status})" if row.status else ""
        said = f"was returned{code}: {row.diagnostic or 'no reason was given.'}"
        _tell_desk(row, f"Mail to {row.address} does not arrive", said, at)
    return row


@transaction.atomic
def mark_complained(*, address: str, at: datetime, happened_at: datetime | None = None) -> BouncedAddress:
    """Whose ``address`` it is reported a mail of ours as spam: mail that can be done without stops, staff are told.

    Providers stop mail to such an address, and look at how often they are complained to. ``happened_at`` as of
    ``mark_bounced``.
    """
    row, is_news = _mark(address, UNWANTED, REPORTED, happened_at, at)
    if is_news:
        said = f"was {REPORTED}. Only what cannot be turned off is still sent there."
        _tell_desk(row, f"Mail to {row.address} is {REPORTED}", said, at)
    return row


@transaction.atomic
def clear_bounce(*, address: str, actor: User, at: datetime) -> BouncedAddress:
    """Mail is sent to ``address`` again: staff say so of any, everybody of their own. Again, it changes nothing."""
    name = address.strip().lower()
    if not actor.is_active or not (actor.is_staff or actor.email == name):
        raise Refused("Only staff, or the person whose address it is, can say that an address works again.")
    row = BouncedAddress.objects.select_for_update(of=("self",)).filter(address=name).first()
    if row is None:
        raise Refused(f"No mail to {name} has bounced; there is nothing to clear.")
    if row.cleared_at is None:
        row.cleared_at, row.cleared_by = at, actor
        row.save(update_fields=["cleared_at", "cleared_by"])
    return row


def _mark(
    address: str, status: str, diagnostic: str, happened_at: datetime | None, at: datetime
) -> tuple[BouncedAddress, bool]:
    """The row, and whether there is something to tell of it."""
    name = address.strip().lower()[:254]
    said = {"status": status[:STATUS_LENGTH], "diagnostic": diagnostic[:DIAGNOSTIC_LENGTH]}
    row, is_new = BouncedAddress.objects.select_for_update(of=("self",)).get_or_create(
        address=name, defaults={"since": at, "last_at": at, **said}
    )
    if is_new:
        return row, True
    if _is_noted(row, said["status"], happened_at):
        return row, False
    begins, stopped = row.cleared_at is not None, row.stops
    _count(row, said, begins=begins, at=at)
    return row, begins or (row.stops and not stopped)


def _is_noted(row: BouncedAddress, status: str, happened_at: datetime | None) -> bool:
    """Whether it adds nothing to what is noted. Events come late and in any order: the first that stops mail adds."""
    if happened_at is None:
        return False
    if row.cleared_at is not None:
        return happened_at <= row.cleared_at
    return happened_at <= row.last_at and (row.stops or not is_for_good(status))


def _count(row: BouncedAddress, said: dict[str, str], *, begins: bool, at: datetime) -> None:
    """Once more; after it was cleared, anew. Reports may come in any order."""
    row.status, row.diagnostic = said["status"] or row.status, said["diagnostic"] or row.diagnostic
    row.since, row.count = (at, 1) if begins else (row.since, row.count + 1)
    row.last_at = max(row.last_at, at)
    row.cleared_at = row.cleared_by = None
    row.save()


def _tell_desk(row: BouncedAddress, heading: str, said: str, at: datetime) -> None:
    """All staff but those whose own address it is; of an address that somebody may have typed in, nobody."""
    person = User.objects.filter(email=row.address).first()
    if person is None and not _is_known(row.address):
        return
    whose = f"{person} <{row.address}>" if person else row.address
    tell(
        [user for user in desk() if user.email != row.address],
        heading=heading,
        said=f"A mail to {whose} {said}",
        page="admin:contracts_bouncedaddress_changelist",
        key=f"bounce/{row.pk}/{at.timestamp():.0f}",
        at=at,
    )


def _is_known(address: str) -> bool:
    """Whether staff named somebody by it, or its owner confirmed it."""
    named = EscalationPerson.objects.filter(own_email__iexact=address)
    return named.exists() or Subscription.objects.live().filter(email=address).exists()


def _clean(text: str) -> str:
    """One line of what may be anything."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
