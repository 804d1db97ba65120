"""The addresses of staff's pages of this floor, below ``/admin/``; ``portal.admin_site`` takes them in."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from contracts.desk import mails, outages, people, windows
from contracts.desk.verbs import OUTAGE_VERBS, Table

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


def upkeep_urls(admin_view: Guard, outage_verbs: Table = OUTAGE_VERBS) -> list[URLPattern]:
    """Every page, each behind the admin's own check.

    ``outage_verbs`` is what can be done with an outage: a floor above gives the table with a verb of its own in place
    of ``updates``, say, that tells its tickets, too.
    """
    verbs = {"verbs": outage_verbs}
    return [
        path("maintenance/", admin_view(windows.maintenance), name="maintenance"),
        path("maintenance/new/", admin_view(windows.announcing), name="window_new"),
        path("maintenance/<int:pk>/", admin_view(windows.window), name="window"),
        path("maintenance/<int:pk>/<slug:noun>/", admin_view(windows.window_verb), name="window_verb"),
        path("outages/", admin_view(outages.outages), name="outages"),
        path("outages/new/", admin_view(outages.reporting), name="outage_new"),
        path("outages/<int:pk>/", admin_view(outages.outage), verbs, name="outage"),
        path("outages/<int:pk>/<slug:noun>/", admin_view(outages.outage_verb), verbs, name="outage_verb"),
    ]


def people_urls(admin_view: Guard) -> list[URLPattern]:
    """The pages about the people of the desk, each behind the admin's own check."""
    return [
        path("mails/", admin_view(mails.mails), name="demo_mails"),
        path("mails/<int:pk>/", admin_view(mails.mail), name="demo_mail"),
        path("mails/<int:pk>/body/", admin_view(mails.mail_body), name="demo_mail_body"),
        path("people/", admin_view(people.people), name="desk_people"),
        path("people/<int:pk>/", admin_view(people.person), name="desk_person"),
        path("people/<int:pk>/<slug:noun>/", admin_view(people.person_verb), name="desk_person_verb"),
        path("escalations/", admin_view(people.escalation_roles), name="escalation_roles"),
    ]
