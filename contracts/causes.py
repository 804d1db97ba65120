"""The causes of outages that policies exclude (AT14), by their codes. Whether one excuses, each contract's own says."""

from contracts.calendar_rows import policy_of
from contracts.models import PolicyVersion
from contracts.refusals import Refused
from contracts.sla.unavailability import SCHEDULED_MAINTENANCE
from contracts.words import list_in_words


def known_causes() -> dict[str, str]:
    """Every cause that any published policy excludes, with its text in the newest version that has it.

    Scheduled maintenance is left out: only a window is that, for it has a notice and a limit.
    """
    found: dict[str, str] = {}
    for version in PolicyVersion.objects.order_by("effective_from", "slug"):
        if (promised := policy_of(version).availability) is not None:
            found |= {cause.code: cause.text for cause in promised.excluded}
    found.pop(SCHEDULED_MAINTENANCE, None)
    return found


def check_cause(cause: str) -> None:
    """Refused for scheduled maintenance and for a code that no policy has; empty is no cause, and counts."""
    if not cause:
        return
    if cause == SCHEDULED_MAINTENANCE:
        raise Refused(
            "Scheduled maintenance is a window with its notice, not an outage: announce it as one, or leave the cause "
            "empty.",
            field="cause",
        )
    if cause not in (known := known_causes()):
        choose = f"choose {list_in_words(known, 'or')}, or none" if known else "leave it empty"
        raise Refused(f"No policy excludes the cause {cause!r}; {choose}.", field="cause")
