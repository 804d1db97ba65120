"""/kb/feed.atom: what was changed last, for feed readers; public articles and nothing else, whoever asks."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from contracts.freshness import asked_page, etag, not_modified, with_etag
from contracts.generic import Feed
from knowledgebase.models import Article
from knowledgebase.reading import described

ENTRIES = 50


class Changes(Feed[Article, None]):
    """The articles that were changed last."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return f"{settings.SITE_NAME}: knowledge base"

    def subtitle(self) -> str:
        return "Articles that are new or changed."

    def link(self) -> str:
        return settings.SITE_URL + reverse("kb")

    def feed_url(self) -> str:
        return settings.SITE_URL + reverse("kb_feed")

    def feed_guid(self) -> str:
        return self.feed_url()

    def items(self) -> QuerySet[Article]:
        return changed_last()

    def item_title(self, item: Article) -> str:
        return str(item)

    def item_description(self, item: Article) -> str:
        """In HTML, as the format has it."""
        version = item.published
        return escape(described(version.summary, version.plain)) if version else ""

    def item_link(self, item: Article) -> str:
        return settings.SITE_URL + reverse("article", args=[item.slug])

    def item_guid(self, item: Article) -> str:
        """Stays when the article is moved: of its number and the day of its making (RFC 4151)."""
        return f"tag:{urlsplit(settings.SITE_URL).hostname},{item.created_at:%Y-%m-%d}:article/{item.pk}"

    def item_pubdate(self, item: Article) -> datetime | None:
        return item.first_published_at

    def item_updateddate(self, item: Article) -> datetime:
        return item.changed_at

    def item_categories(self, item: Article) -> list[str]:
        return [item.category.name]


def changed_last() -> QuerySet[Article]:
    """What stands in the feed."""
    visible = Article.objects.visible_to(AnonymousUser()).select_related("published", "category")
    wanted = ("slug", "created_at", "changed_at", "first_published_at", "category__name")
    fields = (*wanted, "published__title", "published__summary", "published__plain")
    return visible.only(*fields).order_by("-changed_at", "-pk")[:ENTRIES]


_feed = Changes()


@asked_page
def feed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """The feed; 304 for who has it."""
    shown = changed_last().values_list("pk", "slug", "changed_at", "published", "category__name")
    tag = etag(request, list(shown))
    return not_modified(request, tag) or with_etag(_feed(request), tag)
