"""One's own views of the queue."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page
from tickets.admin.queue_address import Wanted, read
from tickets.forms import Plain
from tickets.models import SavedView
from tickets.services import own_views


class ViewForm(Plain):
    """The name of a view."""

    name = forms.CharField(max_length=own_views.LONGEST_NAME, error_messages={"required": "Give it a name."})
    is_start = forms.BooleanField(label="The queue opens with it", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def saved_views(request: HttpRequest) -> HttpResponseBase:
    """The views, and the part of the queue that the address says, to be kept as one more."""
    wanted = read(request.GET)
    form = ViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _keep(request, wanted, form):
        return redirect(reverse("admin:queue") + wanted.query())
    context = {
        "form": form,
        "wanted": wanted,
        "chips": wanted.chips(),
        "back": wanted.query(),
        "views": SavedView.objects.filter(owner=actor_of(request)),
    }
    status = REFUSED if request.method == "POST" else 200
    return page(request, "saved_views", "Views of the queue", context, status=status)


@require_POST
@for_staff(CHANGE_TICKET)
def saved_view(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Rename a view, begin with it, or delete it; nobody reaches another's."""
    view = get_object_or_404(SavedView, pk=pk, owner=actor_of(request))
    try:
        messages.success(request, _change(view, request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("admin:saved_views")


def _keep(request: HttpRequest, wanted: Wanted, form: ViewForm) -> bool:
    """Whether the view was kept; if not, the form says why."""
    typed = form.cleaned_data
    try:
        own_views.keep_view(
            owner=actor_of(request),
            name=typed["name"],
            query=wanted.query().removeprefix("?"),
            is_start=typed["is_start"],
        )
    except Refused as refused:
        show_refusal(form, refused, {})
        return False
    messages.success(request, f"“{typed['name']}” stands among the parts of the queue now.")
    return True


def _change(view: SavedView, request: HttpRequest) -> str:
    """Do what the pressed button says; what is told afterwards."""
    if "delete" in request.POST:
        own_views.delete_view(view=view)
        return f"“{view.name}” is deleted."
    if "start" in request.POST:
        own_views.begin_with(view=view, is_start=not view.is_start)
        return f"The queue opens with “{view.name}” now." if view.is_start else "The queue opens with all."
    own_views.rename_view(view=view, name=request.POST.get("name", "").replace("\0", ""))
    return f"It is called “{view.name}” now."
