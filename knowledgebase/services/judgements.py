"""What readers say of an article, and what it has spared and answered."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F

from contracts.models import Product, User
from contracts.refusals import Refused
from knowledgebase.models import Article, Deflection, Feedback

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


@transaction.atomic
def record_deflection(
    *, article: Article, user: User, product: Product | None, form: str, at: datetime
) -> Deflection:
    """Count that ``article`` answered what ``user`` was about to ask; once for each form, however often it is said.

    Raises ``Refused`` for an article that they may not read.
    """
    current = Article.objects.visible_to(user).filter(pk=article.pk).first()
    if current is None:
        raise Refused("This article is no longer there. Look for another one, or send your request.")
    said = {"article": current, "user": user, "product": product, "happened_at": at}
    deflection, is_new = Deflection.objects.get_or_create(form=form, defaults=said)
    if is_new:
        Article.objects.filter(pk=current.pk).update(deflections=F("deflections") + 1)
    return deflection


@transaction.atomic
def withdraw_deflection(*, form: str, user: User) -> bool:
    """Take back what was counted for ``form``: its request is written after all. Whether something was."""
    own = Deflection.objects.filter(form=form, user=user)
    if not (article := own.values_list("article_id", flat=True).first()):
        return False
    taken, _ = own.delete()
    if taken:
        Article.objects.filter(pk=article, deflections__gt=0).update(deflections=F("deflections") - 1)
    return bool(taken)


def count_answer(*, article: Article) -> None:
    """Count one ticket more that ``article`` answered; whoever calls it sees to it that each counts once."""
    Article.objects.filter(pk=article.pk).update(tickets_answered=F("tickets_answered") + 1)
