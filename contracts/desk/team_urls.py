"""The addresses of staff's pages of customers' people, below ``/admin/``; ``portal.admin_site`` takes them in."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from contracts.desk import team

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


def team_urls(admin_view: Guard) -> list[URLPattern]:
    """Every page, each behind the admin's own check."""
    licences = "contracts/contract/<int:pk>/licences/"
    return [
        path("requests/", admin_view(team.requests), name="requests"),
        path("requests/<int:pk>/", admin_view(team.team_request), name="team_request"),
        path("requests/claims/<int:pk>/", admin_view(team.claim), name="claim_answer"),
        path(licences, admin_view(team.contract_licences), name="contract_licences"),
        path(
            f"{licences}<int:licence>/withdrawal/",
            admin_view(team.licence_withdrawal),
            name="licence_withdrawal",
        ),
    ]
