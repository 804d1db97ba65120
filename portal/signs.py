"""How a component, a window or a day stands, in a word and a sign: colour never says anything alone."""

from dataclasses import dataclass

from contracts.models.upkeep import WindowState
from contracts.upkeep_reading import ComponentState


@dataclass(frozen=True, slots=True)
class Sign:
    """The key that colours a state, its word, and the name of its picture."""

    key: str
    word: str
    sign: str


COMPONENT = {
    ComponentState.WORKING: Sign("on-time", "Working", "check-circle"),
    ComponentState.MAINTENANCE: Sign("due-soon", "Under maintenance", "wrench"),
    ComponentState.DOWN: Sign("missed", "Down", "x-circle"),
}
WINDOW = {
    WindowState.ANNOUNCED: Sign("agreed-on", "Announced", "calendar-days"),
    WindowState.UNDER_WAY: Sign("due-soon", "Under way", "wrench"),
    WindowState.OVERRAN: Sign("overdue", "Takes longer", "exclamation-triangle"),
    WindowState.DONE: Sign("on-time", "Done", "check"),
    WindowState.CANCELLED: Sign("void", "Cancelled", "no-symbol"),
}
MET = Sign("kept", "Met", "check-circle")
MISSED = Sign("missed", "Missed", "x-circle")
SO_FAR = Sign("running", "Met so far", "clock")
MISSED_SO_FAR = Sign("missed", "Missed so far", "x-circle")
RUNNING = Sign("missed", "Goes on", "x-circle")
OVER = Sign("kept", "Over", "check")
