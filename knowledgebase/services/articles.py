"""Articles from the first word to the archive: written, reviewed, published, looked through, archived.

Saving never changes what readers see; publishing does. Where an article stands, and for whom, is changed
by ``knowledgebase.services.settling``.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.checks import Problem
from knowledgebase.models import Article, ArticleVersion, Category
from knowledgebase.models.articles import ArticleEventKind as Kind
from knowledgebase.models.audience import Audience
from knowledgebase.services import addresses, placing, readiness
from knowledgebase.services.changing import Change, changing, require_reason, require_staff
from knowledgebase.services.placing import About
from knowledgebase.services.readiness import Writing, written
from knowledgebase.services.rendering import rendered

REVIEW_AFTER = timedelta(days=365)
TRIES = 5


class Overtaken(Refused):
    """Somebody else has saved since the writer began: ``latest`` is what they wrote."""

    def __init__(self, latest: ArticleVersion) -> None:
        super().__init__(
            f"{latest.author} has saved version {latest.number} meanwhile. Nothing of yours is lost: "
            "take from it what you need, then save again."
        )
        self.latest = latest


class Unready(Refused):
    """The checks before publishing found ``problems``; who knows better publishes nevertheless."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "One thing stands" if len(problems) == 1 else f"{len(problems)} things stand"
        super().__init__(f"{count} against publishing. Mend it, or publish nevertheless.")
        self.problems = list(problems)


def create_article(
    *,
    title: str,
    text: str = "",
    summary: str = "",
    category: Category,
    audience: str = Audience.PUBLIC,
    products: Sequence[About] = (),
    owner: User | None = None,
    review_on: date | None = None,
    comment: str = "",
    actor: User,
    at: datetime,
) -> Article:
    """A new draft at an address made of its title; its owner is ``actor`` unless another is given."""
    require_staff(actor)
    writing = written(title=title, summary=summary, text=text)
    placing.check_audience(audience, products)
    placing.check_owner(owner or actor)
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                article = Article.objects.create(
                    slug=addresses.free_slug(writing.title),
                    category=category,
                    owner=owner or actor,
                    audience=audience,
                    review_on=review_on,
                    created_at=at,
                    changed_at=at,
                )
                placing.put_products(article, products)
                change = Change(article, actor, at)
                change.record(Kind.CREATED, _write(change, writing, comment))
                article.save()
                return article
        except IntegrityError:
            # Two with the same title at the same instant: the next address is free.
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def save_version(
    *,
    article: Article,
    seen: int,
    title: str,
    text: str,
    summary: str = "",
    comment: str = "",
    actor: User,
    at: datetime,
) -> ArticleVersion:
    """Keep what was typed as the latest version; readers see none of it. The same again makes no version.

    ``seen`` is the number of the version that the writer began from: ``Overtaken`` when it is the latest no more.
    """
    writing = written(title=title, summary=summary, text=text)
    with changing(article, actor, at) as change:
        change.refuse_archived()
        latest = _latest(change.article)
        if writing == Writing(latest.title, latest.summary, latest.text):
            return latest
        if latest.number != seen:
            raise Overtaken(latest)
        version = _write(change, writing, comment)
        change.record(Kind.SAVED, version, version.comment)
    return version


def restore_version(
    *, article: Article, version: ArticleVersion, actor: User, at: datetime
) -> ArticleVersion:
    """Make what ``version`` said the latest version again; what was written since stays among the versions."""
    with changing(article, actor, at) as change:
        change.refuse_archived()
        if version.article_id != change.article.pk:
            raise Refused("This version is of another article.")
        again = Writing(version.title, version.summary, version.text)
        latest = _latest(change.article)
        if again == Writing(latest.title, latest.summary, latest.text):
            raise Refused("The latest version says just this.")
        made = _write(change, again, f"Version {version.number} brought back")
        change.record(Kind.RESTORED, made, made.comment)
    return made


def ask_for_review(*, article: Article, actor: User, at: datetime) -> Article:
    """Have a colleague look at the latest version."""
    with changing(article, actor, at) as change:
        change.refuse_archived()
        if change.article.review_asked_at is not None:
            raise Refused("A review is asked for already.")
        _refuse_unchanged(change.article)
        readiness.require_text(_latest(change.article))
        change.article.review_asked_at = at
        change.record(Kind.REVIEW_ASKED, change.article.latest)
    return change.article


def return_article(*, article: Article, reason: str, actor: User, at: datetime) -> Article:
    """Give an article in review back to its author; ``reason`` says what is to be done."""
    reason = require_reason(reason, "what is to be changed")
    with changing(article, actor, at) as change:
        if change.article.review_asked_at is None:
            raise Refused("No review is asked for, so there is nothing to return.")
        change.article.review_asked_at = None
        change.record(Kind.RETURNED, change.article.latest, reason)
    return change.article


def publish_article(
    *,
    article: Article,
    seen: int,
    despite: bool = False,
    review_on: date | None = None,
    actor: User,
    at: datetime,
) -> Article:
    """Let readers see the latest version, whose number the publisher has ``seen``.

    Without a text it is refused. ``Unready`` when the checks find something, unless ``despite`` it. The review date
    is ``review_on``; without one it stays, or is a year from now where it has come or there was none.
    """
    with changing(article, actor, at) as change:
        change.refuse_archived()
        article, latest = change.article, _latest(change.article)
        if latest.number != seen:
            raise Overtaken(latest)
        _refuse_unchanged(article)
        readiness.require_text(latest)
        placing.check_audience(article.audience, placing.products_of(article))
        problems = readiness.problems_of(article, latest)
        if problems and not despite:
            raise Unready(problems)
        article.published = latest
        article.first_published_at = article.first_published_at or at
        article.review_asked_at = None
        article.review_on = _next_review(article.review_on, review_on, at)
        change.record(Kind.PUBLISHED, latest, _despite(problems))
        change.readers_see_it()
    return article


def mark_reviewed(*, article: Article, review_on: date, actor: User, at: datetime) -> Article:
    """Say that a live article is still right; it is looked through again on ``review_on``."""
    with changing(article, actor, at) as change:
        if not change.article.is_live:
            raise Refused("Only an article that readers see is looked through.")
        change.article.review_on = _in_future(review_on, at)
        change.record(Kind.REVIEWED, change.article.published, f"again on {review_on.isoformat()}")
    return change.article


def archive_article(*, article: Article, reason: str = "", actor: User, at: datetime) -> Article:
    """Take an article away from readers. Its address, versions and files are kept."""
    with changing(article, actor, at) as change:
        if change.article.archived_at is not None:
            raise Refused("The article is archived already.")
        change.article.archived_at = at
        change.article.review_asked_at = None
        change.record(Kind.ARCHIVED, change.article.published, " ".join(reason.split()))
        change.readers_see_it()
    return change.article


def revive_article(*, article: Article, actor: User, at: datetime) -> Article:
    """Take an article out of the archive: it is what it was before, live or draft."""
    with changing(article, actor, at) as change:
        if change.article.archived_at is None:
            raise Refused("The article is not archived.")
        change.article.archived_at = None
        change.record(Kind.REVIVED, change.article.published)
        change.readers_see_it()
    return change.article


def _write(change: Change, writing: Writing, comment: str) -> ArticleVersion:
    """The next version of the article, rendered."""
    article = change.article
    highest = article.versions.aggregate(highest=Max("number"))["highest"] or 0
    article.latest = ArticleVersion.objects.create(
        article=article,
        number=highest + 1,
        title=writing.title,
        summary=writing.summary,
        text=writing.text,
        **rendered(writing.text),
        author=change.actor,
        saved_at=change.at,
        comment=" ".join(comment.replace("\0", " ").split())[:200],
    )
    return article.latest


def _latest(article: Article) -> ArticleVersion:
    if article.latest is None:
        raise Refused("The article has no version yet.")
    return article.latest


def _refuse_unchanged(article: Article) -> None:
    if not article.has_changes:
        raise Refused("Readers see the latest version already.")


def _next_review(before: date | None, wanted: date | None, at: datetime) -> date:
    if wanted is not None:
        return _in_future(wanted, at)
    if before is not None and before > at.date():
        return before
    return at.date() + REVIEW_AFTER


def _in_future(day: date, at: datetime) -> date:
    if day <= at.date():
        raise Refused("Enter a day to come for the next review.", field="review_on")
    return day


def _despite(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    return "despite: " + "; ".join(f"line {problem.line}: {problem.message}" for problem in problems)
