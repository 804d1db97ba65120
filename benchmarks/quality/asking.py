"""The corpus as articles, and the ways of searching that are compared."""

from datetime import UTC, datetime
from functools import reduce
from operator import or_

from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from benchmarks.quality.corpus import corpus
from contracts.models import User
from knowledgebase.models import Article, ArticleVersion, Category
from knowledgebase.search import keeping
from knowledgebase.search.finding import search

AT = datetime(2026, 1, 1, tzinfo=UTC)
VISITOR = AnonymousUser()


def fill() -> int:
    """An article for each entry of the corpus, its slug made of the module's name; how many."""
    call_command("migrate", verbosity=0)
    owner = User.objects.create(email="owner@desk.example", is_staff=True)
    category = Category.objects.create(name="Modules", slug="modules")
    entries = corpus()
    for entry in entries:
        article = Article.objects.create(
            slug=slug_of(entry.name), category=category, owner=owner, created_at=AT, changed_at=AT
        )
        article.latest = article.published = ArticleVersion.objects.create(
            article=article,
            number=1,
            title=entry.title,
            headings=[[2, f"h{place}", heading] for place, heading in enumerate(entry.headings)],
            plain=entry.text,
            renderer=1,
            author=owner,
            saved_at=AT,
        )
        article.save()
    keeping.rebuild()
    return len(entries)


def slug_of(name: str) -> str:
    """A module's name as an address."""
    return name.replace(".", "-dot-")


def ours(question: str) -> list[str]:
    """The names of what our search finds, the best first."""
    return [
        result.url.rstrip("/").rpartition("/")[2].replace("-dot-", ".")
        for result in search(VISITOR, question, at=AT).results
    ]


def all_words(question: str) -> list[str]:
    """Articles that contain every word, titles first."""
    words = question.split()
    found = Article.objects.all()
    for word in words:
        found = found.filter(_contains(word))
    return _names(found, words)


def any_word(question: str) -> list[str]:
    """Articles that contain any of the words of four letters and more; who has the most stands first."""
    words = [word for word in question.split() if len(word) > 3]
    return _names(Article.objects.filter(reduce(or_, map(_contains, words))), words)


def _contains(word: str) -> Q:
    return Q(published__title__icontains=word) | Q(published__plain__icontains=word)


def _names(found: QuerySet[Article], words: list[str]) -> list[str]:
    """The names, by how many words stand in title and text; of equals the shorter text."""
    worth = sum(
        (
            Case(
                When(published__title__icontains=word, then=Value(3)),
                default=Value(0),
                output_field=IntegerField(),
            )
            + Case(When(published__plain__icontains=word, then=Value(1)), default=Value(0))
            for word in words
        ),
        Value(0),
    )
    ordered = found.annotate(worth=worth).order_by("-worth", Length("published__plain"), "pk")
    return [slug.replace("-dot-", ".") for slug in ordered.values_list("slug", flat=True)[:10]]
