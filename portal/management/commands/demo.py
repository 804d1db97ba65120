"""`manage.py demo`: fills an empty database with the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from contracts.models import Customer, User
from portal import demo


class Command(BaseCommand):
    """Refuses a database that is not empty."""

    help = "Fills an empty database with three customers, their contracts and tickets."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build the demo in one transaction: all of it or nothing."""
        if User.objects.exists() or Customer.objects.exists():
            raise CommandError(
                "The database is not empty, and the demo needs an empty one. Set DATA_DIR to a new folder."
            )
        with transaction.atomic():
            demo.build(at=timezone.now())
        self.stdout.write("The demo is in the database.")
