"""Where holidays come from: the package's public holidays, observed days included, year by year."""

from datetime import date

import pytest

from contracts.calendars import holidays_of_year, is_supported, public_holidays, supported


@pytest.mark.parametrize("code", ["", "US", "RS", "DE-BY", "GB-SCT", "US-CA"])
def test_a_country_a_subdivision_or_nothing_is_supported(code: str) -> None:
    assert is_supported(code)


@pytest.mark.parametrize("code", ["XX", "us", "DE-", "-BY", "DE-XX", "DE-BY-X", "Germany", " "])
def test_nothing_else_is(code: str) -> None:
    assert not is_supported(code)


def test_observed_days_are_holidays_too() -> None:
    """Independence Day 2026 is a Saturday, observed on Friday; New Year's Day 2028 on the Friday before."""
    assert holidays_of_year("US", 2026)[date(2026, 7, 3)] == "Independence Day (observed)"
    assert date(2027, 12, 31) in holidays_of_year("US", 2027)


def test_a_subdivision_adds_its_own() -> None:
    only_bavaria = set(holidays_of_year("DE-BY", 2026)) - set(holidays_of_year("DE", 2026))
    assert date(2026, 1, 6) in only_bavaria


def test_names_are_english_where_the_package_has_them() -> None:
    assert holidays_of_year("RS", 2026)[date(2026, 1, 7)] == "Orthodox Christmas Day"


def test_no_country_has_no_holidays() -> None:
    assert public_holidays("")(2026) == {}


def test_every_supported_country_answers_for_any_year() -> None:
    for country in supported():
        for year in (3, 1582, 2026, 2066, 9997):
            assert all(day.year == year for day in holidays_of_year(country, year))
