"""The acts of a ticket's stories that both sides have: a date is proposed or accepted."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from contracts.models import User
from tickets.forms import Plain
from tickets.forms_stories import AcceptanceForm, DateForm
from tickets.models import Ticket
from tickets.negotiation import AGREEABLE
from tickets.services.dates import accept_date, propose_date
from tickets.stories import DatePanel
from tickets.views.acts import Act


def date_acts(ticket: Ticket, actor: User, zone: ZoneInfo, panels: Iterable[DatePanel]) -> list[Act]:
    """Accepting, then proposing, for each promise; shown are those that can be done now."""
    known = {panel.clock: panel for panel in panels}
    asked = [(name.value, known.get(name.value)) for name in AGREEABLE]
    return [
        *(_acceptance(ticket, actor, clock, panel) for clock, panel in asked),
        *(_proposal(ticket, actor, clock, zone, panel) for clock, panel in asked),
    ]


def _acceptance(ticket: Ticket, actor: User, clock: str, panel: DatePanel | None) -> Act:
    standing = panel.standing if panel else None
    asked = standing if standing and not standing.is_own and not standing.has_passed else None

    def accept(form: Plain) -> None:
        accept_date(ticket=ticket, actor=actor, proposal=form.cleaned_data["proposal"], at=timezone.now())

    return Act(
        name=f"accept_{clock}",
        button=f"Accept this date for the {clock}",
        form=partial(_accepting, standing.seq if standing else None),
        call=accept,
        done=f"The date for the {clock} is agreed. The other side is told.",
        hint=f"{asked.due} becomes the due date of the {clock}." if asked else "",
        shown=asked is not None,
    )


def _accepting(proposal: int | None, **given: Any) -> Plain:
    begun = {**given.pop("initial", {}), "proposal": proposal}
    return AcceptanceForm(initial=begun, **given)


def _proposal(ticket: Ticket, actor: User, clock: str, zone: ZoneInfo, panel: DatePanel | None) -> Act:
    def propose(form: Plain) -> None:
        typed = form.cleaned_data
        propose_date(
            ticket=ticket,
            actor=actor,
            promise=clock,
            due_at=typed["due_at"],
            reason=typed["reason"],
            seen=typed["seen"],
            at=timezone.now(),
        )

    again = panel is not None and bool(panel.proposals)
    binding = panel.binding if panel else ""
    return Act(
        name=f"propose_{clock}",
        button=f"Propose {'another' if again else 'a'} date for the {clock}",
        form=partial(DateForm, zone=zone),
        call=propose,
        done=f"Your date for the {clock} is proposed. The other side is told, and accepts it or proposes another.",
        hint=f"Until another date is accepted, {binding} stays the due date." if binding else "",
        shown=panel is not None,
    )
