"""How tickets ended and whether the customers were satisfied: the managers' report, by month."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tickets.admin.pages import for_staff, page, zone_of
from tickets.satisfaction import months, words_of

SEE_RECORDS = "tickets.view_ticketevent"


@require_safe
@for_staff(SEE_RECORDS)
def satisfaction(request: HttpRequest) -> HttpResponseBase:
    """The last twelve months, and what was said in one of them: ``?month=2026-11``, else the newest that was rated."""
    at, zone = timezone.now(), zone_of(request)
    found = months(zone, at)
    wanted = request.GET.get("month", "")
    rated = next((month for month in found if month.rated), found[0] if found else None)
    shown = next((month for month in found if month.key == wanted), rated)
    context = {
        "months": found,
        "shown": shown,
        "words": words_of(shown, zone) if shown else [],
        "zone": zone,
        "at": at,
    }
    return page(request, "satisfaction", "How tickets ended", context)
