"""What becomes of a message, by rules: what was read of it and what is known beside → an outcome with its reason. Pure.

``docs/mail.md`` lists the codes. ``stop`` judges message and sender; where nothing stops it, ``place`` says on which
ticket it is said, of those that the sender may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tickets.mail.authentication import Verdict
from tickets.mail_read import Automatic, Limit, MailRead
from tickets.mail_text import accepts, reopens, words_of
from tickets.models.mail import Outcome
from tickets.models.ticket import Status


class How(StrEnum):
    """By what a message names a ticket; the first that counts decides."""

    ADDRESS = "reply_address"
    REFERENCE = "reference"
    NUMBER = "number"


class Act(StrEnum):
    """What is done with a message that is let in."""

    NOTHING = ""
    FILE = "file"
    FOLLOW = "follow"
    REPLY = "reply"
    ACCEPT = "accept"
    REOPEN = "reopen"


class Person(StrEnum):
    """Who an address belongs to."""

    UNKNOWN = "unknown_sender"
    INACTIVE = "inactive_sender"
    STAFF = "staff"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known beside the message: of its one sender, and how many came from there within the hour."""

    is_own: bool = False
    verdict: Verdict = Verdict.NOT_ASKED
    person: Person = Person.CONTACT
    name: str = ""
    in_the_hour: int = 1
    most_an_hour: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ticket that a message names and its sender may see.

    ``refusal`` is the code of why they may not write there, ``why`` the sentence. ``reopens`` is whether a resolved or
    closed one can still be reopened; ``resolved_before`` whether its resolution was given before the message came.
    """

    key: int
    number: str
    how: How
    status: str = Status.OPEN
    refusal: str = ""
    why: str = ""
    reopens: bool = False
    resolved_before: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, the code of its reason, a sentence for staff, and what is done on which ticket."""

    outcome: Outcome
    reason: str
    said: str = ""
    act: Act = Act.NOTHING
    candidate: Candidate | None = None


LIMITS = {
    Limit.SIZE: "It is larger than a message may be.",
    Limit.PARTS: "It has more parts than a message may have.",
    Limit.DEPTH: "Its parts are nested deeper than they may be.",
    Limit.HEADERS: "Its header is longer than it may be.",
    Limit.ATTACHMENTS: "It brings more files than a message may bring.",
    Limit.ATTACHMENT_SIZE: "One of its files is larger than a file may be.",
    Limit.TIME: "It could not be read within ten seconds.",
}
AUTOMATIC = {
    Automatic.AUTO_REPLY: "A program answered, nobody wrote this.",
    Automatic.BOUNCE: "A mail server reports on a message of ours.",
    Automatic.LIST: "It was sent to a list.",
    Automatic.OWN: "It is a message of our own that came back.",
}


def stop(read: MailRead, known: Known) -> Decision | None:
    """Why a message goes no further; ``None`` for one of a contact that is to be placed."""
    if read.limit:
        return _held(read.limit.value, LIMITS[read.limit])
    if read.automatic or known.is_own:
        automatic = read.automatic or Automatic.OWN
        return Decision(Outcome.IGNORED, automatic.value, AUTOMATIC[automatic])
    return _stop_sender(read, known)


def _stop_sender(read: MailRead, known: Known) -> Decision | None:
    if len(read.senders) != 1:
        one = "no_sender" if not read.senders else "several_senders"
        return _held(one, f"It names {len(read.senders) or 'no'} senders; a message has one.")
    sender = read.senders[0].email
    if known.in_the_hour > known.most_an_hour:
        return _held(
            "too_many", f"More than {known.most_an_hour} messages came from {sender} within an hour."
        )
    if known.verdict is Verdict.MISSING:
        return _held(
            known.verdict.value, "The receiving server does not say that it authenticated the sender."
        )
    if known.verdict is Verdict.FAILED:
        return _held(known.verdict.value, f"The receiving server could not confirm that {sender} sent it.")
    return _stop_person(sender, known)


def _stop_person(sender: str, known: Known) -> Decision | None:
    said = {
        Person.UNKNOWN: f"Nobody known here has the address {sender}.",
        Person.INACTIVE: f"{known.name} has no access any more.",
        Person.STAFF: f"{known.name} is staff. Mail never acts as staff: confirm the answer here.",
    }
    return _held(known.person.value, said[known.person]) if known.person in said else None


def place(read: MailRead, candidates: Sequence[Candidate]) -> Decision:
    """What is done with a contact's message: on the first of ``candidates``, or as a new request."""
    found = candidates[0] if candidates else None
    if not words_of(read, whole=found is None):
        return _without_words(read)
    if found is None:
        return Decision(Outcome.NEW_TICKET, "new", act=Act.FILE)
    if found.refusal:
        return Decision(Outcome.REFUSED, found.refusal, found.why, candidate=found)
    if found.status == Status.CLOSED:
        return _on_closed(read, found)
    if found.status == Status.RESOLVED:
        return _on_resolved(read, found)
    return _reply(found)


def _without_words(read: MailRead) -> Decision:
    if read.damage:
        return _held("unreadable", "Neither words nor files could be read in it; the damage says why.")
    return _held("empty", "There are neither words of the sender's own in it nor files.")


def _on_closed(read: MailRead, found: Candidate) -> Decision:
    if accepts(read.new_text) and not _brings_files(read):
        return Decision(
            Outcome.IGNORED, "closed_already", "It accepts what is closed already.", candidate=found
        )
    if found.reopens:
        return Decision(Outcome.REPLY, "reopened", act=Act.REOPEN, candidate=found)
    said = f"{found.number} can no longer be reopened."
    return Decision(Outcome.NEW_TICKET, "follows", said, act=Act.FOLLOW, candidate=found)


def _on_resolved(read: MailRead, found: Candidate) -> Decision:
    if not found.resolved_before:
        return _reply(found)
    if accepts(read.new_text) and not _brings_files(read):
        return Decision(Outcome.REPLY, "accepted", act=Act.ACCEPT, candidate=found)
    if reopens(read.new_text) and found.reopens:
        return Decision(Outcome.REPLY, "reopened", act=Act.REOPEN, candidate=found)
    return _reply(found)


def _reply(found: Candidate) -> Decision:
    return Decision(Outcome.REPLY, found.how.value, act=Act.REPLY, candidate=found)


def _brings_files(read: MailRead) -> bool:
    """Whether there is more in it than its words; the picture of a signature is not."""
    return any(not part.is_inline for part in read.parts)


def _held(reason: str, said: str) -> Decision:
    return Decision(Outcome.HELD, reason, said)
