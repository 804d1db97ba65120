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
_CLOSED = "The ticket is closed. Reopen it first."
_CLOSING = "Only a ticket that is resolved, or that waits for its customer, can be closed."
_REMINDING = (
    "The customer is still being reminded. The ticket can be closed once it is offered for closing, "
    "or when you have resolved it."
)

VERBS = {
    verb.name: verb
    for verb in (
        Verb("acknowledge", "Acknowledge", UNFINISHED, _ENDED),
        Verb("start_work", "Start work", UNFINISHED, _ENDED),
        Verb("reply", "Reply", (*UNFINISHED, Status.RESOLVED), _CLOSED),
        Verb("note", "Add a note", tuple(Status), ""),
        Verb("ask", "Ask the customer", UNFINISHED, _ENDED),
        Verb(
            "withdraw_question",
            "Take the question back",
            (Status.WAITING,),
            "Nothing is awaited from the customer.",
        ),
        Verb("provide_workaround", "Provide a workaround", UNFINISHED, _ENDED),
        Verb("change_severity", "Change the severity", UNFINISHED, _ENDED),
        Verb("confirm_severity", "Confirm the severity", UNFINISHED, _ENDED),
        Verb("resolve", "Resolve", UNFINISHED, "The ticket is resolved already."),
        Verb(
            "reopen",
            "Reopen",
            (Status.RESOLVED, Status.CLOSED),
            "Only a resolved or closed ticket can be reopened.",
        ),
        Verb("close", "Close", (Status.WAITING, Status.RESOLVED), _CLOSING),
        Verb("link_outage", "Link an outage", UNFINISHED, _ENDED),
        Verb("merge", "Merge", UNFINISHED, "Only an open ticket can be merged."),
        Verb("link_problem", "Link a known problem", UNFINISHED, _ENDED),
        Verb("name_fix", "Mark as fixed in a release", UNFINISHED, _ENDED),
        Verb("assign", "Assign", (*UNFINISHED, Status.RESOLVED), _CLOSED),
    )
}

_OVER = "The ticket is resolved or closed. Reopen it first."
_JUDGED = (*UNFINISHED, Status.RESOLVED)
# A judgement can be disputed and answered whatever became of the ticket: also where it lives on in another, for each
# ticket of the two has its own promises.
_DISPUTED = tuple(Status)

# What stands in a panel of its own on the page, or is done by the customer: refused alike, offered there.
IN_PANELS = {
    verb.name: verb
    for verb in (
        Verb("propose_date", "Propose a date", UNFINISHED, _OVER),
        Verb("accept_date", "Accept this date", UNFINISHED, _OVER),
        Verb("request_severity", "Ask for another severity", UNFINISHED, _OVER),
        Verb("keep_severity", "Keep the severity", UNFINISHED, _OVER),
        Verb("exclude", "Exclude under a clause", _JUDGED, "The ticket is closed."),
        Verb("dispute", "Dispute it", _DISPUTED, ""),
        Verb("reinstate", "Reinstate the promises", _DISPUTED, ""),
        Verb("uphold", "Uphold it", _DISPUTED, ""),
        Verb("decline", "Decline", UNFINISHED, _OVER),
    )
}


def refusal(verb: str, facts: Facts) -> str:
    """Why ``verb`` cannot be done on a ticket with these facts; ``""`` where it can."""
    rule = VERBS.get(verb) or IN_PANELS[verb]
    if facts.status not in rule.allowed and facts.merged_into:
        return f"The ticket was merged and lives on in {facts.merged_into}. Do it there."
    if facts.status not in rule.allowed:
        return _CLOSED if facts.status is Status.CLOSED and verb != "close" else rule.otherwise
    if verb == "close" and facts.status is Status.WAITING and facts.closing_offered_at is None:
        return _REMINDING
    done_before = {
        "acknowledge": (facts.acknowledged_at, "It was acknowledged before."),
        "start_work": (facts.work_started_at, "Work was started before."),
        "ask": (facts.waiting_since, "The customer was asked before and has not answered yet."),
        "confirm_severity": (facts.severity_confirmed, "The severity was confirmed before."),
    }
    done, why = done_before.get(verb, (None, ""))
    return why if done else _refusal_in_panels(verb, facts)


def _refusal_in_panels(verb: str, facts: Facts) -> str:
    asked = "The customer asked for another severity. Change it, or keep it with a reason."
    is_judged = facts.excluded or facts.declined
    if facts.judged_in and verb in ("dispute", "reinstate", "uphold"):
        return f"It was declined together with {facts.judged_in}. Do it there."
    refused = {
        "confirm_severity": (facts.severity_requested, asked),
        "request_severity": (
            facts.severity_requested,
            "Another severity was asked for before, and the answer is still to come.",
        ),
        "keep_severity": (not facts.severity_requested, "Nobody asks for another severity any more."),
        "exclude": (facts.excluded, "The ticket is excluded already."),
        "dispute": (
            not is_judged or facts.disputed_at,
            "It was disputed before, and the answer is still to come."
            if is_judged
            else "The promises hold, so there is nothing to dispute.",
        ),
        "reinstate": (not is_judged, "The promises hold already."),
        "uphold": (not facts.disputed_at, "Nobody disputes it any more."),
    }
    said, why = refused.get(verb, (None, ""))
    return why if said else ""


def offered(facts: Facts) -> list[Verb]:
    """The verbs that can be done now, in the order of their buttons."""
    return [verb for verb in VERBS.values() if not refusal(verb.name, facts)]
