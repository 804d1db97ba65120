"""What the articles were good for: staff's report, by period."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from knowledgebase.admin.pages import SEE_ARTICLES
from tickets.admin.pages import for_staff, page, zone_of
from tickets.usefulness import report_since

ROWS = 25
# By their keys in the address: days back from now, and what they are called.
PERIODS: dict[str, tuple[int, str]] = {
    "30": (30, "30 days"),
    "90": (90, "90 days"),
    "365": (365, "A year"),
    "all": (0, "Ever"),
}
USUAL = "90"


@require_safe
@for_staff(SEE_ARTICLES)
def usefulness(request: HttpRequest) -> HttpResponseBase:
    """A page of the articles that did something: ``?period=`` days or ``all``, ``?page=`` from 1 on."""
    at = timezone.now()
    period = request.GET.get("period", "")
    period = period if period in PERIODS else USUAL
    days, _ = PERIODS[period]
    report = report_since(at - timedelta(days=days) if days else None)
    number = _page(request.GET.get("page", ""))
    context = {
        "report": report,
        "total": report.total,
        "rows": report.rows((number - 1) * ROWS, ROWS),
        "period": period,
        "periods": [(key, label) for key, (_, label) in PERIODS.items()],
        "number": number,
        "has_next": len(report.counted) > number * ROWS,
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "usefulness", "What articles were good for", context)


def _page(typed: str) -> int:
    """The page that the address asks for; what is no number is the first."""
    return max(int(typed), 1) if typed.isdecimal() and len(typed) <= 6 else 1
