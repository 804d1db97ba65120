"""The desk's own pages in the admin's index and sidebar."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from contracts.desk import mails
from knowledgebase.admin import places as articles
from tickets.admin.pages import CHANGE_TICKET
from tickets.admin.satisfaction import SEE_RECORDS

SEE_MAIL = "tickets.view_incomingmail"
FIRST = 2
# name, key in the page's classes, address, what one needs to go there
PLACES = (
    ("Queue", "Queue", "admin:queue", CHANGE_TICKET),
    ("Inbox", "IncomingMail", "admin:inbox", SEE_MAIL),
    ("Consultations", "Consultation", "admin:consultations", CHANGE_TICKET),
    ("Customers’ requests", "TeamRequest", "admin:requests", "contracts.change_contact"),
    ("Saved replies", "SavedReply", "admin:saved_replies", CHANGE_TICKET),
    ("Outages", "Outage", "admin:outages", "contracts.view_outage"),
    ("Maintenance", "MaintenanceWindow", "admin:maintenance", "contracts.view_maintenancewindow"),
    ("Enhancement requests", "EnhancementRequest", "admin:enhancements", CHANGE_TICKET),
    ("Closures", "Closure", "admin:closures", "contracts.view_closure"),
    ("Releases", "Release", "admin:releases", "contracts.view_release"),
    ("Known problems", "KnownProblem", "admin:problems", "tickets.view_knownproblem"),
    ("People", "Team", "admin:desk_people", "contracts.view_team"),
    ("Escalations", "EscalationRole", "admin:escalation_roles", "contracts.view_escalationrole"),
    ("Holidays", "Holiday", "admin:holidays", "contracts.view_holiday"),
    ("How tickets ended", "Satisfaction", "admin:satisfaction", SEE_RECORDS),
)


def with_desk(request: HttpRequest, apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The admin's applications with the desk before them; what has a page there is not listed twice."""
    places = list(_allowed(request))
    if not places:
        return apps
    keys = {place["object_name"] for place in places}
    for app in apps:
        app["models"] = [model for model in app["models"] if model["object_name"] not in keys]
    desk = {
        "name": "Desk",
        "app_label": "desk",
        "app_url": places[0]["admin_url"],
        "has_module_perms": True,
        "models": places,
    }
    return [desk, *apps]


def _allowed(request: HttpRequest) -> Iterator[dict[str, Any]]:
    for name, key, address in _known(request):
        yield {
            "name": name,
            "object_name": key,
            "admin_url": address,
            "add_url": None,
            "perms": {"view": True, "add": False, "change": False, "delete": False},
            "view_only": True,
        }


def _known(request: HttpRequest) -> Iterator[articles.Place]:
    """The queue and the inbox first, then the knowledge base, then what is seldom needed."""
    own = [
        (name, key, reverse(address))
        for name, key, address, permission in PLACES
        if request.user.has_perm(permission)
    ]
    yield from own[:FIRST]
    yield from articles.places(request)
    yield from own[FIRST:]
    if mails.are_files() and request.user.has_perm(mails.SEE):
        yield "Mails of the demo", "DemoMail", reverse("admin:demo_mails")
