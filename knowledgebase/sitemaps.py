"""What search engines find: public articles, the categories that hold some, the questions of the forum."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse

from contracts.sitemaps import Part
from knowledgebase.models import Article, Question
from knowledgebase.models.audience import VISITOR
from knowledgebase.shelves import all_of, shelves_of


class Articles(Part[Article]):
    """Every public article at its address."""

    def items(self) -> QuerySet[Article]:
        visible = Article.objects.visible_to(AnonymousUser())
        return visible.only("slug", "changed_at").order_by("pk")

    def lastmod(self, item: Article) -> datetime:
        return item.changed_at

    def location(self, item: Article) -> str:
        return reverse("article", args=[item.slug])


class Categories(Part[str]):
    """The knowledge base, and every category with a public article in it or below it."""

    def items(self) -> list[str]:
        shelves = all_of(shelves_of(VISITOR))
        return [reverse("kb"), *(reverse("kb_category", args=[shelf.slug]) for shelf in shelves)]

    def location(self, item: str) -> str:
        return item


class Questions(Part[Question]):
    """The questions of the forum that visitors see."""

    def items(self) -> QuerySet[Question]:
        return Question.objects.visible_to(AnonymousUser()).only("pk", "changed_at").order_by("pk")

    def lastmod(self, item: Question) -> datetime:
        return item.changed_at

    def location(self, item: Question) -> str:
        return reverse("question", args=[item.pk])


PARTS: dict[str, type[Part[Any]]] = {"articles": Articles, "categories": Categories, "questions": Questions}
