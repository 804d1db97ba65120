"""What a policy says of availability, as the core counts it."""

from fractions import Fraction

from contracts.policy import Policy
from contracts.sla.availability import Rules


def rules_of(policy: Policy) -> Rules | None:
    """The rules of availability; ``None`` where the policy promises none. The target is exactly as written."""
    if policy.availability is None:
        return None
    limit = policy.maintenance.monthly_limit
    return Rules(
        zone=policy.hours.time_zone,
        target_percent=Fraction(str(policy.availability.target_percent)),
        excluded=tuple(cause.code for cause in policy.availability.excluded),
        monthly_limit=None if limit is None else limit.elapsed,
    )
