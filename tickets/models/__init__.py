"""The rows of tickets: the ticket, what was said on it, what happened to it, and its stored clocks."""

from tickets.models.article_use import ArticleUse
from tickets.models.clock import Clock
from tickets.models.desk_work import Draft, Presence, SavedReply, SavedView, TicketWords
from tickets.models.event import TicketEvent
from tickets.models.message import Attachment, Message
from tickets.models.spread import Spread, SpreadReply, TicketOutage
from tickets.models.ticket import Ticket

__all__ = [
    "ArticleUse",
    "Attachment",
    "Clock",
    "Draft",
    "Message",
    "Presence",
    "SavedReply",
    "SavedView",
    "Spread",
    "SpreadReply",
    "Ticket",
    "TicketEvent",
    "TicketOutage",
    "TicketWords",
]
