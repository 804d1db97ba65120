"""/enhancements/ and /enhancements/<pk>/: what customers wish for beyond support, and their votes."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.models import Contact, Customer, User
from tickets import access
from tickets.enhancement_list import listed
from tickets.forms import Plain
from tickets.models import EnhancementRequest, EnhancementVote, Message, Ticket
from tickets.services import enhancements as services
from tickets.views.acts import Act, ActPage, answer
from tickets.views.reader import reader_of, zone_of


@login_required
@require_safe
def enhancements(request: HttpRequest) -> HttpResponseBase:
    """One page of the list, the most wanted first."""
    user, at = reader_of(request), timezone.now()
    found = listed(EnhancementRequest.objects.visible_to(user, at), request.GET)
    own = Contact.objects.filter(user=user).values("customer")
    voted = EnhancementVote.objects.filter(request__in=[row.pk for row in found.rows], customer__in=own)
    context = {
        "list": found,
        "voted": set(voted.values_list("request_id", flat=True)),
        "desk_address": "/admin/enhancements/" if user.is_staff else "",
    }
    return render(request, "enhancements/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enhancement(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One request, what became of it, and the vote of each customer of the reader's."""
    user = reader_of(request)

    def read() -> ActPage:
        at = timezone.now()
        found = access.get_enhancement_for(user, pk, at)
        customers = access.customers_with(user, found.product_id, at)
        context = {
            "enhancement": found,
            "customers": customers,
            "steps": found.steps.exclude(words="").select_related("actor"),
            "original": original_for(user, found),
            "zone": zone_of(user),
            "at": at,
            "desk_address": f"/admin/enhancements/{found.pk}/" if user.is_staff else "",
        }
        return ActPage(_votes(user, found, customers), 0, context)

    def draw(context: dict[str, Any], status: int) -> HttpResponseBase:
        return render(request, "enhancements/enhancement.html", context, status=status)

    return answer(request, read, draw, lambda: redirect("enhancement", pk))


def original_for(user: User, found: EnhancementRequest) -> Message | None:
    """What the customer wrote, with its files, for those who see the ticket; ``None`` for all others."""
    if found.ticket_id is None or not Ticket.objects.visible_to(user).filter(pk=found.ticket_id).exists():
        return None
    messages = Message.objects.filter(ticket=found.ticket_id).prefetch_related("attachments")
    return messages.order_by("written_at", "pk").first()


def _votes(user: User, found: EnhancementRequest, customers: list[Customer]) -> list[Act]:
    given = set(
        EnhancementVote.objects.filter(request=found, customer__in=customers).values_list(
            "customer_id", flat=True
        )
    )
    several = len(customers) > 1
    acts = []
    for customer in customers:
        name = f" for {customer}" if several else ""
        acts += [
            Act(
                name=f"vote_{customer.pk}",
                button=f"Vote for it{name}",
                form=Plain,
                call=partial(_vote, user, found, customer),
                done=f"{customer} votes for it now.",
                shown=customer.pk not in given and not found.is_over,
            ),
            Act(
                name=f"unvote_{customer.pk}",
                button=f"Take the vote back{name}",
                form=Plain,
                call=partial(_take_back, user, found, customer),
                done=f"{customer} does not vote for it any more.",
                shown=customer.pk in given,
            ),
        ]
    return acts


def _vote(user: User, found: EnhancementRequest, customer: Customer, _: Plain) -> None:
    services.vote(request=found, customer=customer, actor=user, at=timezone.now())


def _take_back(user: User, found: EnhancementRequest, customer: Customer, _: Plain) -> None:
    services.take_vote_back(request=found, customer=customer, actor=user, at=timezone.now())
