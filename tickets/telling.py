"""What each kind of event is called when it is told to people, and its sign. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.words import CHANNELS_IN_WORDS, clause_in_words, list_in_words
from tickets.links import WORDS as LINKS
from tickets.models import TicketEvent
from tickets.models.event import Kind


@dataclass(frozen=True, slots=True)
class Words:
    """How the reader says things: severities by code, people by id, instants in their zone. Staff are ``internal``."""

    moment: Callable[[datetime], str]
    severities: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    internal: bool = False

    def severity(self, code: str) -> str:
        return self.severities.get(code, code) or "none"


Telling = Callable[[TicketEvent, Words], str]


def _plain(said: str) -> Telling:
    return lambda event, words: said


def _filed(event: TicketEvent, words: Words) -> str:
    if event.data.get("kept_because"):
        return "sent the request, which was kept without a clock"
    if event.data.get("inquiry"):
        return "asked by the public form"
    whom = f" for {event.text}" if event.text else ""
    said = f"filed the request{whom} by {CHANNELS_IN_WORDS.get(event.data.get('channel', ''), 'web form')}"
    return f"{said}, which follows {event.data['follows']}" if event.data.get("follows") else said


def _severity_changed(event: TicketEvent, words: Words) -> str:
    before, now = event.data.get("before", ""), event.data["severity"]
    return f"changed the severity from {words.severity(before)} to {words.severity(now)}"


def _severity_confirmed(event: TicketEvent, words: Words) -> str:
    return f"confirmed the severity {words.severity(event.data['severity'])}"


def _assigned(event: TicketEvent, words: Words) -> str:
    pk = event.data["assignee"]
    if event.data.get("by_rule"):
        return f"Assigned to {words.people.get(pk, 'somebody')}, who knows the product"
    return f"assigned it to {words.people.get(pk, 'somebody')}" if pk else "assigned it to nobody"


def _excluded(event: TicketEvent, words: Words) -> str:
    clause = clause_in_words(event.data.get("clause", ""))
    return f"excluded it under {clause} of the policy; no promise holds"


def _agreed(event: TicketEvent, words: Words) -> str:
    due = datetime.fromisoformat(event.data["due_at"])
    did = "accepted the date for" if event.data.get("proposal") else "recorded the agreed date of"
    return f"{did} the {event.data.get('promise', 'promise')}: {words.moment(due)}"


def _release(event: TicketEvent, words: Words) -> str:
    was = (
        f" (before: {words.moment(datetime.fromisoformat(before))})"
        if (before := event.data.get("before"))
        else ""
    )
    if not (due := event.data.get("due_at")):
        return f"No maintenance release is planned any more{was}"
    version = f" {event.data['release']}" if event.data.get("release") else ""
    release = (
        f"Release{version}, which fixes this," if event.data.get("fixes") else f"Maintenance release{version}"
    )
    return f"{release} is planned for {words.moment(datetime.fromisoformat(due))}{was}"


def _accepted(event: TicketEvent, words: Words) -> str:
    return "accepted the resolution" if event.actor else "No word came against the resolution: it is accepted"


def _reminded(event: TicketEvent, words: Words) -> str:
    return f"Reminder {event.data.get('reminder', 1)} went out: an answer is awaited"


def _rated(event: TicketEvent, words: Words) -> str:
    return "was satisfied" if event.data.get("satisfied") else "was not satisfied"


def _severity_requested(event: TicketEvent, words: Words) -> str:
    return f"asked for the severity {words.severity(event.data['severity'])}"


def _proposed(event: TicketEvent, words: Words) -> str:
    return f"proposed a date for the {event.data['promise']}: {_due(event, words)}"


def _fix(event: TicketEvent, words: Words) -> str:
    if not (version := event.data.get("version")):
        return "took back in which release it is fixed"
    return f"marked it as fixed in release {version}"


def _declined(event: TicketEvent, words: Words) -> str:
    clause = clause_in_words(event.data.get("clause", ""))
    what = f"declined it under {clause} of the policy, which does not provide it"
    return f"{what}; it is an enhancement request now" if event.data.get("enhancement") else what


def _escalated(event: TicketEvent, words: Words) -> str:
    """Staff read the names, customers the role."""
    data = event.data
    role, clock, percent = (
        data.get("role", "person in charge"),
        data.get("clock", ""),
        data.get("percent", 100),
    )
    names = f" ({list_in_words(data.get('people', ()))})" if words.internal and data.get("people") else ""
    if data.get("reminder"):
        said = f"Not acknowledged in time: the {role}{names} and the managers of the desk were reminded"
    elif data.get("stand_in"):
        nobody = "; nobody is named for it" if words.internal else ""
        said = f"Escalated to the managers of the desk{names} in place of the {role}{nobody}"
    else:
        said = f"Escalated to the {role}{names}"
    if data.get("step"):
        return said if data.get("reminder") else f"Not acknowledged in time: {said[0].lower()}{said[1:]}"
    why = "was due and had not come" if percent == 100 else f"had {percent} % of its time used"
    return f"{said}: the {clock} {why}" if clock else said


def _escalation_acknowledged(event: TicketEvent, words: Words) -> str:
    name = f" ({event.data['name']})" if words.internal and event.data.get("name") else ""
    return f"The {event.data.get('role', 'person in charge')}{name} acknowledged the escalation"


def _team_assigned(event: TicketEvent, words: Words) -> str:
    name, by_rule = event.data.get("name", ""), event.data.get("by_rule")
    if not name:
        return "gave it to no team"
    return f"Given to the team {name}, which has the product" if by_rule else f"gave it to the team {name}"


def _about(said: str) -> Telling:
    return lambda event, words: f"{said} {event.data.get('number', '')}".rstrip()


def _consultation_asked(event: TicketEvent, words: Words) -> str:
    return "asked to move the consultation" if event.data.get("again") else "asked for a consultation"


def _consultation(said: str) -> Telling:
    return lambda event, words: f"{said}: {words.moment(datetime.fromisoformat(event.data['starts_at']))}"


def _name(said: str, nobody: str = "somebody") -> Telling:
    """Of an event whose text is a name."""
    return lambda event, words: said.format(event.text or nobody)


def _watching(by_themselves: str, by_others: str) -> Telling:
    def tell(event: TicketEvent, words: Words) -> str:
        if event.actor_id == event.data.get("user"):
            return by_themselves
        return by_others.format(event.text or "somebody")

    return tell


def _linked(event: TicketEvent, words: Words) -> str:
    what = LINKS.get(event.data.get("link", ""), "linked to")
    return f"linked it: {what} {event.data.get('number', '')}".rstrip()


def _noted(event: TicketEvent, words: Words) -> str:
    return f"noted a call {_with_whom(event)}" if "direction" in event.data else "noted"


def _called(event: TicketEvent, words: Words) -> str:
    return f"logged a call {_with_whom(event)}"


def _with_whom(event: TicketEvent) -> str:
    """The words for a call's direction and the other side."""
    return f"{'to' if event.data.get('direction') == 'out' else 'from'} {event.text or 'the customer'}"


def _answered(event: TicketEvent, words: Words) -> str:
    if event.data.get("taken_back"):
        return "took the question back: no answer is awaited any more"
    return "entered the customer’s answer by phone" if "call" in event.data else "answered"


def _replied(event: TicketEvent, words: Words) -> str:
    return "replied by phone" if "call" in event.data else "replied"


def more_of(event: TicketEvent, words: Words) -> str:
    """What follows the words of an event: on which ticket it was done, and that it was entered later."""
    data = event.data
    where = f" on {data['carried'].get('number', 'another ticket')}" if "carried" in data else ""
    where += _of_mail(event, words)
    if not (entered := data.get("entered_at")):
        return where
    return f"{where}, entered later, {words.moment(datetime.fromisoformat(entered))}"


def _of_mail(event: TicketEvent, words: Words) -> str:
    """What the record says of what came by mail: that it was held, what was asked for, and what of that came."""
    data, said = event.data, ""
    if "released_by" in data and words.internal:
        said += ", by a mail that was held and let in"
    if asked := data.get("asked_for"):
        said += f"; asked by mail for {list_in_words(_ASKED.get(name, name) for name in asked)}"
    if filled := data.get("filled"):
        said += f"; filled in {list_in_words(_ASKED.get(name, name) for name in filled)}"
    return f"{said}; named another product, which staff decide" if data.get("left") else said


_ASKED = {"product": "the product", "severity": "the severity", "steps": "the steps", "effect": "the effect"}


def _redacted(event: TicketEvent, words: Words) -> str:
    what = {"text": "a text", "file": "a file"}.get(event.data["what"], f"the {event.data['what']}")
    part = "a part of " if event.data.get("replacement_fingerprint") else ""
    return f"removed {part}{what} that must not stand here"


def _shared(event: TicketEvent, words: Words) -> str:
    name = event.text or "a colleague"
    if event.data.get("hands_over"):
        return f"handed the ticket over to {name}, who is its contact from now on"
    return f"shared the ticket with {name}"


def _resolved(event: TicketEvent, words: Words) -> str:
    version = event.data.get("version")
    return f"resolved the ticket by release {version}" if version else "resolved the ticket"


def _missed(event: TicketEvent, words: Words) -> str:
    return f"The {event.data['clock']} was due and had not come"


def _warned(event: TicketEvent, words: Words) -> str:
    return f"The {event.data['clock']} is due soon, {_due(event, words)}"


def _judged_again(event: TicketEvent, words: Words) -> str:
    excluded = event.data.get("because") == "excluded"
    why = "Under the clause no promise holds" if excluded else "After a correction"
    return f"{why}: the {event.data['clock']} due {_due(event, words)} counts as not missed"


def _due(event: TicketEvent, words: Words) -> str:
    return words.moment(datetime.fromisoformat(event.data["due_at"]))


TOLD: dict[Kind, tuple[Telling, str]] = {
    Kind.FILED: (_filed, "inbox-arrow-down"),
    Kind.SUBMITTED: (_plain("The clocks started"), "play-circle"),
    Kind.ACKNOWLEDGED: (_plain("acknowledged the request"), "eye"),
    Kind.WORK_STARTED: (_plain("started work"), "play"),
    Kind.PUBLIC_REPLY: (_replied, "chat-bubble-left"),
    Kind.WAITING_ON_CUSTOMER: (_plain("is waiting for an answer"), "pause-circle"),
    Kind.CUSTOMER_REPLIED: (_answered, "chat-bubble-left"),
    Kind.CUSTOMER_MESSAGE: (_plain("wrote"), "chat-bubble-left"),
    Kind.WORKAROUND_PROVIDED: (_plain("provided a workaround"), "wrench"),
    Kind.RESOLVED: (_resolved, "check-circle"),
    Kind.REOPENED: (_plain("reopened the ticket"), "arrow-path"),
    Kind.SEVERITY_CHANGED: (_severity_changed, "arrows-up-down"),
    Kind.SEVERITY_CONFIRMED: (_severity_confirmed, "check"),
    Kind.EXCLUDED: (_excluded, "no-symbol"),
    Kind.REINSTATED: (_plain("put it back under the promises"), "arrow-path"),
    Kind.AGREED: (_agreed, "calendar-days"),
    Kind.RELEASE_PLANNED: (_release, "calendar-days"),
    Kind.NOTE_ADDED: (_noted, "pencil-square"),
    Kind.ASSIGNED: (_assigned, "user"),
    Kind.OUTAGE_LINKED: (_plain("linked it to an outage"), "link"),
    Kind.OUTAGE_UNLINKED: (_plain("took the link to an outage away"), "link-slash"),
    Kind.REMINDED: (_reminded, "bell"),
    Kind.CLOSING_OFFERED: (_plain("No answer came: the ticket is offered for closing"), "archive-box"),
    Kind.ACCEPTED: (_accepted, "hand-thumb-up"),
    Kind.CLOSED: (_plain("closed the ticket"), "archive-box"),
    Kind.RATED: (_rated, "star"),
    Kind.SEVERITY_REQUESTED: (_severity_requested, "arrows-up-down"),
    Kind.SEVERITY_KEPT: (_plain("kept the severity as it is"), "check"),
    Kind.DATE_PROPOSED: (_proposed, "calendar-days"),
    Kind.FIX_NAMED: (_fix, "wrench-screwdriver"),
    Kind.DISPUTED: (_plain("disputed that no promise holds"), "hand-raised"),
    Kind.UPHELD: (_plain("upheld that no promise holds"), "no-symbol"),
    Kind.DECLINED: (_declined, "no-symbol"),
    Kind.ESCALATED: (_escalated, "megaphone"),
    Kind.ESCALATION_ACKNOWLEDGED: (_escalation_acknowledged, "eye"),
    Kind.TEAM_ASSIGNED: (_team_assigned, "user-group"),
    Kind.MERGED_INTO: (_about("merged it into"), "arrows-pointing-in"),
    Kind.MERGED_FROM: (_about("merged into it the ticket"), "arrows-pointing-in"),
    Kind.SPLIT_OFF: (_about("split off the ticket"), "arrows-pointing-out"),
    Kind.SPLIT_FROM: (_about("split it from the ticket"), "arrows-pointing-out"),
    Kind.TICKET_LINKED: (_linked, "link"),
    Kind.TICKET_UNLINKED: (_about("took away the link to the ticket"), "link-slash"),
    Kind.PROBLEM_LINKED: (_plain("linked it to a known problem"), "link"),
    Kind.PROBLEM_UNLINKED: (_plain("took the link to a known problem away"), "link-slash"),
    Kind.TAGGED: (_name("tagged it {}", "with a word"), "tag"),
    Kind.UNTAGGED: (_name("took the tag {} away", "of before"), "tag"),
    Kind.WATCHER_ADDED: (_watching("watches it", "added {} as a watcher"), "eye"),
    Kind.WATCHER_REMOVED: (_watching("watches it no longer", "removed the watcher {}"), "eye-slash"),
    Kind.CALL_LOGGED: (_called, "phone"),
    Kind.CONSULTATION_ASKED: (_consultation_asked, "video-camera"),
    Kind.CONSULTATION_CONFIRMED: (_consultation("confirmed a consultation"), "video-camera"),
    Kind.CONSULTATION_MOVED: (_consultation("moved the consultation"), "video-camera"),
    Kind.CONSULTATION_CANCELLED: (_plain("cancelled the consultation"), "video-camera-slash"),
    Kind.SHARED: (_shared, "share"),
    Kind.UNSHARED: (_name("ended the sharing with {}", "a colleague"), "share"),
    Kind.REDACTED: (_redacted, "eye-slash"),
    Kind.MISSED: (_missed, "x-circle"),
    Kind.WARNED: (_warned, "bell-alert"),
    Kind.JUDGED_AGAIN: (_judged_again, "scale"),
}
