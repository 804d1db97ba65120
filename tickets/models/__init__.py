"""The rows of tickets: the ticket, what was said on it, what happened to it, and its stored clocks."""

from tickets.models.article_use import ArticleUse
from tickets.models.clock import Clock
from tickets.models.consultation import Consultation, ConsultationEvent
from tickets.models.desk_work import Draft, Presence, SavedReply, SavedView, TicketWords
from tickets.models.enhancement import EnhancementRequest, EnhancementStep, EnhancementVote
from tickets.models.errand import Errand, TicketFix
from tickets.models.escalation import Escalation
from tickets.models.event import TicketEvent
from tickets.models.inquiry import Inquiry
from tickets.models.mail import IncomingMail
from tickets.models.mailbox import Mailbox
from tickets.models.message import Attachment, FileRemoval, Message
from tickets.models.problem import KnownProblem, ProblemEvent, TicketProblem
from tickets.models.relations import TicketLink, TicketMerge, TicketShare, TicketTag, Watcher
from tickets.models.spread import Spread, SpreadRedaction, SpreadReply, TicketOutage
from tickets.models.ticket import Ticket

__all__ = [
    "ArticleUse",
    "Attachment",
    "Clock",
    "Consultation",
    "ConsultationEvent",
    "Draft",
    "EnhancementRequest",
    "EnhancementStep",
    "EnhancementVote",
    "Errand",
    "Escalation",
    "FileRemoval",
    "IncomingMail",
    "Inquiry",
    "KnownProblem",
    "Mailbox",
    "Message",
    "Presence",
    "ProblemEvent",
    "SavedReply",
    "SavedView",
    "Spread",
    "SpreadRedaction",
    "SpreadReply",
    "Ticket",
    "TicketEvent",
    "TicketFix",
    "TicketLink",
    "TicketMerge",
    "TicketOutage",
    "TicketProblem",
    "TicketShare",
    "TicketTag",
    "TicketWords",
    "Watcher",
]
