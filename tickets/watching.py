"""Who gets the mails about a ticket beside those whom it concerns: its watchers, while they may see it."""

from collections.abc import Iterable

from contracts.models import User
from tickets.models import Ticket


def watchers_of(ticket: Ticket) -> list[User]:
    """Those who watch ``ticket`` and may see it now, in the order in which they began to."""
    watching = User.objects.filter(is_active=True, pk__in=ticket.watchers.values("user")).order_by("pk")
    return [user for user in watching if user.is_staff or may_see(user, ticket)]


def may_see(user: User, ticket: Ticket) -> bool:
    """Whether ``user`` may see ``ticket`` now."""
    return Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()


def with_watchers(
    ticket: Ticket, people: Iterable[User], *, but: int | None = None, staff_only: bool = False
) -> list[User]:
    """``people`` and the watchers, each once; of the watchers not who did it (``but``, a user's key).

    ``staff_only`` for what no customer reads.
    """
    watching = [user for user in watchers_of(ticket) if user.pk != but and (user.is_staff or not staff_only)]
    return list({user.pk: user for user in [*people, *watching]}.values())
