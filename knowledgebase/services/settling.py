"""Where an article stands, for whom, about what, and whose it is; and its address."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.models import Article, Category, OldAddress
from knowledgebase.models.articles import ArticleEventKind as Kind
from knowledgebase.models.audience import Audience
from knowledgebase.services import addresses, placing
from knowledgebase.services.changing import changing
from knowledgebase.services.placing import About


def settle_article(
    *,
    article: Article,
    category: Category,
    audience: str,
    products: Sequence[About],
    owner: User,
    review_on: date | None,
    actor: User,
    at: datetime,
) -> Article:
    """Settle the article's category, audience, products, owner and review date; nothing happens where all is so.

    It is so for readers from now on, without publishing anew. Refused for the audience "customers of its
    products" without a product, and for an owner who is no active staff.
    """
    placing.check_audience(audience, products)
    with changing(article, actor, at) as change:
        article = change.article
        if owner != article.owner:
            placing.check_owner(owner)
        before = placing.products_of(article)
        wanted = sorted(products, key=lambda about: about.product.name)
        shown = list(_shown_changes(article, category, audience, before, wanted))
        kept = list(_kept_changes(article, owner, review_on))
        if not shown and not kept:
            return article
        article.category, article.audience = category, audience
        article.owner, article.review_on = owner, review_on
        if before != wanted:
            placing.put_products(article, wanted)
        change.record(Kind.SETTLED, text="; ".join([*shown, *kept]))
        if shown and article.is_live:
            change.readers_see_it()
    return article


def move_article(*, article: Article, slug: str, actor: User, at: datetime) -> Article:
    """Give the article the address ``slug``. The address that it had leads to it for ever.

    Refused for an address that another article has or had; one that it had itself it may have again.
    """
    with changing(article, actor, at) as change:
        article = change.article
        wanted = addresses.checked_slug(slug, article)
        if wanted == article.slug:
            raise Refused("The article has this address already.", field="slug")
        before = article.slug
        article.old_addresses.filter(slug=wanted).delete()
        OldAddress.objects.create(slug=before, article=article)
        article.slug = wanted
        _take(article)
        change.record(Kind.MOVED, text=f"{before} → {wanted}")
        if article.is_live:
            change.readers_see_it()
    return article


def _take(article: Article) -> None:
    """Store the new address, unless another article took it in this instant."""
    try:
        with transaction.atomic():
            article.save(update_fields=["slug"])
    except IntegrityError as problem:
        raise Refused("Another article has just taken this address.", field="slug") from problem


def _shown_changes(
    article: Article, category: Category, audience: str, before: Sequence[About], wanted: Sequence[About]
) -> Iterator[str]:
    """What readers notice of, in words."""
    if category != article.category:
        yield f"category {article.category} → {category}"
    if audience != article.audience:
        yield f"for {article.get_audience_display()} → {Audience(audience).label}"
    if before != wanted:
        yield f"about {', '.join(map(str, wanted)) or 'no product in particular'}"


def _kept_changes(article: Article, owner: User, review_on: date | None) -> Iterator[str]:
    """What staff alone notice, in words."""
    if owner != article.owner:
        yield f"owner {article.owner} → {owner}"
    if review_on != article.review_on:
        yield f"review on {review_on.isoformat() if review_on else 'no day'}"
