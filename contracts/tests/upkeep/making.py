"""Windows made by their verbs, and contracts that components concern."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.models import Component, Contract, MaintenanceWindow
from contracts.services.windows import announce_window
from contracts.tests.factories import ContractFactory, DeploymentFactory, published

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)  # a Monday, 10:00 in Los Angeles
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def announced(component: Component, **changed: Any) -> MaintenanceWindow:
    """Ten days ahead, for two hours, unless told otherwise."""
    given: dict[str, Any] = {
        "title": "Database upgrade",
        "reason": "Its version is no longer supported.",
        "components": [component],
        "starts_at": AT + 10 * DAY,
        "ends_at": AT + 10 * DAY + 2 * HOUR,
        "interrupts": True,
        "actor": None,
        "at": AT,
    }
    return announce_window(**given | changed)


def emergency(component: Component, **changed: Any) -> MaintenanceWindow:
    given = {
        "starts_at": AT,
        "ends_at": AT + HOUR,
        "kind": "emergency",
        "emergency_reason": "A hole is used.",
    }
    return announced(component, **given | changed)


def under_policy(component: Component, slug: str, kind: str = "hosted") -> Contract:
    """A contract in term that the component concerns."""
    runs = DeploymentFactory.create(product=component.product, kind=kind)
    return ContractFactory.create(customer=runs.customer, policy_version=published(slug), deployments=[runs])


def facts(window: MaintenanceWindow) -> list[str]:
    return list(window.events.values_list("kind", flat=True))
