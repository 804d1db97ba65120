"""The rows of the ground floor: people, contracts, policies, products, and messages to people."""

from contracts.models.access_changes import AccessChange
from contracts.models.bounces import BouncedAddress
from contracts.models.components import Component
from contracts.models.contracts import Contract, StandingChange
from contracts.models.desk import (
    Absence,
    EscalationPerson,
    EscalationRole,
    Knowledge,
    OnCall,
    Team,
)
from contracts.models.licences import Licence, LicenceClaim, TeamRequest
from contracts.models.mail_wishes import MailWish
from contracts.models.people import Contact, Customer, CustomerDomain, User
from contracts.models.policies import Closure, Holiday, PolicyVersion
from contracts.models.products import Deployment, Environment, Product, Release
from contracts.models.releases import ReleaseFile, ReleaseNotes, UpdateChoice
from contracts.models.subscriptions import Feed, MailChoice, Subscription
from contracts.models.upkeep import MaintenanceWindow, Outage, OutageEvent, WindowEvent
from contracts.outbox.models import Announcement, OutboxMessage

__all__ = [
    "Absence",
    "AccessChange",
    "Announcement",
    "BouncedAddress",
    "Closure",
    "Component",
    "Contact",
    "Contract",
    "Customer",
    "CustomerDomain",
    "Deployment",
    "Environment",
    "EscalationPerson",
    "EscalationRole",
    "Feed",
    "Holiday",
    "Knowledge",
    "Licence",
    "LicenceClaim",
    "MailChoice",
    "MailWish",
    "MaintenanceWindow",
    "OnCall",
    "Outage",
    "OutageEvent",
    "OutboxMessage",
    "PolicyVersion",
    "Product",
    "Release",
    "ReleaseFile",
    "ReleaseNotes",
    "StandingChange",
    "Subscription",
    "Team",
    "TeamRequest",
    "UpdateChoice",
    "User",
    "WindowEvent",
]
