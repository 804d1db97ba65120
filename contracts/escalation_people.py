"""Whom the roles of policies mean: questions, asked of the rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.calendar_rows import policy_of
from contracts.models import EscalationPerson, PolicyVersion
from contracts.policy import Policy


@dataclass(frozen=True, slots=True)
class RoleOfPolicy:
    """A role that a policy escalates to, and who it is now; nobody, where ``people`` is empty."""

    policy: Policy
    role: str
    people: tuple[EscalationPerson, ...]


def roles_of(policy: Policy) -> list[str]:
    """Every role that the policy's escalations name, in the order in which they come."""
    named = (role for entry in policy.escalations for role in (*entry.to, *entry.then))
    return list(dict.fromkeys(named))


def is_role_of(policy_slug: str, role: str) -> bool:
    """Whether some version of the policy escalates to ``role``."""
    versions = PolicyVersion.objects.filter(slug=policy_slug)
    return any(role in roles_of(policy_of(version)) for version in versions)


def people_of(policy_slug: str, roles: Iterable[str]) -> Mapping[str, tuple[EscalationPerson, ...]]:
    """Who each of ``roles`` is, in order; those whose access was ended are left out. One query."""
    found: dict[str, list[EscalationPerson]] = {role: [] for role in roles}
    rows = EscalationPerson.objects.filter(role__policy_slug=policy_slug, role__role__in=found)
    for row in rows.select_related("role", "user").order_by("position"):
        if row.user is None or (row.user.is_active and row.user.is_staff):
            found[row.role.role].append(row)
    return {role: tuple(people) for role, people in found.items()}


def all_roles() -> list[RoleOfPolicy]:
    """Every role of every policy, those of versions that still govern contracts included."""
    found: list[RoleOfPolicy] = []
    seen: set[tuple[str, str]] = set()
    for version in PolicyVersion.objects.order_by("slug", "-effective_from"):
        policy = policy_of(version)
        fresh = [role for role in roles_of(policy) if (policy.slug, role) not in seen]
        seen |= {(policy.slug, role) for role in fresh}
        people = people_of(policy.slug, fresh) if fresh else {}
        found += [RoleOfPolicy(policy, role, people[role]) for role in fresh]
    return found
