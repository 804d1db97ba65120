"""Outages: reported, updated while they run, ended, corrected with a reason, withdrawn; never overwritten.

Each verb adds one fact and tells those whom it concerns. ``seen`` is the number of the last fact that a form knew.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from contracts.causes import check_cause
from contracts.models import Component, Outage, OutageEvent, User
from contracts.models.upkeep import OutageEventKind
from contracts.refusals import Refused
from contracts.upkeep_news import announce
from contracts.upkeep_record import record_outage, refuse_overtaken
from contracts.window_rules import check_components, told

LATEST_ENTRY = timedelta(days=366)


@transaction.atomic
def report_outage(
    *,
    title: str,
    components: Collection[Component],
    started_at: datetime,
    ended_at: datetime | None = None,
    cause: str = "",
    what_happened: str,
    what_was_done: str = "",
    actor: User | None,
    at: datetime,
) -> Outage:
    """Components are down since ``started_at``, or were until ``ended_at``; ``cause`` is a code that policies exclude.

    Refused without a title, a component or what happened, for times in the future or more than a year back, for an
    end that is not after the start, and for a cause that no policy excludes.
    """
    title, what_happened = _check_words(title, what_happened)
    check_components(components, started_at)
    _check_times(started_at, ended_at, at)
    check_cause(cause)
    outage = Outage.objects.create(
        title=title,
        started_at=started_at,
        ended_at=ended_at,
        cause=cause,
        what_happened=what_happened,
        what_was_done=what_was_done.strip(),
    )
    outage.components.set(components)
    _record(outage, OutageEventKind.REPORTED, actor=actor, at=at, happened_at=started_at)
    return outage


@transaction.atomic
def update_outage(
    *, outage: Outage, text: str, actor: User | None, at: datetime, seen: int | None = None
) -> OutageEvent:
    """Say how a running outage stands. Refused without words, and for one that is over."""
    outage = _locked(outage, seen)
    _refuse_ended(outage)
    text = text.strip()
    if not text:
        raise Refused("Say how it stands; customers read it.", field="text")
    return _record(outage, OutageEventKind.UPDATED, actor=actor, at=at, text=text)


@transaction.atomic
def end_outage(
    *,
    outage: Outage,
    ended_at: datetime | None = None,
    what_was_done: str,
    actor: User | None,
    at: datetime,
    seen: int | None = None,
) -> Outage:
    """Its components work again since ``ended_at``, or ``at``. Refused without what was done, and for wrong times."""
    outage = _locked(outage, seen)
    _refuse_ended(outage)
    what_was_done = what_was_done.strip()
    if not what_was_done:
        raise Refused("Say what was done; customers read it.", field="what_was_done")
    ended_at = ended_at or at
    _check_times(outage.started_at, ended_at, at, is_new=False)
    outage.ended_at, outage.what_was_done = ended_at, what_was_done
    outage.save(update_fields=["ended_at", "what_was_done"])
    _record(outage, OutageEventKind.ENDED, actor=actor, at=at, happened_at=ended_at)
    return outage


@transaction.atomic
def correct_outage(
    *,
    outage: Outage,
    title: str,
    components: Collection[Component],
    started_at: datetime,
    ended_at: datetime | None,
    cause: str,
    what_happened: str,
    what_was_done: str,
    reason: str,
    actor: User | None,
    at: datetime,
    seen: int | None = None,
) -> Outage:
    """Put an entry right; what it said before stays in its facts. Without ``ended_at`` it is running.

    Refused without a reason, where nothing changes, and like reporting it.
    """
    outage = _locked(outage, seen)
    title, what_happened = _check_words(title, what_happened)
    reason, what_was_done = reason.strip(), what_was_done.strip()
    before = set(outage.components.all())
    check_components(components, started_at, kept=before)
    _check_times(started_at, ended_at, at, is_new=started_at != outage.started_at)
    if cause != outage.cause:
        check_cause(cause)
    if not reason:
        raise Refused("Say why it is corrected; it stays beside the entry.", field="reason")
    put = {
        "title": title,
        "started_at": started_at,
        "ended_at": ended_at,
        "cause": cause,
        "what_happened": what_happened,
        "what_was_done": what_was_done,
    }
    if set(components) == before and all(getattr(outage, name) == value for name, value in put.items()):
        raise Refused("Nothing is corrected: it says just this already.")
    for name, value in put.items():
        setattr(outage, name, value)
    outage.save(update_fields=list(put))
    outage.components.set(components)
    _record(outage, OutageEventKind.CORRECTED, actor=actor, at=at, text=reason)
    return outage


@transaction.atomic
def withdraw_outage(
    *, outage: Outage, reason: str, actor: User | None, at: datetime, seen: int | None = None
) -> Outage:
    """Take back what was entered by mistake: nothing counts it then. Refused without a reason."""
    outage, reason = _locked(outage, seen), reason.strip()
    if not reason:
        raise Refused("Say why it is withdrawn; it stays beside the entry.", field="reason")
    outage.withdrawn_at = at
    outage.save(update_fields=["withdrawn_at"])
    _record(outage, OutageEventKind.WITHDRAWN, actor=actor, at=at, text=reason)
    return outage


def _record(
    outage: Outage,
    kind: OutageEventKind,
    *,
    actor: User | None,
    at: datetime,
    happened_at: datetime | None = None,
    text: str = "",
) -> OutageEvent:
    """Add a fact, and tell those whom it concerns."""
    event = record_outage(outage, kind, actor=actor, at=at, happened_at=happened_at, text=text)
    announce(event)
    return event


def _locked(outage: Outage, seen: int | None) -> Outage:
    """The row as it is now, nobody else's until the verb is done. Refused where it is withdrawn or overtaken."""
    outage = Outage.objects.select_for_update().get(pk=outage.pk)
    refuse_overtaken(outage, seen)
    if outage.withdrawn_at is not None:
        raise Refused("It is withdrawn; report it anew.")
    return outage


def _refuse_ended(outage: Outage) -> None:
    if outage.ended_at is not None:
        raise Refused("It is over; correct the entry if something in it is wrong.")


def _check_words(title: str, what_happened: str) -> tuple[str, str]:
    title, what_happened = title.strip(), what_happened.strip()
    if not title:
        raise Refused("Say in a few words what is down; customers read it.", field="title")
    if not what_happened:
        raise Refused("Say what happened; customers read it.", field="what_happened")
    return title, what_happened


def _check_times(
    started_at: datetime, ended_at: datetime | None, at: datetime, *, is_new: bool = True
) -> None:
    """``is_new``: the start is; an old entry may be older than what can be entered."""
    if started_at > at:
        raise Refused("An outage has begun: choose a start that has passed.", field="started_at")
    if is_new and started_at < at - LATEST_ENTRY:
        raise Refused("An outage can be entered for a year: choose a later start.", field="started_at")
    if ended_at is None:
        return
    if ended_at > at:
        raise Refused(
            "This end is still to come; leave it empty, and end the outage when it is over.", field="ended_at"
        )
    if ended_at <= started_at:
        raise Refused(f"It started {told(started_at, at)}: choose a later end.", field="ended_at")
