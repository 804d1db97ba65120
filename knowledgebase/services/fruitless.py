"""Remembering what was searched in vain, for staff to write about it; never whose search it was."""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import F

from contracts.models import Product
from knowledgebase.models import FruitlessSearch
from knowledgebase.search.words import TOKEN, fold

LONGEST = 200
MOST_KEPT = 2_000
# What people paste that tells who they are: addresses, and numbers as long as those of telephones and cards.
PERSONAL = re.compile(r"\w@\w|(?:\d[ ()/.-]*){9}")


@transaction.atomic
def record_fruitless(*, words: str, product: Product | None, at: datetime) -> None:
    """Count a query that found nothing. Nothing is kept of long ones, and of those that may name a person.

    Beyond ``MOST_KEPT``, the one that was searched least and longest ago makes room.
    """
    said = " ".join(fold(token) for token in TOKEN.findall(words[: LONGEST + 1]))
    if not said or len(words) > LONGEST or len(said) > LONGEST or PERSONAL.search(words):
        return
    search, is_new = FruitlessSearch.objects.get_or_create(
        words=said, product=product, defaults={"first_at": at, "last_at": at}
    )
    if is_new:
        _make_room(search)
    else:
        FruitlessSearch.objects.filter(pk=search.pk).update(times=F("times") + 1, last_at=at)


def _make_room(new: FruitlessSearch) -> None:
    others = FruitlessSearch.objects.exclude(pk=new.pk).order_by("times", "last_at", "pk")
    if (too_many := others.count() + 1 - MOST_KEPT) > 0:
        FruitlessSearch.objects.filter(pk__in=list(others.values_list("pk", flat=True)[:too_many])).delete()
