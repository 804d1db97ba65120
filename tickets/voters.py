"""Who is told what became of a request for enhancement: those who voted for it, while they may read it.

Each answer of staff that changes where it stands is an announcement, so that one to many votes is one row.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from contracts.access import products_under
from contracts.models import Contact, Contract
from contracts.outbox.announcements import announce
from contracts.outbox.audiences import Reader
from contracts.outbox.models import Announcement
from tickets.models import EnhancementRequest, EnhancementStep, EnhancementVote
from tickets.notifications import site_url

KIND = "vote_answered"


def tell_voters(step: EnhancementStep) -> None:
    """Tell the voters of the step, once."""
    announce(
        kind=KIND,
        audience=Voters.name,
        key=f"enhancement-step-{step.pk}",
        at=step.at,
        data={"request": step.request_id, "step": step.pk},
    )


class Voters:
    """Who gave a vote that stands, but the contact of the request's own ticket, who gets a mail about that."""

    name = "voters"

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[Any]:
        votes = EnhancementVote.objects.filter(request=announcement.data["request"], by__is_active=True)
        return votes.select_related("by", "request__ticket__contact")

    def readers(self, announcement: Announcement, rows: Sequence[Any], at: datetime) -> Iterable[Reader]:
        """Those who are still of the customer in whose name they voted, and may read the request at ``at``."""
        if not rows:
            return
        request = rows[0].request
        belong = set(
            Contact.objects.filter(customer__in=[vote.customer_id for vote in rows]).values_list(
                "user", "customer"
            )
        )
        having = _customers_with(request, rows, at) if request.published_at else set()
        own = request.ticket.contact.user_id if request.ticket else None
        for vote in rows:
            if vote.by_id == own or (vote.by_id, vote.customer_id) not in belong:
                continue
            reads_published = vote.customer_id in having
            if reads_published or _reads(vote, at):
                yield Reader(vote.by, alike=None)

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        step = EnhancementStep.objects.select_related("request", "actor").get(pk=announcement.data["step"])
        url = site_url(f"/enhancements/{step.request_id}/")
        return {
            "title": step.request.title,
            "said": step.did,
            "text": step.words,
            "actor": step.actor,
            "url": url,
        }


def _customers_with(request: EnhancementRequest, votes: Iterable[EnhancementVote], at: datetime) -> set[int]:
    """The customers of ``votes`` that have the product under a contract in force."""
    contracts: dict[int, list[Contract]] = {}
    known = Contract.objects.filter(customer__in=[vote.customer_id for vote in votes]).order_by()
    for contract in known.select_related("policy_version"):
        contracts.setdefault(contract.customer_id, []).append(contract)
    return {customer for customer, own in contracts.items() if request.product_id in products_under(own, at)}


def _reads(vote: EnhancementVote, at: datetime) -> bool:
    """Whether who voted reads the request otherwise, as what became of a ticket that they see."""
    return EnhancementRequest.objects.visible_to(vote.by, at).filter(pk=vote.request_id).exists()
