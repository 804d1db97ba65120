"""The admin as staff see it."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse


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

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Sends visitors to the sign-in page, and people who are not staff away."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer
