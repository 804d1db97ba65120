"""A ticket that was solved becomes a draft for the knowledge base, without the names of its customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.conf import settings
from django.db import transaction

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.models import Article, Category
from knowledgebase.models.audience import Audience
from knowledgebase.neutral import Names, Taken, neutral
from knowledgebase.services.articles import create_article
from knowledgebase.services.placing import About
from knowledgebase.services.readiness import LONGEST_TITLE
from tickets.models import Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.services.changing import require_staff

# The solution is looked for in this order, the latest of each.
SOLUTIONS = ((Kind.RESOLVED,), (Kind.WORKAROUND_PROVIDED,), (Kind.PUBLIC_REPLY, Kind.WAITING_ON_CUSTOMER))
MISSING = "⟦Say here what helps⟧"
CONFIDENTIAL = (
    "This ticket is confidential: it may tell of a security risk, so nothing of it is written up. "
    "Write an article of your own when the risk is gone."
)
GENERIC = frozenset(
    {"production", "staging", "test", "testing", "development", "headquarters", "pilot", "demo"}
)


@dataclass(frozen=True, slots=True)
class WriteUp:
    """What a draft would say, and what was taken out of it."""

    title: str
    text: str
    taken: Sequence[Taken]


def why_not(ticket: Ticket) -> str:
    """Why the ticket may not be written up; ``""`` where it may (VK2)."""
    return CONFIDENTIAL if ticket.is_confidential else ""


def prepare(ticket: Ticket) -> WriteUp:
    """Problem and solution of ``ticket`` without names. Raises ``Refused`` for a confidential one."""
    if why := why_not(ticket):
        raise Refused(why)
    names = names_of(ticket)
    title = neutral(" ".join(ticket.subject.split()), names)
    text = neutral(_text(ticket), names)
    taken = dict.fromkeys([*title.taken, *text.taken])
    return WriteUp(title.text[:LONGEST_TITLE], text.text, list(taken))


@transaction.atomic
def write_up_ticket(
    *,
    ticket: Ticket,
    category: Category,
    audience: str = Audience.PUBLIC,
    actor: User,
    at: datetime,
) -> Article:
    """A new draft of ``actor`` from problem and solution of ``ticket``, about its product, without names.

    Every place where something was taken out is marked, and the checks before publishing ask for each.
    Refused for a confidential ticket (VK2).
    """
    require_staff(actor)
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    made = prepare(ticket)
    return create_article(
        title=made.title,
        text=made.text,
        category=category,
        audience=audience,
        products=[About(ticket.product)],
        comment="Written up from a ticket",
        actor=actor,
        at=at,
    )


def names_of(ticket: Ticket) -> Names:
    """The names that must not stand in an article about ``ticket``: of its customer and all its people."""
    customer = ticket.customer
    people = list(User.objects.filter(contacts__customer=customer).distinct().order_by("pk"))
    places = customer.deployments.order_by("pk").values_list("name", flat=True)
    return Names(
        customer=customer.name,
        people=[user.name for user in people if user.name],
        logins=[user.email.partition("@")[0] for user in people],
        domains=list(customer.domains.order_by("pk").values_list("domain", flat=True)),
        places=[name for name in places if name.lower() not in GENERIC],
        references=list(customer.contracts.order_by("pk").values_list("order_reference", flat=True)),
        ticket_prefix=settings.TICKET_PREFIX,
    )


def _text(ticket: Ticket) -> str:
    """The draft's text before names are taken out."""
    parts = [f"## What happens\n\n{_problem(ticket)}"]
    if ticket.steps.strip():
        parts.append(f"## When it happens\n\n{_plain(ticket.steps)}")
    parts.append(f"## What helps\n\n{_solution(ticket)}")
    return "\n\n".join(parts) + "\n"


def _problem(ticket: Ticket) -> str:
    filed = _said(ticket, (Kind.FILED,), newest=False)
    return _plain(filed) if filed else "⟦Say here what happens⟧"


def _solution(ticket: Ticket) -> str:
    found = (_said(ticket, kinds, newest=True) for kinds in SOLUTIONS)
    return next((_plain(text) for text in found if text), MISSING)


def _said(ticket: Ticket, kinds: Sequence[Kind], *, newest: bool) -> str:
    """What was said in public in the newest or oldest event of ``kinds`` that has words."""
    events = TicketEvent.objects.filter(ticket=ticket, kind__in=kinds, message__isnull=False)
    order = "-seq" if newest else "seq"
    texts = events.exclude(message__text="").order_by(order).values_list("message__text", flat=True)
    return str(texts.first() or "").strip()


def _plain(text: str) -> str:
    """What somebody typed as Markdown that shows it so: what means nothing there stays as it is."""
    fence = "`" * max(3, _longest_run(text, "`") + 1)
    lines = text.replace("\r\n", "\n").strip().split("\n")
    if any(line.startswith(("    ", "\t", ">>", "#", "|", "```", "~~~")) for line in lines):
        return f"{fence}text\n" + "\n".join(lines) + f"\n{fence}"
    # A line break in a mail is one; in Markdown two spaces make it so.
    breaks = ("  " if line.strip() and after.strip() else "" for line, after in pairwise([*lines, ""]))
    return "\n".join(f"{line.rstrip()}{end}" for line, end in zip(lines, breaks, strict=True))


def _longest_run(text: str, sign: str) -> int:
    longest = run = 0
    for each in text:
        run = run + 1 if each == sign else 0
        longest = max(longest, run)
    return longest
