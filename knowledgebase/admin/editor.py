"""The page of an article: its text with the preview beside it, the verbs around it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from contracts.desk_pages import actor_of
from contracts.models import User
from knowledgebase.admin.forms import PlaceForm, WritingForm
from knowledgebase.admin.pages import page
from knowledgebase.admin.previewing import Preview, preview_of
from knowledgebase.admin.verbs import VERB_PAGES, VerbPage
from knowledgebase.models import Article, ArticleFile, ArticleVersion
from knowledgebase.services.articles import REVIEW_AFTER
from knowledgebase.services.files import mentions

EVENTS_SHOWN = 30
BESIDE = ("place", "address", "archive", "revival")


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb on the page: its address, its form, and whether it stands open."""

    page: VerbPage
    url: str
    form: forms.Form
    is_open: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of the article with the Markdown that shows it."""

    file: ArticleFile
    address: str
    markdown: str
    in_use: bool


@dataclass(slots=True)
class Desk:
    """All that the page of one article is made of."""

    article: Article
    actor: User
    at: datetime
    writing: WritingForm | None = None
    # A verb that was sent and not done: its noun, its form as sent, why not.
    tried: tuple[str, forms.Form, str] | None = None
    refusal: str = ""
    newer: ArticleVersion | None = None
    previewed: Preview | None = None
    despite: bool = field(default=False)

    @property
    def latest(self) -> ArticleVersion:
        if self.article.latest is None:
            raise LookupError("an article is made with its first version")
        return self.article.latest

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.actor.time_zone)

    def offer(self, noun: str) -> Offer:
        """The verb of ``noun``, with what was sent if that was not done."""
        verb_page = VERB_PAGES[noun]
        url = reverse(f"admin:{verb_page.url_name}", args=[self.article.pk])
        if self.tried is not None and self.tried[0] == noun:
            return Offer(verb_page, url, self.tried[1], is_open=True, refusal=self.tried[2])
        return Offer(verb_page, url, self.form(noun))

    def offers(self, nouns: Sequence[str]) -> list[Offer]:
        """Those of ``nouns`` that can be done now, and the one that was tried."""
        tried = self.tried[0] if self.tried else ""
        return [self.offer(noun) for noun in nouns if noun == tried or VERB_PAGES[noun].offered(self.article)]

    def form(self, noun: str, request: HttpRequest | None = None) -> forms.Form:
        """The form of a verb, with what ``request`` sent."""
        kind = VERB_PAGES[noun].form
        given: dict[str, Any] = {"auto_id": f"{noun}-%s"}
        if request is not None:
            given |= {"data": request.POST, "files": request.FILES}
        if kind is PlaceForm:
            return PlaceForm(article=self.article, actor=self.actor, **given)
        suggested = self.at.date() + REVIEW_AFTER
        return kind(initial={"slug": self.article.slug, "review_on": suggested}, **given)

    def written(self) -> WritingForm:
        """The text as it was typed, or as it was saved last."""
        latest = self.latest
        saved = {
            "title": latest.title,
            "summary": latest.summary,
            "text": latest.text,
            "seen": latest.number,
        }
        return self.writing or WritingForm(initial=saved, auto_id="%s")

    def files(self) -> list[FileRow]:
        """The article's files, those of the latest version marked."""
        found = self.article.files.select_related("added_by")
        return [_file_row(file, self.latest.text) for file in found]

    def context(self) -> dict[str, Any]:
        """What the template shows."""
        article = self.article
        preview = self.previewed or preview_of(self.latest.text, article)
        return {
            "article": article,
            "latest": self.latest,
            "form": self.written(),
            "preview": preview,
            "is_typed": self.previewed is not None,
            "refusal": self.refusal,
            "newer": self.newer,
            "despite": self.despite,
            "may_write": article.archived_at is None,
            "return_offer": next(iter(self.offers(["return"])), None),
            "review_offer": next(iter(self.offers(["review-date"])), None),
            "file_offer": next(iter(self.offers(["files"])), None),
            "beside": self.offers(BESIDE),
            "files": self.files(),
            "is_due": article.is_live
            and article.review_on is not None
            and article.review_on <= self.at.date(),
            "events": article.events.select_related("actor", "version").order_by("-pk")[:EVENTS_SHOWN],
            "old_addresses": article.old_addresses.order_by("slug"),
            "zone": self.zone,
            "at": self.at,
        }


def desk_of(request: HttpRequest, pk: int) -> Desk:
    """The desk of the article for who asks, now. Raises 404."""
    known = Article.objects.select_related("latest__author", "published", "category", "owner")
    return Desk(get_object_or_404(known, pk=pk), actor_of(request), timezone.now())


def shown(request: HttpRequest, desk: Desk, *, status: int = 200) -> HttpResponseBase:
    """The page of an article, as it stands or with what was tried."""
    return page(request, "article", desk.latest.title, desk.context(), status=status)


def _file_row(file: ArticleFile, text: str) -> FileRow:
    address = reverse("article_file", args=[file.pk, file.name])
    label = file.name.replace("[", "(").replace("]", ")")
    markdown = f"![]({address})" if file.is_picture else f"[{label}]({address})"
    return FileRow(file, address, markdown, mentions(text, file))
