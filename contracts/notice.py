"""How long ahead work on components is announced (VK3, AT15). Pure: a policy, its hours, and instants.

``docs/design.md`` says how a policy is read: work inside a standing window needs no notice, an emergency none either.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from contracts.policy import Policy
from contracts.sla.counting import Counting
from contracts.sla.hours import OpeningHours, Week
from contracts.sla.intervals import Interval, merge, subtract


def earliest_start(policy: Policy, hours: OpeningHours, announced_at: datetime) -> datetime:
    """The first instant at which work announced then may start; ``announced_at`` itself where no notice is promised.

    Days are calendar days in the zone of the policy, business lengths open time of ``hours``, as for promises.
    """
    notice = policy.maintenance.notice
    if notice is None:
        return announced_at
    return Counting(hours, policy.hours.business_day).due(announced_at, notice, [])


def is_standing(policy: Policy, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether ``[starts_at, ends_at)`` lies wholly in the windows that the policy publishes for good."""
    work = Interval(starts_at, ends_at)
    return not subtract([work], merge(_published(policy, work)))


def is_in_time(
    policy: Policy, hours: OpeningHours, *, announced_at: datetime, starts_at: datetime, ends_at: datetime
) -> bool:
    """Whether scheduled work keeps the notice of the policy, or needs none."""
    if is_standing(policy, starts_at, ends_at):
        return True
    return starts_at >= earliest_start(policy, hours, announced_at)


def _published(policy: Policy, work: Interval[datetime]) -> Iterator[Interval[datetime]]:
    for week in policy.maintenance.standing_windows:
        yield from _calendar(policy.hours.time_zone, week).open_intervals(work.start, work.end)


@lru_cache(maxsize=64)
def _calendar(zone: ZoneInfo, week: Week) -> OpeningHours:
    """Standing windows hold on holidays, too."""
    return OpeningHours(zone, week, lambda _year: {})
