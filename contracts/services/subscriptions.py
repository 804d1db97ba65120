"""Who is told by mail of windows and outages: contacts choose, visitors subscribe and leave."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from contracts.models import Component, MailChoice, OutboxMessage, Subscription, User
from contracts.outbox.writing import write_secret
from contracts.refusals import Refused
from contracts.subscription_links import read_confirmation
from contracts.typed_addresses import mailbox_seal, read_address

ONCE_IN = timedelta(hours=1)
"""However often an address is typed in, and by whomever, one confirmation mail leaves to it in this time."""

OVER = "This link has been used, or its time is over. Subscribe once more to get a new one."


@transaction.atomic
def choose_mail(
    *, user: User, unwanted: Collection[Component] = (), stops: bool = False, actor: User, at: datetime
) -> list[MailChoice]:
    """Mail ``user`` of all components that concern them but the ``unwanted``, or where ``stops`` of none.

    Replaces what was chosen before; returns what is stored. Refused to everybody but themselves.
    """
    if actor.pk != user.pk:
        raise Refused("Everybody chooses their own mails.")
    User.objects.select_for_update().get(pk=user.pk)
    user.mail_choices.all().delete()
    chosen = [MailChoice(user=user, component=component, wanted=False) for component in unwanted]
    if stops:
        chosen = [MailChoice(user=user, wanted=False)]
    return MailChoice.objects.bulk_create(chosen)


def ask_subscription(*, email: str, components: Collection[Component] | None, at: datetime) -> None:
    """Send a link that subscribes ``email`` to these public components, or with ``None`` to all of them.

    The same work for every address, so that neither answer nor time tells whether it is known. At most one such mail
    leaves to a mailbox in ``ONCE_IN``. Refused for what is no address, and without a component.
    """
    email = read_address(email)
    chosen = None if components is None else sorted(_public(components, at))
    if chosen == []:
        raise Refused("Choose at least one component, or all of them.", field="components")
    now, before = (_key(email, at - ago) for ago in (timedelta(), ONCE_IN))
    recent = OutboxMessage.objects.filter(key=before, created_at__gt=at - ONCE_IN)
    if not recent.exists():
        write_secret(kind="subscription", to=email, at=at, key=now, data={"components": chosen})


@transaction.atomic
def confirm_subscription(*, token: str, at: datetime) -> Subscription:
    """Subscribe the address that a link of :func:`ask_subscription` went to; what it had before is replaced.

    Refused for a link that was used, or whose time is over.
    """
    asked = read_confirmation(token, at=at)
    if asked is None:
        raise Refused(OVER)
    given = {"to_all": asked.components is None, "confirmed_at": at, "ended_at": None}
    made, is_new = Subscription.objects.select_for_update().get_or_create(email=asked.email, defaults=given)
    if not is_new:
        # Of two that press the button at once, the second finds the link used.
        if read_confirmation(token, at=at) is None:
            raise Refused(OVER)
        for name, value in given.items():
            setattr(made, name, value)
        made.save(update_fields=list(given))
    made.components.set(Component.objects.filter(pk__in=asked.components or ()))
    return made


def end_subscription(*, key: int, at: datetime) -> bool:
    """End the subscription with that key; whether it was there and had not ended. Again, it changes nothing."""
    return bool(Subscription.objects.live().filter(pk=key).update(ended_at=at))


def _public(components: Collection[Component], at: datetime) -> set[int]:
    """The keys of those that a visitor may see and that are in service."""
    visible = Component.objects.visible_to(AnonymousUser()).in_service(at)
    return set(visible.filter(pk__in=[each.pk for each in components]).values_list("pk", flat=True))


def _key(email: str, at: datetime) -> str:
    """Says one mail a mailbox and hour."""
    return f"subscription/{int(at.timestamp() // ONCE_IN.total_seconds())}/{mailbox_seal(email)}"
