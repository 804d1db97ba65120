"""`manage.py ticketwords` learns anew by which words tickets are found: after people or products were renamed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from tickets.models import Ticket
from tickets.services.words import learn_anew

AT_ONCE = 200


class Command(BaseCommand):
    help = "Learns anew by which words tickets are found; safe while the portal runs."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for pk in Ticket.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=AT_ONCE):
            with transaction.atomic():
                learn_anew(Ticket.objects.select_for_update().get(pk=pk))
            count += 1
        self.stdout.write(f"The words of {count} tickets are known.")
