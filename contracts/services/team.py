"""What a customer asks to be changed of its people: asked by its administrators, decided by staff, by the same verbs.

Neither the training nor the domain of a named contact can be skipped (AT8), nor their number (AT7): approving calls the
verbs of :mod:`contracts.services.contacts`, which check them.
"""

from datetime import date, datetime

from django.db import transaction

from contracts.models import Contact, Customer, LicenceClaim, TeamRequest, User
from contracts.models.licences import TeamRequestKind
from contracts.refusals import Refused
from contracts.services.contacts import name_contact, unname_contact
from contracts.services.people import disable_user
from contracts.team_told import desk, tell


@transaction.atomic
def ask_naming(
    *,
    contact: Contact,
    instead_of: Contact | None,
    trained_on: date | None,
    reason: str,
    actor: User,
    at: datetime,
) -> TeamRequest:
    """Ask staff to make ``contact`` a named one, ``instead_of`` another or besides.

    ``trained_on`` is the customer's word of the support training; staff check it. Refused to all but the customer's
    administrators, for who is named, and while the same is asked already.
    """
    _check_asks(contact, actor)
    if contact.is_named:
        raise Refused(f"{contact.user} is a named contact already.")
    if not contact.user.is_active:
        raise Refused(f"The access of {contact.user} has been ended.")
    if instead_of is not None and (instead_of.customer_id != contact.customer_id or not instead_of.is_named):
        raise Refused("Choose one of your named contacts, or nobody.", field="instead_of")
    if trained_on is not None and trained_on > at.date():
        raise Refused("This day is still to come: ask after the training.", field="trained_on")
    return _asked(
        TeamRequest(
            kind=TeamRequestKind.NAMING, contact=contact, instead_of=instead_of, trained_on=trained_on
        ),
        reason,
        actor,
        at,
    )


@transaction.atomic
def ask_ending(*, contact: Contact, reason: str, actor: User, at: datetime) -> TeamRequest:
    """Ask staff to end a colleague's access. Refused like asking for a name, and for oneself."""
    _check_asks(contact, actor)
    if contact.user_id == actor.pk:
        raise Refused("Ask another administrator to end your own access.")
    if not contact.user.is_active:
        raise Refused(f"The access of {contact.user} has been ended already.")
    return _asked(TeamRequest(kind=TeamRequestKind.ENDING, contact=contact), reason, actor, at)


@transaction.atomic
def approve_request(
    *, request: TeamRequest, trained_on: date | None, answer: str, actor: User, at: datetime
) -> TeamRequest:
    """Do what a customer asked for; ``trained_on`` is the day of the training as staff know it.

    Without it the day on the contact counts, never the customer's word. Refused where it is decided, to staff who may
    not do it themselves, and wherever doing it is: nothing is changed then.
    """
    request = _undecided(request, actor)
    if request.is_naming:
        if request.instead_of is not None and request.instead_of.is_named:
            unname_contact(contact=request.instead_of, actor=actor, at=at)
        known = trained_on or request.contact.trained_on
        name_contact(contact=request.contact, trained_on=known, actor=actor, at=at)
    else:
        _end(request.contact, actor, at)
    return _decided(request, answer.strip(), actor, at, approved=True)


@transaction.atomic
def refuse_request(*, request: TeamRequest, answer: str, actor: User, at: datetime) -> TeamRequest:
    """Say no to what a customer asked for. Refused without a reason, and where it is decided."""
    request = _undecided(request, actor)
    if not answer.strip():
        raise Refused("Say why; the customer reads it.", field="answer")
    return _decided(request, answer.strip(), actor, at, approved=False)


def _asked(request: TeamRequest, reason: str, actor: User, at: datetime) -> TeamRequest:
    """The request stored, and the desk told."""
    if not (reason := reason.strip()):
        raise Refused("Say why; staff read it.", field="reason")
    contact = request.contact
    Customer.objects.select_for_update().get(pk=contact.customer_id)
    if TeamRequest.objects.filter(contact=contact, kind=request.kind, decided_at=None).exists():
        raise Refused(f"This is asked for {contact.user} already; staff have not answered yet.")
    request.customer, request.reason = contact.customer, reason
    request.asked_at, request.asked_by = at, actor
    request.save()
    tell(
        desk(),
        heading=f"{contact.customer} asks: {_what(request)}",
        said=f"{actor} writes: {reason}",
        page="admin:requests",
        key=f"request-{request.pk}",
        at=at,
    )
    return request


def _undecided(request: TeamRequest, actor: User) -> TeamRequest:
    joined = ("contact__user", "contact__customer", "instead_of__user", "customer", "asked_by")
    request = TeamRequest.objects.select_for_update(of=("self",)).select_related(*joined).get(pk=request.pk)
    if not (actor.is_active and actor.is_staff and actor.has_perm("contracts.change_contact")):
        raise Refused("Only staff who change contacts decide this.")
    if request.decided_at is not None:
        raise Refused("This has been decided already.")
    return request


def _decided(request: TeamRequest, answer: str, actor: User, at: datetime, *, approved: bool) -> TeamRequest:
    """The decision stored; who asked is told, and who was named."""
    request.approved, request.answer = approved, answer
    request.decided_at, request.decided_by = at, actor
    request.save(update_fields=["approved", "answer", "decided_at", "decided_by"])
    concerned = [request.asked_by]
    if approved and request.is_naming and request.contact.user_id != request.asked_by_id:
        concerned.append(request.contact.user)
    tell(
        concerned,
        heading=f"{'Done' if approved else 'Not done'}: {_what(request)}",
        said=answer or "It is as you asked.",
        page="team",
        key=f"decided-{request.pk}",
        at=at,
    )
    return request


def _end(contact: Contact, actor: User, at: datetime) -> None:
    """Ends the access; the name and the licences are free for others."""
    if contact.is_named:
        unname_contact(contact=contact, actor=actor, at=at)
    LicenceClaim.objects.held().filter(contact=contact).update(ended_at=at, ended_by=actor)
    if contact.user.is_active:
        disable_user(user=contact.user, actor=actor, at=at)


def _what(request: TeamRequest) -> str:
    """What is asked, in a few words."""
    who = request.contact.user
    if not request.is_naming:
        return f"end the access of {who}"
    return f"name {who}" + (f" instead of {request.instead_of.user}" if request.instead_of else "")


def _check_asks(contact: Contact, actor: User) -> None:
    own = actor.contacts.filter(customer=contact.customer_id, is_administrator=True)
    if not actor.is_active or not own.exists():
        raise Refused(f"Only administrators of {contact.customer} ask for this: ask one of them.")
