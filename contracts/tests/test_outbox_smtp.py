"""The outbox and a mail server that speaks SMTP, in good and in bad moods."""

import asyncio
import itertools
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from contracts.models import Contact
from contracts.outbox.delivery import BACK_OFF, SERVER_PATIENCE, deliver
from contracts.tests.test_outbox_delivery import write
from portal.tests.ports import free_port
from portal.tests.servers import PATIENCE

pytestmark = pytest.mark.server


class Moody:
    """Answers each step of the conversation as it was told to; by default it takes everything."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}
        self.taken: list[bytes] = []

    def _next(self, step: str, otherwise: str) -> str:
        waiting = self.answers.get(step)
        return waiting.pop(0) if waiting else otherwise

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._next("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- the library's name
        answer = self._next("DATA", "250 OK")
        if answer == "silence":
            await asyncio.sleep(PATIENCE)  # which ends when the other side hangs up
        if answer == "hang up":
            transport: Any = server.transport
            transport.abort()
        if answer.startswith("250"):
            self.taken.append(envelope.original_content or b"")
        return answer


@pytest.fixture
def smtp(settings: Settings) -> Iterator[Moody]:
    handler = Moody()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = PATIENCE
    yield handler
    controller.stop()


def test_a_message_arrives_with_our_message_id_and_both_bodies(
    smtp: Moody, contact: Contact, monday: datetime
) -> None:
    message = write(contact.user, monday)
    assert deliver(monday).sent == 1
    arrived = message_from_bytes(smtp.taken[0], policy=policy.default)
    assert arrived["Message-ID"] == message.message_id
    assert arrived["To"] == "nora@harbour.example"
    assert arrived["Date"].datetime == monday
    plain = arrived.get_body(("plain",))
    assert plain is not None
    assert "was changed" in plain.get_content()


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("RCPT", "450 4.2.0 greylisted, come back later"),
        ("RCPT", "421 4.3.2 shutting down"),
        ("DATA", "451 4.3.0 try again"),
        ("DATA", "452 4.3.1 disk full"),
        ("DATA", "hang up"),
        # Whoever waits for an answer must have room to be slow, and waits that long here: a fault like the others.
        pytest.param("DATA", "silence", marks=pytest.mark.slow),
    ],
)
def test_what_may_pass_is_tried_again_and_the_others_are_sent_meanwhile(
    step: str, answer: str, smtp: Moody, contact: Contact, settings: Settings, monday: datetime
) -> None:
    for number in range(3):
        write(contact.user, monday, number)
    smtp.answers[step] = [answer]
    if answer == "silence":
        settings.EMAIL_TIMEOUT = 20
    done = deliver(monday)
    assert (done.sent, done.failed, done.given_up) == (2, 1, 0)
    assert deliver(monday + BACK_OFF[0]).sent == 1
    assert len(smtp.taken) == 3


@pytest.mark.parametrize(
    ("step", "answer"), [("RCPT", "550 5.1.1 no such user"), ("DATA", "554 5.7.1 not wanted")]
)
def test_a_refusal_for_good_stops_only_its_own_message(
    step: str, answer: str, smtp: Moody, contact: Contact, monday: datetime
) -> None:
    for number in range(3):
        write(contact.user, monday, number)
    smtp.answers[step] = [answer]
    done = deliver(monday)
    assert (done.sent, done.failed, done.given_up) == (2, 0, 1)
    assert deliver(monday + timedelta(days=9)).sent == 0


class Cutter:
    """A wire to the mail server on ``port``, cut once: at its piece number ``at``, of either side, which passes by half
    where ``amid`` says so.
    """

    def __init__(self, port: int) -> None:
        self.server = port
        self.at: int | None = None
        self.amid = False
        self.passed = 0
        self.lock = threading.Lock()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def aim(self, at: int, *, amid: bool) -> None:
        """Cut there next."""
        self.at, self.amid, self.passed = at, amid, 0

    @property
    def has_cut(self) -> bool:
        """Whether it did, since it was told where."""
        return self.at is None

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._carry, args=(self.door.accept()[0],), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.server)) as server:
            back = threading.Thread(target=self._pass_on, args=(server, client), daemon=True)
            back.start()
            self._pass_on(client, server)
            back.join()

    def _pass_on(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while piece := here.recv(1 << 16):
                with self.lock:
                    cut, self.passed = self.passed == self.at, self.passed + 1
                    self.at = None if cut else self.at
                if cut and not self.amid:
                    break
                there.sendall(piece[: len(piece) // 2] if cut else piece)
                if cut:
                    break
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def test_wherever_the_connection_is_cut_each_mail_arrives_and_is_repeated_as_itself_alone(
    smtp: Moody, contact: Contact, settings: Settings, monday: datetime
) -> None:
    cutter = Cutter(settings.EMAIL_PORT)
    settings.EMAIL_PORT = cutter.port
    written, cuts = [], 0
    for turn, (step, amid) in enumerate((step, amid) for step in itertools.count() for amid in (False, True)):
        at = monday + turn * timedelta(days=1)
        cutter.aim(step, amid=amid)
        written += [write(contact.user, at, 2 * turn + number).message_id for number in range(2)]
        deliver(at)
        if not cutter.has_cut:
            break
        cuts += 1
        deliver(at + timedelta(hours=12))
    cutter.door.close()
    copies = Counter(message_from_bytes(raw, policy=policy.default)["Message-ID"] for raw in smtp.taken)
    assert set(copies) == set(written)
    assert max(copies.values()) <= 2
    # Greeting, EHLO, MAIL, RCPT, DATA, the mail and their answers, of two mails, and the leaving.
    assert cuts >= 40


def test_a_server_that_is_away_delays_and_loses_nothing(
    smtp: Moody, contact: Contact, settings: Settings, monday: datetime
) -> None:
    message = write(contact.user, monday)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert "refused" in deliver(monday).unreachable
    message.refresh_from_db()
    assert "cannot be reached" in message.last_error
    settings.EMAIL_PORT = there
    assert deliver(monday + SERVER_PATIENCE).sent == 1
