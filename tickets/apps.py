"""The app's place in Django."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets, their events, and the clocks that run on them."""

    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        """Say what can be found, and how the mail of an escalation is made; the models are there by now."""
        from knowledgebase.search.sources import register  # noqa: PLC0415
        from tickets.problem_source import Problems  # noqa: PLC0415

        register(Problems())
        from contracts.outbox.sealed import MAKERS  # noqa: PLC0415
        from tickets.escalation_mail import escalation  # noqa: PLC0415

        MAKERS["escalation"] = escalation
