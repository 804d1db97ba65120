"""The addresses of articles: made of a title, moved, and never given to another article again."""

from django.db.models import QuerySet
from django.template.defaultfilters import slugify

from contracts.refusals import Refused
from knowledgebase.models import Article, OldAddress

LONGEST = 120
ROOM = 100  # of an address made of a title: room for a number and for a person's own change
TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def as_slug(text: str) -> str:
    """``text`` as an address could say it; ``""`` where no letter of it is left."""
    return slugify(text.translate(TRANSCRIBED)).strip("-_")


def free_slug(title: str) -> str:
    """An address made of ``title`` that no article has or had."""
    stem = _cut(as_slug(title)) or "article"
    if not is_taken(stem):
        return stem
    number = 2
    while is_taken(f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def checked_slug(slug: str, article: Article | None) -> str:
    """``slug`` if ``article`` (``None``: a new one) may have it. Raises ``Refused``, saying what could be typed."""
    wanted = slug.strip().lower()
    if not wanted:
        raise Refused("Enter the new address: small letters, digits and hyphens.", field="slug")
    if wanted != as_slug(wanted):
        instead = as_slug(wanted)
        hint = f"; “{instead}” would do" if instead else ""
        raise Refused(f"An address has small letters, digits and hyphens{hint}.", field="slug")
    if len(wanted) > LONGEST:
        raise Refused(f"An address has at most {LONGEST} characters; these are {len(wanted)}.", field="slug")
    if is_taken(wanted, article):
        raise Refused(
            "Another article has this address, or had it: old addresses lead to their article for ever.",
            field="slug",
        )
    return wanted


def is_taken(slug: str, article: Article | None = None) -> bool:
    """Whether an article other than ``article`` has the address or had it.

    The articles are asked before the old addresses: one that moves away just now is found in one of the two.
    """
    live: QuerySet[Article] = Article.objects.filter(slug=slug)
    old: QuerySet[OldAddress] = OldAddress.objects.filter(slug=slug)
    if article is not None:
        live, old = live.exclude(pk=article.pk), old.exclude(article=article)
    return live.exists() or old.exists()


def _cut(slug: str) -> str:
    """At most ``ROOM`` characters, cut between words where there is one to cut at."""
    if len(slug) <= ROOM:
        return slug
    whole, _, _ = slug[: ROOM + 1].rpartition("-")
    return whole or slug[:ROOM]
