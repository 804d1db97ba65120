"""The parts of the list of mail that came in, and how it is read page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from contracts.keys import row_in
from tickets.held_mail import to_settle
from tickets.models import IncomingMail
from tickets.models.mail import IncomingMailQuerySet, Outcome

ROWS = 25
LONGEST_ADDRESS = 254
# What a list shows; never what a message says.
SHOWN = (
    "sender",
    "subject",
    "way",
    "received_at",
    "stored_at",
    "outcome",
    "said",
    "error",
    "attempts",
    "first",
    "settled_at",
    "settled_because",
    "settled_by__name",
    "settled_by__email",
    "ticket__number",
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the list: its word in the address, its link, its rows, and what stands there when it is empty.

    What waits for somebody stands with the longest waiting first, the rest with the newest first.
    """

    key: str
    label: str
    rows: Callable[[], IncomingMailQuerySet]
    empty: str
    waits: bool = False

    @property
    def order(self) -> tuple[str, ...]:
        return ("stored_at", "pk") if self.waits else ("-pk",)

    def after(self, last: IncomingMail) -> Q:
        """Those that stand behind a row."""
        if self.waits:
            return Q(stored_at__gt=last.stored_at) | Q(stored_at=last.stored_at, pk__gt=last.pk)
        return Q(pk__lt=last.pk)


def _with(*outcomes: str) -> Callable[[], IncomingMailQuerySet]:
    return lambda: IncomingMail.objects.filter(outcome__in=outcomes)


PARTS = {
    part.key: part
    for part in (
        Part(
            "held",
            "Held",
            to_settle,
            "No mail waits for you. What is not put on a ticket safely, as that of unknown senders, stands here.",
            waits=True,
        ),
        Part(
            "waiting",
            "Not processed",
            IncomingMail.objects.waiting,
            "Everything that came in is processed. What fails is tried again, and stands here meanwhile.",
            waits=True,
        ),
        Part(
            "tickets",
            "On tickets",
            _with(Outcome.NEW_TICKET, Outcome.REPLY),
            "No mail has opened a ticket or answered one yet.",
        ),
        Part(
            "settled",
            "Settled",
            lambda: IncomingMail.objects.filter(outcome=Outcome.HELD).exclude(settled_at=None),
            "No held mail was settled yet. What became of each stands here.",
        ),
        Part(
            "ignored",
            "Recorded only",
            _with(Outcome.IGNORED),
            "No automatic mail came in. Automatic answers, bounces and mails of lists stand here; they change nothing.",
        ),
        Part(
            "refused",
            "Refused",
            _with(Outcome.REFUSED),
            "No mail was refused. That of contacts who are not entitled to support by email stands here.",
        ),
        Part("all", "All", IncomingMail.objects.all, "No mail has come in yet."),
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a part, one sender's mail (``""`` for all), and the last row of the page before."""

    part: Part
    sender: str
    after: str

    def query(self, **changed: str) -> str:
        """The address of the list with what is ``changed``."""
        given = {"show": self.part.key, "sender": self.sender, **changed}
        return "?" + urlencode({name: value for name, value in given.items() if value})

    def page(self) -> tuple[list[IncomingMail], str]:
        """Its rows, and the key to go on with, ``""`` on the last page. Two queries at most."""
        rows = self.part.rows().order_by(*self.part.order)
        if self.sender:
            rows = rows.filter(sender=self.sender)
        if (last := self._last()) is not None:
            rows = rows.filter(self.part.after(last))
        found = list(rows.select_related("ticket", "settled_by").only(*SHOWN)[: ROWS + 1])
        return found[:ROWS], str(found[ROWS - 1].pk) if len(found) > ROWS else ""

    def _last(self) -> IncomingMail | None:
        return row_in(IncomingMail.objects.only("stored_at"), self.after)


def read(given: Mapping[str, Any]) -> Asked:
    """What an address asks for; anything that is not known in it is left out. A sender alone means all of theirs."""
    sender = str(given.get("sender", "")).replace("\0", "").strip().lower()[:LONGEST_ADDRESS]
    default = "all" if sender else "held"
    return Asked(
        part=PARTS.get(str(given.get("show", default)), PARTS[default]),
        sender=sender,
        after=str(given.get("after", "")),
    )
