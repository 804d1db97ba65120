"""Drafts: what somebody has begun to write on a ticket, kept for them alone until it is sent or thrown away."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from contracts.models import User
from contracts.refusals import Refused
from tickets.models import Draft, Message, Ticket

LONGEST_TEXT = 50_000
MOST = 100
KEPT_FOR = timedelta(days=60)
AT_ONCE = 500


def drafts_of(owner: User, ticket: Ticket) -> Mapping[str, str]:
    """The texts of ``owner`` on ``ticket`` by verb; one query."""
    return dict(Draft.objects.filter(owner=owner, ticket=ticket).values_list("verb", "text"))


def keep_draft(*, owner: User, ticket: Ticket, verb: str, text: str, at: datetime) -> None:
    """Keep ``text`` as what ``owner`` writes with ``verb``; an empty one is thrown away.

    What they have just said in the same words is no draft any more: this came late. The caller has made sure that
    ``owner`` may see the ticket. Raises ``Refused`` for what is too long, and for one too many.
    """
    if len(text) > LONGEST_TEXT:
        raise Refused(f"A draft has {LONGEST_TEXT:,} characters at most.", field="text")
    if not text.strip():
        forget_draft(owner=owner, ticket=ticket, verb=verb)
        return
    with transaction.atomic():
        if _said_last(owner, ticket) == text.strip():
            return
        if Draft.objects.filter(owner=owner).exclude(ticket=ticket).count() >= MOST:
            raise Refused(f"You have drafts on {MOST} tickets already. Send or discard one first.")
        Draft.objects.update_or_create(
            owner=owner, ticket=ticket, verb=verb, defaults={"text": text, "saved_at": at}
        )


def forget_draft(*, owner: User, ticket: Ticket, verb: str) -> None:
    """Throw a draft away; nothing happens where there is none."""
    Draft.objects.filter(owner=owner, ticket=ticket, verb=verb).delete()


def forget_old_drafts(*, at: datetime) -> None:
    """The recurring job: drafts that nobody has touched for two months."""
    old = Draft.objects.filter(saved_at__lt=at - KEPT_FOR).order_by("saved_at")[:AT_ONCE]
    Draft.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()


def _said_last(owner: User, ticket: Ticket) -> str:
    last = Message.objects.filter(ticket=ticket, author=owner).order_by("-written_at", "-pk").first()
    return last.text if last else ""
