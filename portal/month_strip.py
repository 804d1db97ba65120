"""The picture of an availability month: a bar a day, as the policy's zone counts days. Pure."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.sla.availability import Availability
from contracts.sla.months import midnight
from contracts.sla.unavailability import Verdict
from portal.strips import HEIGHTS, Picture, bars

DAY = timedelta(days=1)
# What is said of the days by word; a day to come stands lowest.
SAID = {
    "worked": "available",
    "maintenance": "stopped, not counted",
    "down": "with downtime",
    "none": "to come",
}
HIGH = {**HEIGHTS, "none": 2}


def day_words(figures: Availability, zone: ZoneInfo, at: datetime) -> list[str]:
    """A key of ``SAID`` for each local day of the part, the first first: the worst that happened on it until ``at``."""
    first, last = (
        edge.astimezone(zone).date() for edge in (figures.start, figures.end - timedelta.resolution)
    )
    days = [first + DAY * number for number in range((last - first).days + 1)]
    return [_word(figures, midnight(day, zone), midnight(day + DAY, zone), at) for day in days]


def picture(words: list[str]) -> Picture:
    """Of ``day_words``."""
    return bars([(word, HIGH[word]) for word in words])


def described(words: list[str]) -> str:
    """The picture in a sentence, as in "30 days: 28 available; 2 with downtime."."""
    count = Counter(words)
    told = "; ".join(f"{count[word]} {said}" for word, said in SAID.items() if count[word])
    return f"{len(words)} days: {told}."


def _word(figures: Availability, start: datetime, end: datetime, at: datetime) -> str:
    if start > at:
        return "none"
    met = [piece.verdict for piece in figures.pieces if piece.start < end and start < piece.end]
    if any(verdict is not Verdict.EXCLUDED for verdict in met):
        return "down"
    return "maintenance" if met else "worked"
