"""Pairs of writers on one ticket at one instant, as threads or as processes, and what must hold afterwards."""

import multiprocessing
import random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from contracts.models import User
from contracts.refusals import Refused
from portal.tests.servers import PATIENCE
from tickets.models import Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.services import (
    assignment,
    conversation,
    dates,
    endings,
    exclusion,
    lifecycle,
    merging,
    severity,
    splitting,
)
from tickets.tests.pages import put_under
from tickets.tests.soundness import faults_of
from tickets.tests.spawned import begin

# A ticket is read whole at every change, so that one with ten thousand events would measure that instead.
PAIRS_A_TICKET = 20


@dataclass(frozen=True, slots=True)
class Writing:
    """What one writer is to do: by whom, on which ticket, and a text that nobody else writes."""

    verb: str
    ticket: int
    actor: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: done, or refused with the reason. Any other failure is raised."""

    writing: Writing
    refused: str = ""


def _with_text(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda ticket, actor, text, at: verb(ticket=ticket, actor=actor, text=text, at=at)


def _plain(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda ticket, actor, text, at: verb(ticket=ticket, actor=actor, at=at)


def _change_severity(ticket: Ticket, actor: User, text: str, at: datetime) -> object:
    """To one that follows from the text, so that two writers want different ones, or the same."""
    wanted = ("P1", "P2", "P3")[sum(text.encode()) % 3]
    return severity.change_severity(ticket=ticket, actor=actor, severity=wanted, reason=text, at=at)


def _with_reason(verb: Callable[..., object], **more: Any) -> Callable[..., object]:
    return lambda ticket, actor, text, at: verb(ticket=ticket, actor=actor, reason=text, at=at, **more)


def _propose(ticket: Ticket, actor: User, text: str, at: datetime) -> object:
    """A date that follows from the text, so that two writers want different ones."""
    due_at = at + timedelta(days=10 + sum(text.encode()) % 50)
    return dates.propose_date(
        ticket=ticket, actor=actor, promise="resolution", due_at=due_at, reason=text, at=at
    )


def _agree(ticket: Ticket, actor: User, text: str, at: datetime) -> object:
    """To what was proposed first: a newer proposal may have come meanwhile."""
    first = ticket.events.filter(kind=Kind.DATE_PROPOSED).earliest("seq")
    return dates.accept_date(ticket=ticket, actor=actor, proposal=first.seq, at=at)


def partner(ticket: Ticket) -> Ticket:
    """The ticket that was filed next, for what concerns two."""
    return Ticket.objects.filter(pk__gt=ticket.pk).earliest("pk")


def _merge(ticket: Ticket, actor: User, text: str, at: datetime) -> object:
    return merging.merge_tickets(ticket=ticket, into=partner(ticket), reason=text, actor=actor, at=at)


def _take_in(ticket: Ticket, actor: User, text: str, at: datetime) -> object:
    return merging.merge_tickets(ticket=partner(ticket), into=ticket, reason=text, actor=actor, at=at)


def _split(ticket: Ticket, actor: User, text: str, at: datetime) -> object:
    """Off goes what the customer wrote last."""
    message = ticket.messages.filter(by_staff=False).latest("pk")
    return splitting.split_ticket(ticket=ticket, message=message, subject="Split", actor=actor, at=at)


# Each verb of staff with the event that tells of it.
VERBS: dict[str, tuple[Callable[..., object], Kind]] = {
    "reply": (_with_text(conversation.reply_as_staff), Kind.PUBLIC_REPLY),
    "note": (_with_text(conversation.add_note), Kind.NOTE_ADDED),
    "ask": (_with_text(conversation.ask_customer), Kind.WAITING_ON_CUSTOMER),
    "workaround": (_with_text(lifecycle.provide_workaround), Kind.WORKAROUND_PROVIDED),
    "resolve": (_with_text(lifecycle.resolve_ticket), Kind.RESOLVED),
    "reopen": (
        lambda ticket, actor, text, at: lifecycle.reopen_ticket(
            ticket=ticket, actor=actor, reason=text, at=at
        ),
        Kind.REOPENED,
    ),
    "acknowledge": (_plain(lifecycle.acknowledge_ticket), Kind.ACKNOWLEDGED),
    "start": (_plain(lifecycle.start_work), Kind.WORK_STARTED),
    "confirm": (_plain(severity.confirm_severity), Kind.SEVERITY_CONFIRMED),
    "severity": (_change_severity, Kind.SEVERITY_CHANGED),
    "assign": (
        lambda ticket, actor, text, at: assignment.assign_ticket(
            ticket=ticket, actor=actor, assignee=actor, at=at
        ),
        Kind.ASSIGNED,
    ),
}

# What a person of the customer does. No draw takes it, the pairs of ``TOGETHER`` do.
CUSTOMERS: dict[str, tuple[Callable[..., object], Kind]] = {
    "customer replies": (_with_text(conversation.reply_as_contact), Kind.CUSTOMER_MESSAGE),
    "customer answers": (_with_text(conversation.reply_as_contact), Kind.CUSTOMER_REPLIED),
    "customer reopens": (
        lambda ticket, actor, text, at: lifecycle.reopen_ticket(
            ticket=ticket, actor=actor, reason=text, at=at
        ),
        Kind.REOPENED,
    ),
}

CUSTOMERS |= {
    "customer accepts": (_plain(endings.accept_resolution), Kind.ACCEPTED),
    "customer agrees": (_agree, Kind.AGREED),
    "customer proposes": (_propose, Kind.DATE_PROPOSED),
    "customer disputes": (_with_reason(exclusion.dispute_exclusion), Kind.DISPUTED),
}

# What staff do to how a ticket ends, is judged, and has to do with others: like the customer's, in pairs alone.
RARE: dict[str, tuple[Callable[..., object], Kind]] = {
    "propose": (_propose, Kind.DATE_PROPOSED),
    "merge": (_merge, Kind.MERGED_INTO),
    "take in": (_take_in, Kind.MERGED_FROM),
    "split": (_split, Kind.SPLIT_OFF),
    "exclude": (_with_reason(exclusion.exclude_ticket, clause="b"), Kind.EXCLUDED),
    "reinstate": (_with_reason(exclusion.reinstate_ticket), Kind.REINSTATED),
    "close": (_with_reason(endings.close_ticket), Kind.CLOSED),
}
ALL = {**VERBS, **CUSTOMERS, **RARE}
# What is said with these stands elsewhere, or nothing is.
WORDLESS = {
    "acknowledge", "start", "confirm", "assign", "take in", "split", "customer accepts", "customer agrees",
}  # fmt: skip

# A resolved ticket refuses most of them, so that it should soon be open again.
WEIGHTS = [4 if verb == "reopen" else 1 for verb in VERBS]

_meet: Any = None


def prepare(barrier: Any) -> None:
    """In each writer once: where it meets the other."""
    global _meet  # noqa: PLW0603 -- a process of a pool is given things in no other way
    _meet = barrier


def _write(writing: Writing) -> Written:
    """Do it at the same moment as the other."""
    verb, _ = ALL[writing.verb]
    try:
        ticket, actor = Ticket.objects.get(pk=writing.ticket), User.objects.get(pk=writing.actor)
        _meet.wait(PATIENCE)
        verb(ticket, actor, writing.text, writing.at)
    except Refused as refusal:
        return Written(writing, str(refusal))
    finally:
        connection.close()
    return Written(writing)


def _two_threads() -> Executor:
    return ThreadPoolExecutor(2, initializer=prepare, initargs=(threading.Barrier(2),))


def _two_processes() -> Executor:
    """Spawned, so that they share nothing with the tests but the database.

    Forked ones now and then lost their connection to PostgreSQL amid a transaction, late in a run of the whole suite.
    """
    spawn = multiprocessing.get_context("spawn")
    keys = {"RECORD_KEY": settings.RECORD_KEY, "DJANGO_SECRET_KEY": settings.SECRET_KEY}
    given = (dict(connection.settings_dict), keys, spawn.Barrier(2))
    return ProcessPoolExecutor(2, mp_context=spawn, initializer=begin, initargs=given)


WAYS = {"threads": _two_threads, "processes": _two_processes}


@dataclass(slots=True)
class Pairs:
    """What came of all pairs: how many writings were done, and what was wrong afterwards."""

    done: int = 0
    faults: list[str] = field(default_factory=list)


def write_in_pairs(
    *, way: str, number: int, seed: int, file: Callable[[], Ticket], actors: tuple[User, User], at: datetime
) -> Pairs:
    """``number`` pairs of drawn verbs, each pair at once on one ticket."""
    drawn, pairs = random.Random(seed), Pairs()
    tickets = [file().pk for _ in range(-(-number // PAIRS_A_TICKET))]
    with WAYS[way]() as writers:
        for place in range(number):
            ticket, moment = tickets[place // PAIRS_A_TICKET], at + timedelta(seconds=place)
            verbs = drawn.choices(list(VERBS), weights=WEIGHTS, k=2)
            pair = [
                Writing(verb, ticket, actor.pk, f"{seed}-{place}-{actor.pk}", moment)
                for verb, actor in zip(verbs, actors, strict=True)
            ]
            before = Ticket.objects.get(pk=ticket).seq
            written = list(writers.map(_write, pair))
            pairs.done += sum(not each.refused for each in written)
            pairs.faults += _lost(written, ticket, before)
    for ticket in tickets:
        pairs.faults += faults_of(Ticket.objects.select_related("policy_version").get(pk=ticket))
    return pairs


@dataclass(frozen=True, slots=True)
class Together:
    """Two verbs at one instant: what was done before, how many of them may be done, and what stands then.

    ``ends`` are the statuses that either order leads to. ``agreed`` is for a ticket whose date is to be agreed, and one
    with a ``partner`` has another ticket of its contact beside it.
    """

    first: str
    second: str
    before: tuple[str, ...] = ()
    done: tuple[int, ...] = (2,)
    ends: tuple[str, ...] = ("open",)
    agreed: bool = False
    partner: bool = False


TOGETHER = (
    Together("reply", "resolve", done=(1, 2), ends=("resolved",)),
    Together("resolve", "resolve", done=(1,), ends=("resolved",)),
    Together("ask", "resolve", done=(1, 2), ends=("resolved",)),
    Together("acknowledge", "acknowledge", done=(1,)),
    Together("start", "start", done=(1,)),
    Together("severity", "severity", done=(1, 2), ends=("new",)),
    Together("confirm", "severity", done=(1, 2), ends=("new",)),
    Together("assign", "assign", ends=("new",)),
    Together("reopen", "reply", before=("resolve",), done=(1, 2)),
    Together("reopen", "customer reopens", before=("resolve",), done=(1,)),
    Together("ask", "customer replies", done=(1, 2), ends=("waiting", "open")),
    Together("reply", "customer answers", before=("ask",)),
    Together("note", "customer replies", ends=("new",)),
    Together("propose", "customer agrees", before=("propose",), done=(1, 2), agreed=True),
    Together("propose", "customer proposes", agreed=True),
    Together("merge", "take in", done=(1,), ends=("merged", "new"), partner=True),
    Together("merge", "merge", done=(1,), ends=("merged",), partner=True),
    Together("split", "merge", before=("customer replies",), ends=("merged",), partner=True),
    Together("split", "split", before=("customer replies",), done=(1,), ends=("new",)),
    Together("reopen", "customer accepts", before=("resolve",), done=(1, 2)),
    Together("exclude", "customer disputes", done=(1, 2), ends=("new",)),
    Together("reinstate", "customer disputes", before=("exclude",), done=(1, 2), ends=("new",)),
    Together("close", "reply", before=("resolve",), done=(1, 2), ends=("closed",)),
    Together("close", "customer replies", before=("resolve",), done=(1, 2), ends=("closed",)),
)


def write_together(
    *,
    way: str,
    rounds: int,
    file: Callable[..., Ticket],
    staff: tuple[User, User],
    customer: User,
    at: datetime,
) -> Pairs:
    """Each pair of ``TOGETHER`` so many times, each time on a ticket of its own."""
    pairs = Pairs()
    prepared: list[tuple[Together, int]] = []
    for together in TOGETHER * rounds:
        ticket = _filed(together, file)
        for place, verb in enumerate(together.before):
            actor = customer if verb in CUSTOMERS else staff[0]
            ALL[verb][0](ticket, actor, "Before.", at + timedelta(seconds=place))
        prepared.append((together, ticket.pk))
    with WAYS[way]() as writers:
        for together, pk in prepared:
            verbs = (together.first, together.second)
            actors = [customer if verb in CUSTOMERS else one for verb, one in zip(verbs, staff, strict=True)]
            moment = at + timedelta(minutes=1)
            pair = [
                Writing(verb, pk, actor.pk, f"{verb} by {actor.pk}", moment)
                for verb, actor in zip(verbs, actors, strict=True)
            ]
            before = Ticket.objects.get(pk=pk).seq
            written = list(writers.map(_write, pair))
            pairs.done += sum(not each.refused for each in written)
            pairs.faults += _ended(together, written, Ticket.objects.get(pk=pk))
            if together.second != "customer replies" or together.first == "note":
                pairs.faults += _lost(written, pk, before)
            for each in Ticket.objects.select_related("policy_version").filter(
                pk__in=(pk, pk + together.partner)
            ):
                pairs.faults += faults_of(each)
    return pairs


def _filed(together: Together, file: Callable[..., Ticket]) -> Ticket:
    """The ticket of a pair; its partner, where it has one, has the next key."""
    if not together.agreed:
        ticket = file()
        if together.partner:
            assert file().pk == ticket.pk + 1
        return ticket
    contract = file().contract
    assert contract is not None
    usual, tier = contract.policy_version.slug, contract.tier
    put_under(contract, "viakoo")
    ticket = file(severity="minor", request_type="error")
    put_under(contract, usual, tier)
    return ticket


def _ended(together: Together, written: list[Written], ticket: Ticket) -> Iterable[str]:
    """Both are done, or one is refused with a reason that says what to do; and nothing is overwritten."""
    done = sum(not each.refused for each in written)
    if done not in together.done:
        yield f"{written}: {done} were done"
    if ticket.status not in together.ends:
        yield f"{written}: the ticket is {ticket.status}"
    said = [_said(event) for event in ticket.events.select_related("message")]
    for each in written:
        if not each.refused and each.writing.verb not in WORDLESS and each.writing.text not in said:
            yield f"{each}: what was said is lost"


def _lost(pair: list[Written], ticket: int, before: int) -> Iterable[str]:
    """What was done stands in the record once, what was refused does not."""
    added = list(TicketEvent.objects.filter(ticket=ticket, seq__gt=before).select_related("message"))
    if all(written.refused for written in pair) and added:
        yield f"{pair}: both refused, and yet {added}"
    for written in pair:
        verb, actor = written.writing.verb, written.writing.actor
        own = [event for event in added if event.actor_id == actor and event.kind == ALL[verb][1]]
        if len(own) != (0 if written.refused else 1):
            yield f"{written} stands in the record {len(own)} times, beside {pair}"
        if any(_said(event) not in ("", written.writing.text) for event in own):
            yield f"{written} stands in the record with another text"


def _said(event: TicketEvent) -> str:
    return event.message.text if event.message else event.text
