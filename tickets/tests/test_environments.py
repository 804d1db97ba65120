"""Where a problem happens, measured against what the release is supported on (VK2)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Contact, Contract, Deployment, Environment, User
from contracts.tests.factories import EnvironmentFactory, ReleaseFactory
from tickets import record
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of
from tickets.tests.pages import client_of, form_address, send, words


@pytest.fixture(autouse=True)
def _on_monday(monday: datetime) -> Iterator[None]:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def nora(contact: Contact, contract: Contract) -> Client:
    return client_of(contact.user)


@pytest.fixture
def listed(deployment: Deployment) -> Environment:
    """Atlas 4.2, which Production runs, is supported on Windows Server; CentOS ended with 4.1."""
    old = ReleaseFactory.create(product=deployment.product, version="4.1")
    EnvironmentFactory.create(product=deployment.product, name="CentOS", until_release=old)
    return EnvironmentFactory.create(product=deployment.product, name="Windows Server", versions="2019")


def filed_data() -> Any:
    return Ticket.objects.get().events.get(kind=Kind.FILED).data


# The form


def test_the_form_offers_what_the_installations_version_is_supported_on(
    nora: Client, deployment: Deployment, listed: Environment
) -> None:
    page = nora.get(form_address(deployment))
    assert "Release 4.2 of Atlas is supported on these." in words(page)
    assert "Windows Server (2019)" in words(page)
    assert "CentOS" not in words(page)
    assert 'href="/environments/atlas/"' in page.content.decode()


def test_where_nothing_is_listed_nothing_is_asked(nora: Client, deployment: Deployment) -> None:
    assert "Where does it happen?" not in words(nora.get(form_address(deployment)))
    assert send(nora, deployment, other_environment="BeOS").status_code == 302
    assert (Ticket.objects.get().environment, "environment" in filed_data()) == ("", False)


def test_vk2_environments_an_error_is_measured_against_the_supported_ones(
    nora: Client, deployment: Deployment, listed: Environment
) -> None:
    send(nora, deployment, environment=[listed.pk])
    ticket = Ticket.objects.get()
    assert (ticket.environment, ticket.environment_supported) == ("Windows Server (2019)", True)
    assert filed_data()["environment"] == {"supported": True, "release": "4.2"}
    assert record.verify(ticket, ticket.events.order_by("seq")) == []


def test_vk2_environments_the_form_says_what_is_not_on_the_list_and_takes_it(
    nora: Client, deployment: Deployment, listed: Environment
) -> None:
    page = send(nora, deployment, environment=[listed.pk], other_environment="Windows 7")
    assert "“Windows 7” is not on the list of what release 4.2 is supported on" in words(page)
    assert not Ticket.objects.exists()
    assert f'value="{listed.pk}" id="environment_{listed.pk}" data-name="Windows Server" checked' in " ".join(
        page.content.decode().split()
    )
    send(nora, deployment, environment=[listed.pk], other_environment="Windows 7", looked="1")
    ticket = Ticket.objects.get()
    assert (ticket.environment, ticket.environment_supported) == ("Windows Server (2019), Windows 7", False)
    assert filed_data()["environment"] == {"supported": False, "release": "4.2"}


def test_what_is_typed_as_it_stands_on_the_list_counts_as_listed(
    nora: Client, deployment: Deployment, listed: Environment
) -> None:
    assert send(nora, deployment, other_environment="windows server").status_code == 302
    assert Ticket.objects.get().environment_supported is True


@pytest.mark.parametrize("given", ["0", "abc", "999999999999999999999", "²"])
def test_what_is_not_offered_cannot_be_chosen(
    nora: Client, deployment: Deployment, listed: Environment, given: str
) -> None:
    page = send(nora, deployment, environment=[given])
    assert page.status_code == 422
    assert "Choose from the list, or write it below." in words(page)


def test_the_choice_survives_the_suggestion_of_a_severity(
    nora: Client, deployment: Deployment, listed: Environment
) -> None:
    page = send(nora, deployment, environment=[listed.pk], other_environment="BeOS", suggest="1")
    assert "checked" in page.content.decode().split(f'id="environment_{listed.pk}"')[1].split(">")[0]
    assert 'value="BeOS"' in page.content.decode()


# The ticket


@pytest.mark.parametrize("given", ["Windows 7", "windows server"])
def test_the_ticket_says_to_contact_and_staff_what_was_not_on_the_list(
    file: File, nora: Client, agent: User, listed: Environment, given: str
) -> None:
    ticket = file(environment=[given])
    for page in (
        nora.get(f"/tickets/{ticket.number}/"),
        desk_of(agent).get(f"/admin/queue/{ticket.number}/"),
    ):
        assert f"Environment {given}" in words(page)
        assert ("list of supported environments" in words(page)) == (given == "Windows 7")


def test_what_is_taken_off_the_list_later_does_not_change_the_ticket(
    file: File, nora: Client, listed: Environment
) -> None:
    ticket = file(environment=["Windows Server 2019"])
    Environment.objects.all().delete()
    assert "list of supported environments" not in words(nora.get(f"/tickets/{ticket.number}/"))


def test_where_no_list_is_known_nothing_is_judged(file: File) -> None:
    ticket = file(environment=["Windows 7", " Windows  7 ", ""])
    assert (ticket.environment, ticket.environment_supported) == ("Windows 7", None)
