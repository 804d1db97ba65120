"""The addresses of staff's pages of the knowledge base, below ``/admin/``; ``portal.admin_site`` takes them in."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from knowledgebase.admin import categories, doing, readers, searches, versions
from knowledgebase.admin.forum_urls import forum_urls
from knowledgebase.admin.listing import articles
from knowledgebase.admin.previewing import preview
from knowledgebase.admin.verbs import VERB_PAGES

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


def article_urls(admin_view: Guard) -> list[URLPattern]:
    """Every page, each behind the admin's own check."""
    one = "articles/<int:pk>/"
    return [
        path("articles/", admin_view(articles), name="articles"),
        path("articles/new/", admin_view(doing.new), name="article_new"),
        path("articles/preview/", admin_view(preview), name="article_new_preview"),
        path(one, admin_view(doing.article), name="article"),
        path(f"{one}preview/", admin_view(preview), name="article_preview"),
        path(f"{one}review/", admin_view(doing.review), name="article_review"),
        path(f"{one}publication/", admin_view(doing.publication), name="article_publication"),
        path(f"{one}versions/", admin_view(versions.versions), name="article_versions"),
        path(
            f"{one}versions/<int:number>/restoration/",
            admin_view(versions.restoration),
            name="article_restoration",
        ),
        path(f"{one}feedback/", admin_view(readers.feedback), name="article_feedback"),
        path(f"{one}files/<int:file>/removal/", admin_view(doing.removal), name="article_file_removal"),
        *(
            path(f"{one}{verb.noun}/", admin_view(doing.do), {"noun": verb.noun}, name=verb.url_name)
            for verb in VERB_PAGES.values()
        ),
        path("searches/", admin_view(searches.searches), name="searches"),
        path("searches/<int:pk>/settling/", admin_view(searches.settling), name="search_settling"),
        path("categories/", admin_view(categories.categories), name="categories"),
        path("categories/new/", admin_view(categories.new), name="category_new"),
        path("categories/<int:pk>/", admin_view(categories.category), name="category"),
        path("categories/<int:pk>/deletion/", admin_view(categories.deletion), name="category_deletion"),
        *forum_urls(admin_view),
    ]
