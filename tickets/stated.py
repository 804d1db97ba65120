"""The stated time of a call: what came by phone counts from when it was said, within limits (policy-format §3)."""

from datetime import datetime, timedelta
from typing import Any

from contracts.refusals import Refused

LONGEST_BACK = timedelta(hours=24)


def stated(called_at: datetime | None, at: datetime) -> datetime:
    """When a call was that is entered at ``at``; ``None`` for now.

    Raises ``Refused`` for one still to come, and for one more than 24 hours back.
    """
    if called_at is None:
        return at
    if called_at > at:
        raise Refused("The call cannot be later than now. Correct its time.", field="called_at")
    if at - called_at > LONGEST_BACK:
        raise Refused(
            "A call can be entered up to 24 hours later. Enter it as of now, and say in the text when it was.",
            field="called_at",
        )
    return called_at


def mark_of(came_at: datetime, at: datetime, *, least: timedelta = timedelta()) -> dict[str, Any]:
    """What the record says of something entered at ``at``: nothing where it was entered when it came.

    ``least`` is how much later is still no difference.
    """
    return {"entered_at": at.isoformat()} if at - came_at > least else {}
