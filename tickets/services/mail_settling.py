"""What staff do with a message that was held; each once, and the ticket's record says who let it in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from contracts.models import Contact, Deployment, User
from contracts.refusals import Refused
from tickets import mail_reader
from tickets.mail_text import words_of
from tickets.mail_threads import answering
from tickets.models import IncomingMail, Message, Ticket
from tickets.models.mail import Outcome
from tickets.models.ticket import Status
from tickets.services.changing import require_staff, require_text
from tickets.services.conversation import CLOSED, reply_as_staff
from tickets.services.mail_acts import Letter, file_letter, reopen_by_letter, reply_letter

LONGEST_REASON = 300
EMPTY = "There are neither words nor files in it that could be said on a ticket. Discard it with a reason."


def file_held(
    *, mail: IncomingMail, contact: Contact, actor: User, at: datetime, deployment: Deployment | None = None
) -> Ticket:
    """File a held message as a request of ``contact``, for ``deployment`` or for the one that it is about.

    It counts from when it came, and whether its clocks run is judged as for every request by mail. Raises ``Refused``.
    """
    with _settling(mail, actor, at) as letter:
        if deployment is not None and deployment.customer_id != contact.customer_id:
            raise Refused("Choose an installation of the contact's customer.", field="deployment")
        if not contact.user.is_active:
            raise Refused(f"{contact.user} has no access any more. Choose another contact.", field="contact")
        if not words_of(letter.read, whole=True):
            raise Refused(EMPTY)
        ticket = file_letter(letter=letter, contacts=[contact], deployment=deployment, at=at)
        first = ticket.events.select_related("message").earliest("seq")
        _note(letter.mail, ticket, first.message)
    return ticket


def put_on_ticket(
    *, mail: IncomingMail, ticket: Ticket, contact: Contact, actor: User, at: datetime
) -> Message:
    """Put a held message on ``ticket`` as a reply of ``contact``, from when it came; a closed one is reopened by it.

    Refused where the contact may not write there, and where the ticket can no longer be reopened.
    """
    with _settling(mail, actor, at) as letter:
        if contact.customer_id != ticket.customer_id:
            raise Refused("Choose a contact of the ticket's customer.", field="contact")
        if not words_of(letter.read):
            raise Refused(EMPTY)
        fresh = Ticket.objects.get(pk=ticket.pk)
        act = reopen_by_letter if fresh.status == Status.CLOSED else reply_letter
        message = act(letter=letter, ticket=fresh, actor=contact.user, at=at)
        if message is None:
            raise Refused(CLOSED)
        _note(letter.mail, fresh, message)
    return message


def confirm_own_answer(*, mail: IncomingMail, ticket: Ticket, actor: User, at: datetime) -> Message:
    """An answer that ``actor`` wrote by mail becomes their reply as staff: it counts from now on.

    Only who has the address of its sender confirms it. Raises ``Refused``.
    """
    with _settling(mail, actor, at) as letter:
        if letter.mail.sender.lower() != actor.email.lower():
            raise Refused(
                f"It came from {letter.mail.sender or 'nobody'}: only who has that address confirms it as their answer."
            )
        text = words_of(letter.read)
        if not text:
            raise Refused(EMPTY)
        message = reply_as_staff(
            ticket=ticket, actor=actor, text=text, files=letter.files(), released_by=actor, at=at
        )
        _note(letter.mail, ticket, message)
    return message


def discard_held(*, mail: IncomingMail, reason: str, actor: User, at: datetime) -> IncomingMail:
    """Put a held message aside, with a reason; it is kept, and nobody is told. Raises ``Refused``."""
    reason = require_text(reason, "why it is discarded")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Write at most {LONGEST_REASON} characters.", field="reason")
    require_staff(actor)
    with transaction.atomic():
        row = _locked(mail)
        row.settled_because = reason
        _settle(row, actor, at)
    return row


@contextmanager
def _settling(mail: IncomingMail, actor: User, at: datetime) -> Iterator[Letter]:
    """A held message, locked and read; settled where the block does not raise."""
    require_staff(actor)
    read = mail_reader.read_stored(mail)
    with transaction.atomic():
        row = _locked(mail)
        if read.limit:
            raise Refused(
                "It goes beyond a limit, so it cannot be put on a ticket. Download it, or discard it with a reason."
            )
        with answering(row.header_id):
            yield Letter(row, read, released_by=actor)
        _settle(row, actor, at)


def _locked(mail: IncomingMail) -> IncomingMail:
    """The row as it stands. Raises ``Refused`` where nothing is to be settled any more."""
    row = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if row.settled_at is not None:
        raise Refused(
            f"{row.settled_by} settled this message before. Open it again to see what became of it."
        )
    if row.outcome != Outcome.HELD:
        raise Refused("Nothing is to be settled here: the message is not held.")
    return row


def _settle(row: IncomingMail, actor: User, at: datetime) -> None:
    row.settled_at, row.settled_by = at, actor
    row.save(update_fields=["settled_at", "settled_by", "settled_because", "ticket", "message", "names"])


def _note(row: IncomingMail, ticket: Ticket, message: Message | None) -> None:
    """Where it went, and its files as they are stored there."""
    row.ticket, row.message = ticket, message
    row.names = [file.name for file in message.attachments.all()] if message else []
