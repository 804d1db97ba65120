"""The admin as staff see it."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver

from contracts.desk.team_urls import team_urls
from contracts.desk.urls import people_urls, upkeep_urls
from knowledgebase.admin.urls import article_urls
from portal.overview import overview
from tickets.admin.outages import OUTAGE_VERBS
from tickets.admin.places import with_desk
from tickets.admin.urls import desk_urls
from tickets.mailbox_state import current_mailbox

# The task queue's tables: whoever writes a schedule may run any function of the program, and showing a result
# unpacks what is stored in it. What recurs is listed by portal/jobs.py and shown by portal/admin.py.
# The account library's addresses: an address is changed by a verb of ours alone.
CLOSED_APPS = frozenset({"django_q", "account"})


class PortalAdminSite(AdminSite):
    """
    Django's admin under the site's name, entered through the same sign-in as everything else.

    The sign-in of the account library counts the attempts; the admin's own form would be a way around it.
    """

    index_title = "Overview"
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        """Takes the site's name from the settings."""
        super().__init__(name)
        self.site_header = settings.SITE_NAME
        self.site_title = settings.SITE_NAME

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- as Django has it
        """Registers all but what stays closed."""
        models: list[Any] = (
            [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else [*model_or_iterable]
        )
        super().register([m for m in models if m._meta.app_label not in CLOSED_APPS], *args, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Sends visitors to the sign-in page, and people who are not staff away."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The desk's pages before the admin's own, whose last address takes everything."""
        return [
            *desk_urls(self.admin_view),
            *people_urls(self.admin_view),
            *upkeep_urls(self.admin_view, OUTAGE_VERBS),
            *team_urls(self.admin_view),
            *article_urls(self.admin_view),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> TemplateResponse:
        """What one wants to know when the day begins, and above it what is wrong with the mailbox."""
        shown = {"mailbox": current_mailbox(request), **overview(request)}
        return super().index(request, shown | (extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The desk stands first in the index and the sidebar, and everything in groups."""
        known: list[Any] = list(super().get_app_list(request, app_label))
        return known if app_label else with_desk(request, known)
