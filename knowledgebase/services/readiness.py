"""What is written, and what stands against showing it to readers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve

from contracts.refusals import Refused
from knowledgebase import checks
from knowledgebase.checks import Problem
from knowledgebase.markdown.shaping import PREFIX
from knowledgebase.models import Article, ArticleFile, ArticleVersion, Category, OldAddress, Question
from knowledgebase.models.audience import VISITOR, Audience, Reader
from knowledgebase.neutral import MARK

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_TEXT = 200, 300, 100_000


@dataclass(frozen=True, slots=True)
class Writing:
    """What an author typed, as a version keeps it."""

    title: str
    summary: str
    text: str


def written(*, title: str, summary: str, text: str) -> Writing:
    """What was typed: title and summary in one line, line feeds in the text. Raises ``Refused`` where too long."""
    writing = Writing(_line(title), _line(summary), _lines(text))
    if not writing.title:
        raise Refused("Enter a title: what readers would search for.", field="title")
    for field, value, most in (
        ("title", writing.title, LONGEST_TITLE),
        ("summary", writing.summary, LONGEST_SUMMARY),
        ("text", writing.text, LONGEST_TEXT),
    ):
        if len(value) > most:
            raise Refused(f"The {field} has {len(value)} characters; {most} are the most.", field=field)
    return writing


def require_text(version: ArticleVersion) -> None:
    """Raise ``Refused`` for a version without a text."""
    if not version.plain.strip():
        raise Refused("There is no text yet. Write what readers should know.", field="text")


def problems_of(article: Article, version: ArticleVersion) -> list[Problem]:
    """What the checks find in ``version``, its links judged as the widest reader of ``article`` would meet them."""
    return problems_in(version.text, reader_of_article(article), of=article)


def problems_in(text: str, reader: Reader, *, of: Article | None = None) -> list[Problem]:
    """What the checks find in ``text``, that ``of`` an article or of something else, as ``reader`` would meet it."""
    found = checks.problems(
        text, link_exists=lambda address: link_exists(address, reader, of=of), site=settings.SITE_URL
    )
    return sorted([*found, *_marks(text)])


def _marks(text: str) -> Iterator[Problem]:
    """What was taken out of a ticket and nobody has looked at yet."""
    for line, words in enumerate(text.split("\n"), start=1):
        for found in MARK.finditer(words):
            yield Problem(
                line, f"{found[0]} stands for what was taken out of a ticket: put it into plain words."
            )


def link_exists(address: str, reader: Reader, *, of: Article | None = None) -> bool:
    """Whether ``address``, one of this site, leads ``reader`` somewhere; the files ``of`` the article are theirs."""
    parts = urlsplit(address)
    path, anchor = unquote(parts.path), unquote(parts.fragment)
    if not path:
        return True
    try:
        found = resolve(path)
    except Resolver404:
        return False
    return _is_there(found.url_name or "", found.kwargs, anchor, reader, of)


def _is_there(name: str, given: Mapping[str, Any], anchor: str, reader: Reader, of: Article | None) -> bool:
    """Whether the page called ``name`` has what ``given`` names; of pages that are not known here, yes."""
    match name:
        case "article":
            return _may_read(given["slug"], anchor, reader)
        case "article_file":
            readable = Q(article=of) | Q(article__in=Article.objects.readable_by(reader))
            return ArticleFile.objects.filter(readable, pk=given["pk"]).exists()
        case "kb_category":
            return Category.objects.filter(slug=given["slug"]).exists()
        case "question":
            return reader.is_staff or Question.objects.filter(pk=given["pk"], hidden_at=None).exists()
    return True


def _may_read(slug: str, anchor: str, reader: Reader) -> bool:
    """Whether an article that has the address, or had it, can be read, and has the heading that is named, if one is."""
    moved = OldAddress.objects.filter(slug=slug).values("article")
    visible = Article.objects.readable_by(reader).filter(Q(slug=slug) | Q(pk__in=moved))
    headings = visible.values_list("published__headings", flat=True).first()
    if headings is None or not anchor.startswith(PREFIX):
        return headings is not None
    return any(known == anchor for _, known, _ in headings)


def reader_of_article(article: Article) -> Reader:
    """Who reads the article and sees least else."""
    match article.audience:
        case Audience.STAFF:
            return Reader(is_staff=True)
        case Audience.CUSTOMERS:
            return Reader(products=frozenset())
        case Audience.PRODUCT:
            return Reader(products=frozenset(article.article_products.values_list("product", flat=True)))
    return VISITOR


def _line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _lines(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").rstrip()
