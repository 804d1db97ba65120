"""Reply addresses: made and read without a database; whatever is not exactly ours is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from contracts.outbox.reply_addresses import read_reply_address, reply_address

NUMBER, USER = "VK-7F3K9Q", 4711


@given(
    st.from_regex(r"[A-Z]{1,6}-[A-Z2-9]{6}", fullmatch=True), st.integers(min_value=1, max_value=2**63 - 1)
)
def test_what_is_made_is_read_again_in_any_case_and_fits_a_local_part(number: str, user: int) -> None:
    address = reply_address(number, user)
    assert read_reply_address(address) == read_reply_address(address.upper()) == (number, user)
    assert len(address.partition("@")[0]) <= 64


def test_any_other_sign_in_any_place_makes_it_none() -> None:
    address = reply_address(NUMBER, USER)
    at = address.index("@")
    for place in range(address.index("+"), at):
        for sign in "a7.-+":
            other = address[:place] + sign + address[place + 1 :]
            assert other == address or read_reply_address(other) is None
    for length in range(at):
        assert read_reply_address(address[:length] + address[at:]) is None
    local, domain = address[:at], address[at:]
    for other in (
        f"{local}a{domain}",
        f"{local}.{domain}",
        local,
        f"{local}@evil.example",
        f"{address}.evil",
    ):
        assert read_reply_address(other) is None


@pytest.mark.parametrize(
    "address",
    ["", "@", "support@localhost", "support+@localhost", "support+vk-7f3k9q@localhost", "٣+a.b.c@localhost"],
)
def test_other_addresses_are_none(address: str) -> None:
    assert read_reply_address(address) is None


def test_a_zero_in_front_names_no_other_user() -> None:
    said, _, seal = reply_address(NUMBER, USER).partition("@")[0].rpartition(".")
    head, _, user = said.rpartition(".")
    assert read_reply_address(f"{head}.0{user}.{seal}@localhost") is None


def test_an_old_key_stays_good_while_it_is_a_fallback(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []
    address = reply_address(NUMBER, USER)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["older", "old"]
    assert read_reply_address(address) == (NUMBER, USER)
    settings.SECRET_KEY_FALLBACKS = []
    assert read_reply_address(address) is None


def test_the_domain_of_answers_may_be_another_and_those_made_before_stay_good(settings: Settings) -> None:
    before = reply_address(NUMBER, USER)
    settings.MAIL_REPLY_DOMAIN = "Reply.Desk.example"
    assert reply_address(NUMBER, USER).endswith("@Reply.Desk.example")
    assert read_reply_address(reply_address(NUMBER, USER)) == read_reply_address(before) == (NUMBER, USER)
