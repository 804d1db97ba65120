"""Supported environments: kept by staff, shown to everybody per release."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.environments import environments_for, is_among, spans_of
from contracts.models import Environment, Product, Release, User
from contracts.refusals import Refused
from contracts.services.environments import save_environment
from contracts.tests.factories import EnvironmentFactory, ProductFactory, ReleaseFactory

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def releases(product: Product) -> dict[str, Release]:
    """6.0 to 6.2 are out, 6.3 is planned."""
    out = {"6.0": AT, "6.1": AT, "6.2": AT, "6.3": None}
    return {
        version: ReleaseFactory.create(product=product, version=version, published_at=at)
        for version, at in out.items()
    }


def listed(product: Product, **given: Any) -> Environment:
    """An environment made by the verb."""
    asked = {"kind": "operating_system", "name": "Windows Server", "actor": None, "at": AT} | given
    return save_environment(product=product, **asked)


def words(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def spans(product: Product) -> list[tuple[str, list[str]]]:
    """Each span's title with the names in it."""
    found = spans_of(product, AT)
    return [(span.title, [row.name for group in span.groups for row in group.rows]) for span in found]


# Keeping them


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": "  "}, "name"), ({"kind": "planet"}, "kind")],
)
def test_what_is_missing_is_refused(product: Product, changed: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as caught:
        listed(product, **changed)
    assert caught.value.field == field
    assert not Environment.objects.exists()


def test_a_release_of_another_product_is_refused(product: Product) -> None:
    other = ReleaseFactory.create(product=ProductFactory.create())
    with pytest.raises(Refused, match="no release of Atlas") as caught:
        listed(product, until_release=other)
    assert caught.value.field == "until_release"


def test_the_last_release_does_not_come_before_the_first(
    product: Product, releases: dict[str, Release]
) -> None:
    with pytest.raises(Refused, match="comes before"):
        listed(product, from_release=releases["6.1"], until_release=releases["6.0"])


def test_the_same_is_listed_once(product: Product) -> None:
    listed(product, versions="2019")
    with pytest.raises(Refused, match="is listed for Atlas already"):
        listed(product, name="windows  SERVER", versions="2019")
    assert listed(product, versions="2022").versions == "2022"


def test_an_environment_is_changed_and_stays_of_its_product(product: Product) -> None:
    environment = listed(product)
    listed(product, environment=environment, versions="2019 and later")
    environment.refresh_from_db()
    assert environment.versions == "2019 and later"
    with pytest.raises(Refused, match="It is one of Atlas"):
        listed(ProductFactory.create(), environment=environment)


# By release


def test_neighbouring_releases_on_the_same_environments_stand_together(
    product: Product, releases: dict[str, Release]
) -> None:
    listed(product, name="Windows Server")
    listed(product, name="CentOS", until_release=releases["6.0"])
    listed(product, name="Rocky Linux", from_release=releases["6.1"])
    assert spans(product) == [
        ("6.1 to 6.2", ["Rocky Linux", "Windows Server"]),
        ("6.0", ["CentOS", "Windows Server"]),
    ]


def test_a_product_without_published_releases_has_one_list(product: Product) -> None:
    ReleaseFactory.create(product=product, version="6.3")
    listed(product)
    assert spans(product) == [("", ["Windows Server"])]


def test_what_support_has_ended_for_is_listed_no_more(product: Product) -> None:
    listed(product, ended_on=AT.date())
    assert spans(product) == [("", ["Windows Server"])]
    Environment.objects.update(ended_on=AT.date() - timedelta(days=1))
    assert spans(product) == [("", [])]


def test_an_installation_without_a_version_is_measured_by_the_newest_release(
    product: Product, releases: dict[str, Release]
) -> None:
    listed(product, name="CentOS", until_release=releases["6.1"])
    kept = listed(product)
    assert environments_for(product, "", AT) == ("6.2", [kept])
    assert len(environments_for(product, "6.1.4", AT)[1]) == 2


def test_of_a_product_with_nothing_listed_nothing_is_said(product: Product) -> None:
    assert environments_for(product, "", AT) == ("", [])


@pytest.mark.parametrize(
    ("typed", "known"),
    [("windows server", True), (" Windows  Server 2019 ", True), ("Windows Server 2012", False), ("", False)],
)
def test_what_is_typed_is_compared_without_case(product: Product, typed: str, *, known: bool) -> None:
    assert is_among(typed, [listed(product, versions="2019")]) is known


# The pages


def test_vk2_environments_stand_on_a_public_page_per_release(
    product: Product, releases: dict[str, Release]
) -> None:
    listed(product, versions="2019 and later", until_release=releases["6.0"], note="64 bit only")
    listed(product, kind="browser", name="Firefox", ended_on=date(2027, 6, 30))
    assert "Atlas" in words(Client().get("/environments/"))
    text = words(Client().get("/environments/atlas/"))
    assert "Releases 6.1 to 6.2" in text
    assert "Firefox all browser Supported until Wed 30 Jun 2027." in text
    assert "Windows Server 2019 and later operating system 64 bit only" in text.partition("Release 6.0")[2]
    assert "6.3" not in text


def test_a_product_with_nothing_listed_has_no_page(product: Product) -> None:
    assert Client().get("/environments/atlas/").status_code == 404
    assert "No environments are listed yet." in words(Client().get("/environments/"))


@pytest.mark.parametrize("address", ["/environments/", "/environments/atlas/"])
def test_a_visitors_revisit_is_answered_304_until_something_changes(product: Product, address: str) -> None:
    listed(product)
    first = Client().get(address)
    assert not first.cookies
    held = {"If-None-Match": first.headers["ETag"]}
    assert Client().get(address, headers=held).status_code == 304
    save_name = listed(ProductFactory.create(name="Borealis")) if address == "/environments/" else None
    if save_name is None:
        listed(product, name="Ubuntu")
    assert Client().get(address, headers=held).status_code == 200


def test_the_page_costs_the_same_whatever_is_listed(
    product: Product, releases: dict[str, Release], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    listed(product)
    Client().get("/environments/atlas/")
    with django_assert_num_queries(4):
        Client().get("/environments/atlas/")
    for release in releases.values():
        EnvironmentFactory.create_batch(5, product=product, from_release=release)
    with django_assert_num_queries(4):
        Client().get("/environments/atlas/")


def test_the_sitemap_lists_them(product: Product) -> None:
    listed(product)
    assert b"/environments/atlas/" in Client().get("/sitemap-environments.xml").content


# The admin


def test_staff_list_an_environment_and_read_why_not_at_its_field(
    client: Client, agent: User, product: Product
) -> None:
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    typed = {"product": product.pk, "kind": "browser", "name": "Firefox", "versions": "last two"}
    assert client.post("/admin/contracts/environment/add/", typed).status_code == 302
    environment = Environment.objects.get()
    assert (environment.kind, environment.versions) == ("browser", "last two")
    page = client.post("/admin/contracts/environment/add/", typed)
    assert "is listed for Atlas already" in words(page)
    address = f"/admin/contracts/environment/{environment.pk}/change/"
    assert client.post(address, {**typed, "name": "Chrome"}).status_code == 302
    environment.refresh_from_db()
    assert environment.name == "Chrome"
