"""All addresses. They are stable for good: links in mails and bookmarks depend on them."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from portal import health, theme


def nothing(request: HttpRequest) -> HttpResponse:
    """Pages of the account library that we do not offer."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("theme.css", theme.theme, name="theme"),
    # An address is changed by staff: it decides whose tickets a person may see.
    path("account/email/", nothing),
    path("account/", include("contracts.urls_account")),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("portal.pages")),
    path("", include("tickets.urls")),
    path("", include("tickets.forum_urls")),
    path("", include("knowledgebase.urls")),
    path("", include("knowledgebase.forum_urls")),
    path("", include("knowledgebase.release_urls")),
    path("", include("contracts.urls")),
    path("", include("contracts.urls_subscriptions")),
    path("", include("contracts.urls_team")),
]
