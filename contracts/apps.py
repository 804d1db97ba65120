"""The app's place in Django."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Contracts, the policies that they are made under, and the people concerned."""

    name = "contracts"
    verbose_name = "Contracts"

    def ready(self) -> None:
        """Say who can be told of things; the models are there by now."""
        from contracts.closure_audience import ClosureContacts  # noqa: PLC0415 -- the models are not there before
        from contracts.outbox.audiences import register  # noqa: PLC0415 -- the models are not there before
        from contracts.upkeep_audience import UpkeepContacts, UpkeepVisitors  # noqa: PLC0415 -- the models are not there before

        register(ClosureContacts())
        register(UpkeepContacts())
        register(UpkeepVisitors())
