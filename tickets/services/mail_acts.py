"""A message that came by mail, carried out: as a request, a reply, an acceptance, a reopening.

These are the verbs of the pages with what a message gives them; who may what, and whether it may come next, they judge.
``released_by`` is who of the staff let in a message that was held.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile

from contracts.calendar_rows import policy_of
from contracts.entitlement import channel_refused, contract_for, is_in_force
from contracts.files import Upload
from contracts.models import Contact, Deployment, User
from contracts.policy import Policy
from contracts.refusals import Refused
from tickets import access
from tickets.asked import still_asked
from tickets.mail_read import MailRead
from tickets.mail_text import (
    Choice,
    Labelled,
    Place,
    choose_place,
    labelled_in,
    read_labels,
    severity_named,
    severity_unsaid,
    subject_of,
    words_of,
)
from tickets.models import IncomingMail, Message, Ticket
from tickets.models.ticket import Channel
from tickets.services.conversation import reply_as_contact
from tickets.services.details import give_details
from tickets.services.endings import accept_resolution
from tickets.services.filing import Mailed, Request, file_ticket
from tickets.services.lifecycle import reopen_ticket

EMAIL = Channel.EMAIL


class NoInstallation(Refused):
    """Nothing is registered that a request of the sender could be about."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A stored message with what was read of it."""

    mail: IncomingMail
    read: MailRead
    released_by: User | None = None

    @property
    def key(self) -> str:
        """Of the same message always the same, so that it makes one ticket however often it is processed."""
        return f"mail-{(self.read.digest or self.mail.sha256)[:56]}"

    @property
    def came_at(self) -> datetime:
        return self.mail.received_at

    def files(self) -> list[Upload]:
        """What it brings, of any kind."""
        return [
            Upload(part.name, ContentFile(part.content), is_mailed=True, content_id=part.content_id[:200])
            for part in self.read.parts
        ]


def file_letter(
    *,
    letter: Letter,
    contacts: Iterable[Contact],
    deployment: Deployment | None = None,
    follows: Ticket | None = None,
    at: datetime,
) -> Ticket:
    """A new request of whichever of ``contacts``, who are one person, has the installation that it is about.

    ``deployment`` is that installation where it is known. Raises ``NoInstallation`` where the person has none.
    """
    by_customer = {contact.customer_id: contact for contact in contacts}
    labels = read_labels(words_of(letter.read, whole=True))
    where, guessed = deployment, []
    if where is None:
        where, choice = _choose(letter, by_customer, labels, at)
        guessed = ["product"] if choice.guessed else []
    contact = by_customer[where.customer_id]
    contract = contract_for(contact=contact, deployment=where, at=letter.came_at)
    policy = policy_of(contract.policy_version) if contract else None
    asked = _request(letter, labels, policy, contract.tier if contract else "", follows)
    if policy and not _names_severity(policy, labels, follows):
        guessed.append("severity")
    return file_ticket(
        contact=contact,
        deployment=where,
        request=asked,
        submission_key=letter.key,
        channel=EMAIL,
        follows=follows,
        mailed=Mailed(came_at=letter.came_at, guessed=guessed, released_by=letter.released_by),
        at=at,
    )


def reply_letter(*, letter: Letter, ticket: Ticket, actor: User, at: datetime) -> Message:
    """A reply; one whose labels fill in what its ticket was asked for does so."""
    labels = labelled_in(letter.read)
    if labels and still_asked(ticket.events.order_by("seq")):
        return give_details(
            ticket=ticket,
            actor=actor,
            text=words_of(letter.read),
            details=labels,
            files=letter.files(),
            came_at=letter.came_at,
            released_by=letter.released_by,
            at=at,
        )
    return reply_as_contact(
        ticket=ticket,
        actor=actor,
        text=words_of(letter.read),
        files=letter.files(),
        came_at=letter.came_at,
        released_by=letter.released_by,
        at=at,
    )


def reopen_by_letter(*, letter: Letter, ticket: Ticket, actor: User, at: datetime) -> Message | None:
    """The reason with which a resolved or closed ticket is reopened; the message that it is then."""
    changed = reopen_ticket(
        ticket=ticket,
        actor=actor,
        reason=words_of(letter.read),
        files=letter.files(),
        came_at=letter.came_at,
        released_by=letter.released_by,
        at=at,
    )
    return changed.events.exclude(message=None).select_related("message").latest("seq").message


def accept_by_letter(*, letter: Letter, ticket: Ticket, actor: User, at: datetime) -> None:
    """The resolution that was given before the message came is accepted."""
    seen = (
        ticket.events.filter(happened_at__lte=letter.came_at).order_by("-seq").values_list("seq", flat=True)
    )
    accept_resolution(ticket=ticket, actor=actor, seen=seen.first() or 0, came_at=letter.came_at, at=at)


def _request(
    letter: Letter, labels: Labelled, policy: Policy | None, tier: str, follows: Ticket | None
) -> Request:
    """What the message asks for; of what it follows it takes over what it does not say anew."""
    severity = _names_severity(policy, labels, follows) or severity_unsaid(policy, tier) if policy else ""
    types = policy.request_types if policy else ()
    return Request(
        subject=subject_of(letter.read),
        text=words_of(letter.read, whole=True),
        severity=severity,
        request_type=types[0].code if len(types) == 1 else "",
        steps=labels.steps or (follows.steps if follows else ""),
        effect=labels.effect or (follows.effect if follows else ""),
        is_confidential=bool(follows and follows.is_confidential),
        files=letter.files(),
    )


def _names_severity(policy: Policy | None, labels: Labelled, follows: Ticket | None) -> str:
    """The severity that the message names, else that of the ticket which it follows; ``""`` for neither."""
    if policy is None:
        return ""
    return severity_named(policy, labels.severity) or severity_named(
        policy, follows.severity if follows else ""
    )


def _choose(
    letter: Letter, by_customer: dict[int, Contact], labels: Labelled, at: datetime
) -> tuple[Deployment, Choice]:
    user = next(iter(by_customer.values())).user
    own = access.deployments_to_file_for(user).filter(customer__in=by_customer)
    by_key = {each.pk: each for each in own}
    places = [
        Place(
            each.pk,
            each.product.name,
            each.name,
            covered=_is_covered(by_customer[each.customer_id], each, letter.came_at),
        )
        for each in by_key.values()
    ]
    text = f"{subject_of(letter.read)}\n{words_of(letter.read, whole=True)}"
    choice = choose_place(places, label=labels.product, text=text)
    if choice is None:
        raise NoInstallation(NO_INSTALLATION)
    return by_key[choice.key], choice


NO_INSTALLATION = (
    "No installation is registered for you that a request could be about. Ask us for a support contract, or the"
    " administrator of your company's account to have your installation added."
)


def _is_covered(contact: Contact, deployment: Deployment, at: datetime) -> bool:
    contract = contract_for(contact=contact, deployment=deployment, at=at)
    if contract is None or not is_in_force(contract, at):
        return False
    policy = policy_of(contract.policy_version)
    return channel_refused(policy=policy, tier=contract.tier, channel=EMAIL.value) is None
