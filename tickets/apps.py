"""The app's place in Django."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets, their events, and the clocks that run on them."""

    name = "tickets"
    verbose_name = "Tickets"
