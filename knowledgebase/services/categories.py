"""The tree of categories."""

from datetime import datetime

from django.db import transaction

from contracts.models import User
from contracts.refusals import Refused
from contracts.services.rows import others
from knowledgebase.models import Category
from knowledgebase.models.articles import DEEPEST
from knowledgebase.services.addresses import as_slug
from knowledgebase.services.changing import require_staff

LONGEST_SLUG = 80


@transaction.atomic
def save_category(
    *,
    category: Category | None = None,
    name: str,
    parent: Category | None = None,
    slug: str = "",
    position: int = 0,
    actor: User,
    at: datetime,
) -> Category:
    """A new category below ``parent`` (``None``: at the top), or ``category`` changed, with all below it.

    Without a ``slug`` a new one's address is made of its name. Refused for a name that stands beside it already,
    for an address that is taken, below itself, and deeper than ``DEEPEST`` levels.
    """
    require_staff(actor)
    # The tree is judged as a whole, so one change at a time.
    known = {row.pk: row for row in Category.objects.select_for_update().order_by("pk")}
    name = " ".join(name.split())
    if not name:
        raise Refused("Enter the category's name.", field="name")
    _refuse_place(category, parent, known)
    beside = others(Category.objects.filter(parent=parent, name__iexact=name), category)
    if beside.exists():
        raise Refused(f"There is a category {name} in the same place already.", field="name")
    category = Category.objects.get(pk=category.pk) if category else Category()
    category.slug = _slug(slug, name, category)
    category.name, category.parent, category.position = name, parent, position
    category.save()
    return category


@transaction.atomic
def delete_category(*, category: Category, actor: User, at: datetime) -> None:
    """Delete a category that is empty: without articles, archived ones included, and without categories below it."""
    require_staff(actor)
    category = Category.objects.select_for_update().get(pk=category.pk)
    if count := category.articles.count():
        articles = "an article" if count == 1 else f"{count} articles"
        raise Refused(f"{category} has {articles}, archived ones included. Move them first.")
    if category.children.exists():
        raise Refused(f"{category} has categories below it. Delete or move them first.")
    category.delete()


def _refuse_place(category: Category | None, parent: Category | None, known: dict[int, Category]) -> None:
    """Raise ``Refused`` where ``category`` cannot stand below ``parent``."""
    above = list(_upwards(parent.pk if parent else None, known))
    if category is not None and category.pk in above:
        raise Refused(f"{category} cannot stand below itself.", field="parent")
    if len(above) + _height(category, known) > DEEPEST:
        raise Refused(f"Categories go {DEEPEST} levels deep; choose one further up.", field="parent")


def _upwards(pk: int | None, known: dict[int, Category]) -> list[int]:
    """``pk`` and what stands above it, the nearest first."""
    way: list[int] = []
    while pk is not None and pk not in way:
        way.append(pk)
        pk = known[pk].parent_id
    return way


def _height(category: Category | None, known: dict[int, Category]) -> int:
    """How many levels ``category`` has, itself included."""
    if category is None:
        return 1
    below = [row for row in known.values() if row.parent_id == category.pk]
    return 1 + max((_height(row, known) for row in below), default=0)


def _slug(slug: str, name: str, category: Category) -> str:
    """The address that is wanted, if it is free; that of before; or one made of the name."""
    wanted = slug.strip().lower() or category.slug
    taken = others(Category.objects.all(), category if category.pk else None)
    if not wanted:
        return _free(as_slug(name)[: LONGEST_SLUG - 5].strip("-") or "category")
    if wanted != as_slug(wanted) or len(wanted) > LONGEST_SLUG:
        raise Refused(
            f"An address has small letters, digits and hyphens, {LONGEST_SLUG} at most.", field="slug"
        )
    if taken.filter(slug=wanted).exists():
        raise Refused("Another category has this address already.", field="slug")
    return wanted


def _free(stem: str) -> str:
    wanted, number = stem, 1
    while Category.objects.filter(slug=wanted).exists():
        number += 1
        wanted = f"{stem}-{number}"
    return wanted
