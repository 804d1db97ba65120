"""Pictures of time, drawn on the server as paths: the last days of a component, the months of a service. Pure.

Height says what colour says, so that neither is needed alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.upkeep_days import Days

STEP, WIDTH, HEIGHT = 8, 6, 32
# How high a day stands: the worse, the higher.
HEIGHTS = {"worked": 20, "maintenance": 26, "down": 32}


@dataclass(frozen=True, slots=True)
class Picture:
    """Paths by the word that colours them, in a box of ``width`` and ``height``."""

    width: int
    height: int
    paths: tuple[tuple[str, str], ...]
    line: int = 0


def strip(days: Days) -> Picture:
    """A bar a day, the oldest first."""
    return bars([(state.value, HEIGHTS[state.value]) for state in days.states()])


def bars(found: Sequence[tuple[str, int]], *, step: int = STEP, width: int = WIDTH, line: int = 0) -> Picture:
    """A bar for each of ``found``, its word and height; ``line`` is where a line across stands, from the ground."""
    paths: dict[str, list[str]] = defaultdict(list)
    for place, (word, height) in enumerate(found):
        paths[word].append(f"M{place * step} {HEIGHT}v-{height}h{width}v{height}z")
    return Picture(
        len(found) * step - (step - width), HEIGHT, _joined(paths.items()), HEIGHT - line if line else 0
    )


def _joined(paths: Iterable[tuple[str, list[str]]]) -> tuple[tuple[str, str], ...]:
    return tuple((word, "".join(parts)) for word, parts in paths)
