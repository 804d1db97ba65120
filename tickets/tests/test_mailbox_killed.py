"""A worker that is really killed after it stored a message and before the server heard of that. CI takes a fiftieth."""

import os
import signal
import subprocess

import pytest

from contracts.tests.endurance import Endurance
from portal.tests.servers import PATIENCE, Server
from tickets.tests.imap_servers import PASSWORD, Dovecot, Road
from tickets.tests.test_mailbox_server import FIVE, hashes

pytestmark = [pytest.mark.endurance, pytest.mark.server, pytest.mark.slow, pytest.mark.once]

# Each run looks from later on, when the claim that a killed one left is over.
FETCH = """
from datetime import datetime, timedelta, UTC
from tickets.mail import imap
from tickets.mail.mailbox import fetch_mail
imap.PATIENCE = {patience}
print(fetch_mail(at=datetime.now(UTC) + timedelta(minutes={minutes})))
"""


class Killer:
    """Kills the worker when it marks a message as stored: before the server hears of that, or after."""

    def __init__(self) -> None:
        self.victim: subprocess.Popen[str] | None = None
        self.left = 0
        self.how = "before"

    def order(self, number: int, words: str) -> str:
        if not self.victim or not words.startswith(("UID STORE", "UID MOVE")):
            return "pass"
        self.left -= 1
        if self.left >= 0:
            return "pass"
        os.kill(self.victim.pid, signal.SIGKILL)
        self.victim = None
        return self.how


def test_whoever_is_killed_between_storing_and_moving_each_message_is_stored_once(
    server: Server, dovecot: Dovecot, endurance: Endurance
) -> None:
    kills, killer, faults = endurance.number(50), Killer(), []
    assert server.manage("migrate", "--verbosity", "0").returncode == 0
    for kill in range(kills):
        box = dovecot.mailbox(*FIVE)
        with Road(dovecot.port, killer.order) as road:
            server.env["MAIL_IMAP_URL"] = f"imap://{box.user}:{PASSWORD}@127.0.0.1:{road.port}/INBOX"
            # STORE and MOVE of five messages, in turn.
            killer.left, killer.how = (kill * 3 + 1) % 10, ("before", "after")[kill % 2]
            killer.victim = worker = server.start("shell", "-c", FETCH.format(minutes=0, patience=PATIENCE))
            assert worker.wait(PATIENCE) == -signal.SIGKILL
            done = server.manage("shell", "-c", FETCH.format(minutes=60, patience=PATIENCE))
            assert "trouble=''" in done.stdout, done.stdout + done.stderr
        rows = server.query(
            f"SELECT sha256 FROM tickets_incomingmail WHERE place LIKE 'imap/{box.user}%'"  # noqa: S608 -- our own
        )
        if (sorted(row[0] for row in rows), box.flags(), len(box.flags(".Processed"))) != (
            hashes(FIVE),
            [],
            5,
        ):
            faults.append(f"kill {kill}: {len(rows)} rows, {box.flags()} left")
    endurance.report(kills, "kills", faults, messages=kills * len(FIVE))
