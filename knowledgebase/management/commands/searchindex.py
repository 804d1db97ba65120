"""`manage.py searchindex` brings the search index in step with what it shows; `--check` only compares."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledgebase.search import keeping

MOST_NAMED = 20


class Command(BaseCommand):
    help = "Brings the search index in step with articles, questions and release notes; safe while the portal runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare and report, change nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            self.stdout.write(f"The search index holds {keeping.rebuild()} documents.")
            return
        faults = keeping.faults()
        for fault in faults[:MOST_NAMED]:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults; `manage.py searchindex` mends them.")
        self.stdout.write("The search index agrees with what it shows.")
