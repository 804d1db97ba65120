"""Releases are found by those who have the product under contract, and leak to nobody else."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from contracts.models import Contact, Contract, Deployment, Release, User
from contracts.tests.factories import DeploymentFactory, ReleaseFactory
from knowledgebase.models.audience import Visitor
from knowledgebase.search.finding import Result, search, suggest
from knowledgebase.services.release_notes import publish_release, write_release_notes
from knowledgebase.tests.search.conftest import Writes

VISITOR = AnonymousUser()
PATHS: dict[str, Callable[[Visitor, datetime], list[Result]]] = {
    "a word of the notes": lambda user, at: search(user, "hippogriff", at=at).results,
    "a heading": lambda user, at: search(user, "griffins", at=at).results,
    "a typing error": lambda user, at: search(user, "hipogriff", at=at).results,
    "part of a word": lambda user, at: search(user, "hippog", at=at).results,
    "the version": lambda user, at: search(user, "atlas 4.3", at=at).results,
    "a kind": lambda user, at: search(user, "hippogriff", kind="release", at=at).results,
    "suggestion of any kind": lambda user, at: suggest(user, "the hippogriff lands", kind=""),
}


@pytest.fixture(autouse=True)
def release(deployment: Deployment, monday: datetime) -> Iterator[Release]:
    with time_machine.travel(monday, tick=False):
        made: Release = ReleaseFactory.create(product=deployment.product, version="4.3")
        text = "## Griffins\n\nThe hippogriff lands again."
        write_release_notes(release=made, text=text, actor=None, at=monday)
        yield publish_release(release=made, actor=None, at=monday)


def found(path: str, user: Visitor, at: datetime) -> list[str]:
    return ["".join(text for text, _ in one.title) for one in PATHS[path](user, at) if one.kind == "release"]


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize("path", sorted(set(PATHS) - {"a typing error"}))
def test_entitled_contacts_and_staff_find_it(
    path: str, contact: Contact, agent: User, monday: datetime
) -> None:
    assert [found(path, user, monday) for user in (contact.user, agent)] == [["Atlas 4.3"]] * 2


def test_it_leads_to_its_page(agent: User, monday: datetime) -> None:
    (one,) = search(agent, "hippogriff", at=monday).results
    assert (one.url, one.label, one.detail) == ("/releases/atlas/4.3/", "Release", "maintenance release")


@pytest.mark.parametrize("path", sorted(PATHS))
def test_a_stranger_and_a_visitor_find_nothing(path: str, stranger: Contact, monday: datetime) -> None:
    assert [found(path, user, monday) for user in (stranger.user, VISITOR)] == [[], []]


@pytest.mark.parametrize("path", sorted(PATHS))
def test_nor_does_a_customer_of_the_product_without_a_contract(
    path: str, stranger: Contact, release: Release, monday: datetime
) -> None:
    DeploymentFactory.create(customer=stranger.customer, product=release.product)
    assert found(path, stranger.user, monday) == []


@pytest.mark.parametrize("path", sorted(PATHS))
def test_nor_one_whose_contract_is_over(
    path: str, contact: Contact, contract: Contract, monday: datetime
) -> None:
    contract.ends_on = date(2026, 11, 1)
    contract.save()
    assert found(path, contact.user, monday) == []


@pytest.mark.parametrize("path", sorted(PATHS))
def test_what_is_planned_is_found_by_nobody(
    path: str, agent: User, release: Release, monday: datetime
) -> None:
    planned = ReleaseFactory.create(product=release.product, version="5.0")
    write_release_notes(release=planned, text="A basilisk, a hippogriff", actor=None, at=monday)
    assert "Atlas 5.0" not in found(path, agent, monday)
    assert search(agent, "basilisk", at=monday).results == []


def test_its_words_correct_no_customers_typing(
    contact: Contact, contract: Contract, stranger: Contact, monday: datetime
) -> None:
    for user in (stranger.user, contact.user, VISITOR):
        assert search(user, "hipogriff", at=monday).mended == ""


def test_it_changes_nothing_of_what_a_visitor_finds(
    writes: Writes, release: Release, monday: datetime
) -> None:
    writes("Gryphon care", "Feed it twice.")
    queries = ["gryphon care", "gryfon", "feed care", "hippogriff"]
    before = [search(VISITOR, query, at=monday) for query in queries]
    write_release_notes(release=release, text="Gryfon care, feed care, gryphon", actor=None, at=monday)
    assert [search(VISITOR, query, at=monday) for query in queries] == before
