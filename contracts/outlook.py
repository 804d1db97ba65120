"""What staff see while they choose the time of a window: whom it concerns, the notice, what is left of the month."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.availability_rows import Left, limits_left
from contracts.models import Component, MaintenanceWindow
from contracts.upkeep import affected_policies
from contracts.window_rules import next_minute


@dataclass(frozen=True, slots=True)
class PolicyOutlook:
    """One policy version. ``earliest`` is when scheduled work may start that is announced now, to the whole minute.

    ``is_standing``: the work lies in the policy's standing windows, and needs none; ``limits`` is what is left.
    """

    title: str
    zone: ZoneInfo
    contracts: int
    customers: int
    notice: str
    earliest: datetime
    is_standing: bool
    limits: tuple[Left, ...]


def outlook(
    components: Collection[Component],
    starts_at: datetime,
    ends_at: datetime,
    *,
    at: datetime,
    besides: MaintenanceWindow | None = None,
) -> list[PolicyOutlook]:
    """Each policy that work on ``components`` concerns, as things stand ``at``; ``besides`` is a window to be moved."""
    found = []
    for affected in affected_policies(components, starts_at):
        left = limits_left(affected, components, starts_at, ends_at, at=at, besides=besides)
        notice = affected.policy.maintenance.notice
        found.append(
            PolicyOutlook(
                title=str(affected.version),
                zone=affected.policy.hours.time_zone,
                contracts=len(affected.contracts),
                customers=len({contract.customer_id for contract in affected.contracts}),
                notice=str(notice) if notice else "",
                earliest=next_minute(affected.earliest_start(at)),
                is_standing=affected.is_standing(starts_at, ends_at),
                limits=tuple(left),
            )
        )
    return found
