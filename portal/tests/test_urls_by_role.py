"""Every address × every role × method. An address that is missing from the table fails it."""

from collections.abc import Iterator
from datetime import datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from contracts.models import Contact, Contract, Deployment, User
from contracts.services.staff import ensure_staff_groups
from knowledgebase.rights import RIGHTS as ARTICLE_RIGHTS
from portal.tests.url_world import World, address, arguments, names, stock_pages, world
from tickets import rights
from tickets.tests.pages import client_of, words

TABLE = Path(__file__).with_name("urls_by_role.txt")
ROLES = ("visitor", "stranger", "contact", "colleague", "administrator", "agent", "manager")
STAFF = ("agent", "manager")
CHANGES = ("PUT", "PATCH", "DELETE")


def ordinary(*roles: str) -> list[Any]:
    """All roles, of which those beside these are slow: they come the way that one of these does."""
    return [role if role in roles else pytest.param(role, marks=pytest.mark.slow) for role in ROLES]


def table() -> dict[tuple[str, str], dict[str, str]]:
    """By name and method, the status for each role; "in" for being sent to sign in."""
    found = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, method, *statuses = line.split()
            found[name, method] = dict(zip(ROLES, statuses, strict=True))
    return found


@pytest.fixture
def here(
    contact: Contact,
    contract: Contract,
    deployment: Deployment,
    stranger: Contact,
    monday: datetime,
    settings: Any,
    tmp_path: Path,
) -> Iterator[World]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(monday, tick=False):
        yield world(contact, contract, deployment, stranger, monday)


@pytest.fixture
def people(
    contact: Contact,
    stranger: Contact,
    colleague: Contact,
    administrator: Contact,
    agent: User,
    manager: User,
) -> dict[str, User]:
    ensure_staff_groups(ARTICLE_RIGHTS, rights.RIGHTS)
    return {
        "stranger": stranger.user,
        "contact": contact.user,
        "colleague": colleague.user,
        "administrator": administrator.user,
        "agent": agent,
        "manager": manager,
    }


def ask(client: Client, method: str, path: str) -> Any:
    """One request, whatever it changes undone."""
    client.raise_request_exception = False
    with transaction.atomic():
        cookies = client.cookies.copy()
        response: Any = client.generic(method, path)
        if response.streaming:
            b"".join(response.streaming_content)
        client.cookies = SimpleCookie(cookies)
        transaction.set_rollback(True)
    return response


def outcome(response: Any) -> str:
    """The status as the table writes it."""
    target = response.headers.get("Location", "")
    return "in" if target.startswith(("/account/login/", "/admin/login/")) else str(response.status_code)


def test_the_table_has_a_row_for_every_address() -> None:
    known = {name for name, _ in names()}
    listed = {name for name, _ in table()}
    assert known - listed == set(), "write a row for GET and POST of each into urls_by_role.txt"
    assert listed - known == set(), "there is no such address any more"


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(role: str, here: World, people: dict[str, User]) -> None:
    client = client_of(people[role]) if role in people else Client()
    parameters, known = dict(names()), arguments(here)
    expected = {key: statuses[role] for key, statuses in table().items()}
    found = {
        (name, method): outcome(ask(client, method, address(name, parameters[name], known)))
        for name, method in expected
    }
    assert found == expected


@pytest.mark.once
@pytest.mark.parametrize("role", ordinary("visitor", "contact", "manager"))
def test_no_address_takes_a_method_that_it_does_not_offer(
    role: str, here: World, people: dict[str, User]
) -> None:
    client = client_of(people[role]) if role in people else Client()
    known = arguments(here)
    paths = [address(name, parameters, known) for name, parameters in names()]
    answers = {(path, method): ask(client, method, path).status_code for path in paths for method in CHANGES}
    assert {key: status for key, status in answers.items() if status >= 500} == {}
    changed = {
        key: status
        for key, status in answers.items()
        if status == 201 or (status == 200 and "/tickets/" in key[0])
    }
    assert changed == {}


@pytest.mark.once
@pytest.mark.parametrize("role", ordinary("visitor", "contact", "agent", "manager"))
def test_the_stock_pages_of_the_admin_are_for_staff_alone(
    role: str, here: World, people: dict[str, User]
) -> None:
    client = client_of(people[role]) if role in people else Client()
    allowed = {200, 302, 403, 404, 405} if role in STAFF else {302, 403, 404}
    wrong = {}
    for page, model in stock_pages():
        row = model._default_manager.first()  # type: ignore[attr-defined]  # the stubs do not know it
        given = [] if page.endswith(("changelist", "add")) else [row.pk if row else 0]
        for method in ("GET", "POST"):
            status = ask(client, method, reverse(f"admin:{page}", args=given)).status_code
            if status not in allowed:
                wrong[page, method] = status
    assert wrong == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_cannot_tell_what_exists(
    method: str, here: World, people: dict[str, User], stranger: Contact
) -> None:
    client = client_of(people["stranger"])
    nowhere = {
        **arguments(here),
        "number": {"number": "VK-222222"},
        **{
            name: {"number": "VK-222222", "pk": 999_999}
            for name in ("ticket_file", "ticket_mail", "ticket_mail_raw")
        },
    }
    for name, parameters in names():
        if "number" not in parameters:
            continue
        there = ask(client, method, address(name, parameters, arguments(here)))
        missing = ask(client, method, address(name, parameters, nowhere))
        assert there.status_code == missing.status_code, name
        assert words(there) == words(missing), name
        assert sorted(there.headers) == sorted(missing.headers), name
