"""``manage.py receive_mail < message.eml``: one message, as a mail server's pipe gives it (docs/mail.md)."""

import json
import logging
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.mail.processing import take_in
from tickets.models import IncomingMail
from tickets.models.mail import Outcome, Way

TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps it and tries again


class Command(BaseCommand):
    help = (
        "Stores one message from standard input, processes it, and prints what became of it as JSON: outcome, ticket, "
        "reason, attachments. Exits 0 for every message however broken, 75 where it could not be stored."
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Read, store, process, print; what fails after it was stored is tried again by the worker."""
        # What goes wrong stands on the row; a mail server would send what we print back to the sender.
        logging.disable(logging.CRITICAL)
        at = timezone.now()
        try:
            mail = take_in(raw=sys.stdin.buffer.read(), way=Way.PIPE, received_at=at, at=at)
        except Exception as fault:  # noqa: BLE001 -- whatever it was, nothing is stored
            self.stderr.write(f"The message could not be stored ({type(fault).__name__}). Try again later.")
            sys.exit(TRY_LATER)
        finally:
            logging.disable(logging.NOTSET)
        self._print(json.dumps(told(mail), ensure_ascii=True))

    def _print(self, line: str) -> None:
        """Whether anybody hears it or not: the message is kept, and with another code its sender would get it back."""
        if sys.stdout is None:
            return
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except OSError:
            # What is left of it would fail once more at the end of the process, and that is another code, too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def told(mail: IncomingMail) -> dict[str, Any]:
    """What became of a message, for the mail server's log."""
    return {
        "outcome": mail.outcome or Outcome.HELD.value,
        "ticket": mail.ticket.number if mail.ticket else None,
        "reason": mail.reason if mail.outcome else "not_processed_yet",
        "attachments": list(mail.names),
    }
