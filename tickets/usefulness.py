"""What the articles were good for in a while: requests that were never sent, tickets that they answered, readers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from knowledgebase.models import Article, Deflection, Feedback
from tickets.models import ArticleUse

# Of what readers say of an article, as much is shown at once.
REASONS = 2


@dataclass(slots=True)
class Counted:
    """How often an article, or all of them, did each thing."""

    spared: int = 0
    answered: int = 0
    helpful: int = 0
    unhelpful: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.spared + other.spared,
            self.answered + other.answered,
            self.helpful + other.helpful,
            self.unhelpful + other.unhelpful,
        )

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """What spared the most stands first; of those alike, what answered and helped the most."""
        return (-self.spared, -self.answered, -self.helpful, self.unhelpful)


@dataclass(slots=True)
class Row:
    """An article that did something, with the newest reasons that readers gave."""

    article: Article
    counted: Counted
    reasons: list[Feedback] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """The articles that did something since an instant, the most useful first, as numbers; ``rows`` reads some."""

    since: datetime | None
    counted: dict[int, Counted]

    @property
    def total(self) -> Counted:
        """Of all of them."""
        return sum(self.counted.values(), Counted())

    @property
    def most_spared(self) -> int:
        return max((counted.spared for counted in self.counted.values()), default=0)

    def rows(self, start: int, most: int) -> list[Row]:
        """``most`` of the articles from the place ``start`` on. Two queries."""
        keys = list(self.counted)[start : start + most]
        articles = Article.objects.select_related("published", "latest").in_bulk(keys)
        found = {key: Row(articles[key], self.counted[key]) for key in keys if key in articles}
        for given in _newest_reasons(keys, self.since):
            found[given.article_id].reasons.append(given)
        return list(found.values())


def report_since(since: datetime | None) -> Report:
    """What happened at ``since`` or later; ``None``: ever. Three queries, whatever the number of articles."""
    counted: dict[int, Counted] = {}
    for article, spared in _by_article(Deflection.objects.all(), "happened_at", since, Count("pk")):
        counted.setdefault(article, Counted()).spared = spared
    tickets = Count("ticket", distinct=True)
    for article, answered in _by_article(ArticleUse.objects.all(), "at", since, tickets):
        counted.setdefault(article, Counted()).answered = answered
    said = [Count("pk", filter=Q(is_helpful=helpful)) for helpful in (True, False)]
    for article, helpful, unhelpful in _by_article(Feedback.objects.all(), "given_at", since, *said):
        known = counted.setdefault(article, Counted())
        known.helpful, known.unhelpful = helpful, unhelpful
    ordered = sorted(counted, key=lambda article: (counted[article].rank, -article))
    return Report(since, {article: counted[article] for article in ordered})


def _by_article(
    rows: QuerySet[Deflection] | QuerySet[ArticleUse] | QuerySet[Feedback],
    when: str,
    since: datetime | None,
    *counts: Count,
) -> Iterable[tuple[int, ...]]:
    """An article's number, and of its rows since then each of ``counts``."""
    named = {f"count_{place}": count for place, count in enumerate(counts)}
    found = rows.filter(**{f"{when}__gte": since}) if since else rows
    return found.order_by().values_list("article").annotate(**named)


def _newest_reasons(articles: list[int], since: datetime | None) -> Iterable[Feedback]:
    given = Feedback.objects.filter(article__in=articles).exclude(reason="")
    if since:
        given = given.filter(given_at__gte=since)
    newest_first = [F("given_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=[F("article")], order_by=newest_first)
    return given.annotate(place=place).filter(place__lte=REASONS).order_by("-given_at", "-pk")
