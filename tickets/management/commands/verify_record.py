"""``manage.py verify_record``: whether the record is as it was written, and up to which checkpoint (docs/record.md)."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.checkpoints import Checkpoint
from tickets.proof import Finding
from tickets.verifying import Verdict, verify_all

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Verifies the record of every ticket and every checkpoint, and tells up to which checkpoint nothing was "
        "altered, removed or put in later. Exits 0 when all of it holds and checkpoints prove it, 1 otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            type=_day,
            metavar="YYYY-MM-DD",
            help="read the checkpoints of that day and later alone",
        )
        parser.add_argument(
            "--noted", default="", metavar="DIGEST", help="a checkpoint's digest that was kept elsewhere"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, since: date | None, noted: str, **options: Any) -> None:
        """Judge, print, and exit with 1 unless everything holds."""
        verdict = verify_all(settings.CHECKPOINTS, since=since, noted=noted.strip(), now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(verdict)))
        else:
            for line in _lines(verdict):
                self.stdout.write(line)
        if not verdict.holds:
            sys.exit(1)


def _lines(verdict: Verdict) -> Iterator[str]:
    yield (
        f"Read {verdict.tickets} tickets with {verdict.events} events and {len(verdict.checkpoints)} checkpoints."
    )
    if until := verdict.holds_until:
        yield (
            f"Up to the checkpoint of {until.day} ({until.taken_at:%Y-%m-%d %H:%M} UTC, digest {until.digest}) "
            "nothing was altered, removed or put in later."
        )
    elif verdict.checkpoints:
        yield "Not even up to the first checkpoint does everything hold."
    elif not verdict.count:
        yield "Every record is sealed as it was written."
    yield from verdict.warnings
    if verdict.count:
        yield f"{verdict.count} {'fault' if verdict.count == 1 else 'faults'}, the first first:"
    yield from (_told(finding) for finding in verdict.findings[:MOST_NAMED])
    if (more := verdict.count - MOST_NAMED) > 0:
        yield f"… and {more} more; --json names up to {len(verdict.findings)}."


def _told(finding: Finding) -> str:
    if not finding.number:
        return finding.problem
    event = f", event {finding.seq}" if finding.seq else ""
    return f"{finding.number}{event}: {finding.problem}"


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "holds": verdict.holds,
        "holds_until": _checkpoint(verdict.holds_until),
        "tickets": verdict.tickets,
        "events": verdict.events,
        "checkpoints": len(verdict.checkpoints),
        "warnings": verdict.warnings,
        "faults": verdict.count,
        "findings": [
            {"ticket": finding.number, "event": finding.seq, "problem": finding.problem}
            for finding in verdict.findings
        ],
    }


def _checkpoint(found: Checkpoint | None) -> dict[str, str] | None:
    if found is None:
        return None
    return {"day": str(found.day), "taken_at": found.taken_at.isoformat(), "digest": found.digest}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day like 2026-11-28") from None
