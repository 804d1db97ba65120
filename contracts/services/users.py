"""Changing a user's account; people come in by invitation only."""

from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from contracts.access_changes import record_access
from contracts.models import Contact, User
from contracts.models.access_changes import AccessChangeKind
from contracts.refusals import Refused
from contracts.services.contacts import check_contact
from contracts.services.rows import others


@transaction.atomic
def change_user(
    *,
    user: User,
    name: str,
    email: str,
    time_zone: str,
    roles: Collection[Group],
    actor: User | None,
    at: datetime,
) -> User:
    """Change an account; whoever has a role is staff.

    Refused for an address that is taken, for one that a named contact may not have (AT8), for
    roles of a customer's contact, for giving up one's own, and for anybody but a superuser to
    change a superuser.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    email = email.strip().lower()
    _check_actor(user, actor, roles)
    _check_address(user, email, at)
    user.name, user.email, user.time_zone = name.strip(), email, time_zone
    user.is_staff = bool(roles) or user.is_superuser
    user.save()
    if set(user.groups.all()) != set(roles):
        user.groups.set(roles)
        had = ", ".join(sorted(group.name for group in roles)) or "none"
        record_access(user, AccessChangeKind.ROLES, what=had, actor=actor, at=at)
    _keep_one_address(user)
    return user


def _check_actor(user: User, actor: User | None, roles: Collection[Group]) -> None:
    if roles and user.contacts.exists():
        raise Refused(
            f"{user} is a contact of a customer; a member of staff has an account of their own.",
            field="roles",
        )
    if actor is None:
        return
    if user.is_superuser and not actor.is_superuser:
        raise Refused(f"{user} may do everything here; only somebody who may, too, can change the account.")
    if user.pk == actor.pk and not user.is_superuser and set(user.groups.all()) - set(roles):
        raise Refused("You cannot give up your own role: ask another manager.", field="roles")


def _check_address(user: User, email: str, at: datetime) -> None:
    if others(User.objects.filter(email__iexact=email), user).exists():
        raise Refused(f"{email} is another person's address here.", field="email")
    for contact in Contact.objects.filter(user=user).select_related("customer"):
        check_contact(
            customer=contact.customer,
            email=email,
            is_named=contact.is_named,
            trained_on=contact.trained_on,
            on=at.date(),
            contact=contact,
        )


def _keep_one_address(user: User) -> None:
    """The account library signs people in by its own rows, too: an old one would still open the door."""
    others_of_user = EmailAddress.objects.filter(user=user).exclude(email=user.email)
    if others_of_user.exists():
        others_of_user.delete()
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"primary": True, "verified": True}
        )
