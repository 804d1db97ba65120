"""How every verb changes an article: locked, in one transaction, recorded; search and counts are kept in step."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.models import Article, ArticleEvent, ArticleVersion
from knowledgebase.models.articles import ArticleEventKind
from knowledgebase.services import shelving, showing

LONGEST_REASON = 300


class Change:
    """An article under change: its locked row, who changes it, and when."""

    def __init__(self, article: Article, actor: User, at: datetime) -> None:
        self.article = article
        self.actor = actor
        self.at = at

    def record(
        self, kind: ArticleEventKind, version: ArticleVersion | None = None, text: str = ""
    ) -> ArticleEvent:
        """Append what happened."""
        return ArticleEvent.objects.create(
            article=self.article,
            kind=kind,
            version=version,
            actor=self.actor,
            at=self.at,
            text=text[:LONGEST_REASON],
        )

    def readers_see_it(self) -> None:
        """What readers see of the article is another thing from now on, or nothing any more."""
        self.article.changed_at = self.at
        self.article.save()
        showing.bring_in_step(self.article)

    def refuse_archived(self) -> None:
        """Raise ``Refused`` for an article in the archive."""
        if self.article.archived_at is not None:
            raise Refused("The article is archived. Take it out of the archive first.")


@contextmanager
def changing(article: Article, actor: User, at: datetime) -> Iterator[Change]:
    """The article under change by ``actor``, who must be staff. Nothing is stored when the block raises."""
    require_staff(actor)
    with transaction.atomic():
        # Joined, a version that another author has just saved would be missing: PostgreSQL reads the row anew when
        # the lock is free, what is joined to it as it was before.
        locked = Article.objects.select_for_update().get(pk=article.pk)
        change, stood = Change(locked, actor, at), shelving.place_of(locked)
        yield change
        locked.save()
        shelving.move(stood, shelving.place_of(locked))


def require_staff(actor: User) -> None:
    """Raise ``Refused`` unless ``actor`` is active staff."""
    if not (actor.is_active and actor.is_staff):
        raise Refused("Only staff can do this.")


def require_reason(reason: str, what: str) -> str:
    """``reason`` in one line. Raises ``Refused`` when nothing or too much is left."""
    line = " ".join(reason.replace("\0", " ").split())
    if not line:
        raise Refused(f"Write {what} first.", field="reason")
    if len(line) > LONGEST_REASON:
        raise Refused(f"Say it in {LONGEST_REASON} characters; these are {len(line)}.", field="reason")
    return line
