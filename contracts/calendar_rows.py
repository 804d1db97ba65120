"""From the rows of a policy version to the core's calendar and terms.

The calendar is an input of every due date: hours of the policy's text, holidays as frozen when it
was published, closures as entered and not withdrawn. Compiled ones are kept per process under the
version and its calendar revision, which stands on the version's own row: so a page that has the
version pays no further query, and a change of the calendar is seen by every process at once.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from datetime import date, datetime
from threading import Lock

from django.db import connection, transaction

from contracts.calendars import holidays_of_year
from contracts.models import Closure, PolicyVersion
from contracts.policy import Policy
from contracts.policy_file import read_policy
from contracts.sla.hours import Closure as ShutSpan
from contracts.sla.hours import Holidays, OpeningHours
from contracts.sla.terms import Terms

MOST_KEPT = 64
Key = tuple[int, int]


class _Kept:
    """The most recently used calendars, at most ``MOST_KEPT``; shared between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hours: OrderedDict[Key, OpeningHours] = OrderedDict()

    def get(self, key: Key, compiled: Callable[[], OpeningHours]) -> OpeningHours:
        with self._lock:
            if found := self._hours.get(key):
                self._hours.move_to_end(key)
                return found
        made = compiled()
        with self._lock:
            kept = self._hours.setdefault(key, made)
            while len(self._hours) > MOST_KEPT:
                self._hours.popitem(last=False)
            return kept

    def clear(self) -> None:
        with self._lock:
            self._hours.clear()


class _Uncommitted(_Kept):
    """What was compiled after a change of the calendar that may still be rolled back.

    It waits among the transaction's actions on commit, and does nothing then: Django forgets it
    when the transaction, or the savepoint that it was made in, is rolled back. Were such calendars
    kept for the process, the next change would bear the same revision and find the wrong calendar.
    """

    def __call__(self) -> None:
        self.clear()


_kept = _Kept()


def calendar_changed() -> None:
    """To be called by each verb that changes a calendar, inside its transaction."""
    transaction.on_commit(_Uncommitted())


def forget_calendars() -> None:
    """Drops what this process has compiled; for tests, whose rows come and go under the same keys."""
    _kept.clear()


def policy_of(version: PolicyVersion) -> Policy:
    """The policy as published."""
    return read_policy(version.text)


def opening_hours(version: PolicyVersion) -> OpeningHours:
    """When the desk of ``version`` is open, by its calendar revision."""
    key = (version.pk, version.calendar_revision)
    return _store().get(key, lambda: _compiled(version))


def terms_for(version: PolicyVersion, tier: str) -> Terms:
    """What ``tier`` promises. Raises ``LookupError`` for a tier that the policy does not have."""
    return policy_of(version).terms_of(tier, opening_hours(version))


def local_day(version: PolicyVersion, at: datetime) -> date:
    """The date of ``at`` in the policy's zone: terms and training are judged by it."""
    return at.astimezone(policy_of(version).hours.time_zone).date()


def _store() -> _Kept:
    """Where calendars are kept: for the process, or for a transaction that has changed one."""
    waiting = (action for _, action, *_ in reversed(connection.run_on_commit))
    return next((action for action in waiting if isinstance(action, _Uncommitted)), _kept)


def _compiled(version: PolicyVersion) -> OpeningHours:
    closures = Closure.objects.standing().filter(policy_slug=version.slug)
    shut = [ShutSpan(c.starts_at, c.ends_at, c.reason) for c in closures]
    return policy_of(version).opening_hours(shut, _frozen_holidays(version))


def _frozen_holidays(version: PolicyVersion) -> Holidays:
    """As frozen for the years that were; outside of them as the package has them."""
    code = policy_of(version).hours.holidays
    years: dict[int, dict[date, str]] = defaultdict(dict)
    for day, name in version.holidays.values_list("day", "name"):
        years[day.year][day] = name
    frozen = range(version.effective_from.year, version.holidays_until + 1)
    known = dict(years)
    return lambda year: known.get(year, {}) if year in frozen else holidays_of_year(code, year)
