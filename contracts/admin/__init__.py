"""The ground floor in the admin: importing registers it."""

from contracts.admin import agreements, people, policies, products

__all__ = ["agreements", "people", "policies", "products"]
