"""The ground floor in the admin: importing registers it."""

from contracts.admin import agreements, bounces, components, desk_people, people, policies, products
from contracts.outbox import admin as outbox

__all__ = ["agreements", "bounces", "components", "desk_people", "outbox", "people", "policies", "products"]
