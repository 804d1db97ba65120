"""A mail server on paper, whose faults are ordered in advance. A plug-in of the root ``conftest.py``."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import ClassVar

import pytest
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

Fault = BaseException | Callable[[], object] | None


class PaperServer(BaseEmailBackend):
    """Takes mail, unless the next ordered fault says otherwise; what it took can be read."""

    taken: ClassVar[list[EmailMessage]] = []
    # The next sendings: None takes it, an exception refuses it, a function is called after it has been taken.
    faults: ClassVar[deque[Fault]] = deque()
    unreachable: ClassVar[Exception | None] = None
    opened: ClassVar[int] = 0

    is_open = False

    def open(self) -> bool:
        if self.is_open:
            return False
        type(self).opened += 1
        if self.unreachable:
            raise self.unreachable
        self.is_open = True
        return True

    def close(self) -> None:
        self.is_open = False

    def send_messages(self, email_messages: Sequence[DjangoMessage]) -> int:
        for message in email_messages:
            raw = message.message().as_bytes()
            fault = self.faults.popleft() if self.faults else None
            if isinstance(fault, BaseException):
                raise fault
            self.taken.append(message_from_bytes(raw, policy=policy.default))
            if fault is not None:
                fault()
        return len(email_messages)

    @classmethod
    def ids(cls) -> list[str]:
        """The Message-ID of all that was taken, in order."""
        return [str(message["Message-ID"]) for message in cls.taken]


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[type[PaperServer]]:
    """The mail server of this test; empty and without faults."""
    settings.EMAIL_BACKEND = "contracts.tests.mail_servers.PaperServer"
    PaperServer.taken.clear()
    PaperServer.faults.clear()
    PaperServer.unreachable = None
    PaperServer.opened = 0
    yield PaperServer
    PaperServer.taken.clear()
    PaperServer.faults.clear()
