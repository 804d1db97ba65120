"""Closures as notices: shown on every page, naming the policy whose desk is shut."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from contracts import models
from contracts.phrasing import stretch, zone_name
from contracts.policy_file import read_policy
from contracts.sla.hours import Closure


@dataclass(frozen=True, slots=True)
class ClosureNotice:
    """``when`` in the desk's zone; ``word`` is "closed" now, and "will be closed" before."""

    title: str
    word: str
    when: str
    reason: str


def closure_notices(at: datetime) -> list[ClosureNotice]:
    """The closures to be shown at ``at``, the earliest first. One query."""
    newest = models.PolicyVersion.objects.filter(
        slug=OuterRef("policy_slug"), effective_from__lte=at.date()
    ).order_by("-effective_from")
    found = (
        models.Closure.objects.to_be_shown(at)
        .annotate(title=Subquery(newest.values("title")[:1]), text=Subquery(newest.values("text")[:1]))
        .order_by("starts_at", "pk")
    )
    rows = found.values_list("starts_at", "ends_at", "reason", "title", "text")
    return [
        _notice(Closure(start, end, reason), title, text, at)
        for start, end, reason, title, text in rows
        if text
    ]


def _notice(closure: Closure, title: str, text: str, at: datetime) -> ClosureNotice:
    zone = read_policy(text).hours.time_zone
    return ClosureNotice(
        title=title,
        word="closed" if closure.start <= at else "will be closed",
        when=f"{stretch(closure.start, closure.end, zone)} {zone_name(zone, closure.start)}",
        reason=closure.reason,
    )
