"""Of the demo: a promise that was missed, and whom the policy has told of it (VK16)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from contracts.models import User
from tickets.models import Escalation, Ticket
from tickets.services import conversation, lifecycle, noticing
from tickets.services.acknowledging import acknowledge_escalation

SUBJECT = "Live pictures stop after an hour"


def miss_a_workaround(*, file: Callable[..., Ticket], agent: User, at: datetime) -> None:
    """A serious error whose 48 hours for a workaround ended five hours before ``at``."""
    filed_at = at - timedelta(hours=53)
    ticket = file(
        "omar@northwind.example",
        "agents",
        filed_at,
        subject=SUBJECT,
        text="An hour after an agent was started its live pictures stand still. Recordings go on.",
        severity="serious",
        request_type="error",
        affected_percent=40,
        has_workaround=False,
    )
    lifecycle.acknowledge_ticket(ticket=ticket, actor=agent, at=filed_at + timedelta(minutes=20))
    lifecycle.start_work(ticket=ticket, actor=agent, at=filed_at + timedelta(hours=1))
    for hours, text in (
        (30, "We see it on an agent of our own and look for what the hour has to do with it."),
        (9, "It is a token that the agent does not renew. A workaround is being tried out."),
    ):
        conversation.reply_as_staff(ticket=ticket, actor=agent, text=text, at=at - timedelta(hours=hours))


def escalate(*, at: datetime) -> None:
    """What was missed by ``at`` is noticed, and goes to the CTO and the CISO; the CISO alone has acknowledged it."""
    noticing.record_misses(at=at)
    told = Escalation.objects.filter(ticket__subject=SUBJECT, role="CISO").first()
    if told:
        acknowledge_escalation(escalation=told, at=at)
