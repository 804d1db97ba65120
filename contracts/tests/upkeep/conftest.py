"""A component for every test here."""

import pytest

from contracts.models import Component, Product
from contracts.tests.factories import ComponentFactory


@pytest.fixture
def component(product: Product) -> Component:
    """Atlas: the service, which concerns no contract yet."""
    return ComponentFactory.create(product=product, name="Service", slug="service")
