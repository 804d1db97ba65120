"""How many mails wait for staff: counted every minute and after each that is settled, shown on all their pages."""

from datetime import datetime

from django.core.cache import cache

from tickets.models import IncomingMail
from tickets.models.mail import IncomingMailQuerySet

KEY = "held-mail"
# Should the job not run, an old number goes rather than lies.
KEPT_SECONDS = 300
MOST_COUNTED = 1_000


def to_settle() -> IncomingMailQuerySet:
    """Those about which staff are to decide; of several copies the first."""
    return IncomingMail.objects.held().filter(first=None)


def count_held(*, at: datetime) -> int:
    """The recurring job: count what waits, ``MOST_COUNTED`` at most, and keep the number for the pages."""
    found = to_settle().order_by()[:MOST_COUNTED].count()
    cache.set(KEY, found, KEPT_SECONDS)
    return found


def known_held() -> int:
    """The number as it was counted last, without a query; 0 where it is not known."""
    return int(cache.get(KEY, 0))
