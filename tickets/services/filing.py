"""Filing a ticket: the number, the clocks and the receipt in one transaction, or none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from contracts.calendar_rows import policy_of
from contracts.entitlement import Entitlement, Reason, entitlement
from contracts.environments import Measured, measured
from contracts.files import Upload, check
from contracts.leftovers import none_left_behind
from contracts.models import Contact, Deployment, User
from contracts.policy import Policy
from contracts.refusals import Refused
from contracts.sla.clock import Clock as CoreClock
from knowledgebase.services.judgements import withdraw_deflection
from tickets import notifications, record
from tickets.models import Message, Ticket
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.models.ticket import Channel
from tickets.numbers import new_number
from tickets.redactions import FIELDS
from tickets.services.assignment import assign_by_rule
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.services.conversation import released
from tickets.services.files import attach
from tickets.services.releases import record_next_release
from tickets.stated import mark_of, stated

NO_TIME = timedelta()
MAIL_IS_LATE = timedelta(minutes=5)  # what is fetched and worked off within that came in as usual
TRIES = 5  # six random characters meet once in a while; five times in a row never


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a contact asks for. ``severity`` is their proposal, a code of the contract's policy.

    ``environment`` is where it happens, part by part; it is measured against what is supported (VK2), and what is
    not is taken all the same.
    """

    subject: str
    text: str
    severity: str = ""
    request_type: str = ""
    steps: str = ""
    effect: str = ""
    affected_percent: int | None = None
    has_workaround: bool | None = None
    is_confidential: bool = False
    environment: Sequence[str] = ()
    files: Sequence[Upload] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """How a request came by mail: when the receiving server took it, from when it counts; what of it was ``guessed``
    (``product``, ``severity``) and is asked for; who of the staff let it in where it was held.
    """

    came_at: datetime
    guessed: Sequence[str] = ()
    released_by: User | None = None


def file_ticket(
    *,
    contact: Contact,
    deployment: Deployment,
    request: Request,
    submission_key: str,
    channel: Channel = Channel.WEB,
    actor: User | None = None,
    follows: Ticket | None = None,
    called_at: datetime | None = None,
    mailed: Mailed | None = None,
    at: datetime,
) -> Ticket:
    """A new ticket of ``contact`` for ``deployment``; the same one again for the same ``submission_key``.

    ``follows`` is a ticket of theirs that it takes up again, once that can no longer be reopened; both records say so.

    Where the contact is not entitled the request is kept and answered with the reason, and no clock
    runs (AT2 AT3 VV7). ``actor`` is the member of staff who files it if not the contact (VK19);
    ``called_at`` is when the contact said it by phone, at most 24 hours back: it was submitted then. By mail
    (``mailed``) a request that lacks what the policy asks for is registered, and its contact is asked for it (AT5).
    Raises ``Refused`` for what is missing or too large; nothing is stored then.
    """
    if deployment.customer_id != contact.customer_id:
        raise Refused("Choose one of your own installations.")
    _check_followed(contact, follows)
    if actor is not None and actor.pk != contact.user_id:
        require_staff(actor)
    came_at = min(mailed.came_at, at) if mailed else _came_at(channel, called_at, at)
    found = entitlement(contact=contact, deployment=deployment, channel=channel.value, at=came_at)
    filing = Filing(
        contact,
        deployment,
        found,
        request,
        submission_key,
        channel,
        actor,
        came_at,
        at,
        mark_of(came_at, at, least=MAIL_IS_LATE if mailed else NO_TIME),
        follows,
        mailed,
    )
    _check(request, filing.policy, asks=mailed is None)
    return store(filing)


def store(filing: Filing) -> Ticket:
    """The ticket that ``filing`` makes; the one that there is of its key already."""
    for _ in range(TRIES):
        try:
            with none_left_behind(), transaction.atomic():
                return _file(filing)
        except IntegrityError:  # of the number, or of the key: then there is a ticket of it already
            if known := filed_before(filing.contact, filing.submission_key):
                return known
    raise Refused("No tracking number could be found. Send the form once more.")


@dataclass(frozen=True, slots=True)
class Filing:
    """All that a ticket is made of. ``came_at`` is when it was submitted, ``at`` when that is recorded;
    ``marks`` are what the record says of the difference.
    """

    contact: Contact
    deployment: Deployment
    entitlement: Entitlement
    request: Request
    submission_key: str
    channel: Channel
    actor: User | None
    came_at: datetime
    at: datetime
    marks: Mapping[str, Any] = field(default_factory=dict)
    follows: Ticket | None = None
    mailed: Mailed | None = None

    @property
    def asked_for(self) -> list[str]:
        """What the contact is asked for by mail: what the policy asks for and the request lacks, and what was guessed.

        Nothing of one that no clock runs on: there is something else to put right first.
        """
        if self.mailed is None or self.policy is None or self.against:
            return []
        lacking = [ask for ask in self.policy.asks if not getattr(self.request, ask, "").strip()]
        return [*self.mailed.guessed, *lacking]

    @property
    def policy(self) -> Policy | None:
        contract = self.entitlement.contract
        return policy_of(contract.policy_version) if contract else None

    def measured(self) -> Measured:
        """Where it happens, against what the installation's version is supported on."""
        on = self.deployment
        return measured(self.request.environment, product=on.product, version=on.version, at=self.came_at)

    @property
    def against(self) -> Sequence[Reason]:
        """Why no clock runs; nothing stands against a request that needs no contract (VV2)."""
        wanted = self.request.request_type
        if self.policy and wanted and not self.policy.request_type(wanted).needs_contract:
            return ()
        return self.entitlement.reasons


def filed_before(contact: Contact, submission_key: str) -> Ticket | None:
    """The ticket that ``contact`` made with that key; ``None`` while there is none."""
    return Ticket.objects.filter(submission_key=submission_key, contact=contact).first()


def _came_at(channel: Channel, called_at: datetime | None, at: datetime) -> datetime:
    if called_at is not None and channel is not Channel.PHONE:
        raise Refused("Only a call has a time of its own. Choose the phone, or leave the time out.")
    return stated(called_at, at)


def _check_followed(contact: Contact, follows: Ticket | None) -> None:
    if follows is None:
        return
    visible = Ticket.objects.visible_to(contact.user).filter(customer=contact.customer_id, pk=follows.pk)
    if not visible.exists():
        raise Refused("Choose one of your own tickets for this one to follow.")


def _check(request: Request, policy: Policy | None, *, asks: bool) -> None:
    require_text(request.subject, "a subject")
    require_text(request.text, "what happens")
    check(request.files)
    if policy is None:
        return
    if asks:
        _check_asked(request, policy)
    check_codes(request, policy)


def _check_asked(request: Request, policy: Policy) -> None:
    missing = [ask for ask in policy.asks if not getattr(request, ask, "").strip()]
    if missing:
        words = {"steps": "the steps that lead to it", "effect": "what its effect is"}
        raise Refused(f"Your support policy asks for {' and '.join(words[ask] for ask in missing)}.")


def check_codes(request: Request, policy: Policy) -> None:
    """Raise ``Refused`` for a severity or a request type that ``policy`` does not know."""
    try:
        policy.severity(request.severity)
        if request.request_type:
            policy.request_type(request.request_type)
    except LookupError as problem:
        raise Refused(str(problem.args[0])) from None


def _file(filing: Filing) -> Ticket:
    contact, request, against = filing.contact, filing.request, filing.against
    where = filing.measured()
    ticket = _ticket(filing, where)
    withdraw_deflection(form=filing.submission_key, user=contact.user)
    change = Change(ticket, [], filing.at)
    message = change.say(MessageKind.REPLY, contact.user, request.text.strip(), at=filing.came_at)
    attach(message, request.files)
    filer = filing.actor or contact.user
    change.record(
        Kind.FILED,
        filer,
        text="" if filer.pk == contact.user_id else str(contact.user),
        message=message,
        happened_at=filing.came_at,
        severity=request.severity,
        channel=filing.channel.value,
        kept_because=[reason.code for reason in against],
        said=fingerprints_of(ticket),
        **_environment(where),
        **_followed(filing.follows),
        **_by_mail(filing),
        **filing.marks,
    )
    if filing.policy and not against and _has_clocks(filing.policy, request.request_type):
        ticket.runs_clocks = True
        change.record(Kind.SUBMITTED, filer, happened_at=filing.came_at, severity=request.severity)
        record_next_release(change)
    if filing.follows:
        _link(change, filing.follows, filer, filing.at)
    found = hand_over(change, message, filed_by=None if filer.pk == contact.user_id else filer)
    if filing.asked_for:
        notifications.tell_details(ticket, filing.asked_for, found, filing.at)
    return ticket


def fingerprints_of(ticket: Ticket) -> dict[str, str]:
    """What the record says of what the form asked for and the ticket has."""
    return {name: record.fingerprint(said) for name in FIELDS if (said := getattr(ticket, name))}


def hand_over(change: Change, message: Message, *, filed_by: User | None = None) -> list[CoreClock]:
    """Give a ticket that was filed to who knows its product, store it, and tell its contact and the desk; its clocks.

    ``filed_by`` is who of the staff filed it for the contact; ``None`` where the contact did.
    """
    assignee = assign_by_rule(change)
    given = change.events[-1]
    change.finish()
    found = change.clocks()
    notifications.tell_filed(change.ticket, message, found, change.at, filed_by=filed_by)
    if assignee is not None:
        notifications.tell_assigned(change.ticket, assignee, given, found)
    return found


def _by_mail(filing: Filing) -> dict[str, Any]:
    """What the record says of one that came by mail: what its contact is asked for, and who let it in."""
    asked = {"asked_for": filing.asked_for} if filing.asked_for else {}
    return {**asked, **released(filing.mailed.released_by if filing.mailed else None)}


def _link(change: Change, followed: Ticket, filer: User, at: datetime) -> None:
    """Both records name the other one."""
    change.record(Kind.TICKET_LINKED, filer, link="follows", ticket=followed.pk, number=followed.number)
    with changing(followed, at) as other:
        mine = change.ticket
        other.record(Kind.TICKET_LINKED, filer, link="followed_by", ticket=mine.pk, number=mine.number)


def _followed(follows: Ticket | None) -> dict[str, Any]:
    """The same of the ticket that it follows, for its own people read this event and not the link."""
    return {"follows": follows.number} if follows else {}


def _environment(where: Measured) -> dict[str, Any]:
    """What the record says of it; the words themselves stand on the ticket."""
    if not where.said:
        return {}
    return {"environment": {"supported": where.is_supported, "release": where.release}}


def _ticket(filing: Filing, where: Measured) -> Ticket:
    contact, contract, request = filing.contact, filing.entitlement.contract, filing.request
    return Ticket.objects.create(
        number=new_number(),
        customer=contact.customer,
        contact=contact,
        contract=contract,
        policy_version=contract.policy_version if contract else None,
        tier=contract.tier if contract else "",
        product=filing.deployment.product,
        deployment=filing.deployment,
        deployment_version=filing.deployment.version,
        channel=filing.channel,
        request_type=request.request_type,
        subject=request.subject.strip(),
        steps=request.steps.strip(),
        effect=request.effect.strip(),
        affected_percent=request.affected_percent,
        has_workaround=request.has_workaround,
        environment=where.said,
        environment_supported=where.is_supported,
        is_confidential=request.is_confidential,
        submission_key=filing.submission_key,
        filed_at=filing.came_at,
        severity=request.severity,
        kept_because=[{"code": reason.code, "text": reason.text} for reason in filing.against],
        last_event_at=filing.came_at,
    )


def _has_clocks(policy: Policy, request_type: str) -> bool:
    return not request_type or policy.request_type(request_type).clocks
