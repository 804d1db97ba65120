"""Several who do something at the same instant, each in a thread and a connection of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from contracts.refusals import Refused
from portal.tests.servers import PATIENCE


def at_once(*doings: Callable[[], object]) -> list[object]:
    """What each gave, or the refusal that it met; all of them begin at the same moment."""
    meet = threading.Barrier(len(doings))

    def run(doing: Callable[[], object]) -> object:
        try:
            meet.wait(PATIENCE)
            return doing()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))
