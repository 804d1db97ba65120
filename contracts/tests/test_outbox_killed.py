"""Deliverers that are really killed, between the mail server's yes and their commit. CI takes a fiftieth."""

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
from portal.tests.servers import Server, free_port

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
from contracts.outbox.delivery import deliver
print(deliver(datetime.now(UTC) + timedelta(minutes={minutes})))
"""


class Killer:
    """Takes mail, and kills who brought it a moment after its own "250", as long as kills are left."""

    def __init__(self, seed: int) -> None:
        self.ids: list[str] = []
        self.victim: subprocess.Popen[str] | None = None
        self.random = random.Random(seed)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's
        self.ids.append(str(message_from_bytes(envelope.original_content or b"")["Message-ID"]))
        if (victim := self.victim) is not None:
            self.victim = None
            wait = self.random.choice([0, 0, 0.0005, 0.002, 0.005])
            threading.Timer(wait, os.kill, (victim.pid, signal.SIGKILL)).start()
        return "250 OK"


@pytest.fixture
def killer(server: Server, endurance: Endurance) -> Iterator[Killer]:
    """The mail server of ``server``."""
    handler = Killer(endurance.seed)
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
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
        server.manage("shell", "-c", WRITE.format(messages=MESSAGES, round=kill))
        killer.victim = deliverer = server.start("shell", "-c", DELIVER.format(minutes=0))
        assert deliverer.wait(60) == -signal.SIGKILL
        done = server.manage("shell", "-c", DELIVER.format(minutes=5))
        assert "Delivered(" in done.stdout, done.stderr
    copies = Counter(killer.ids)
    twice = sum(number == 2 for number in copies.values())
    faults = [f"{id_} was sent {number} times" for id_, number in copies.items() if number > 2]
    endurance.report(kills, "kills", faults, messages=len(copies), sent_twice=twice)
    assert len(copies) == MESSAGES * kills
    assert twice <= kills
    left = server.query("SELECT count(*) FROM contracts_outboxmessage WHERE status <> 'sent'")
    assert left == [(0,)]
