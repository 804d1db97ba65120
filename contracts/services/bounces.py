"""Addresses to which mail does not arrive: marked by what mail servers say, cleared by people."""

from datetime import datetime

from django.db import transaction

from contracts.models import BouncedAddress, EscalationPerson, Subscription, User
from contracts.refusals import Refused
from contracts.team_told import desk, tell

STATUS_LENGTH = 20
DIAGNOSTIC_LENGTH = 1000


@transaction.atomic
def mark_bounced(*, address: str, status: str, diagnostic: str, at: datetime) -> BouncedAddress:
    """Mail to ``address`` did not arrive: the row about it. Staff are told when it begins, not of each time.

    ``status`` is of RFC 3463, such as 5.1.1, or "" where nobody said one; one of class 5 about the mailbox stops mail
    that can be done without. ``diagnostic`` is what the mail server said. Both may be anything that came by mail; that
    a mail of ours went to the address is for the caller to know.
    """
    name = address.strip().lower()[:254]
    said = {"status": _clean(status)[:STATUS_LENGTH], "diagnostic": _clean(diagnostic)[:DIAGNOSTIC_LENGTH]}
    row, is_new = BouncedAddress.objects.select_for_update(of=("self",)).get_or_create(
        address=name, defaults={"since": at, "last_at": at, **said}
    )
    begins = is_new or row.cleared_at is not None
    if not is_new:
        _count(row, said, begins=begins, at=at)
    if begins:
        _tell_desk(row, at)
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


def _count(row: BouncedAddress, said: dict[str, str], *, begins: bool, at: datetime) -> None:
    """Once more; after it was cleared, anew. Reports may come in any order."""
    row.status, row.diagnostic = said["status"] or row.status, said["diagnostic"] or row.diagnostic
    row.since, row.count = (at, 1) if begins else (row.since, row.count + 1)
    row.last_at = max(row.last_at, at)
    row.cleared_at = row.cleared_by = None
    row.save()


def _tell_desk(row: BouncedAddress, at: datetime) -> None:
    """All staff but those whose own address it is; of an address that somebody may have typed in, nobody."""
    person = User.objects.filter(email=row.address).first()
    if person is None and not _is_known(row.address):
        return
    whose = f"{person} <{row.address}>" if person else row.address
    code = f" ({row.status})" if row.status else ""
    tell(
        [user for user in desk() if user.email != row.address],
        heading=f"Mail to {row.address} does not arrive",
        said=f"A mail to {whose} was returned{code}: {row.diagnostic or 'no reason was given.'}",
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
