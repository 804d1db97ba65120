"""/problems/: the known problems that concern a reader (VK19); strangers get 404."""

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tickets.models import KnownProblem
from tickets.problem_pages import listed, steps_of, told
from tickets.views.reader import reader_of


@login_required
@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Those that the reader may read, what stands first."""
    user, now = reader_of(request), timezone.now()
    standing, over = listed(user, now)
    context = {"standing": standing, "over": over, "zone": ZoneInfo(user.time_zone), "at": now}
    return render(request, "problems/list.html", context)


@login_required
@require_safe
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: what happens, what helps, which release fixes it, and what was said of it."""
    user, now = reader_of(request), timezone.now()
    read = ("product", "fixed_in__product", "from_release", "until_release")
    found = get_object_or_404(KnownProblem.objects.visible_to(user, now).select_related(*read), pk=pk)
    context = {
        "told": told(found, now),
        "problem": found,
        "steps": steps_of(found),
        "zone": ZoneInfo(user.time_zone),
        "at": now,
    }
    return render(request, "problems/problem.html", context)
