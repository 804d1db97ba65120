"""Where a policy's holidays come from: the ``holidays`` package, its public holidays, observed days
included (policy-format.md §1). The core is handed the answer and knows nothing of the package.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any
from warnings import catch_warnings, simplefilter

import holidays as package
from holidays.constants import PUBLIC

from contracts.sla.hours import Holidays


@cache
def supported() -> dict[str, list[str]]:
    """Every country code of the package with its subdivision codes."""
    return package.list_supported_countries(include_aliases=True)


def is_supported(code: str) -> bool:
    """Whether ``code`` is ``""``, a country, or COUNTRY-SUBDIVISION of the package."""
    country, _, subdivision = code.partition("-")
    if not code:
        return True
    return country in supported() and (
        subdivision in supported()[country] if "-" in code else not subdivision
    )


@lru_cache(maxsize=4096)
def holidays_of_year(code: str, year: int) -> Mapping[date, str]:
    """The public holidays of one year with their names, in English where the package has it."""
    if not code:
        return {}
    country, _, subdivision = code.partition("-")
    options: dict[str, Any] = {"years": year, "observed": True, "categories": PUBLIC}
    with catch_warnings():
        simplefilter(
            "ignore", UserWarning
        )  # some calendars say so when a year is beyond what is known of them
        found = package.country_holidays(
            country, subdiv=subdivision or None, language=_english(country), **options
        )
    return {day: name for day, name in found.items() if day.year == year}


def public_holidays(code: str) -> Holidays:
    """The holidays of a supported ``code``, year by year; none for ``""``."""
    return lambda year: holidays_of_year(code, year)


@cache
def _english(country: str) -> str | None:
    languages = package.list_localized_countries().get(country, [])
    return next((lang for lang in ("en_US", "en_GB", "en") if lang in languages), None)
