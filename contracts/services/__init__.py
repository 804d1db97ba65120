"""The verbs of the ground floor: each is one function, checks what it needs and is one transaction."""

from contracts.services.people import create_manager

__all__ = ["create_manager"]
