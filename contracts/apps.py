"""The app's place in Django."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Contracts, the policies that they are made under, and the people concerned."""

    name = "contracts"
    verbose_name = "Contracts"
