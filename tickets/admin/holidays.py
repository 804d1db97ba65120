"""What an upgrade of the holidays package would change, and accepting it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contracts.calendar_rows import local_day, policy_of
from contracts.models import PolicyVersion
from contracts.refusals import Refused
from contracts.services.policies import HolidayChange, holiday_changes
from tickets.admin.pages import actor_of, for_staff, page
from tickets.services import desk


@dataclass(frozen=True, slots=True)
class Difference:
    """A version whose holidays, as frozen, differ from those of the installed package."""

    version: PolicyVersion
    code: str
    changes: list[HolidayChange]


@require_safe
@for_staff("contracts.view_holiday")
def holidays(request: HttpRequest) -> HttpResponseBase:
    """Where the frozen holidays and the installed package differ, on days to come."""
    at = timezone.now()
    known = [
        Difference(
            version, policy_of(version).hours.holidays, holiday_changes(version, after=local_day(version, at))
        )
        for version in PolicyVersion.objects.all()
    ]
    context = {
        "differing": [found for found in known if found.changes],
        "same": [found for found in known if not found.changes],
        "may_accept": actor_of(request).has_perm("contracts.change_holiday"),
    }
    return page(request, "holidays", "Holidays", context)


@require_POST
@for_staff("contracts.change_holiday")
def acceptance(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take the package's holidays over for one version."""
    version = get_object_or_404(PolicyVersion, pk=pk)
    try:
        changed = desk.accept_holidays(version=version, actor=actor_of(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        days = "One day is" if len(changed) == 1 else f"{len(changed)} days are"
        messages.success(request, f"{days} changed. The open clocks move within a minute.")
    return redirect("admin:holidays")
