"""Changing a user's account; people come in by invitation only."""

from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from contracts.models import Contact, User
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
    is_active: bool,
    roles: Collection[Group],
    actor: User | None,
    at: datetime,
) -> User:
    """Change an account; whoever has a role is staff. An account that is not active is out at once.

    Refused for an address that is taken, for one that a named contact may not have (AT8), for
    ending one's own access, and for anybody but a superuser to change a superuser.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    email = email.strip().lower()
    _check_actor(user, actor, is_active=is_active)
    _check_address(user, email, at)
    user.name, user.email, user.time_zone, user.is_active = name.strip(), email, time_zone, is_active
    user.is_staff = bool(roles) or user.is_superuser
    user.save()
    user.groups.set(roles)
    _keep_one_address(user)
    return user


def _check_actor(user: User, actor: User | None, *, is_active: bool) -> None:
    if actor is None:
        return
    if user.is_superuser and not actor.is_superuser:
        raise Refused(f"{user} may do everything here; only somebody who may, too, can change the account.")
    if user.pk == actor.pk and not is_active:
        raise Refused("You cannot end your own access: ask another manager.", field="is_active")


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
