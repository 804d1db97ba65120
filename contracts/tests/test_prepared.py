"""A query whose SQL is worked out once answers as the same query worked out anew."""

import pytest
from django.db.models import Count, QuerySet
from pytest_django import DjangoAssertNumQueries

from contracts.models import Closure, Customer
from contracts.prepared import Prepared
from contracts.tests.factories import ClosureFactory, ContactFactory, CustomerFactory

pytestmark = pytest.mark.django_db


def test_it_answers_for_each_value_as_the_query_does(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("Anchor", "Bollard"):
        ContactFactory.create(customer=CustomerFactory.create(name=name))

    def counted(name: str) -> QuerySet[Customer, tuple[str, int]]:
        return Customer.objects.filter(name=name).values_list("name", Count("contacts"))

    prepared = Prepared(
        Customer.objects.filter(name="?").values_list("name", Count("contacts")), {"?": "name"}
    )
    for name in ("Anchor", "Bollard", "nobody", "'; --"):
        with django_assert_num_queries(1):
            found = [tuple(row) for row in prepared.rows({"name": name})]
        assert found == list(counted(name))


def test_values_come_as_the_fields_give_them() -> None:
    closure = ClosureFactory.create()
    prepared = Prepared(Closure.objects.filter(pk=-1).values_list("starts_at", "reason"), {-1: "pk"})
    assert [tuple(row) for row in prepared.rows({"pk": closure.pk})] == [(closure.starts_at, closure.reason)]


def test_a_name_that_the_query_does_not_ask_for_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="does not ask for other"):
        Prepared(Customer.objects.filter(name="?").values_list("pk"), {"?": "name", "!": "other"})
