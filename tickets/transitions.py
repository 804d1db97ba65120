"""Status → what may come next, and why not, as data."""

from dataclasses import dataclass

from tickets.facts import Facts
from tickets.models.ticket import UNFINISHED, Status


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of staff: its button, the statuses it may come in, and the refusal elsewhere."""

    name: str
    label: str
    allowed: tuple[Status, ...]
    otherwise: str


_ENDED = "The ticket is resolved. Reopen it first."

VERBS = {
    verb.name: verb
    for verb in (
        Verb("acknowledge", "Acknowledge", UNFINISHED, _ENDED),
        Verb("start_work", "Start work", UNFINISHED, _ENDED),
        Verb("reply", "Reply", (*UNFINISHED, Status.RESOLVED), "The ticket is closed."),
        Verb("note", "Add a note", tuple(Status), ""),
        Verb("ask", "Ask the customer", UNFINISHED, _ENDED),
        Verb("provide_workaround", "Provide a workaround", UNFINISHED, _ENDED),
        Verb("change_severity", "Change the severity", UNFINISHED, _ENDED),
        Verb("confirm_severity", "Confirm the severity", UNFINISHED, _ENDED),
        Verb("resolve", "Resolve", UNFINISHED, "The ticket is resolved already."),
        Verb("reopen", "Reopen", (Status.RESOLVED,), "Only a resolved ticket can be reopened."),
        Verb("link_outage", "Link an outage", UNFINISHED, _ENDED),
        Verb("merge", "Merge", UNFINISHED, "Only an open ticket can be merged."),
        Verb("assign", "Assign", (*UNFINISHED, Status.RESOLVED), "The ticket is closed."),
    )
}


def refusal(verb: str, facts: Facts) -> str:
    """Why ``verb`` cannot be done on a ticket with these facts; ``""`` where it can."""
    rule = VERBS[verb]
    if facts.status not in rule.allowed:
        if facts.merged_into:
            return f"The ticket was merged and lives on in {facts.merged_into}. Do it there."
        return rule.otherwise
    done_before = {
        "acknowledge": (facts.acknowledged_at, "It was acknowledged before."),
        "start_work": (facts.work_started_at, "Work was started before."),
        "ask": (facts.waiting_since, "The customer was asked before and has not answered yet."),
        "confirm_severity": (facts.severity_confirmed, "The severity was confirmed before."),
    }
    done, why = done_before.get(verb, (None, ""))
    return why if done else ""


def offered(facts: Facts) -> list[Verb]:
    """The verbs that can be done now, in the order of their buttons."""
    return [verb for verb in VERBS.values() if not refusal(verb.name, facts)]
