"""What readers say of an article."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.models import Article, Feedback

LONGEST_REASON = 2000


@transaction.atomic
def give_feedback(
    *, article: Article, reader: str, user: User | None, is_helpful: bool, reason: str, at: datetime
) -> Feedback:
    """Keep whether ``article`` helped ``reader``, who is counted once: another answer takes the place of the first.

    ``reader`` is a keyed hash that leads back to nobody; ``user`` is set where somebody is signed in. Raises
    ``Refused`` for an article that they may not read, and for a reason that is too long.
    """
    current = Article.objects.visible_to(user or AnonymousUser()).filter(pk=article.pk).first()
    if current is None:
        raise Refused("This article is no longer there. Look for another one.")
    reason = reason.replace("\0", "").strip()
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Say it in {LONGEST_REASON} characters at most.", field="reason")
    said = {
        "version_id": current.published_id,
        "user": user,
        "is_helpful": is_helpful,
        "reason": reason,
        "given_at": at,
    }
    feedback, _ = Feedback.objects.update_or_create(article=current, reader=reader, defaults=said)
    return feedback
