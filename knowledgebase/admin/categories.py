"""The tree of categories, and changing it."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.desk_pages import REFUSED, actor_of, for_staff
from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from knowledgebase.admin.forms import CategoryForm
from knowledgebase.admin.pages import (
    ADD_CATEGORIES,
    CHANGE_CATEGORIES,
    DELETE_CATEGORIES,
    SEE_CATEGORIES,
    page,
)
from knowledgebase.models import Category
from knowledgebase.services import categories as verbs
from knowledgebase.tree import in_order


@require_safe
@for_staff(SEE_CATEGORIES)
def categories(request: HttpRequest) -> HttpResponseBase:
    """Every category in its place, with how many articles stand in it."""
    actor = actor_of(request)
    counted = Category.objects.annotate(count=Count("articles")).order_by("position", "name", "pk")
    context = {
        "rows": in_order(list(counted)),
        "may_add": actor.has_perm(ADD_CATEGORIES),
        "may_change": actor.has_perm(CHANGE_CATEGORIES),
        "may_delete": actor.has_perm(DELETE_CATEGORIES),
    }
    return page(request, "categories", "Categories", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(ADD_CATEGORIES)
def new(request: HttpRequest) -> HttpResponseBase:
    """Add a category."""
    return _form(request, None, "Add a category")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_CATEGORIES)
def category(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a category."""
    found = get_object_or_404(Category, pk=pk)
    return _form(request, found, f"Change {found}")


@require_POST
@for_staff(DELETE_CATEGORIES)
def deletion(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete an empty category."""
    found = get_object_or_404(Category, pk=pk)
    try:
        verbs.delete_category(category=found, actor=actor_of(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{found} is deleted.")
    return redirect("admin:categories")


def _form(request: HttpRequest, found: Category | None, title: str) -> HttpResponseBase:
    sent = request.POST if request.method == "POST" else None
    saved = {"name": found.name, "parent": str(found.parent_id or ""), "slug": found.slug} if found else {}
    initial = {**saved, "position": found.position if found else 0}
    form = CategoryForm(sent, category=found, initial=initial)
    if sent is not None and form.is_valid() and _saved(request, form, found):
        return redirect("admin:categories")
    status = REFUSED if sent is not None else 200
    return page(request, "category", title, {"form": form, "category": found}, status=status)


def _saved(request: HttpRequest, form: CategoryForm, found: Category | None) -> bool:
    """Whether the service took it; if not, the form says why."""
    typed = {name: form.cleaned_data[name] for name in ("name", "slug", "position")}
    try:
        made = verbs.save_category(
            category=found, parent=form.above(), **typed, actor=actor_of(request), at=timezone.now()
        )
    except Refused as refused:
        show_refusal(form, refused, {})
        return False
    messages.success(request, f"{made} is saved.")
    return True
