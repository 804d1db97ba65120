"""The portal's addresses and the three empty pages."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path

from benchmarks.articles import THESAURUS
from contracts.freshness import asked_page
from knowledgebase.search import synonyms
from knowledgebase.search.finding import suggest
from portal.urls import urlpatterns as portal_urls

# Made-up articles have made-up synonyms, else searching would cost less than it does.
if (made_up := Path(settings.DATA_DIR) / THESAURUS).exists():
    synonyms.THESAURUS = made_up


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """The frame that a contact sees, and nothing in it."""
    return render(request, "empty.html")


@asked_page
def empty_public(request: HttpRequest) -> HttpResponse:
    """The frame that a visitor sees, and nothing in it."""
    return render(request, "empty.html")


@asked_page
def suggested(request: HttpRequest) -> HttpResponse:
    """The articles that fit a text, as the form of tickets shows them."""
    found = suggest(request.user, request.GET.get("q", ""))
    return render(request, "suggested.html", {"found": found})


def empty_in_admin(request: HttpRequest) -> HttpResponse:
    """The frame that staff see, and nothing in it."""
    return render(request, "empty_in_admin.html", admin.site.each_context(request))


urlpatterns: list[URLPattern | URLResolver] = [
    path("empty/", empty),
    path("empty-public/", empty_public),
    path("suggested/", suggested),
    path("admin/empty/", admin.site.admin_view(empty_in_admin)),
    *portal_urls,
]
