"""Writing a ticket up: what the draft would say is shown with what was taken out of it, then it is made."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from knowledgebase.models import Category
from knowledgebase.models.audience import Audience
from knowledgebase.tree import in_order
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page
from tickets.admin.ticket import ticket_numbered
from tickets.services.writing_up import prepare, why_not, write_up_ticket

WRITE = "knowledgebase.add_article"


class WriteUpForm(forms.Form):
    """Where the draft will stand, and for whom."""

    category = forms.ChoiceField()
    audience = forms.ChoiceField(label="Who will read it", choices=Audience.choices)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type] # what a request holds
        self.known: dict[str, Category] = {}
        choices = []
        for category, depth in in_order():
            self.known[str(category.pk)] = category
            choices.append((str(category.pk), f"{'– ' * depth}{category.name}"))
        field = self.fields["category"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def writing_up(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show what would be written up, and write it up once it is confirmed."""
    ticket, actor = ticket_numbered(number), actor_of(request)
    if not actor.has_perm(WRITE):
        raise PermissionDenied
    if refusal := why_not(ticket):
        context = {"ticket": ticket, "refusal": refusal}
        return page(request, "writing_up", f"Write up {number}", context, status=REFUSED)
    form = WriteUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        category = form.known[form.cleaned_data["category"]]
        audience = form.cleaned_data["audience"]
        try:
            made = write_up_ticket(
                ticket=ticket, category=category, audience=audience, actor=actor, at=timezone.now()
            )
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, "The draft is made. Check every ⟦mark⟧ before you publish it.")
            return redirect("admin:article", made.pk)
    context = {"ticket": ticket, "form": form, "made": prepare(ticket)}
    status = REFUSED if request.method == "POST" else 200
    return page(request, "writing_up", f"Write up {number}", context, status=status)
