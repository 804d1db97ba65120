"""/robots.txt and /sitemap.xml: what search engines are asked to leave alone, and what they find."""

from typing import Any

from django.conf import settings
from django.contrib.sitemaps.views import SitemapIndexItem
from django.contrib.sitemaps.views import sitemap as one_part
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from contracts import sitemaps as of_contracts
from contracts.generic import Sitemap
from knowledgebase import sitemaps as of_knowledgebase
from portal import sitemaps as of_upkeep
from portal.middleware import same_for_everyone

# Each app offers its parts; what is listed here stands in /sitemap.xml.
PARTS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {
    **of_contracts.PARTS,
    **of_knowledgebase.PARTS,
    **of_upkeep.PARTS,
}
LEFT_ALONE = (
    "/admin/",
    "/account/",
    "/tickets/",
    "/search/",
    "/inquiries/confirmations/",
    "/availability/",
    "/kb/search/",
    "/kb/articles/*/feedback/",
    "/forum/questions/new/",
    "/forum/questions/*/answers/",
    "/forum/questions/*/solution/",
    "/forum/questions/*/reports/",
    "/forum/questions/*/ticket/",
)
HOUR = 3600


@require_safe
@same_for_everyone
@cache_control(public=True, max_age=HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    """Which addresses are nothing for search engines, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {place}" for place in LEFT_ALONE)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@same_for_everyone
@cache_control(public=True, max_age=HOUR)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The list of the parts; the longer ones have several pages."""
    found = []
    for name, made in PARTS.items():
        part = made() if isinstance(made, type) else made
        address = settings.SITE_URL + reverse("sitemap_part", args=[name])
        found.append(SitemapIndexItem(address))
        found += [SitemapIndexItem(f"{address}?p={page}") for page in range(2, part.paginator.num_pages + 1)]
    return render(request, "sitemap_index.xml", {"sitemaps": found}, content_type="application/xml")


@require_safe
@same_for_everyone
@cache_control(public=True, max_age=HOUR)
def sitemap_part(request: HttpRequest, name: str) -> HttpResponse:
    """One part, or one page of it; what is listed is what visitors may see, whoever asks."""
    return one_part(request, PARTS, section=name).render()
