"""The rows of tickets: the ticket, what was said on it, what happened to it, and its stored clocks."""

from tickets.models.article_use import ArticleUse
from tickets.models.clock import Clock
from tickets.models.consultation import Consultation, ConsultationEvent
from tickets.models.event import TicketEvent
from tickets.models.message import Attachment, Message
from tickets.models.spread import Spread, SpreadReply, TicketOutage
from tickets.models.ticket import Ticket

__all__ = [
    "ArticleUse",
    "Attachment",
    "Clock",
    "Consultation",
    "ConsultationEvent",
    "Message",
    "Spread",
    "SpreadReply",
    "Ticket",
    "TicketEvent",
    "TicketOutage",
]
