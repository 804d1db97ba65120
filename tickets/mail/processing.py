"""From a stored message to what becomes of it: read, decided, carried out, each once.

A copy of a message that came before gets the outcome of the first, unless only its way stopped that one. What fails is
tried again, and held in the end.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from time import monotonic
from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from contracts.files import clean_name
from contracts.models import Contact, OutboxMessage, User
from contracts.outbox.reply_addresses import read_reply_address
from contracts.refusals import Refused
from contracts.services.bounces import mark_bounced
from tickets import mail_reader, notifications
from tickets.mail.authentication import Verdict, judge
from tickets.mail.deciding import Act, Decision, Known, Person, place, stop
from tickets.mail.finding import candidates
from tickets.mail_read import Automatic, Limit, MailRead
from tickets.mail_text import clean, words_of
from tickets.mail_threads import answering
from tickets.models import FileRemoval, IncomingMail, Message, Ticket
from tickets.models.event import Kind
from tickets.models.mail import Outcome, Way
from tickets.notifications import MAIL_REFUSED
from tickets.services.mail_acts import (
    Letter,
    NoInstallation,
    accept_by_letter,
    file_letter,
    reopen_by_letter,
    reply_letter,
)
from tickets.services.mail_store import store_mail
from tickets.whence import Via, coming

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
# After so many minutes a message is tried again; after the last of them it is held.
DELAYS = (1, 5, 15, 60)
ATTEMPTS = len(DELAYS) + 1
# What was just stored is being processed by who stored it.
GRACE = timedelta(seconds=30)
AT_ONCE = 20
SECONDS = 20.0
ANSWERS_AN_HOUR = 3
# A program that answers each of our mails anew, without a mark of what it is, would have a ticket of each answer: of
# what a sender may send in an hour so much may be the same request.
SAME = 1 / 30
REPEATED = "Its sender filed the very same words several times within an hour, as programs do."
LONGEST_ERROR = 2000
# What stops a message for what stands above it, which its digest leaves out: another copy of it may come without.
OF_THE_WAY = {
    Automatic.AUTO_REPLY.value,
    Automatic.LIST.value,
    Automatic.BOUNCE.value,
    Verdict.MISSING.value,
    Verdict.FAILED.value,
    Limit.HEADERS.value,
}


def take_in(
    *, raw: bytes | IO[bytes], way: Way, received_at: datetime, place: str | None = None, at: datetime
) -> IncomingMail:
    """Store a message and process it at once; where processing fails it waits and is tried again.

    Raises ``OSError`` or ``DatabaseError`` where it could not be stored, and nothing else.
    """
    mail = store_mail(raw=raw, way=way, received_at=received_at, place=place, at=at)
    return _try(mail, at)


def process_waiting(*, at: datetime) -> None:
    """The recurring job: what waits is processed, the earliest first."""
    due = Q(not_before=None, stored_at__lte=at - GRACE) | Q(not_before__lte=at)
    waiting = IncomingMail.objects.waiting().filter(due).order_by("pk")[:AT_ONCE]
    started = monotonic()
    for mail in waiting:
        _try(mail, at)
        if monotonic() - started > SECONDS:
            break


def process(*, mail: IncomingMail, at: datetime) -> IncomingMail:
    """What becomes of a stored message; of one that has its outcome already, that.

    In one transaction with all that the message does. Raises what fails, and then nothing was done.
    """
    row = IncomingMail.objects.get(pk=mail.pk)
    if row.outcome:
        return row
    read = mail_reader.read_stored(row)
    _note_read(row, read)
    with coming(Via.EMAIL), transaction.atomic():
        row, others = _locked(row)
        if row.outcome:
            return row
        if first := _first(row, read, [each for each in others if each.outcome]):
            return _copy(row, first, at)
        with answering(row.header_id):
            return _settle(row, read, _carry_out(row, read, at), at)


@dataclass(frozen=True, slots=True)
class Done:
    """What was decided, and where it went."""

    decision: Decision
    ticket: Ticket | None = None
    message: Message | None = None


def _try(mail: IncomingMail, at: datetime) -> IncomingMail:
    try:
        return process(mail=mail, at=at)
    except Exception as fault:
        log.exception("incoming mail %s could not be processed", mail.pk)
        return _failed(mail, fault, at)


def _failed(mail: IncomingMail, fault: Exception, at: datetime) -> IncomingMail:
    """Note that it failed, and when it is tried again; held after the last time."""
    try:
        with transaction.atomic():
            row = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
            if row.outcome:
                return row
            row.attempts += 1
            row.error = clean(f"{type(fault).__name__}: {fault}")[:LONGEST_ERROR]
            row.not_before = at + timedelta(minutes=DELAYS[min(row.attempts, len(DELAYS)) - 1])
            if row.attempts >= ATTEMPTS:
                row.outcome, row.reason, row.processed_at = Outcome.HELD, "failed", at
                row.said = "It could not be processed, however often it was tried; the error says why."
            row.save()
            return row
    except Exception:
        # It waits all the same: the job finds it.
        log.exception("that incoming mail %s failed could not be noted", mail.pk)
        return mail


def _note_read(row: IncomingMail, read: MailRead) -> None:
    """What the message says of itself, for the lists; committed first, so that a copy that comes meanwhile is found."""
    row.digest = read.digest or row.sha256
    row.header_id = _id(read.message_id)
    row.sender = clean(read.senders[0].email)[:254] if read.senders else ""
    row.subject = " ".join(clean(read.subject).split())[:300]
    row.damage = [clean(each) for each in read.damage]
    row.save(update_fields=["digest", "header_id", "sender", "subject", "damage"])


def _id(message_id: str) -> str:
    """A Message-ID as the row keeps it; one that is too long to be kept whole is none."""
    cleaned = clean(message_id)
    return cleaned if len(cleaned) <= 200 else ""


def _locked(row: IncomingMail) -> tuple[IncomingMail, list[IncomingMail]]:
    """The row and the others of the same message, locked in the order of their keys."""
    same = IncomingMail.objects.select_for_update(of=("self",)).filter(digest=row.digest, first=None)
    rows = {each.pk: each for each in same.order_by("pk")}
    own = rows.pop(row.pk, None) or IncomingMail.objects.get(pk=row.pk)
    return own, list(rows.values())


def _first(row: IncomingMail, read: MailRead, done: Sequence[IncomingMail]) -> IncomingMail | None:
    """Which of ``done``, the same message, ``row`` is a copy of.

    The one that came by a list, or past the server that checks senders, does not swallow the one that came straight.
    """
    acted = next((each for each in done if each.reason not in OF_THE_WAY or each.ticket_id), None)
    if acted or not done:
        return acted
    stopped = stop(read, _known(row, read, _user(read)))
    return next((each for each in done if stopped and each.reason == stopped.reason), None)


def _copy(row: IncomingMail, first: IncomingMail, at: datetime) -> IncomingMail:
    row.first, row.outcome, row.reason, row.said = first, first.outcome, first.reason, first.said
    row.ticket, row.names, row.processed_at = first.ticket, first.names, at
    if not first.raw:
        # Something was removed from its ticket since: what came once more does not bring it back.
        FileRemoval.objects.create(path=str(row.raw.name), asked_at=at)
        row.raw, row.subject = "", first.subject
    row.save()
    return row


def _settle(row: IncomingMail, read: MailRead, done: Done, at: datetime) -> IncomingMail:
    decision = done.decision
    row.outcome, row.reason, row.said = decision.outcome, decision.reason, decision.said
    row.ticket, row.processed_at, row.error = done.ticket, at, ""
    if done.message is not None and not IncomingMail.objects.filter(message=done.message).exists():
        row.message = done.message
        row.names = [file.name for file in done.message.attachments.order_by("pk")]
    elif decision.outcome in (Outcome.HELD, Outcome.REFUSED):
        # They stay in the raw message, and staff are handed them out by these names.
        row.names = [clean_name(part.name) for part in read.parts]
    row.save()
    return row


def _carry_out(row: IncomingMail, read: MailRead, at: datetime) -> Done:
    """Decide, and do it; what a verb refuses is held with its sentence."""
    user = _user(read)
    if stopped := stop(read, _known(row, read, user)):
        return _stopped(row, read, user, stopped, at)
    if user is None:
        raise LookupError("a message without a known sender is stopped")
    decision = place(read, candidates(read, user, row.received_at))
    if decision.act is Act.FILE and _repeats(row, read) >= max(1, settings.MAIL_SENDER_HOURLY * SAME):
        return Done(Decision(Outcome.HELD, "too_many", REPEATED))
    try:
        with transaction.atomic():
            return _do(Letter(row, read), user, decision, at)
    except Refused as refusal:
        return Done(Decision(Outcome.HELD, "not_possible", str(refusal)))


def _stopped(row: IncomingMail, read: MailRead, user: User | None, stopped: Decision, at: datetime) -> Done:
    """What is noted of a message that goes no further."""
    if read.automatic is Automatic.BOUNCE and stopped.outcome == Outcome.IGNORED:
        said = [stopped.said, *_mark_bounced(read, at)]
        return Done(replace(stopped, said=" ".join(said)))
    if stopped.reason == Person.STAFF and user is not None:
        named = candidates(read, user, row.received_at)
        about = f" It seems to be about {named[0].number}." if named else ""
        return Done(replace(stopped, said=f"{stopped.said}{about}"))
    return Done(stopped)


def _mark_bounced(read: MailRead, at: datetime) -> list[str]:
    """Mark the addresses to which a message of ours did not come, and say so; all else is no proof."""
    ids = [each for each in (read.report_of, *read.in_reply_to, *read.references) if each][:20]
    said = []
    for failed in read.failed:
        sent = OutboxMessage.objects.filter(message_id__in=ids, to__iexact=failed.address)
        if failed.is_permanent and sent.exists():
            mark_bounced(address=failed.address, status=failed.status, diagnostic=failed.diagnostic, at=at)
            said.append(f"Mail to {failed.address} did not arrive ({failed.status or 'no status'}).")
    return said


def _user(read: MailRead) -> User | None:
    """Who has the address of the one sender; what some databases take for the same letter is another."""
    if len(read.senders) != 1:
        return None
    sender = clean(read.senders[0].email)
    alike = User.objects.filter(email__iexact=sender)
    return next((user for user in alike if user.email.lower() == sender), None)


def _known(row: IncomingMail, read: MailRead, user: User | None) -> Known:
    sender = read.senders[0].email.lower() if read.senders else ""
    trusted = settings.MAIL_TRUSTED_SERVERS
    return Known(
        is_own=_is_own(read, sender),
        verdict=judge(read.authentication, trusted=trusted, sender=sender),
        person=_person(user),
        name=str(user) if user else "",
        in_the_hour=_in_the_hour(row),
        most_an_hour=settings.MAIL_SENDER_HOURLY,
    )


def _is_own(read: MailRead, sender: str) -> bool:
    """Whether it is from an address of ours, or is a message that the outbox made."""
    own = {parseaddr(address)[1].lower() for address in (settings.DEFAULT_FROM_EMAIL, settings.SERVER_EMAIL)}
    own.add(f"{settings.MAIL_REPLY_PREFIX}@{settings.MAIL_REPLY_DOMAIN}".lower())
    if sender and (sender in own or read_reply_address(sender)):
        return True
    known = OutboxMessage.objects.filter(message_id=_id(read.message_id))
    return bool(read.message_id) and known.exists()


def _person(user: User | None) -> Person:
    if user is None:
        return Person.UNKNOWN
    if not user.is_active:
        return Person.INACTIVE
    if user.is_staff:
        return Person.STAFF
    return Person.CONTACT if _contacts(user) else Person.UNKNOWN


def _contacts(user: User) -> list[Contact]:
    return list(Contact.objects.filter(user=user).select_related("user", "customer").order_by("pk"))


def _in_the_hour(row: IncomingMail) -> int:
    """How many messages came from the sender in the hour before this one, with it; copies and what the receiving
    server does not vouch for aside, so that forgers do not use up what the sender may send.
    """
    if not row.sender:
        return 0
    of_sender = IncomingMail.objects.filter(sender=row.sender, first=None, stored_at__lte=row.stored_at)
    within = of_sender.filter(stored_at__gt=row.stored_at - HOUR).exclude(pk=row.pk)
    return within.exclude(reason__in=("authentication", "not_authenticated")).exclude(outcome="").count() + 1


def _repeats(row: IncomingMail, read: MailRead) -> int:
    """How many requests of its sender with the same subject and words were filed in the hour before it."""
    same = IncomingMail.objects.filter(sender=row.sender, subject=row.subject, first=None)
    within = same.filter(stored_at__gt=row.stored_at - HOUR, message__event__kind=Kind.FILED)
    return within.filter(message__text=words_of(read, whole=True)).count()


def _do(letter: Letter, user: User, decision: Decision, at: datetime) -> Done:
    """Carry out what was decided of a contact's message."""
    on = decision.candidate
    ticket = Ticket.objects.select_related("contact__user", "policy_version").get(pk=on.key) if on else None
    match decision.act, ticket:
        case ((Act.FILE | Act.FOLLOW), _):
            return _file(letter, user, ticket, decision, at)
        case Act.REPLY, Ticket():
            message = reply_letter(letter=letter, ticket=ticket, actor=user, at=at)
            return Done(decision, ticket, message)
        case Act.REOPEN, Ticket():
            message_ = reopen_by_letter(letter=letter, ticket=ticket, actor=user, at=at)
            return Done(decision, ticket, message_)
        case Act.ACCEPT, Ticket():
            accept_by_letter(letter=letter, ticket=ticket, actor=user, at=at)
    if decision.outcome == Outcome.REFUSED:
        _answer(letter, user, decision.said, ticket, at)
    return Done(decision, ticket)


def _file(letter: Letter, user: User, followed: Ticket | None, decision: Decision, at: datetime) -> Done:
    """A new ticket; kept, where its contact is not entitled, and answered with the reason by that."""
    contacts: Iterable[Contact] = _contacts(user)
    on = followed.deployment if followed else None
    try:
        ticket = file_letter(letter=letter, contacts=contacts, deployment=on, follows=followed, at=at)
    except NoInstallation as refusal:
        _answer(letter, user, str(refusal), None, at)
        return Done(Decision(Outcome.REFUSED, "no_contract", str(refusal)))
    message = ticket.events.select_related("message").earliest("seq").message
    if ticket.kept_because:
        why = ticket.kept_because[0]
        decision = Decision(Outcome.REFUSED, why["code"], why["text"])
    return Done(decision, ticket, message)


def _answer(letter: Letter, user: User, reason: str, ticket: Ticket | None, at: datetime) -> None:
    """Tell the contact why it was not taken, some times an hour; so two programs never answer each other for long."""
    told = OutboxMessage.objects.filter(kind=MAIL_REFUSED, to=user.email, created_at__gt=at - HOUR)
    if told.count() < ANSWERS_AN_HOUR:
        notifications.tell_mail_refused(
            to=user,
            key=f"mail-{letter.mail.pk}",
            subject=letter.mail.subject,
            reason=reason,
            ticket=ticket,
            at=at,
        )
