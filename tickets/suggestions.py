"""Articles and known problems that may answer a request: for the contact who writes it, and for staff who reply to it.

Nothing of what was typed is kept or written to a log. A request that is between its writer and staff is not looked
up at all (VK2).
"""

from contracts.models import Contact, Product
from knowledgebase.search.finding import Result, suggest
from tickets.models import KnownProblem, Ticket
from tickets.models.message import MessageKind
from tickets.problem_source import KIND as PROBLEM

MOST = 5
MOST_PROBLEMS = 2
LEAST_TYPED = 12  # fewer letters say too little


def articles_for_typed(
    contact: Contact, product: Product, *, subject: str, text: str, confidential: bool
) -> list[Result]:
    """At most five known problems and articles that ``contact`` may read, for a request that is being written."""
    typed = f"{subject}\n{text}".strip()
    if confidential or len(typed) < LEAST_TYPED:
        return []
    problems: list[Result] = []
    if KnownProblem.objects.standing().filter(product=product).exists():
        found = suggest(contact.user, typed, product=product, limit=MOST_PROBLEMS, kind=PROBLEM)
        standing = set(
            KnownProblem.objects.standing().values_list("pk", flat=True).filter(pk__in=[r.key for r in found])
        )
        problems = [result for result in found if result.key in standing]
    return [*problems, *suggest(contact.user, typed, product=product, limit=MOST - len(problems))]


def articles_for_ticket(ticket: Ticket) -> list[Result]:
    """At most five articles for a reply on ``ticket``: those alone that its contact can open."""
    first = (
        ticket.messages.filter(kind=MessageKind.REPLY).order_by("pk").values_list("text", flat=True).first()
    )
    typed = "\n".join(filter(None, [ticket.subject, first, ticket.steps]))
    return suggest(ticket.contact.user, typed, product=ticket.product, limit=MOST)
