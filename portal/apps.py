"""The app's place in Django, and those of Django's own apps that differ here."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

from portal.tied import end_when_orphaned, tie_forks


class PortalConfig(AppConfig):
    """The roof: settings, home, health, recurring jobs."""

    name = "portal"
    verbose_name = "Portal"
    default = True

    def ready(self) -> None:
        """Registers the checks of the settings; no process of the queue outlives the one that started it."""
        from portal import checks  # noqa: F401, PLC0415 -- importing registers them

        if settings.ROLE == "worker":
            end_when_orphaned(settings.WORK_STOP_SECONDS)
            tie_forks()


class PortalAdminConfig(AdminConfig):
    """Django's admin with a site of our own, so that the queue and the tickets are pages of it."""

    default = False
    default_site = "portal.admin_site.PortalAdminSite"


class StaticConfig(StaticFilesConfig):
    """Static files less what no page asks for: of Bootstrap's 48 files two are used (and their source maps)."""

    default = False
    ignore_patterns = [
        "CVS", ".*", "*~", "LICENSE", "version.txt",
        "bootstrap-*", "*.rtl.*", "bootstrap.esm*",
        "bootstrap.css*", "bootstrap.js*", "bootstrap.min.js*", "bootstrap.bundle.js*",
    ]  # fmt: skip
