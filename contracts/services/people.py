"""How people come in and go: by invitation, never by themselves, and out at once when they are disabled."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from contracts.access_changes import record_access
from contracts.links import read_invitation
from contracts.models import Contact, Customer, User
from contracts.models.access_changes import AccessChangeKind
from contracts.outbox.writing import write_secret
from contracts.refusals import Refused
from contracts.services.contacts import add_contact
from contracts.services.staff import AGENTS, MANAGERS, ensure_staff_groups

# However often somebody presses the button, one such mail leaves in this time.
ONCE_IN = timedelta(minutes=5)


@transaction.atomic
def invite_contact(
    *,
    customer: Customer,
    email: str,
    name: str,
    is_named: bool,
    trained_on: date | None,
    is_administrator: bool,
    actor: User,
    at: datetime,
) -> Contact:
    """A person of ``customer``, who gets a mail with a link to choose a password; somebody who signs in here already
    is only told. Refused to all but staff and the customer's administrators, and where a policy says no.
    """
    _check_may_invite(actor, customer)
    if is_named and not actor.is_staff:
        raise Refused("Only staff name contacts: invite the person, then ask for the name.", field="is_named")
    user = _user(email, name, at=at)
    if user.is_staff:
        raise Refused(
            f"{user.email} belongs to staff; a contact has an address of the customer's.", field="email"
        )
    contact = add_contact(
        user=user,
        customer=customer,
        is_named=is_named,
        trained_on=trained_on,
        is_administrator=is_administrator,
        actor=actor,
        at=at,
    )
    contact.invited_at = at
    contact.save(update_fields=["invited_at"])
    record_access(user, AccessChangeKind.INVITED, what=f"for {customer}", actor=actor, at=at)
    _send_invitation(user, key=f"contact/{contact.pk}", data={"customer": customer.pk}, at=at)
    return contact


@transaction.atomic
def invite_staff(*, email: str, name: str, role: str, actor: User, at: datetime) -> User:
    """A new member of staff in the group ``role``, who gets a mail with a link to choose a password."""
    _check_manages_staff(actor)
    if role not in {AGENTS, MANAGERS}:
        raise Refused(f"There is no role {role}; choose {AGENTS} or {MANAGERS}.", field="role")
    user = _user(email, name, at=at)
    if user.has_usable_password() or user.is_staff or user.contacts.exists():
        raise Refused(f"{user.email} is known here already; change that account instead.", field="email")
    _make_staff(user, role)
    record_access(user, AccessChangeKind.INVITED, what=role, actor=actor, at=at)
    _send_invitation(user, key=f"staff/{user.pk}", data={}, at=at)
    return user


@transaction.atomic
def resend_invitation(*, user: User, actor: User, at: datetime) -> None:
    """Sends the invitation once more; refused when it was accepted."""
    contact = user.contacts.select_related("customer").order_by("-pk").first()
    if contact is not None:
        _check_may_invite(actor, contact.customer)
    else:
        _check_manages_staff(actor)
    if not user.is_active:
        raise Refused(f"The access of {user} has been ended; give it back first.")
    if user.has_usable_password():
        raise Refused(f"{user} has accepted already and can reset the password on the sign-in page.")
    record_access(user, AccessChangeKind.INVITED_AGAIN, actor=actor, at=at)
    _invite_again(user, contact, at=at)


@transaction.atomic
def renew_invitation(*, token: str, at: datetime) -> bool:
    """Sends a new invitation to whoever holds one whose time is over; whether there was somebody to send it to."""
    found = read_invitation(token, at=at)
    if found is None or found.user.has_usable_password():
        return False
    _invite_again(found.user, found.user.contacts.order_by("-pk").first(), at=at)
    return True


@transaction.atomic
def accept_invitation(*, token: str, password: str, at: datetime) -> User:
    """The user of ``token``, who can sign in with ``password`` from now on. The token is used up by it.

    Refused when the token is forged, used, over, or its person's access has ended; a password that the site's rules
    do not allow raises Django's ``ValidationError``, whose messages belong to the password's field.
    """
    found = read_invitation(token, at=at)
    # Read again behind the lock: of two who open the same link at once, one is late.
    user = User.objects.select_for_update().filter(pk=found.user.pk).first() if found else None
    found = read_invitation(token, at=at) if user else None
    if found is None or user is None or user.has_usable_password():
        raise Refused("This invitation has been used or withdrawn. Sign in, or reset your password.")
    if found.is_over:
        raise Refused("This invitation is over. Ask for a new one below.")
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record_access(user, AccessChangeKind.ACCEPTED, actor=None, at=at)
    return user


@transaction.atomic
def disable_user(*, user: User, actor: User, at: datetime) -> User:
    """Ends a person's access: every session at once, links and mails on their way included."""
    _check_manages(actor, user)
    if user.pk == actor.pk:
        raise Refused("You cannot end your own access: ask another manager.")
    record_access(user, AccessChangeKind.ENDED, actor=actor, at=at)
    return _set_active(user, is_active=False)


@transaction.atomic
def enable_user(*, user: User, actor: User, at: datetime) -> User:
    """Gives a person their access back, with the password that they had."""
    _check_manages(actor, user)
    record_access(user, AccessChangeKind.GIVEN_BACK, actor=actor, at=at)
    return _set_active(user, is_active=True)


@transaction.atomic
def create_manager(*, email: str, name: str, password: str, at: datetime) -> User:
    """The first manager of an empty portal, who may do everything."""
    user = _user(email, name, at=at)
    if user.has_usable_password():
        raise Refused(f"{user.email} is known here already.", field="email")
    user.is_superuser = True
    user.set_password(password)
    _make_staff(user, MANAGERS)
    return user


def _user(email: str, name: str, *, at: datetime) -> User:
    """The user with that address, made without a password if there is none."""
    email, name = email.strip().lower(), " ".join(name.split())
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(
            f"{email or 'Nothing'} is not an email address; enter one like name@example.com.", field="email"
        ) from None
    found = User.objects.filter(email=email).first()
    if found is not None and not found.is_active:
        raise Refused(f"The access of {email} has been ended; give it back first.", field="email")
    if found is None and not name:
        raise Refused("Enter the person's name.", field="name")
    return found or User.objects.create_user(email, None, name=name, joined_at=at)


def _make_staff(user: User, role: str) -> None:
    ensure_staff_groups()
    user.is_staff = True
    user.save()
    user.groups.add(Group.objects.get(name=role))


def _invite_again(user: User, contact: Contact | None, *, at: datetime) -> None:
    window = int(at.timestamp() // ONCE_IN.total_seconds())
    data = {"again": True} | ({"customer": contact.customer_id} if contact else {})
    _send_invitation(user, key=f"again/{user.pk}/{window}", data=data, at=at)


def _send_invitation(user: User, *, key: str, data: Mapping[str, Any], at: datetime) -> None:
    write_secret(kind="invitation", to=user, at=at, key=f"invitation/{key}", data=data)


def _check_may_invite(actor: User, customer: Customer) -> None:
    is_administrator = actor.contacts.filter(customer=customer, is_administrator=True).exists()
    if not actor.is_active or not (actor.is_staff or is_administrator):
        raise Refused(f"Only staff and the administrators of {customer} may invite people of {customer}.")


def _check_manages_staff(actor: User) -> None:
    if not actor.is_active or not actor.has_perm("contracts.add_user"):
        raise Refused("Only a manager may invite staff: ask one.")


def _check_manages(actor: User, user: User) -> None:
    if not actor.is_active or not actor.has_perm("contracts.change_user"):
        raise Refused("Only a manager may end or give back somebody's access: ask one.")
    if user.is_superuser and not actor.is_superuser:
        raise Refused(f"{user} may do everything here; only somebody who may, too, can change the account.")


def _set_active(user: User, *, is_active: bool) -> User:
    row = User.objects.select_for_update().get(pk=user.pk)
    row.is_active = is_active
    row.save(update_fields=["is_active"])
    return row
