"""The pages of the knowledge base in the admin's index and sidebar."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from contracts.desk_pages import actor_of
from knowledgebase.admin.forum import SEE_QUESTIONS, SEE_REPORTS, reports_waiting
from knowledgebase.admin.listing import due_for
from knowledgebase.admin.pages import SEE_ARTICLES, SEE_CATEGORIES, SEE_SEARCHES

Place = tuple[str, str, str]


def places(request: HttpRequest) -> Iterator[Place]:
    """What ``request``'s reader may go to: name, key in the page's classes, address."""
    actor = actor_of(request)
    if actor.has_perm(SEE_ARTICLES):
        address = reverse("admin:articles")
        yield "Articles", "Article", address
        if due := due_for(actor, timezone.now().date()):
            yield f"To look through ({due})", "ArticleDue", f"{address}?show=due"
    if actor.has_perm(SEE_CATEGORIES):
        yield "Categories", "Category", reverse("admin:categories")
    if actor.has_perm(SEE_SEARCHES):
        yield "Searched in vain", "FruitlessSearch", reverse("admin:searches")
    if actor.has_perm(SEE_QUESTIONS):
        yield "Forum", "Question", reverse("admin:questions")
    if actor.has_perm(SEE_REPORTS):
        waiting = reports_waiting()
        yield f"Reports ({waiting})" if waiting else "Reports", "Report", reverse("admin:reports")
