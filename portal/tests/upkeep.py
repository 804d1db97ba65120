"""What the tests of status, maintenance and availability share: moments, and pages read at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import time_machine
from django.core.cache import cache
from django.test import Client

from tickets.tests.pages import words


@contextmanager
def moment(at: datetime) -> Iterator[None]:
    """It is ``at``, and no snapshot is kept from before."""
    cache.clear()
    with time_machine.travel(at, tick=False):
        yield


def page(client: Client, address: str, *, at: datetime) -> str:
    """The words of the page at ``address``, read ``at`` an instant."""
    with moment(at):
        answer: Any = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return words(answer)
