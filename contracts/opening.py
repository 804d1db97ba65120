"""Whether the desk is open at an instant, in words. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.phrasing import moment, public_moment
from contracts.sla.hours import NO_HOURS, OUTSIDE_HOURS, WEEKEND, NoOpenTime, OpeningHours

# How far ahead a change is looked for before the desk counts as always open, or as shut until further notice.
AHEAD = timedelta(days=14)
# What goes without saying: the hours stand beside it.
UNSAID = (OUTSIDE_HOURS, NO_HOURS, WEEKEND)


@dataclass(frozen=True, slots=True)
class Opening:
    """How the desk stands: ``word`` is "Open now" or "Closed now", ``until`` when that changes.

    ``reason`` is why it is closed, "" where its hours say that already.
    """

    is_open: bool
    word: str
    until: str
    reason: str = ""

    @property
    def text(self) -> str:
        """The whole sentence without its full stop."""
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.word}{reason}{', ' if self.until else ''}{self.until}"

    @property
    def key(self) -> str:
        """What colours it."""
        return "open" if self.is_open else "shut"


def opening(hours: OpeningHours, at: datetime, *, reader_zone: ZoneInfo | None = None) -> Opening:
    """How the desk stands at ``at``: for a visitor in its own zone and UTC, else in the reader's and its own.

    "Open now, until Tue 24 Nov, 18:00 PST · 02:00 UTC"; "Closed now (Christmas Day), opens …".
    """
    found = hours.open_intervals(at, at + AHEAD)
    if found and found[0].start == at:
        end = found[0].end
        until = f"until {_said(hours, end, at, reader_zone)}" if end < at + AHEAD else ""
        return Opening(is_open=True, word="Open now", until=until)
    opens = found[0].start if found else _much_later(hours, at)
    until = f"opens {_said(hours, opens, at, reader_zone)}" if opens else ""
    return Opening(is_open=False, word="Closed now", until=until, reason=_reason(hours, at))


def _reason(hours: OpeningHours, at: datetime) -> str:
    label = hours.spans(at, at + timedelta(seconds=1))[0].label
    return "" if label in UNSAID else label.rstrip(".")


def _much_later(hours: OpeningHours, at: datetime) -> datetime | None:
    try:
        return hours.next_opening(at)
    except NoOpenTime:
        return None


def _said(hours: OpeningHours, instant: datetime, now: datetime, reader_zone: ZoneInfo | None) -> str:
    if reader_zone is None:
        return public_moment(instant, hours.zone, now=now)
    return moment(instant, reader_zone, now=now, other=hours.zone)
