"""Several at once on the same component or window: none is planned twice, nothing is told twice."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from contracts.models import Announcement, Component, MaintenanceWindow
from contracts.refusals import Refused
from contracts.services.watching import notice_windows
from contracts.services.windows import cancel_window, finish_window
from contracts.tests.upkeep.making import AT, DAY, announced
from contracts.upkeep_audience import CONTACTS
from portal.tests.servers import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT_ONCE = 4


def at_once(do: Callable[[], object]) -> Counter[str]:
    """How often ``do`` was done and how often refused, by four at the same moment."""
    meet = threading.Barrier(AT_ONCE)

    def run(_: int) -> str:
        try:
            meet.wait(PATIENCE)
            do()
        except Refused:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(run, range(AT_ONCE)))


def test_of_several_windows_for_the_same_time_one_is_announced(component: Component) -> None:
    assert at_once(lambda: announced(component)) == {"done": 1, "refused": AT_ONCE - 1}
    assert MaintenanceWindow.objects.count() == 1


def test_a_window_is_cancelled_once(component: Component) -> None:
    window = announced(component)
    found = at_once(lambda: cancel_window(window=window, reason="No", actor=None, at=AT))
    assert found == {"done": 1, "refused": AT_ONCE - 1}
    assert list(window.events.values_list("number", "kind")) == [(1, "announced"), (2, "cancelled")]


def test_a_window_is_finished_once_while_the_workers_notice_it(component: Component) -> None:
    window, at = announced(component), AT + 11 * DAY
    at_once(lambda: notice_windows(at=at))
    assert at_once(lambda: finish_window(window=window, actor=None, at=at))["done"] == 1
    kinds = list(window.events.values_list("kind", flat=True))
    assert kinds == ["announced", "began", "overran", "finished"]
    assert Announcement.objects.filter(audience=CONTACTS).count() == 4
