"""/tickets/new/: what the form says before anything is sent, and the severity that it suggests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Contact, Contract, Deployment, Product, User
from tickets.models import Ticket
from tickets.tests.pages import client_of, filled_in, form_address, put_under, send, words

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_monday(monday: datetime) -> Iterator[None]:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def nora(contact: Contact, contract: Contract) -> Client:
    return client_of(contact.user)


def form(client: Client, deployment: Deployment) -> Any:
    return client.get(form_address(deployment))


# What the form says beforehand


def test_beside_each_severity_stands_when_an_answer_is_due(nora: Client, deployment: Deployment) -> None:
    # Monday 10:00 in Los Angeles: 4 business hours are 14:00, 16 are Wednesday 10:00.
    text = words(form(nora, deployment))
    assert "Answer due by Mon 23 Nov, 22:00 · 14:00 PST (within 4 business hours)" in text
    assert "Answer due by Wed 25 Nov, 18:00 · 10:00 PST (within 2 business days)" in text


def test_the_due_dates_are_told_in_the_readers_zone(
    nora: Client, contact: Contact, deployment: Deployment
) -> None:
    contact.user.time_zone = "Asia/Tokyo"
    contact.user.save()
    assert "Answer due by Tue 24 Nov, 07:00 · Mon 23 Nov, 14:00 PST" in words(form(nora, deployment))


def test_outside_support_hours_the_form_says_when_the_desk_opens(
    nora: Client, deployment: Deployment
) -> None:
    with time_machine.travel(SATURDAY, tick=False):
        text = words(form(nora, deployment))
    assert "Closed now" in text
    assert "opens Mon 23 Nov, 17:00 · 09:00 PST" in text


def test_inside_support_hours_the_form_says_until_when_it_is_open(
    nora: Client, deployment: Deployment
) -> None:
    assert "Open now, until Tue 24 Nov, 01:00 · Mon 23 Nov, 17:00 PST" in words(form(nora, deployment))


def test_vk7_request_types_of_the_policy_are_offered(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "viakoo")
    text = words(form(nora, deployment))
    for name in (
        "Report an Error",
        "Status of an Error",
        "Features, functions, operation and use",
        "Documentation clarification",
        "Technical guidance",
        "Maintenance and Maintenance Releases",
    ):
        assert name in text


def test_vk2_terms_and_severities_stand_with_their_definitions_beside_the_form(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "viakoo")
    text = words(form(nora, deployment))
    assert "Any Error which (a) disrupts normal workflow or (b) adversely affects customers’ Data." in text
    assert "Not defined by the policy; read here as" in text
    assert "Maintenance Release A subsequent version of an application" in text


def test_vk2_what_raises_the_risk_of_a_security_breach_is_suggested_as_critical(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "viakoo")
    typed = filled_in(nora, deployment, affected="nobody", workaround="yes", security="on", suggest="1")
    page = nora.post(form_address(deployment), typed)
    assert "From your answers we suggest Critical" in words(page)


def test_vk2_such_a_ticket_is_not_shown_to_colleagues(
    nora: Client, colleague: Contact, deployment: Deployment
) -> None:
    send(nora, deployment, security="on")
    ticket = Ticket.objects.get()
    assert ticket.is_confidential
    assert client_of(colleague.user).get(f"/tickets/{ticket.number}/").status_code == 404
    assert nora.get(f"/tickets/{ticket.number}/").status_code == 200


def test_vk10_outside_the_help_desks_hours_the_form_says_when_it_opens_next(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "viakoo")
    with time_machine.travel(datetime(2026, 11, 26, 20, tzinfo=UTC), tick=False):
        text = words(form(nora, deployment))
    assert "Closed now (Thanksgiving Day)" in text
    assert "opens Fri 27 Nov, 16:00 · 08:00 PST" in text


def test_vv2_the_request_types_are_offered_and_a_presales_inquiry_needs_no_contract(
    nora: Client, contract: Contract, deployment: Deployment, manager: User, monday: datetime
) -> None:
    put_under(contract, "vivvo")
    contract.ends_on = datetime(2026, 10, 31, tzinfo=UTC).date()
    contract.save()
    assert "Pre-sales inquiry" in words(form(nora, deployment))
    send(nora, deployment, request_type="presales", severity="")
    ticket = Ticket.objects.get()
    assert (ticket.kept_because, ticket.runs_clocks, ticket.clocks.count()) == ([], False, 0)


def test_vv4_the_form_says_in_which_language_to_write(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "vivvo")
    assert "Write in English." in words(form(nora, deployment))


def test_vv5_a_closure_moves_what_the_form_promises(
    nora: Client, contract: Contract, deployment: Deployment, manager: User, monday: datetime
) -> None:
    from tickets.services.desk import close_desk

    put_under(contract, "atheer")
    ends = datetime(2026, 11, 23, 19, tzinfo=UTC)
    close_desk(policy_slug="atheer", starts_at=monday, ends_at=ends, reason="Snow", actor=manager, at=monday)
    text = words(form(nora, deployment))
    assert "Snow" in text
    assert "Answer due by Mon 23 Nov, 23:00 · 15:00 PST (within 4 business hours)" in text


def test_vv9_each_kind_of_problem_stands_with_its_own_time(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "vivvo")
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC), tick=False):
        text = words(form(nora, deployment))
    assert "Mission critical Answer due by Mon 23 Nov, 10:15 · 11:15 UTC+1" in text
    assert "(immediately: within 15 business minutes)" in text
    assert "Answer due by Tue 24 Nov, 10:00 · 11:00 UTC+1 (within 24 hours)" in text
    assert "Answer: best effort, no time is promised" in text


def test_while_the_desk_is_closed_a_lesser_promise_may_come_first_and_the_form_says_so(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "vivvo")
    with time_machine.travel(SATURDAY, tick=False):
        text = words(form(nora, deployment))
    assert "(within 24 hours, as for Non-critical, which comes first now)" in text


def test_vv6_the_premium_tier_has_its_own_time(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "vivvo", tier="premium")
    assert "(within 12 hours)" in words(form(nora, deployment))


def test_vv10_work_that_is_not_provided_is_named_beforehand(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "vivvo")
    text = words(form(nora, deployment))
    assert "New or modified interfaces (templates)." in text
    assert "request for enhancement instead" in text


def test_a_planned_release_dates_the_promise_that_waits_for_it(
    nora: Client,
    contract: Contract,
    deployment: Deployment,
    product: Product,
    manager: User,
    monday: datetime,
) -> None:
    from contracts.models.products import ReleaseKind
    from tickets.services.releases import plan_release

    put_under(contract, "viakoo")
    assert "Resolution: next maintenance release, none is planned yet" in words(form(nora, deployment))
    planned = datetime(2026, 12, 15, 17, tzinfo=UTC)
    kind = ReleaseKind.MAINTENANCE
    plan_release(product=product, version="4.3", kind=kind, planned_at=planned, actor=manager, at=monday)
    text = words(form(nora, deployment))
    assert "Resolution: due by Tue 15 Dec, 17:00 · 09:00 PST (next maintenance release)" in text


# The suggestion


@pytest.mark.parametrize(
    ("answers", "suggested"),
    [
        ({"affected": "everyone", "workaround": "yes"}, "Severe Business Impact"),
        ({"affected": "some", "percent": "30", "workaround": "no"}, "Significant Loss of Functionality"),
        ({"affected": "some", "percent": "30", "workaround": "yes"}, "Minor Impact"),
        ({"affected": "nobody", "workaround": "yes"}, "No Operational Impact"),
    ],
)
def test_at9_suggested_severity_follows_from_the_answers(
    nora: Client, deployment: Deployment, answers: dict[str, str], suggested: str
) -> None:
    typed = filled_in(nora, deployment, **{**answers, "suggest": "1"})
    page = nora.post(form_address(deployment), typed)
    assert f"From your answers we suggest {suggested}." in words(page)


def test_at9_suggested_severity_is_chosen_and_all_that_was_typed_is_kept(
    nora: Client, deployment: Deployment
) -> None:
    typed = filled_in(nora, deployment, severity="P4", percent="", suggest="1", text='Odd "quotes" <b>')
    page = nora.post(form_address(deployment), typed).content.decode()
    chosen = page[page.index('value="P1"') :].partition(">")[0]
    assert "checked" in chosen
    assert "Odd &quot;quotes&quot; &lt;b&gt;" in page
    assert "Nobody can work." in page
    assert not Ticket.objects.exists()


def test_at9_suggested_severity_may_be_passed_over(nora: Client, deployment: Deployment) -> None:
    send(nora, deployment, affected="everyone", severity="P4")
    assert Ticket.objects.get().severity == "P4"


def test_without_the_answers_nothing_is_suggested_and_the_page_says_what_is_missing(
    nora: Client, deployment: Deployment
) -> None:
    typed = filled_in(nora, deployment, affected="", workaround="", severity="", suggest="1")
    page = nora.post(form_address(deployment), typed)
    assert "Say above who is affected and whether there is a workaround" in words(page)


def test_the_script_finds_the_policys_criteria_in_the_form(nora: Client, deployment: Deployment) -> None:
    page = form(nora, deployment).content.decode()
    second = page[page.index('value="P2"') :].partition(">")[0]
    assert 'data-percent="20"' in second
    assert 'data-workaround="no"' in second
