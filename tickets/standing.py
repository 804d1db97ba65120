"""How a clock stands, in a word and a sign: colour never says anything alone."""

from enum import Enum


class Standing(Enum):
    """How a clock stands: the key that colours it, its word, and its sign."""

    ON_TIME = "on-time", "On time", "clock"
    DUE_SOON = "due-soon", "Due soon", "bell-alert"
    OVERDUE = "overdue", "Overdue", "exclamation-triangle"
    PAUSED = "paused", "Paused", "pause-circle"
    KEPT = "kept", "Kept", "check-circle"
    MISSED = "missed", "Missed", "x-circle"
    DONE = "done", "Done", "check"
    AGREED = "agreed", "Agreed", "calendar-days"
    WAITING = "waiting", "Waiting for a date", "question-mark-circle"
    BEST_EFFORT = "best-effort", "Best effort", "minus-circle"
    VOID = "void", "Void", "no-symbol"

    def __init__(self, key: str, word: str, sign: str) -> None:
        self.key, self.word, self.sign = key, word, sign
