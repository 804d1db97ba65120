"""What stands in the admin's index and sidebar: the desk's own pages and the rows behind them, in groups."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from contracts.desk import mails
from knowledgebase.admin import places as articles
from tickets.admin.pages import CHANGE_TICKET
from tickets.admin.satisfaction import SEE_RECORDS

SEE_MAIL = "tickets.view_incomingmail"
KNOWLEDGE = "Knowledge"
# group: name, key in the page's classes, address, what one needs to go there
PLACES = {
    "Tickets": (
        ("Queue", "Queue", "admin:queue", CHANGE_TICKET),
        ("Inbox", "IncomingMail", "admin:inbox", SEE_MAIL),
        ("Known problems", "KnownProblem", "admin:problems", "tickets.view_knownproblem"),
        ("Consultations", "Consultation", "admin:consultations", CHANGE_TICKET),
        ("Customers’ requests", "TeamRequest", "admin:requests", "contracts.change_contact"),
        ("Enhancement requests", "EnhancementRequest", "admin:enhancements", CHANGE_TICKET),
        ("Saved replies", "SavedReply", "admin:saved_replies", CHANGE_TICKET),
        ("How tickets ended", "Satisfaction", "admin:satisfaction", SEE_RECORDS),
    ),
    KNOWLEDGE: (),
    "What runs": (
        ("Outages", "Outage", "admin:outages", "contracts.view_outage"),
        ("Maintenance", "MaintenanceWindow", "admin:maintenance", "contracts.view_maintenancewindow"),
        ("Releases", "Release", "admin:releases", "contracts.view_release"),
    ),
    "The desk": (
        ("People", "Team", "admin:desk_people", "contracts.view_team"),
        ("Escalations", "EscalationRole", "admin:escalation_roles", "contracts.view_escalationrole"),
        ("Closures", "Closure", "admin:closures", "contracts.view_closure"),
        ("Holidays", "Holiday", "admin:holidays", "contracts.view_holiday"),
    ),
}
# Rows that have no page of the desk's own, and where they are looked for. Any other stands at the end.
ROWS = {
    "The desk": ("OnCall",),
    "Customers": ("Customer", "Contact", "Contract", "Deployment", "StandingChange"),
    "Products and policies": ("Product", "Component", "Environment", "PolicyVersion"),
    "Accounts and mail": ("User", "Announcement", "OutboxMessage", "BouncedAddress", "Mailbox"),
}
REST = "The program"
Group = dict[str, Any]


def with_desk(request: HttpRequest, apps: Iterable[Group]) -> list[Group]:
    """The desk's pages and the models of the admin's ``apps`` by what they are for; a group that is empty is left out.

    What has a page of the desk's own is not listed twice.
    """
    groups = {name: list(_allowed(request, name)) for name in [*PLACES, *ROWS, REST]}
    shown = {place["object_name"] for places in groups.values() for place in places}
    models = {model["object_name"]: model for app in apps for model in app["models"]}
    for group, names in ROWS.items():
        groups[group] += [models.pop(name) for name in names if name in models and name not in shown]
    groups[REST] += [model for name, model in models.items() if name not in shown]
    return [_group(name, found) for name, found in groups.items() if found]


def _group(name: str, found: list[dict[str, Any]]) -> Group:
    return {
        "name": name,
        "app_label": name.lower().replace(" ", "-"),
        "app_url": "",
        "has_module_perms": True,
        "models": found,
    }


def _allowed(request: HttpRequest, group: str) -> Iterator[dict[str, Any]]:
    for name, key, address in _known(request, group):
        yield {
            "name": name,
            "object_name": key,
            "admin_url": address,
            "add_url": None,
            "perms": {"view": True, "add": False, "change": False, "delete": False},
            "view_only": True,
        }


def _known(request: HttpRequest, group: str) -> Iterator[articles.Place]:
    if group == KNOWLEDGE:
        yield from articles.places(request)
    for name, key, address, permission in PLACES.get(group, ()):
        if request.user.has_perm(permission):
            yield name, key, reverse(address)
    if group == REST and mails.are_files() and request.user.has_perm(mails.SEE):
        yield "Mails of the demo", "DemoMail", reverse("admin:demo_mails")
