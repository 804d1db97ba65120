"""What the pages of known problems show, read for one reader at one instant; no ticket and no customer is named."""

from dataclasses import dataclass
from datetime import datetime

from contracts.models import User
from tickets.models import KnownProblem
from tickets.models.problem import ProblemEventKind, ProblemState

MOST_LISTED = 200
SIGNS = {
    ProblemState.OPEN: ("due-soon", "Open", "exclamation-triangle"),
    ProblemState.FIX_PLANNED: ("agreed-on", "Fix planned", "calendar-days"),
    ProblemState.FIXED: ("kept", "Fixed", "check-circle"),
    ProblemState.CLOSED: ("void", "Closed", "archive-box"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a problem stands: the key that colours it, its word, and the name of its picture."""

    key: str
    word: str
    sign: str


@dataclass(frozen=True, slots=True)
class Written:
    """A text that our renderer made and sanitised."""

    html: str


@dataclass(frozen=True, slots=True)
class Told:
    """What its readers are told of a problem: how it stands, which releases have it, what happens, what helps."""

    problem: KnownProblem
    standing: Standing
    releases: str
    text: Written
    workaround: Written | None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was said or done, as customers read it."""

    at: datetime
    what: str
    text: str


def told(problem: KnownProblem, at: datetime) -> Told:
    """``problem``, whose releases have been read, as it stands at ``at``."""
    return Told(
        problem=problem,
        standing=standing_of(problem, at),
        releases=_releases(problem),
        text=Written(problem.html),
        workaround=Written(problem.workaround_html) if problem.workaround else None,
    )


def standing_of(problem: KnownProblem, at: datetime) -> Standing:
    """How ``problem`` stands at ``at``, as a sign."""
    return Standing(*SIGNS[problem.state(at)])


def listed(user: User, at: datetime) -> tuple[list[Told], list[Told]]:
    """Those that ``user`` may read: what stands, and what is fixed or closed, each the newest first."""
    read = ("product", "fixed_in", "from_release", "until_release")
    visible = KnownProblem.objects.visible_to(user, at).select_related(*read)
    found = [told(problem, at) for problem in visible.order_by("-changed_at", "-pk")[:MOST_LISTED]]
    over = (ProblemState.FIXED, ProblemState.CLOSED)
    return (
        [each for each in found if each.problem.state(at) not in over],
        [each for each in found if each.problem.state(at) in over],
    )


def steps_of(problem: KnownProblem) -> list[Step]:
    """What was said and done, the newest first; of an edit nothing but that there was one."""
    return [
        Step(event.happened_at, _what(event.kind, event.data), event.text)
        for event in problem.events.order_by("-number")[:MOST_LISTED]
    ]


def _what(kind: str, data: dict[str, str]) -> str:
    match kind:
        case ProblemEventKind.FIX_NAMED:
            return f"It will be fixed in {data['version']}"
        case ProblemEventKind.FIX_WITHDRAWN:
            return f"It is not known any more whether {data['version']} fixes it"
    return str(ProblemEventKind(kind).label)


def _releases(problem: KnownProblem) -> str:
    first, last = problem.from_release, problem.until_release
    if first and last:
        return first.version if first == last else f"{first.version} to {last.version}"
    if first:
        return f"{first.version} and later"
    return f"up to {last.version}" if last else ""
