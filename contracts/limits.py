"""How often something may be tried: counted in the cache, which all processes share."""

from datetime import datetime

from django.core.cache import cache


def is_spent(action: str, who: str, *, most: int, seconds: int, at: datetime) -> bool:
    """Whether ``who`` has no try of ``action`` left in this stretch; counts nothing."""
    return int(cache.get(_key(action, who, seconds, at), 0)) >= most


def is_within(action: str, who: str, *, most: int, seconds: int, at: datetime) -> bool:
    """Counts one try of ``action`` by ``who``; false where it is one more than ``most`` in this stretch of ``seconds``.

    Two tries at the same moment may count as one: the limit is there against hundreds.
    """
    key = _key(action, who, seconds, at)
    tries: int = cache.get(key, 0) + 1
    cache.set(key, tries, seconds)
    return tries <= most


def _key(action: str, who: str, seconds: int, at: datetime) -> str:
    return f"limit:{action}:{who}:{int(at.timestamp()) // seconds}"
