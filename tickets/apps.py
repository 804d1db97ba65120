"""The app's place in Django."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets, their events, and the clocks that run on them."""

    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        """Say how a message is made whose link opens an escalation; the models are there by now."""
        from contracts.outbox.sealed import MAKERS  # noqa: PLC0415
        from tickets.escalation_mail import escalation  # noqa: PLC0415

        MAKERS["escalation"] = escalation
