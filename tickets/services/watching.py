"""Watchers: who gets the mails about a ticket without being its contact or its assignee."""

from datetime import datetime

from contracts.models import User
from contracts.refusals import Refused
from tickets.models import Ticket, Watcher
from tickets.models.event import Kind
from tickets.services.changing import Change, changing
from tickets.watching import may_see


def add_watcher(*, ticket: Ticket, user: User, actor: User, at: datetime) -> Ticket:
    """Have ``user`` get the mails about the ticket: by staff, or by somebody who may see it for themselves.

    Refused for who may not see the ticket, and for who watches it already.
    """
    _check(ticket, user, actor)
    if not (user.is_active and may_see(user, ticket)):
        raise Refused(f"{user} cannot see this ticket. Choose somebody who can.", field="person")
    with changing(ticket, at) as change:
        if Watcher.objects.filter(ticket=ticket, user=user).exists():
            raise Refused(f"{user} watches it already.", field="person")
        watch(change, user, actor)
    return change.ticket


def remove_watcher(*, ticket: Ticket, user: User, actor: User, at: datetime) -> Ticket:
    """End that: by staff, or by the watcher. Refused for who does not watch it."""
    _check(ticket, user, actor)
    with changing(ticket, at) as change:
        removed, _ = Watcher.objects.filter(ticket=ticket, user=user).delete()
        if not removed:
            raise Refused(f"{user} does not watch it.", field="person")
        change.record(Kind.WATCHER_REMOVED, actor, text=str(user), user=user.pk)
    return change.ticket


def watch(change: Change, user: User, actor: User) -> None:
    """Add ``user`` to the watchers of a ticket under change; who is one stays one."""
    _, is_new = Watcher.objects.get_or_create(ticket=change.ticket, user=user, defaults={"since": change.at})
    if is_new:
        change.record(Kind.WATCHER_ADDED, actor, text=str(user), user=user.pk)


def _check(ticket: Ticket, user: User, actor: User) -> None:
    if not actor.is_active or not (actor.is_staff or (actor.pk == user.pk and may_see(actor, ticket))):
        raise Refused("Only staff choose who else watches a ticket.")
