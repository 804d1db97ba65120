"""The app's place in Django."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets, their events, and the clocks that run on them."""

    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        """Say what goes with our mails; the models are there by now."""
        from contracts.outbox.enclosures import register  # noqa: PLC0415
        from tickets.consultation_entries import NAME, enclosure_of  # noqa: PLC0415

        register(NAME, enclosure_of)
