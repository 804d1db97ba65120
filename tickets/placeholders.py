"""The placeholders of saved replies: a fixed table, filled from one ticket in one go. Pure but for the clocks' rows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from contracts.models import User
from contracts.phrasing import moment
from contracts.sla.clock import State
from tickets.models import Ticket
from tickets.wording import severity_name

NO_DATE = "(no date)"
_MARK = re.compile(r"\{([a-z_]+(?::[a-z_]+)?)\}")


@dataclass(frozen=True, slots=True)
class Filling:
    """What placeholders are filled from: a ticket, who writes, when."""

    ticket: Ticket
    writer: User
    at: datetime

    def due(self, name: str) -> str:
        """When a running clock is due, in the contact's zone."""
        zone = ZoneInfo(self.ticket.contact.user.time_zone)
        running = (clock for clock in self.ticket.clocks.all() if clock.state == State.RUNNING)
        found = next((clock.due_at for clock in running if clock.name == name and clock.due_at), None)
        return moment(found, zone, now=self.at) if found else NO_DATE


PLACEHOLDERS: dict[str, Callable[[Filling], str]] = {
    "contact": lambda filling: str(filling.ticket.contact.user),
    "customer": lambda filling: str(filling.ticket.customer),
    "number": lambda filling: filling.ticket.number,
    "subject": lambda filling: filling.ticket.subject,
    "product": lambda filling: str(filling.ticket.product),
    "severity": lambda filling: severity_name(filling.ticket),
    "link": lambda filling: settings.SITE_URL.rstrip("/") + reverse("ticket", args=[filling.ticket.number]),
    "me": lambda filling: str(filling.writer),
    "due:response": lambda filling: filling.due("response"),
    "due:update": lambda filling: filling.due("update"),
    "due:workaround": lambda filling: filling.due("workaround"),
    "due:resolution": lambda filling: filling.due("resolution"),
}


def unknown_in(text: str) -> list[str]:
    """What stands in ``text`` like a placeholder and is none, each once."""
    return list(dict.fromkeys(name for name in _MARK.findall(text) if name not in PLACEHOLDERS))


def filled(text: str, filling: Filling) -> str:
    """``text`` with what the placeholders mean; what they bring in is not read for more of them."""
    return _MARK.sub(lambda found: _said(found, filling), text)


def _said(found: re.Match[str], filling: Filling) -> str:
    rule = PLACEHOLDERS.get(found[1])
    return rule(filling) if rule else found[0]
