"""Removing what must not stand on a ticket: a password pasted by mistake, a file of somebody else.

What is removed is gone from the ticket, its files, the stored mails, those that came in included, the drafts on it,
its consultations, and from the tickets that have a copy of it (``redaction_reach``); its fingerprint stays in the
record, which still verifies. What may be said in its place is sealed by the redaction.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.models import User
from contracts.outbox import redacting
from contracts.refusals import Refused
from tickets import record
from tickets.models import Attachment, FileRemoval, IncomingMail, Message, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.notifications import ticket_url
from tickets.redactions import FIELDS, NAMELESS
from tickets.services import redaction_reach
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.services.words import learn_anew

log = logging.getLogger(__name__)
REDACT = "tickets.redact_ticket"
NOTICE = "Something that this message said was removed. What is left stands on the ticket’s page:"
LONGEST_SUBJECT = 200
AT_ONCE = 200


def redact_text(
    *,
    ticket: Ticket,
    actor: User,
    seq: int,
    is_message: bool,
    instead: str = "",
    reason: str,
    at: datetime,
) -> Ticket:
    """Remove what was said with the event ``seq``: its message, or its reason where not ``is_message``.

    Wherever else the ticket says the very same, it goes, too: from the tickets that were split off with it, from its
    consultations and from drafts; and where it was said of an outage or a known problem on many tickets, from there
    and, by the worker, from each of them. ``instead`` is put in its place.
    """
    reason, instead = _checked(actor, reason, instead)
    with transaction.atomic():
        family = redaction_reach.family_of(ticket)
        redaction_reach.lock(ticket.pk, *family)
        with changing(ticket, at) as change:
            event = next((event for event in change.events if event.seq == seq), None)
            secret = _text_of(event, is_message=is_message) if event else ""
            if event is None or not secret:
                raise Refused("There is no such text on this ticket, or it was removed already.")
            _refuse_repeated(secret, reason, instead)
            take_out(change, actor, reason, secret, instead)
        for other in family:
            with changing(Ticket(pk=other), change.at) as change_there:
                take_out(change_there, actor, reason, secret, instead)
        redaction_reach.send_to_all(event, actor, reason, instead, change.at)
    return change.ticket


def take_out(change: Change, actor: User, reason: str, secret: str, instead: str) -> bool:
    """Take ``secret`` out of all that stands on a ticket and says just that, and record it; whether anything did.

    No right is asked for: the verbs have done so.
    """
    messages = [one for one in change.events if _text_of(one, is_message=True) == secret]
    texts = [one for one in change.events if one.text == secret]
    redaction_reach.take_out_of_drafts(change.ticket, secret, instead)
    if not messages and not texts:
        return False
    for one in messages:
        _put(one.message, instead)
    for one in texts:
        one.text = instead
        one.save(update_fields=["text"])
    redaction_reach.take_out_of_consultations(change.ticket, secret, instead)
    seqs = {"messages": [one.seq for one in messages], "texts": [one.seq for one in texts]}
    _record(change, actor, reason, _Removed("text", secret, instead, seqs))
    return True


def redact_field(
    *, ticket: Ticket, actor: User, field: str, instead: str = "", reason: str, at: datetime
) -> Ticket:
    """Remove what the form asked for (one of ``redactions.FIELDS``); ``instead`` is put in its place."""
    reason, instead = _checked(actor, reason, instead)
    if field not in FIELDS:
        raise Refused("Choose what is to be removed.")
    if field == "subject" and len(instead) > LONGEST_SUBJECT:
        raise Refused(f"A subject has {LONGEST_SUBJECT} characters at most.")
    with changing(ticket, at) as change:
        secret = str(getattr(change.ticket, field))
        if secret in {"", NAMELESS}:
            raise Refused(f"The {field} is empty or was removed already.")
        _refuse_repeated(secret, reason, instead)
        setattr(change.ticket, field, instead or (NAMELESS if field == "subject" else ""))
        redaction_reach.take_out_of_drafts(change.ticket, secret, instead)
        _record(change, actor, reason, _Removed(field, secret, instead, {}))
    return change.ticket


def redact_file(*, ticket: Ticket, actor: User, file: int, reason: str, at: datetime) -> Ticket:
    """Remove the file with the key ``file``: its name now, its content within seconds (``remove_files``).

    So goes the very same file wherever else it stands on the ticket and on those that were split off with it.
    """
    reason, _ = _checked(actor, reason, "")
    with transaction.atomic():
        family = redaction_reach.family_of(ticket)
        redaction_reach.lock(ticket.pk, *family)
        with changing(ticket, at) as change:
            chosen = _files_on(change.ticket).filter(pk=file).first()
            if chosen is None:
                raise Refused("There is no such file on this ticket, or it was removed already.")
            _take_file(change, actor, reason, chosen.sha256)
        for other in family:
            with changing(Ticket(pk=other), change.at) as change_there:
                _take_file(change_there, actor, reason, chosen.sha256)
    return change.ticket


def remove_files(*, at: datetime) -> int:
    """The recurring job: delete the stored files that a redaction took away; how many.

    The row goes after its file, so a crash in between deletes once more what is gone already. A file that another
    ticket's message holds, too, stays until it is removed there.
    """
    storage, done = Attachment._meta.get_field("file").storage, 0
    held = Attachment.objects.filter(file=OuterRef("path"))
    for removal in FileRemoval.objects.filter(~Exists(held), asked_at__lte=at)[:AT_ONCE]:
        try:
            storage.delete(removal.path)
        except OSError:
            log.exception(
                "the file %s, which was removed from its ticket, could not be deleted", removal.path
            )
            continue
        removal.delete()
        done += 1
    return done


def may_remove(actor: User) -> bool:
    """Whether ``actor`` is one of those who remove texts and files."""
    return actor.is_active and actor.is_staff and actor.has_perm(REDACT)


def check(actor: User, reason: str, secret: str, instead: str) -> tuple[str, str]:
    """``reason`` and ``instead`` without the white space around them, for other verbs that remove a text.

    Raises ``Refused`` for others than managers, without a reason, and for what says again what is removed.
    """
    reason, instead = _checked(actor, reason, instead)
    _refuse_repeated(secret, reason, instead)
    return reason, instead


def _files_on(ticket: Ticket) -> QuerySet[Attachment]:
    known = Attachment.objects.select_related("message__event").filter(message__ticket=ticket)
    return known.exclude(file="").order_by("pk")


def _take_file(change: Change, actor: User, reason: str, sha256: str) -> None:
    """Remove each file of that content from the ticket, an event each."""
    for found in _files_on(change.ticket).filter(sha256=sha256):
        name, path = found.name, str(found.file.name)
        found.file, found.name, found.content_type = "", "", ""
        found.save(update_fields=["file", "name", "content_type"])
        FileRemoval.objects.create(path=path, asked_at=change.at)
        about = {
            "event": found.message.event.seq,
            "file": found.pk,
            "sha256": found.sha256,
            "size": found.size,
        }
        _record(change, actor, reason, _Removed("file", name, "", about))


@dataclass(frozen=True, slots=True)
class _Removed:
    """What was taken away: the ``what`` of its event, what stood there, what stands there now, and where that was."""

    what: str
    secret: str
    instead: str
    about: dict[str, Any]

    @property
    def seqs(self) -> Iterator[int]:
        yield from (*self.about.get("messages", ()), *self.about.get("texts", ()))


def _record(change: Change, actor: User, reason: str, removed: _Removed) -> None:
    """Seal that it was removed, and take it out of the mails."""
    data = {"what": removed.what, "fingerprint": record.fingerprint(removed.secret), **removed.about}
    if removed.instead:
        data["replacement_fingerprint"] = record.fingerprint(removed.instead)
    change.record(Kind.REDACTED, actor, text=reason, **data)
    _forget_raw(change, removed)
    if removed.what == "file":  # no mail carries one, and no search finds it
        return
    learn_anew(change.ticket)
    number = change.ticket.number
    redacting.take_out(
        ticket_number=number,
        secret=removed.secret,
        keys=_keys(number, change.events, list(removed.seqs)),
        notice=NOTICE,
        url=ticket_url(change.ticket, change.ticket.contact.user),
    )


def _forget_raw(change: Change, removed: _Removed) -> None:
    """Raw forms of incoming mail cannot be mended, so those that may say it are no longer kept.

    That is the mail which brought it and every later one of the ticket, for it may quote it; of a file the one that
    brought it; of what the form asked for, which any of them may say, all.
    """
    here = IncomingMail.objects.filter(Q(ticket=change.ticket) | Q(first__ticket=change.ticket))
    if removed.what == "subject":
        here.update(subject=(removed.instead or NAMELESS)[:LONGEST_SUBJECT])
    if removed.what == "file":
        brought = Q(message__event__seq=removed.about["event"])
        here = here.filter(brought | Q(first__message__event__seq=removed.about["event"]))
        here.update(names=[])
    elif removed.what == "text":
        said = [event for event in change.events if event.seq in set(removed.seqs)]
        since = min(event.happened_at for event in said)
        messages = [event.message_id for event in said if event.message_id]
        brought = Q(message__in=messages) | Q(first__message__in=messages)
        here = here.filter(brought | Q(received_at__gte=since))
    kept = list(here.exclude(raw=""))
    FileRemoval.objects.bulk_create(FileRemoval(path=str(mail.raw.name), asked_at=change.at) for mail in kept)
    IncomingMail.objects.filter(pk__in=[mail.pk for mail in kept]).update(raw="")


def _keys(number: str, events: Sequence[TicketEvent], seqs: Sequence[int]) -> list[str]:
    """How the keys of the mails begin that told of these events (``notifications``)."""
    filed = [f"{number}/filed/" for event in events if event.seq in seqs and event.kind == Kind.FILED]
    return [*filed, *(f"{number}/{seq}/" for seq in seqs)]


def _checked(actor: User, reason: str, instead: str) -> tuple[str, str]:
    """Reason and replacement without the white space around them. Raises ``Refused`` for others than managers."""
    require_staff(actor)
    if not may_remove(actor):
        raise Refused("Only a manager removes texts and files. Ask one, and say where it stands.")
    return require_text(reason, "why it is removed"), instead.strip()


def _refuse_repeated(secret: str, reason: str, instead: str) -> None:
    """What is removed must not be said again with the removing."""
    if secret in reason or secret in instead:
        raise Refused("This says again what is to be removed. Leave that out.")


def _text_of(event: TicketEvent, *, is_message: bool) -> str:
    if is_message:
        return event.message.text if event.message else ""
    return event.text


def _put(message: Message | None, text: str) -> None:
    if message is not None:
        message.text = text
        message.save(update_fields=["text"])
