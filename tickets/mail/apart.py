"""Reading in another process, so that a message that takes too long or too much memory stops nothing but itself.

One child a process, used again and again, started anew when it has died. It is a command of its own, not a fork: that
works in a web server's worker, in the queue's (which may have no children of multiprocessing) and in a command.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from tickets.mail import wire
from tickets.mail.damage import Damage
from tickets.mail.peeking import peek
from tickets.mail_read import Limit, MailRead

ROOT = Path(__file__).parents[2]
SECONDS = 10.0
# A child is replaced after so many messages, whatever they left behind in it.
MOST_MESSAGES = 2000
TRIES = 2
# To start, on a machine that does much else. It is no time of any message's.
START_SECONDS = 30


class _DiedError(Exception):
    """The child ended without an answer."""


class _Child:
    """A reader and the line to it."""

    def __init__(self) -> None:
        self.line, end = socket.socketpair()
        with end:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tickets.mail.child"],
                stdin=end.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
            )
        self.read = 0
        try:
            is_ready = (
                wire.receive(lambda size: self._some(size, time.monotonic() + START_SECONDS)) is not None
            )
        except OSError:
            is_ready = False
        if not is_ready:
            self.end()
            raise ChildProcessError(
                "The process that reads mail does not start: python -m tickets.mail.child"
            )

    def ask(self, raw: bytes, deadline: float) -> MailRead:
        """What it reads; raises ``TimeoutError`` at ``deadline``, ``_DiedError`` if it ends before it has answered."""
        self.read += 1
        try:
            wire.send(lambda piece: self._all(piece, deadline), wire.LENGTH.pack(int(_left(deadline)) + 5))
            wire.send(lambda piece: self._all(piece, deadline), raw)
            answer = wire.receive(lambda size: self._some(size, deadline))
        except TimeoutError:
            raise
        except OSError as problem:
            raise _DiedError from problem
        if answer is None:
            raise _DiedError
        return wire.unpack(answer)

    def _all(self, piece: bytes, deadline: float) -> None:
        self.line.settimeout(_left(deadline))
        self.line.sendall(piece)

    def _some(self, size: int, deadline: float) -> bytes:
        self.line.settimeout(_left(deadline))
        return self.line.recv(size)

    def end(self) -> None:
        """Kill it, stopped or not, and wait for it."""
        self.line.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()

    def forget(self) -> None:
        """In a fork: it is the parent's child, not ours."""
        self.line.close()
        self.process.returncode = 0


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Reader:
    """The child of this process, which one thread at a time asks."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child: _Child | None = None

    def read(self, raw: bytes, seconds: float) -> MailRead:
        with self.lock:
            deadline = None
            for _ in range(TRIES):
                child = self._ready()
                deadline = deadline or time.monotonic() + seconds
                try:
                    return child.ask(raw, deadline)
                except TimeoutError:
                    self.end()
                    return _header_alone(raw, "It took too long to read the message.", Limit.TIME)
                except _DiedError:
                    self.end()
        return _header_alone(raw, "The reader ended before it had read the message.", None)

    def _ready(self) -> _Child:
        if self.child is not None and self.child.read >= MOST_MESSAGES:
            self.end()
        if self.child is None:
            self.child = _Child()
        return self.child

    def end(self) -> None:
        child, self.child = self.child, None
        if child is not None:
            child.end()

    def start_anew_in_fork(self) -> None:
        """What was forked has no child yet, and a lock that nobody holds."""
        child, self.child = self.child, None
        self.lock = threading.Lock()
        if child is not None:
            child.forget()


_READER = _Reader()
atexit.register(_READER.end)
os.register_at_fork(after_in_child=_READER.start_anew_in_fork)


def read_in_child(raw: bytes, *, seconds: float | None = None) -> MailRead:
    """``read_mail(raw)`` in the child of this process.

    After ``seconds`` (``SECONDS`` where none are given) the child is killed and ``limit`` is ``Limit.TIME``; where it
    died twice, ``damage`` says so. Both times the header's fields are filled. Never raises for any bytes; ``OSError``
    where no process can be started: that is no fault of the message, which can be read later.
    """
    return _READER.read(raw, SECONDS if seconds is None else seconds)


def _header_alone(raw: bytes, why: str, limit: Limit | None) -> MailRead:
    damage = Damage()
    damage.say(why)
    found = peek(raw, damage).mail
    return replace(found, limit=found.limit or limit)
