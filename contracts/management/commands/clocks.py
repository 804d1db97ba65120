"""``manage.py clocks``: scenarios in, a JSON object a line; their clocks out (policy-format.md §4)."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError

from contracts.policy import Policy
from contracts.policy_file import decode_policy, read_policy
from contracts.scenario_text import for_people
from contracts.scenarios import BadScenario, Scenario, as_json

LARGEST_POLICY = 1_000_000  # bytes; a real one has some ten thousand


class Command(BaseCommand):
    help = "Reads scenarios from standard input, a JSON object a line; prints their clocks, a line for each."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--explain", action="store_true", help="print for people, with the sum behind each date"
        )

    def handle(self, *_args: object, explain: bool, **_options: object) -> None:
        """Answer every line. The exit status is 1 when a line was bad or nobody reads the answers."""
        if sys.stdin is None or sys.stdout is None:
            raise CommandError("Standard input and output must both be open.")
        bad = False
        try:
            for line in _lines(sys.stdin.buffer):
                answer, good = self.explained(line) if explain else self.answered(line)
                bad = bad or not good
                self.stdout.write(answer)
                self.stdout.flush()
        except BrokenPipeError:  # the reader has seen enough
            _forget_stdout()
            sys.exit(1)
        except OSError as problem:
            _forget_stdout()
            raise CommandError(f"Cannot read on or write on: {problem.strerror}.") from None
        except KeyboardInterrupt:
            sys.exit(130)
        if bad:
            sys.exit(1)

    def answered(self, line: bytes) -> tuple[str, bool]:
        """The JSON line that answers ``line``, and whether ``line`` was a scenario."""
        try:
            return json.dumps({"clocks": [as_json(clock) for clock in _scenario(line).clocks()]}), True
        except BadScenario as problem:
            return json.dumps({"error": str(problem)}), False

    def explained(self, line: bytes) -> tuple[str, bool]:
        """The same for people."""
        try:
            return self.printable([*for_people(_scenario(line)), ""]), True
        except BadScenario as problem:
            return self.printable([*f"Error: {problem}".splitlines(), ""]), False

    def printable(self, lines: list[str]) -> str:
        """The lines without what a terminal cannot show or would obey."""
        text = "\n".join("".join(c if c.isprintable() else "\ufffd" for c in line) for line in lines)
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        return text.encode(encoding, "replace").decode(encoding) + "\n"


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines as they come, so that each is answered before the next is there."""
    return iter(stream.readline, b"")


def _scenario(line: bytes) -> Scenario:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadScenario(f"not UTF-8: {problem.reason} at byte {problem.start}") from None
    return Scenario(text, _read_policy)


def _forget_stdout() -> None:
    """What is left in the buffer goes nowhere, so that Python does not fail over it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _read_policy(path: str) -> Policy:
    """The policy at ``path``, seen from the folder in which the command runs."""
    with Path(path).open("rb") as file:
        content = file.read(LARGEST_POLICY + 1)
    if len(content) > LARGEST_POLICY:
        raise ValueError(f"it is larger than {LARGEST_POLICY} bytes")
    return read_policy(decode_policy(content))
