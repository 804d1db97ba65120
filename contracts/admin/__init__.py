"""The ground floor in the admin: importing registers it."""

from contracts.admin import agreements, people, policies, products
from contracts.outbox import admin as outbox

__all__ = ["agreements", "outbox", "people", "policies", "products"]
