"""/availability/: what a customer got of each service, month by month, and the sum behind each figure (AT12–AT17)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import contracts_visible_to, customers_visible_to
from contracts.availability_report import Report, Service, reports
from contracts.keys import row_in
from contracts.models import Contract, Customer
from contracts.phrasing import stretch
from contracts.sla.availability import Availability
from contracts.sla.months import Month
from portal import availability_lines as lines
from portal import month_strip
from portal.strips import Picture

CUSTOMERS = 25


@dataclass(frozen=True, slots=True)
class ServicePart:
    """A service on the page, its latest month first."""

    service: Service
    picture: Picture
    described: str
    months: list[lines.MonthLine]


@dataclass(frozen=True, slots=True)
class ContractPart:
    """A contract on the page; ``target`` is "" where nothing is promised."""

    report: Report
    target: str
    services: list[ServicePart]


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum behind one figure of a service."""

    service: Service
    figures: Availability
    line: lines.MonthLine
    picture: Picture
    described: str
    pieces: list[lines.SumLine]
    excluded: list[tuple[str, str]]
    span: str
    formula: str


@require_safe
@login_required
def availability(request: HttpRequest) -> HttpResponse:
    """The last twelve months of each contract: a contact's own, or for staff those of ``?customer=``."""
    customer = _customer(request)
    if request.user.is_staff and customer is None:
        return _choice(request)
    contracts = _contracts(request)
    if customer is not None:
        contracts = contracts.filter(customer=customer)
    found = reports(contracts.order_by("order_reference", "pk"), timezone.now())
    context = {"customer": customer, "contracts": [_contract_part(report) for report in found]}
    return render(request, "portal/availability.html", context)


@require_safe
@login_required
def month(request: HttpRequest, pk: int, month: Month) -> HttpResponse:
    """The sum behind a contract's figures of one month; 404 for a stranger's contract, and where there is no figure."""
    now = timezone.now()
    contract = get_object_or_404(_contracts(request), pk=pk)
    if not contract.starts_on.year <= month.year <= now.year + 1:
        raise Http404("That is no month of its term.")
    report = reports([contract], now, months=(month, month))[0]
    sums = [_sum(report, service, figures, now) for service in report.services for figures in service.months]
    if not sums:
        raise Http404("There is no figure of that month.")
    context = {
        "report": report,
        "name": lines.month_name(month),
        "zone": report.policy.hours.time_zone.key,
        "target": lines.target(report.rules) if report.rules else "",
        "sums": sums,
    }
    return render(request, "portal/availability_month.html", context)


def _contracts(request: HttpRequest) -> QuerySet[Contract]:
    return contracts_visible_to(request.user).select_related("customer", "policy_version")


def _customer(request: HttpRequest) -> Customer | None:
    """The one that is asked for, if the reader may see it; 404 else."""
    typed = request.GET.get("customer", "")
    if not typed:
        return None
    found = row_in(customers_visible_to(request.user), typed)
    if found is None:
        raise Http404("There is no such customer.")
    return found


def _choice(request: HttpRequest) -> HttpResponse:
    """Staff choose whose report they read; ``?q=`` is a part of a name."""
    typed = request.GET.get("q", "").strip()[:100]
    found = customers_visible_to(request.user).filter(name__icontains=typed).order_by("name", "pk")
    customers = list(found[: CUSTOMERS + 1])
    context = {"typed": typed, "customers": customers[:CUSTOMERS], "more": len(customers) > CUSTOMERS}
    return render(request, "portal/availability_choice.html", context)


def _contract_part(report: Report) -> ContractPart:
    if report.rules is None:
        return ContractPart(report, "", [])
    return ContractPart(
        report, lines.target(report.rules), [_service_part(service) for service in report.services]
    )


def _service_part(service: Service) -> ServicePart:
    months = [lines.month_line(figures) for figures in reversed(service.months)]
    return ServicePart(service, lines.picture(service), lines.described(service), months)


def _sum(report: Report, service: Service, figures: Availability, at: datetime) -> Sum:
    zone: ZoneInfo = report.policy.hours.time_zone
    days = month_strip.day_words(figures, zone, at)
    total, downtime = lines.minutes(figures.total), lines.minutes(figures.downtime)
    excluded = [
        (lines.cause_in_words(report.policy, cause), lines.minutes(length))
        for cause, length in figures.excluded.items()
    ]
    return Sum(
        service=service,
        figures=figures,
        line=lines.month_line(figures),
        picture=month_strip.picture(days),
        described=month_strip.described(days),
        pieces=lines.sum_lines(report, service, figures),
        excluded=excluded,
        span=stretch(figures.start, figures.end, zone),
        formula=f"({total} − {downtime}) ÷ {total} × 100",
    )
