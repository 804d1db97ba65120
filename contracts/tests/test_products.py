"""Products, deployments and releases."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.models import Customer, Deployment, Product, Release
from contracts.refusals import Refused
from contracts.services.products import (
    add_deployment,
    plan_release,
    publish_release,
    save_deployment,
    save_product,
)
from contracts.tests.factories import ReleaseFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "slug", "field"), [("Atlas", "atlas-2", "name"), ("Atlas 2", "atlas", "slug")]
)
def test_a_products_name_and_address_are_taken_once(
    product: Product, name: str, slug: str, field: str
) -> None:
    with pytest.raises(Refused, match="already") as caught:
        save_product(name=name, slug=slug, actor=None, at=AT)
    assert caught.value.field == field


def test_a_product_is_saved_under_its_own_name(product: Product) -> None:
    save_product(product=product, name="Atlas", slug="atlas-maps", actor=None, at=AT)

    product.refresh_from_db()
    assert product.slug == "atlas-maps"


def test_a_customer_names_a_deployment_of_a_product_once(deployment: Deployment) -> None:
    with pytest.raises(Refused, match="already"):
        add_deployment(
            customer=deployment.customer,
            product=deployment.product,
            name=" Production ",
            kind="agent",
            actor=None,
            at=AT,
        )
    assert Deployment.objects.count() == 1


def test_vk1_a_deployment_is_hosted_on_premises_or_an_agent(customer: Customer, product: Product) -> None:
    for kind in ("hosted", "on_premises", "agent"):
        add_deployment(customer=customer, product=product, name=kind, kind=kind, actor=None, at=AT)

    with pytest.raises(Refused, match="no kind"):
        add_deployment(customer=customer, product=product, name="x", kind="mobile", actor=None, at=AT)


def test_a_deployment_gets_its_new_version(deployment: Deployment) -> None:
    save_deployment(deployment=deployment, name="Production", kind="hosted", version="4.3", actor=None, at=AT)

    deployment.refresh_from_db()
    assert deployment.version == "4.3"


def test_the_next_maintenance_release_is_the_first_that_is_planned(product: Product) -> None:
    ReleaseFactory.create(product=product, kind="feature", planned_at=AT)
    ReleaseFactory.create(product=product)
    for days in (30, 10):
        plan_release(
            product=product,
            version=f"5.{days}",
            kind="maintenance",
            planned_at=AT + timedelta(days=days),
            actor=None,
            at=AT,
        )

    found = Release.objects.next_maintenance(product)
    assert found is not None
    assert found.version == "5.10"

    publish_release(release=found, actor=None, at=AT)
    following = Release.objects.next_maintenance(product)
    assert following is not None
    assert following.version == "5.30"


def test_a_release_is_published_once_and_then_not_planned_anew() -> None:
    release = publish_release(release=ReleaseFactory.create(), actor=None, at=AT)

    assert release.published_at == AT
    with pytest.raises(Refused, match="already"):
        publish_release(release=release, actor=None, at=AT)
    with pytest.raises(Refused, match="is published"):
        plan_release(
            release=release,
            product=release.product,
            version="9",
            kind="hotfix",
            planned_at=None,
            actor=None,
            at=AT,
        )


def test_a_version_of_a_product_is_there_once(product: Product) -> None:
    ReleaseFactory.create(product=product, version="4.3")

    with pytest.raises(Refused, match="already") as caught:
        plan_release(product=product, version="4.3", kind="hotfix", planned_at=None, actor=None, at=AT)
    assert caught.value.field == "version"
