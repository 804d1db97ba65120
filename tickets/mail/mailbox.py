"""
The mailbox: what lies in an IMAP folder is stored and processed here, and put away there.

1. Claim the mailbox's row by compare-and-set, so that two workers do not fetch side by side. Nobody needs the claim
   to be right: a message is stored once by its place, whoever stores it.
2. Sign in, select, and ask what is unseen, new, or marked as stored.
3. For each message: fetch it in pieces and store it; only after that commit mark it on the server and move it away.
   What is stored already is only moved.
4. Note how far it got.

Cut off or killed anywhere, the message still lies there, and the next run knows by its place whether it is stored.
Where the server has given its messages other numbers (a new UIDVALIDITY), unseen ones are fetched once more, and
reading finds that they are copies.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from tickets.mail.imap import Inbox, Trouble, Unreadable, opened
from tickets.mail.places import place_of
from tickets.mail.processing import take_in
from tickets.mail_account import Account
from tickets.models import IncomingMail, Mailbox
from tickets.models.mail import Way

logger = logging.getLogger(__name__)

# What one run takes at most; the rest is for the next.
BATCH = 100
AT_ONCE = 500
RUN_SECONDS = 45
# Longer than a run and the answers that it still waits for.
LEASE = timedelta(minutes=3)
# How long after each failure in a row the next try comes; a refused sign-in begins with the third, for servers lock
# accounts after a few.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30))
# Above the limit of what is read (limits.py): a longer message is held for its size, and of one beyond this only the
# beginning is kept here; the whole stays in the mailbox.
HARD_LIMIT = 100 * 1024 * 1024


@dataclass(slots=True)
class Fetched:
    """What a run did: stored, put away though stored before, not given out; ``trouble`` says why it ended early."""

    stored: int = 0
    put_away: int = 0
    unreadable: int = 0
    trouble: str = ""


def fetch_mail(*, at: datetime) -> Fetched:
    """Store what waits in the mailbox of the settings, as far as a run goes. A recurring job of portal/jobs.py.

    Raises nothing for what a mail server does: that stands in the mailbox's row, for staff. Faults of the database are
    raised; nothing was changed on the server then for the message at hand.
    """
    done, account = Fetched(), settings.MAIL_IMAP
    if account is None:
        return done
    row = _claim(account, at)
    if row is None:
        return done
    try:
        with opened(account, settings.MAIL_IMAP_DONE) as inbox:
            _take_all(inbox, account, row, done, at)
    except Trouble as trouble:
        done.trouble = str(trouble)
        _note_trouble(row, trouble, at)
    return done


def _claim(account: Account, at: datetime) -> Mailbox | None:
    """The row, if the mailbox is due and nobody is at it. An instant far ahead comes from a clock put back since."""
    row, _ = Mailbox.objects.get_or_create(name=account.row_name)
    free = Q(not_before=None) | Q(not_before__lte=at) | Q(not_before__gt=at + max(BACK_OFF))
    mine = Mailbox.objects.filter(free, pk=row.pk).update(not_before=at + LEASE)
    return row if mine else None


def _take_all(inbox: Inbox, account: Account, row: Mailbox, done: Fetched, at: datetime) -> None:
    until = time.monotonic() + RUN_SECONDS
    waiting = inbox.waiting(row.last_uid if row.uid_validity == inbox.validity else 0)
    places = {uid: _place(account, inbox.validity, uid) for uid in waiting}
    stored = _stored(list(places.values()))
    # After a failure another message is the first, so that one that breaks the connection does not hold up the others.
    fresh = _turned([uid for uid in waiting if places[uid] not in stored], row.failures)[:BATCH]
    known = [uid for uid in waiting if places[uid] in stored][:BATCH]
    left = set(waiting)
    for uid in fresh:
        if time.monotonic() > until:
            break
        if _store(inbox, uid, places[uid], done, at=at, until=until):
            inbox.put_away(uid)
            left.discard(uid)
    for uid in known:
        if time.monotonic() > until or inbox.why_they_stay:
            break
        inbox.put_away(uid)
        done.put_away += 1
    _note_success(row, inbox, left - set(known), done, at)


def _stored(places: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(places), AT_ONCE):
        rows = IncomingMail.objects.filter(place__in=places[start : start + AT_ONCE])
        found.update(place for place in rows.values_list("place", flat=True) if place)
    return found


def _turned(uids: list[int], failures: int) -> list[int]:
    start = failures % len(uids) if uids else 0
    return uids[start:] + uids[:start]


def _place(account: Account, validity: int, uid: int) -> str:
    return place_of("imap", f"{account.user}@{account.host}", account.folder, str(validity), str(uid))


def _store(inbox: Inbox, uid: int, place: str, done: Fetched, *, at: datetime, until: float) -> bool:
    """Whether it is stored; not, if the server does not give it out."""
    most = HARD_LIMIT
    try:
        received_at = inbox.received_at(uid, at)
        with inbox.message(uid, most=most, until=until) as raw:
            try:
                take_in(raw=raw, way=Way.IMAP, received_at=received_at, place=place, at=at)
            except OSError as fault:
                raise Trouble(f"mail cannot be stored here: {type(fault).__name__}: {fault}") from fault
    except Unreadable as fault:
        done.unreadable += 1
        logger.warning("The mailbox: %s", fault)
        return False
    done.stored += 1
    return True


def _note_success(row: Mailbox, inbox: Inbox, left: set[int], done: Fetched, at: datetime) -> None:
    """Up to the first that is left, all has been looked at; numbers under another reign count for nothing."""
    before = row.last_uid if row.uid_validity == inbox.validity else 0
    reached = min(left) - 1 if left else inbox.next_uid - 1
    remark = inbox.why_they_stay
    if done.unreadable:
        remark = f"{done.unreadable} messages are not given out by the server. {remark}".strip()
    Mailbox.objects.filter(pk=row.pk).update(
        uid_validity=inbox.validity,
        last_uid=max(before, reached),
        fetched_at=at,
        failing_since=None,
        failures=0,
        error="",
        remark=remark[:500],
        not_before=None,
    )


def _note_trouble(row: Mailbox, trouble: Trouble, at: datetime) -> None:
    step = min(row.failures + (2 if trouble.is_refusal else 0), len(BACK_OFF) - 1)
    logger.warning("The mailbox %s: %s", row.name, trouble)
    Mailbox.objects.filter(pk=row.pk).update(
        failing_since=row.failing_since or at,
        failures=F("failures") + 1,
        error=str(trouble)[:500],
        not_before=at + BACK_OFF[step],
    )
