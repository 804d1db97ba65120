"""``manage.py rebuild_clocks``: every stored clock beside the one that the record gives (docs/record.md)."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.rebuilding import judge_all
from tickets.services.rebuilding import rebuild_ticket

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Derives all clocks and projections anew from the events and reports what is stored otherwise; writes nothing "
        "unless --apply is given. Exits 0 when nothing differs or all was put right, 1 otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="put right what differs")

    def handle(self, *_args: Any, apply: bool, **_options: Any) -> None:
        """Compare, print, and exit with 1 where something differs that was not put right."""
        at = timezone.now()
        tickets = clocks = differing = found = 0
        for judged in judge_all(at=at):
            tickets += 1
            clocks += judged.clocks
            if not judged.differences:
                continue
            differing += 1
            for difference in judged.differences:
                found += 1
                if found <= MOST_NAMED:
                    self.stdout.write(str(difference))
            if apply:
                rebuild_ticket(ticket=judged.ticket, at=at)
        if found > MOST_NAMED:
            self.stdout.write(f"… and {found - MOST_NAMED} more.")
        done = ", put right" if apply and differing else ""
        self.stdout.write(
            f"{tickets} tickets with {clocks} clocks: {found} differences on {differing} tickets{done}."
        )
        if differing and not apply:
            sys.exit(1)
