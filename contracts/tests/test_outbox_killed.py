"""Deliverers that are really killed, between the mail server's yes and their commit. CI takes a fiftieth."""

import asyncio
import os
import random
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from contracts.tests.endurance import Endurance
from portal.tests.ports import free_port
from portal.tests.servers import PATIENCE, Server

pytestmark = [pytest.mark.endurance, pytest.mark.server, pytest.mark.slow]

MESSAGES = 5

WRITE = """
from datetime import datetime, UTC
from contracts.models import User
from contracts.outbox.writing import write
user = User.objects.filter(email="nora@harbour.example").first()
user = user or User.objects.create_user("nora@harbour.example", None, name="Nora")
for number in range({messages}):
    write(kind="password_changed", to=user, at=datetime.now(UTC), context={{}}, key=f"{round}/{{number}}")
"""
# The second run looks from some minutes ahead, when the claim that the killed one left is over.
DELIVER = """
from datetime import datetime, timedelta, UTC
from django.conf import settings
from contracts.outbox.delivery import deliver
settings.EMAIL_TIMEOUT = {patience}
print(deliver(datetime.now(UTC) + timedelta(minutes={minutes})))
"""


class Killer:
    """Takes mail, and kills who brought it a moment after its own "250", as long as kills are left."""

    def __init__(self, seed: int) -> None:
        self.ids: list[str] = []
        self.victim: subprocess.Popen[str] | None = None
        self.shot: threading.Timer | None = None
        self.random = random.Random(seed)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- the library's
        if self.shot is not None:
            # However late the shot comes: the victim does not get through its messages before.
            await asyncio.to_thread(self.shot.join)
        self.ids.append(str(message_from_bytes(envelope.original_content or b"")["Message-ID"]))
        if (victim := self.victim) is not None:
            self.victim = None
            wait = self.random.choice([0, 0, 0.0005, 0.002, 0.005])
            self.shot = threading.Timer(wait, os.kill, (victim.pid, signal.SIGKILL))
            self.shot.start()
        return "250 OK"


@pytest.fixture
def killer(server: Server, endurance: Endurance) -> Iterator[Killer]:
    """The mail server of ``server``."""
    handler = Killer(endurance.seed)
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE)
    controller.start()
    server.env["EMAIL_URL"] = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


def test_whoever_is_killed_after_the_servers_yes_nothing_is_lost_and_a_kill_repeats_one_message_at_most(
    server: Server, killer: Killer, endurance: Endurance
) -> None:
    kills = endurance.number(200)
    assert server.manage("migrate", "--verbosity", "0").returncode == 0
    for kill in range(kills):
        written = server.manage("shell", "-c", WRITE.format(messages=MESSAGES, round=kill))
        assert written.returncode == 0, written.stderr
        killer.victim = deliverer = server.start("shell", "-c", DELIVER.format(minutes=0, patience=PATIENCE))
        assert deliverer.wait(PATIENCE) == -signal.SIGKILL
        done = server.manage("shell", "-c", DELIVER.format(minutes=5, patience=PATIENCE))
        assert "Delivered(" in done.stdout, done.stderr
    copies = Counter(killer.ids)
    twice = sum(number == 2 for number in copies.values())
    faults = [f"{id_} was sent {number} times" for id_, number in copies.items() if number > 2]
    endurance.report(kills, "kills", faults, messages=len(copies), sent_twice=twice)
    assert len(copies) == MESSAGES * kills
    assert twice <= kills
    left = server.query("SELECT count(*) FROM contracts_outboxmessage WHERE status <> 'sent'")
    assert left == [(0,)]
