"""What the pages of a ticket show of its escalations: to whom, when, acknowledged when. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.words import list_in_words
from tickets.escalation import MISSED, Told, read_escalations
from tickets.models import TicketEvent
from tickets.telling import Words


@dataclass(frozen=True, slots=True)
class EscalationLine:
    """One step, in words. ``nobody`` is set where nobody is named for the role; ``level`` is how it is drawn."""

    role: str
    why: str
    told: str
    acknowledged: str
    note: str
    nobody: bool
    level: str


def escalation_lines(events: Iterable[TicketEvent], words: Words) -> list[EscalationLine]:
    """The steps of all escalations, as recorded; names for staff alone."""
    return [_line(step, words) for step in read_escalations(events)]


def _line(step: Told, words: Words) -> EscalationLine:
    names = f" ({list_in_words(step.people)})" if words.internal and step.people else ""
    to = (
        f"the managers of the desk{names}, in place of the {step.role}"
        if step.is_stand_in
        else f"the {step.role}{names}"
    )
    percent = f"{step.percent} % of the time for the {step.clock} was used"
    return EscalationLine(
        role=f"{'Reminded' if step.is_reminder else 'Escalated to'} {to}",
        why=f"the {step.clock} was missed" if step.percent == MISSED else percent,
        told=_told(step, words),
        acknowledged=_acknowledged(step, words),
        note="The calendar was corrected since, so the promise counts as not missed; nobody further is told."
        if step.judged_away
        else "",
        nobody=words.internal and step.is_stand_in,
        level="success" if step.acknowledged else "info" if step.judged_away else "warning",
    )


def _told(step: Told, words: Words) -> str:
    due, told = words.moment(step.happened_at), words.moment(step.told_at)
    return due if due == told else f"{due}, told {told}"


def _acknowledged(step: Told, words: Words) -> str:
    if step.acknowledged is None:
        return ""
    who = f" by {step.acknowledged.name}" if words.internal else ""
    return f"{words.moment(step.acknowledged.at)}{who}"
