"""The public policy pages: from the data alone, for each of the three policies."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, PolicyVersion
from contracts.policy_file import read_policy
from contracts.services.closures import enter_closure
from contracts.services.policies import publish_policy
from contracts.tests.factories import PUBLISHED_AT, policy_text, published

pytestmark = pytest.mark.django_db
POLICIES = ("viakoo", "atheer", "vivvo")
# A Tuesday before Thanksgiving, 10:00 in Los Angeles and 19:00 in Belgrade.
NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def travelled() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page(address: str, client: Client | None = None) -> str:
    """The words of a page, without its markup."""
    answer = (client or Client()).get(address)
    assert answer.status_code == 200
    words = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(words.split())


def policy(slug: str) -> str:
    published(slug)
    return page(f"/policies/{slug}/")


@pytest.mark.parametrize("slug", POLICIES)
def test_every_word_of_the_policy_is_shown(slug: str) -> None:
    text, data = policy(slug), read_policy(policy_text(slug))
    clauses = (
        *data.exclusions,
        *data.not_provided,
        *(data.availability.excluded if data.availability else ()),
    )
    said = [severity.definition for severity in data.severities]
    said += [clause.text for clause in clauses] + [term.text for term in data.terms]
    said += [kind.name for kind in data.request_types]
    assert [words for words in said if " ".join(words.split()) not in text] == []


@pytest.mark.parametrize("slug", POLICIES)
def test_every_reading_is_shown_as_ours_and_not_as_the_vendors(slug: str) -> None:
    text, data = policy(slug), read_policy(policy_text(slug))
    readings = text.split("Our readings")[1]
    assert readings.strip().startswith(f"Not the words of {data.vendor}")
    assert [words for words in data.assumptions if " ".join(words.split()) not in readings] == []


@pytest.mark.parametrize("slug", POLICIES)
def test_every_promise_of_every_tier_is_shown(slug: str) -> None:
    text, data = policy(slug), read_policy(policy_text(slug))
    for tier in data.tiers:
        for severity in data.severities:
            for promise in severity.promised(tier.code).values():
                assert str(promise) in text


def test_vk2_terms_and_severities_are_defined_on_the_page() -> None:
    text = policy("viakoo")
    assert "An Error which (a) results in customers’ inability to use the Software Service" in text
    assert "Maintenance Release A subsequent version of an application" in text


def test_vk10_hours_zone_and_holidays_are_shown() -> None:
    text = policy("viakoo")
    assert "Monday to Friday 08:00–18:00 Saturday and Sunday closed" in text
    assert "America/Los_Angeles (PST today)" in text
    assert "Thu 26 Nov Thanksgiving Day" in text


def test_vk16_the_escalation_is_shown() -> None:
    told = (
        "Workaround or resolution of a Critical or Serious request is missed: CTO and CISO are told at once"
    )
    assert told in policy("viakoo")


def test_vk17_acceptance_by_silence_is_shown() -> None:
    assert "counts as accepted after 5 business days" in policy("viakoo")


def test_at7_at8_the_rules_for_named_contacts_are_shown() -> None:
    text = policy("atheer")
    assert "A contract includes one named contact." in text
    assert "A named contact has gone through support training." in text


def test_at9_the_definitions_of_the_priority_levels_are_shown() -> None:
    text = policy("atheer")
    assert "Severe Business Impact P1 A catastrophic service program error" in text
    assert "preventing at least 20% of Authorized Users from accessing the Service" in text


def test_at10_the_targets_are_shown_as_targets() -> None:
    text = policy("atheer")
    assert "The times below are targets ." in text
    assert "Significant Loss of Functionality within 2 business days" in text
    assert "One business day is 8 hours of it." in text


def test_at12_the_availability_and_what_does_not_count_against_it_are_shown() -> None:
    assert "The target is 98.5 % of every calendar month." in policy("atheer")


def test_vv4_the_language_is_shown() -> None:
    assert "Languages English" in policy("vivvo")


def test_vv5_hours_in_a_fixed_offset_with_serbias_holidays() -> None:
    text = policy("vivvo")
    assert "Etc/GMT-1 (UTC+1 today)" in text
    assert "Closed now opens Wed 25 Nov, 09:00 UTC+1 · 08:00 UTC" in text
    assert "Wed 11 Nov Armistice Day" in text


def test_vv6_each_tier_has_its_own_promises_and_channels() -> None:
    standard, premium = policy("vivvo").split("Premium/Developer Support", 1)
    assert "Non-critical within 24 hours" in standard
    assert "By web form, email, phone and forum." in premium
    assert "Non-critical within 12 hours" in premium


def test_vv9_immediately_says_how_long_that_is() -> None:
    assert "Mission critical immediately: within 15 business minutes" in policy("vivvo")


def test_vv10_what_is_not_provided_is_shown() -> None:
    assert "New or modified interfaces (templates)." in policy("vivvo").split("Not provided")[1]


def test_this_years_and_next_years_holidays_are_shown() -> None:
    text = policy("atheer")
    assert "Fri 25 Dec Christmas Day" in text
    assert "Fri 1 Jan New Year's Day" in text.split("2027")[1]


def test_a_closure_is_shown_with_its_reason_on_every_public_page() -> None:
    published("vivvo")
    published("atheer")
    starts_at = datetime(2026, 11, 25, 8, tzinfo=UTC)
    ends_at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    enter_closure(policy_slug="vivvo", starts_at=starts_at, ends_at=ends_at, reason="Ice", actor=None, at=NOW)
    notice = "Vivvo CMS Support Service Level Agreement: will be closed Wed 25 Nov, 09:00 – 13:00 UTC+1. Ice"
    for address in ("/", "/policies/", "/policies/vivvo/", "/policies/atheer/"):
        assert notice in page(address)
    assert "opens Wed 25 Nov, 13:00 UTC+1 · 12:00 UTC" in page("/policies/vivvo/")


def second_version(effective_from: str = "2026-06-01") -> PolicyVersion:
    text = policy_text("atheer").replace("effective_from = 2023-08-05", f"effective_from = {effective_from}")
    return publish_policy(text=text, actor=None, at=PUBLISHED_AT)


def test_each_version_keeps_its_page_and_the_current_one_is_the_policys() -> None:
    published()
    second_version()
    assert "Governs every order signed on or after 1 June 2026." in page("/policies/atheer/")
    older = page("/policies/atheer/2023-08-05/")
    assert "Governs orders signed from 5 August 2023 to 31 May 2026. The version in force today" in older


def test_a_version_to_come_says_so() -> None:
    published()
    second_version("2027-01-01")
    assert "not in force yet" in page("/policies/atheer/2027-01-01/")
    assert "5 August 2023" in page("/policies/atheer/").split("Promises")[0]


@pytest.mark.parametrize(
    "address", ["/policies/none/", "/policies/atheer/2023-08-06/", "/policies/atheer/2023-13-40/"]
)
def test_what_was_never_published_is_not_found(address: str, client: Client) -> None:
    published()
    assert client.get(address).status_code == 404


def test_no_policy_yet_says_what_will_stand_there() -> None:
    assert "No policy is published yet. The desk's hours and promises will stand here." in page("/policies/")


@pytest.mark.parametrize("address", ["/", "/policies/", "/policies/atheer/", "/policies/atheer/2023-08-05/"])
def test_public_pages_set_no_cookie_hold_no_form_and_are_answered_304(address: str, client: Client) -> None:
    published()
    first = client.get(address)
    assert not first.cookies
    assert b"csrfmiddlewaretoken" not in first.content
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in first.headers["Vary"]
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_new_day_an_opening_and_a_closure_make_the_page_anew(client: Client) -> None:
    published()

    def tag() -> str:
        return client.get("/policies/atheer/").headers["ETag"]

    before = tag()
    assert tag() == before
    ends_at = datetime(2026, 11, 30, tzinfo=UTC)
    enter_closure(policy_slug="atheer", starts_at=NOW, ends_at=ends_at, reason="Storm", actor=None, at=NOW)
    shut = tag()
    assert shut != before
    with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC), tick=False):
        assert tag() != shut


def test_a_signed_in_readers_page_is_theirs_alone(client: Client, contact: Contact) -> None:
    published()
    visitors = client.get("/policies/atheer/").headers["ETag"]
    client.force_login(contact.user)
    answer = client.get("/policies/atheer/", headers={"If-None-Match": visitors})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Nora Quay" in answer.content.decode()


@pytest.mark.parametrize(("address", "queries"), [("/policies/", 2), ("/policies/atheer/", 2), ("/", 2)])
def test_the_number_of_queries_does_not_grow(
    address: str, queries: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for slug in POLICIES:
        published(slug)
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)
    for day in range(2, 20):
        second_version(f"2026-06-{day:02}")
        ends_at = datetime(2026, 11, 24, 23, tzinfo=UTC)
        enter_closure(
            policy_slug="vivvo", starts_at=NOW, ends_at=ends_at, reason=f"{day}", actor=None, at=NOW
        )
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)
