"""What a policy says of availability, as the core counts it."""

from datetime import timedelta
from fractions import Fraction

from contracts.policy import Policy
from contracts.sla.availability import Rules
from contracts.sla.promises import Length, Unit


def rules_of(policy: Policy) -> Rules | None:
    """The rules of availability; ``None`` where the policy promises none. The target is exactly as written."""
    if policy.availability is None:
        return None
    limit = policy.maintenance.monthly_limit
    return Rules(
        zone=policy.hours.time_zone,
        target_percent=Fraction(str(policy.availability.target_percent)),
        excluded=tuple(cause.code for cause in policy.availability.excluded),
        monthly_limit=None if limit is None else _elapsed(limit),
    )


def _elapsed(length: Length) -> timedelta:
    """A length in hours or minutes, as the format has limits."""
    unit = timedelta(hours=1) if length.unit is Unit.HOUR else timedelta(minutes=1)
    return length.number * unit
