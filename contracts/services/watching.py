"""What nobody has said of maintenance windows and is true all the same: one began, one ran past its planned end."""

import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from contracts.models import MaintenanceWindow
from contracts.models.upkeep import OPEN, WindowEventKind
from contracts.upkeep_news import announce
from contracts.upkeep_record import record_window

log = logging.getLogger(__name__)

MOST_AT_ONCE = 100


def notice_windows(*, at: datetime) -> int:
    """Record what is true by ``at`` with the instant at which it came true, and tell people, once each.

    Pages and figures do not wait for it: they ask the window's instants. Returns how many facts were added; at most
    a hundred of each kind, the earliest first, the rest is left to the next run.
    """
    known = MaintenanceWindow.objects.filter(OPEN).order_by("starts_at", "pk")
    began = known.filter(start_told=False, starts_at__lte=at)
    overran = known.filter(overrun_told=False, ends_at__lte=at)
    waiting = [
        (key, rows, kind)
        for rows, kind in ((began, WindowEventKind.BEGAN), (overran, WindowEventKind.OVERRAN))
        for key in rows.values_list("pk", flat=True)[:MOST_AT_ONCE]
    ]
    return sum(_note_safely(key, rows, kind, at) for key, rows, kind in waiting)


def _note_safely(key: int, waiting: QuerySet[MaintenanceWindow], kind: WindowEventKind, at: datetime) -> int:
    try:
        return _note(key, waiting, kind, at)
    except (OperationalError, InterfaceError):
        # The database has a fault, not the window.
        raise
    except Exception:  # one broken window must not keep the others from being told
        log.exception("window %s could not be noticed", key)
        return 0


@transaction.atomic
def _note(key: int, waiting: QuerySet[MaintenanceWindow], kind: WindowEventKind, at: datetime) -> int:
    """Claims the window by compare-and-set, then records; 0 where somebody else was faster."""
    flag = "start_told" if kind == WindowEventKind.BEGAN else "overrun_told"
    if not waiting.order_by().filter(pk=key).update(**{flag: True}):
        return 0
    window = MaintenanceWindow.objects.get(pk=key)
    happened_at = window.starts_at if kind == WindowEventKind.BEGAN else window.ends_at
    announce(record_window(window, kind, actor=None, happened_at=happened_at, at=at))
    return 1
