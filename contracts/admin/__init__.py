"""The ground floor in the admin: importing registers it."""

from contracts.admin import agreements, components, people, policies, products
from contracts.outbox import admin as outbox

__all__ = ["agreements", "components", "outbox", "people", "policies", "products"]
