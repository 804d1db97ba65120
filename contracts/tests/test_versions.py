"""The order of versions."""

import pytest

from contracts.versions import lies_within, place_of


def test_versions_stand_in_the_order_in_which_they_come() -> None:
    versions = ["4.9", "4.10", "4.10.1", "5", "5.0.1", "6.2-rc1", "6.2-rc2", "6.2.1", "10.0"]
    assert [*map(place_of, versions)] == sorted(map(place_of, versions))
    assert len({place_of(version) for version in versions}) == len(versions)


@pytest.mark.parametrize(
    ("version", "first", "last"),
    [
        ("6.2", "", ""),
        ("6.2", "6.2", "6.2"),
        ("6.2.1", "6.0", "6.2"),
        ("6.10", "6.2", ""),
        ("", "", "6.2"),
        ("v6.2", "", "v6.3"),
    ],
)
def test_a_version_lies_within_bounds_that_include_it(version: str, first: str, last: str) -> None:
    assert lies_within(version, first, last)


@pytest.mark.parametrize(
    ("version", "first", "last"),
    [("6.3", "", "6.2"), ("6.1.9", "6.2", ""), ("6.10", "", "6.9"), ("7", "6.0", "6.2"), ("", "6.0", "")],
)
def test_a_version_beyond_its_bounds_does_not(version: str, first: str, last: str) -> None:
    assert not lies_within(version, first, last)
