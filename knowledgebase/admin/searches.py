"""What was searched and not found: what to write about next."""

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contracts.desk_pages import actor_of, for_staff, zone_of
from contracts.refusals import Refused
from knowledgebase.admin.pages import CHANGE_SEARCHES, SEE_SEARCHES, page
from knowledgebase.models import FruitlessSearch
from knowledgebase.services.searches import settle_search

MOST_LISTED = 100


@require_safe
@for_staff(SEE_SEARCHES)
def searches(request: HttpRequest) -> HttpResponseBase:
    """Searches without a result, the most frequent first."""
    undone = Q(done_at=None) | Q(last_at__gt=F("done_at"))
    known = FruitlessSearch.objects.filter(undone).select_related("product")
    context = {
        "searches": known.order_by("-times", "-last_at", "pk")[:MOST_LISTED],
        "may_settle": actor_of(request).has_perm(CHANGE_SEARCHES),
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return page(request, "searches", "Searched in vain", context)


@require_POST
@for_staff(CHANGE_SEARCHES)
def settling(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say that a search is taken care of."""
    search = get_object_or_404(FruitlessSearch, pk=pk)
    try:
        settle_search(search=search, actor=actor_of(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, f"“{search.words}” is done. It comes back when it is searched in vain again."
        )
    return redirect("admin:searches")
