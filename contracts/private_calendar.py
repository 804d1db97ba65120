"""The calendar of a contract: every window that concerns it, those of components for customers alone included."""

from datetime import datetime, timedelta

from django.db.models import Prefetch

from contracts.calendar_entries import calendar, changes_of, entry
from contracts.calendar_rows import local_day
from contracts.models import Component, Contract, Feed, MaintenanceWindow
from contracts.models.components import REACHED_KINDS
from contracts.services.feeds import hash_of

SHOWN_BACK = timedelta(days=90)
MOST_SHOWN = 500


def feed_of(secret: str) -> Feed | None:
    """The feed with that secret; ``None`` for one that was guessed or is revoked."""
    known = Feed.objects.filter(secret_hash=hash_of(secret), revoked_at=None)
    return known.select_related("contract__policy_version").first()


def calendar_of_contract(contract: Contract, at: datetime, *, name: str) -> bytes:
    """The calendar file called ``name``: windows that end later than 90 days before ``at`` and start in the term.

    At most 500, the latest.
    """
    products = contract.deployments.filter(kind__in=REACHED_KINDS).order_by().values("product")
    theirs = Component.objects.filter(product__in=products).select_related("product")
    found = MaintenanceWindow.objects.filter(components__in=theirs, ends_at__gt=at - SHOWN_BACK).distinct()
    named = Prefetch("components", theirs, to_attr="concerned")
    windows = [
        window
        for window in found.prefetch_related(named).order_by("-starts_at", "-pk")[:MOST_SHOWN]
        if contract.is_in_term(local_day(contract.policy_version, window.starts_at))
    ]
    changed = changes_of(windows)
    entries = [
        entry(window, window.concerned, changed_at=changed.get(window.pk, window.announced_at))  # type: ignore[attr-defined] # prefetched
        for window in windows
    ]
    return calendar(entries, name=name)
