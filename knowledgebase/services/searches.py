"""What staff do about searches that found nothing."""

from datetime import datetime

from django.db import transaction

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.models import FruitlessSearch
from knowledgebase.services.changing import require_staff


@transaction.atomic
def settle_search(*, search: FruitlessSearch, actor: User, at: datetime) -> FruitlessSearch:
    """Say that a search is taken care of, by an article or because none is needed.

    It is back among the undone when it is searched in vain again.
    """
    require_staff(actor)
    search = FruitlessSearch.objects.select_for_update().get(pk=search.pk)
    if search.done_at is not None and search.done_at >= search.last_at:
        raise Refused("Somebody has taken care of it already.")
    search.done_at = at
    search.save(update_fields=["done_at"])
    return search
