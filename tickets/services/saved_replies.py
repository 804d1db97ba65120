"""Saved replies: one's own texts, and those that are shared with the desk."""

from datetime import datetime

from django.db import IntegrityError, transaction

from contracts.models import User
from contracts.refusals import Refused
from tickets.models import SavedReply
from tickets.placeholders import PLACEHOLDERS, unknown_in
from tickets.services.changing import require_staff, require_text

LONGEST_TITLE = 80
LONGEST_TEXT = 10_000
MOST = 100
CHANGE_ANY = "tickets.change_savedreply"


def why_not_change(reply: SavedReply, actor: User) -> str:
    """Why ``actor`` may not change a reply; ``""`` if they may: their own, and shared ones with the right to."""
    if reply.owner_id == actor.pk or (reply.is_shared and actor.has_perm(CHANGE_ANY)):
        return ""
    return "Only who wrote it, or a manager, can change it. Save it as one of your own instead."


def save_reply(
    *, actor: User, title: str, text: str, is_shared: bool, reply: SavedReply | None = None, at: datetime
) -> SavedReply:
    """Keep a text under a title, or change ``reply``. Raises ``Refused`` for a placeholder that there is not."""
    require_staff(actor)
    saved = reply or SavedReply(owner=actor)
    if reply is not None and (why := why_not_change(reply, actor)):
        raise Refused(why)
    saved.title, saved.text = _title(title), _text(text)
    saved.is_shared, saved.changed_at = is_shared, at
    try:
        with transaction.atomic():
            if reply is None and SavedReply.objects.filter(owner=actor).count() >= MOST:
                raise Refused(f"You have {MOST} saved replies already. Delete one first.")
            saved.save()
    except IntegrityError:
        raise Refused("There is a saved reply of that title. Choose another one.", field="title") from None
    return saved


def delete_reply(*, reply: SavedReply, actor: User) -> None:
    """Throw a saved reply away; what was sent with it stays as it is."""
    require_staff(actor)
    if why := why_not_change(reply, actor):
        raise Refused(why)
    reply.delete()


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Refused(f"Give it a title of {LONGEST_TITLE} characters at most.", field="title")
    return title


def _text(text: str) -> str:
    text = require_text(text, "the text")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"A saved reply has {LONGEST_TEXT:,} characters at most.", field="text")
    if unknown := unknown_in(text):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        wrong = ", ".join(f"{{{name}}}" for name in unknown)
        raise Refused(f"{wrong}: there is no such placeholder. There are {known}.", field="text")
    return text
