"""What crosses from the forum to the tickets: a question becomes a request of who asked it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from contracts.models import Contact, Deployment, User
from contracts.refusals import Refused
from knowledgebase.models import Question
from knowledgebase.services import forum
from tickets.models import Ticket
from tickets.services.filing import Request, file_ticket, filed_before


@transaction.atomic
def file_from_question(
    *,
    question: Question,
    deployment: Deployment,
    request: Request,
    submission_key: str,
    actor: User,
    at: datetime,
) -> Ticket:
    """A ticket of the asker for their ``deployment``, whose number the question then carries for them and for staff.

    The same ticket again for the same ``submission_key``. The question stays in the forum as it is.
    """
    question = forum.locked(question, actor)
    contact = Contact.objects.select_related("user", "customer").filter(
        user=actor, customer=deployment.customer_id
    )
    own = contact.first()
    if question.asker_id != actor.pk or own is None:
        raise Refused(
            "Only who asked the question can make a ticket of it, for an installation of their own."
        )
    if known := filed_before(own, submission_key):
        return known
    if question.ticket_number:
        raise Refused(f"The ticket {question.ticket_number} was made of this question already.")
    if deployment.product_id != question.product_id:
        raise Refused(f"The question is about {question.product}. Choose an installation of that.")
    ticket = file_ticket(
        contact=own, deployment=deployment, request=request, submission_key=submission_key, at=at
    )
    forum.note_ticket(question=question, number=ticket.number, actor=actor, at=at)
    return ticket


def text_of(question: Question) -> str:
    """What the request says to begin with: the question, and where it stands."""
    address = f"{settings.SITE_URL}{reverse('question', args=[question.pk])}"
    return f"{question.text}\n\nAsked in the forum: {address}"
