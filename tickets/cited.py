"""Articles that a message carries, as its readers see them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from knowledgebase.models import Article
from tickets.models import Message


@dataclass(frozen=True, slots=True)
class Cited:
    """An article in a message: its title and its place on this site."""

    title: str
    path: str

    @property
    def address(self) -> str:
        """For mails; it comes from a setting, never from a request."""
        return settings.SITE_URL.rstrip("/") + self.path


def cited(article: Article) -> Cited:
    """``article`` as it is named and where it stands now."""
    return Cited(str(article), reverse("article", args=[article.slug]))


def cited_in(message: Message) -> list[Cited]:
    """What ``message`` carries; one query unless it was fetched."""
    return [cited(use.article) for use in message.article_uses.all()]
