"""Known problems: recorded, changed, told of on every ticket that has them, and fixed by a release (VK19).

Each verb locks the problem, appends what happened, and keeps search in step, in one transaction. ``seen`` is the number
of the last event that the writer had before them: what somebody else did since is refused, not overwritten.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Product, Release, User
from contracts.refusals import Refused
from knowledgebase.markdown import RENDERER
from knowledgebase.search import keeping
from knowledgebase.services.rendering import rendered, rendered_or_plain
from tickets.fixes import read_fix
from tickets.models import Errand, KnownProblem, ProblemEvent, Ticket, TicketProblem
from tickets.models.errand import ErrandKind
from tickets.models.event import Kind
from tickets.models.problem import ProblemAudience, ProblemEventKind
from tickets.problem_source import KIND
from tickets.services.changing import changing, require_staff, require_text
from tickets.services.fixes import mark, plannable, short
from tickets.services.spreading import PROBLEM, spread

LONGEST_TITLE, LONGEST_TEXT, LONGEST_ENVIRONMENTS = 200, 20_000, 300
RENDERED_A_RUN = 50


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a known problem. ``text`` and ``workaround`` are Markdown; the releases are those of its product
    in which it begins and ends, both included, ``None`` for no bound; ``environments`` says in words where it happens.
    """

    title: str
    text: str
    workaround: str = ""
    environments: str = ""
    from_release: Release | None = None
    until_release: Release | None = None
    audience: str = ProblemAudience.AFFECTED


class ProblemOvertaken(Refused):
    """Somebody else has changed the problem since."""


def open_problem(*, product: Product, said: Said, actor: User, at: datetime) -> KnownProblem:
    """Record a known problem of ``product``. Refused for what cannot be said so, and where one of that title stands: a
    form that was sent twice makes one.
    """
    require_staff(actor)
    said = _checked(said, product)
    problem = KnownProblem(product=product, opened_at=at, changed_at=at)
    with transaction.atomic():
        same = KnownProblem.objects.filter(product=Product.objects.select_for_update().get(pk=product.pk))
        if same.filter(title=said.title, closed_at=None).exists():
            raise Refused(f"{product} has a known problem of this title already.", field="title")
        _say(problem, said)
        problem.save(force_insert=True)
        _record(problem, ProblemEventKind.OPENED, actor, at)
        problem.save()
        keeping.refresh(KIND, problem.pk)
    return problem


def edit_problem(
    *, problem: KnownProblem, said: Said, seen: int | None = None, actor: User, at: datetime
) -> KnownProblem:
    """Say something else of a known problem; what it said before is kept. The same again changes nothing."""
    with _changing(problem, actor, at, seen) as change:
        said = _checked(said, change.problem.product)
        before, now = _as_data(_said_of(change.problem)), _as_data(said)
        if changed := {name: value for name, value in before.items() if value != now[name]}:
            _say(change.problem, said)
            change.record(ProblemEventKind.EDITED, **changed)
    return change.problem


def update_problem(
    *, problem: KnownProblem, text: str, seen: int | None = None, actor: User, at: datetime
) -> ProblemEvent:
    """Say how it stands, on its page and as a reply on every unfinished ticket that is linked to it: there it counts as
    the update that the ticket's clock waits for. Refused while it is closed.
    """
    with _changing(problem, actor, at, seen) as change:
        change.refuse_closed()
        text = _within(require_text(text, "the update"), LONGEST_TEXT, "text")
        event = change.record(ProblemEventKind.UPDATED, text)
        _spread(event, text, actor, at)
    return event


def name_problem_fix(
    *,
    problem: KnownProblem,
    release: Release,
    reason: str = "",
    seen: int | None = None,
    actor: User,
    at: datetime,
) -> KnownProblem:
    """Say which planned release fixes it; the worker marks every ticket that is linked to it.

    Instead of another release it needs a reason. Refused for one that is out, of another product, or named already.
    """
    reason = short(reason)
    with _changing(problem, actor, at, seen) as change:
        change.refuse_closed()
        found = Release.objects.select_for_update(of=("self",)).select_related("product").get(pk=release.pk)
        _refuse_release(change.problem, found)
        if change.problem.fixed_in_id:
            require_text(reason, "why")
        change.problem.fixed_in = found
        data = {"release": found.pk, "version": found.version}
        change.record(ProblemEventKind.FIX_NAMED, reason, **data)
        _send(change.problem, reason, actor, at)
    return change.problem


def withdraw_problem_fix(
    *, problem: KnownProblem, reason: str, seen: int | None = None, actor: User, at: datetime
) -> KnownProblem:
    """Say that it is not known any more which release fixes it, with a reason; its tickets are unmarked by the worker.

    Refused where none is named, or where the release is out.
    """
    reason = require_text(short(reason), "why")
    with _changing(problem, actor, at, seen) as change:
        named = change.problem.fixed_in
        if named is None:
            raise Refused("No release is named that fixes it.")
        if named.published_at is not None:
            raise Refused(f"{named} is out. Record a new known problem if it did not help.")
        change.problem.fixed_in = None
        data = {"release": named.pk, "version": named.version}
        change.record(ProblemEventKind.FIX_WITHDRAWN, reason, **data)
        _send(change.problem, reason, actor, at)
    return change.problem


def close_problem(
    *, problem: KnownProblem, reason: str, seen: int | None = None, actor: User, at: datetime
) -> KnownProblem:
    """Say that nothing more will be done or told of it, and why; its tickets stay as they are."""
    with _changing(problem, actor, at, seen) as change:
        change.refuse_closed()
        reason = require_text(short(reason), "why it is closed")
        change.problem.closed_at = at
        change.record(ProblemEventKind.CLOSED, reason)
    return change.problem


def reopen_problem(
    *, problem: KnownProblem, reason: str, seen: int | None = None, actor: User, at: datetime
) -> KnownProblem:
    """Take the closing back, with a reason."""
    with _changing(problem, actor, at, seen) as change:
        if change.problem.closed_at is None:
            raise Refused("The known problem is not closed.")
        reason = require_text(short(reason), "why it is reopened")
        change.problem.closed_at = None
        change.record(ProblemEventKind.REOPENED, reason)
    return change.problem


def link_problem(*, ticket: Ticket, problem: KnownProblem, actor: User, at: datetime) -> Ticket:
    """Say that ``ticket`` has the known problem: its contact may read of it, gets its updates as replies, and where a
    planned release fixes it the ticket is marked so.

    Refused for a problem that is closed, of another product or linked already, and on a finished ticket.
    """
    require_staff(actor)
    with changing(ticket, at) as change:
        change.refuse_unless("link_problem")
        found = KnownProblem.objects.select_for_update(of=("self",)).get(pk=problem.pk)
        if found.product_id != change.ticket.product_id:
            raise Refused(f"This known problem is one of another product than {change.ticket.product}.")
        if found.closed_at is not None:
            raise Refused("The known problem is closed. Reopen it first, or choose another.")
        if found.pk in change.facts.problems:
            raise Refused("The ticket is linked to this known problem already.")
        TicketProblem.objects.create(ticket=change.ticket, problem=found, linked_at=change.at)
        change.record(Kind.PROBLEM_LINKED, actor, text=found.title, problem=found.pk)
        fix = read_fix(change.events)
        planned = found.fixed_in
        if planned and planned.published_at is None and not (fix and fix.release == planned.pk):
            mark(change, plannable(planned, change.ticket), actor, "", found)
    return change.ticket


def unlink_problem(*, ticket: Ticket, problem: KnownProblem, actor: User, at: datetime) -> Ticket:
    """Take a link back; what was told on the ticket, and the release named there, stay. Refused where there is none."""
    require_staff(actor)
    with changing(ticket, at) as change:
        if problem.pk not in change.facts.problems:
            raise Refused("The ticket is not linked to this known problem.")
        TicketProblem.objects.filter(ticket=change.ticket, problem=problem).delete()
        change.record(Kind.PROBLEM_UNLINKED, actor, text=problem.title, problem=problem.pk)
    return change.ticket


def render_problems_again(*, at: datetime) -> int:
    """The recurring job: render anew what an older renderer made; how many, at most ``RENDERED_A_RUN``."""
    found = list(KnownProblem.objects.filter(renderer__lt=RENDERER).order_by("-pk")[:RENDERED_A_RUN])
    for problem in found:
        with transaction.atomic():
            locked = KnownProblem.objects.select_for_update(of=("self",)).get(pk=problem.pk)
            _render(locked, rendered_or_plain(locked.text), rendered_or_plain(locked.workaround))
            locked.save(update_fields=["html", "workaround_html", "plain", "renderer"])
            keeping.refresh(KIND, locked.pk)
    return len(found)


class _Change:
    """A known problem under change: its locked row, who changes it, and when."""

    def __init__(self, problem: KnownProblem, actor: User, at: datetime) -> None:
        self.problem, self.actor, self.at = problem, actor, at

    def record(self, kind: ProblemEventKind, text: str = "", **data: Any) -> ProblemEvent:
        return _record(self.problem, kind, self.actor, self.at, text, **data)

    def refuse_closed(self) -> None:
        if self.problem.closed_at is not None:
            raise Refused("The known problem is closed. Reopen it first.")


@contextmanager
def _changing(problem: KnownProblem, actor: User, at: datetime, seen: int | None) -> Iterator[_Change]:
    """The problem under change by ``actor``, who must be staff. Nothing is stored when the block raises."""
    require_staff(actor)
    with transaction.atomic():
        locked = KnownProblem.objects.select_for_update(of=("self",)).get(pk=problem.pk)
        if seen is not None and seen != locked.seq:
            raise ProblemOvertaken(
                "Somebody has changed the known problem since you opened this page. Look at it, then send yours again."
            )
        yield _Change(locked, actor, at)
        locked.save()
        keeping.refresh(KIND, locked.pk)


def _record(
    problem: KnownProblem, kind: ProblemEventKind, actor: User, at: datetime, text: str = "", **data: Any
) -> ProblemEvent:
    problem.seq += 1
    problem.changed_at = max(at, problem.changed_at)
    return ProblemEvent.objects.create(
        problem=problem,
        number=problem.seq,
        kind=kind,
        happened_at=problem.changed_at,
        actor=actor,
        text=text,
        data=data,
    )


def _checked(said: Said, product: Product) -> Said:
    """``said`` trimmed. Raises ``Refused`` for what is missing, too long, or of another product."""
    title = " ".join(said.title.replace("\0", " ").split())
    if not title:
        raise Refused("Write a title first.", field="title")
    if said.audience not in ProblemAudience:
        raise Refused("Choose who may read it.", field="audience")
    for field, release in (("from_release", said.from_release), ("until_release", said.until_release)):
        if release is not None and release.product_id != product.pk:
            raise Refused(f"{release} is of another product. Choose a release of {product}.", field=field)
    if not _typed(said.text):
        raise Refused("Write what happens first.", field="text")
    return Said(
        title=_within(title, LONGEST_TITLE, "title"),
        text=_within(_typed(said.text), LONGEST_TEXT, "text"),
        workaround=_within(_typed(said.workaround), LONGEST_TEXT, "workaround"),
        environments=_within(" ".join(said.environments.split()), LONGEST_ENVIRONMENTS, "environments"),
        from_release=said.from_release,
        until_release=said.until_release,
        audience=ProblemAudience(said.audience),
    )


def _typed(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()


def _within(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise Refused(f"{longest} characters are the most; these are {len(text)}.", field=field)
    return text


def _say(problem: KnownProblem, said: Said) -> None:
    for name in Said.__slots__:
        setattr(problem, name, getattr(said, name))
    _render(problem, rendered(said.text), rendered(said.workaround))


def _render(problem: KnownProblem, text: dict[str, Any], workaround: dict[str, Any]) -> None:
    problem.html, problem.workaround_html = text["html"], workaround["html"]
    problem.plain = f"{text['plain']}\n{workaround['plain']}".strip()
    problem.renderer = text["renderer"]


def _said_of(problem: KnownProblem) -> Said:
    return Said(**{name: getattr(problem, name) for name in Said.__slots__})


def _as_data(said: Said) -> dict[str, str]:
    """What is said, as an event keeps it: releases by their version."""
    versions = {name: getattr(said, name).version if getattr(said, name) else "" for name in _RELEASES}
    plain = {name: str(getattr(said, name)) for name in Said.__slots__ if name not in _RELEASES}
    return plain | versions


_RELEASES = ("from_release", "until_release")


def _refuse_release(problem: KnownProblem, release: Release) -> None:
    if release.product_id != problem.product_id:
        raise Refused(
            f"{release} is of another product. Choose a release of {problem.product}.", field="release"
        )
    if release.published_at is not None:
        raise Refused(f"{release} is out. Choose one that is planned.", field="release")
    if problem.fixed_in_id == release.pk:
        raise Refused(f"{release} is named already.", field="release")


def _send(problem: KnownProblem, reason: str, actor: User, at: datetime) -> None:
    """Have the worker mark the tickets; what is left of an earlier naming is of no more use."""
    same = Errand.objects.filter(kind=ErrandKind.FIX, problem=problem, done_at=None)
    same.update(done_at=at)
    Errand.objects.create(
        kind=ErrandKind.FIX,
        product=problem.product,
        release=problem.fixed_in,
        problem=problem,
        reason=reason,
        actor=actor,
        created_at=at,
        not_before=at,
    )


def _spread(event: ProblemEvent, text: str, actor: User, at: datetime) -> None:
    spread(
        cause_kind=PROBLEM,
        cause_id=event.problem_id,
        text=text,
        key=f"problem-event-{event.pk}",
        actor=actor,
        at=at,
    )
