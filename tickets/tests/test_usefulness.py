"""What articles were good for: what is counted in which period, in which order, and at what cost."""

import re
from datetime import datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, User
from contracts.services.staff import ensure_staff_groups
from knowledgebase.models import Article
from knowledgebase.rights import RIGHTS
from knowledgebase.services.judgements import give_feedback, record_deflection, withdraw_deflection
from knowledgebase.tests.factories import CategoryFactory, live_article
from tickets.services.conversation import reply_as_staff
from tickets.tests.conftest import File
from tickets.tests.pages import client_of, words
from tickets.usefulness import Counted, Report, report_since

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/articles/usefulness/"
forms = count()


@pytest.fixture
def desk(agent: User) -> Client:
    ensure_staff_groups(RIGHTS)
    return client_of(agent)


@pytest.fixture
def cranes() -> Article:
    return live_article("Cranes stand still")


@pytest.fixture
def gates() -> Article:
    return live_article("Gates stay shut", category=CategoryFactory.create())


def spare(article: Article, contact: Contact, at: datetime) -> str:
    form = f"form {next(forms)}"
    record_deflection(article=article, user=contact.user, product=None, form=form, at=at)
    return form


def say(article: Article, at: datetime, *, helpful: bool, reason: str = "") -> None:
    give_feedback(
        article=article, reader=f"r{next(forms)}", user=None, is_helpful=helpful, reason=reason, at=at
    )


def counted(report: Report) -> dict[str, Counted]:
    return {str(row.article): row.counted for row in report.rows(0, 99)}


def test_each_thing_counts_in_its_period(
    cranes: Article, contact: Contact, agent: User, file: File, monday: datetime
) -> None:
    before = monday - timedelta(days=40)
    spare(cranes, contact, before)
    spare(cranes, contact, monday)
    withdraw_deflection(form=spare(cranes, contact, monday), user=contact.user)
    ticket = file(monday)
    for later in (1, 2):
        at = monday + timedelta(hours=later)
        reply_as_staff(ticket=ticket, actor=agent, text="See.", articles=[cranes.pk], at=at)
    say(cranes, before, helpful=True)
    say(cranes, monday, helpful=False)
    since = report_since(monday)
    assert counted(since) == {"Cranes stand still": Counted(1, 1, 0, 1)}
    assert counted(report_since(None)) == {"Cranes stand still": Counted(2, 1, 1, 1)}
    assert (since.total, since.most_spared) == (Counted(1, 1, 0, 1), 1)
    assert counted(report_since(monday + timedelta(days=1))) == {}


def test_what_spared_the_most_stands_first(
    cranes: Article, gates: Article, contact: Contact, monday: datetime
) -> None:
    say(cranes, monday, helpful=True)
    assert list(counted(report_since(None))) == ["Cranes stand still"]
    spare(gates, contact, monday)
    assert list(counted(report_since(None))) == ["Gates stay shut", "Cranes stand still"]


def test_the_page_shows_the_newest_reasons_of_the_period(
    cranes: Article, desk: Client, monday: datetime
) -> None:
    for days, reason in enumerate(("Today's", "Yesterday's", "The third", "Too old")):
        say(cranes, monday - timedelta(days=days if days < 3 else 100), helpful=False, reason=reason)
    with time_machine.travel(monday + timedelta(minutes=1), tick=False):
        shown = words(desk.get(ADDRESS))
    assert "Today's Not helpful" in shown
    assert "Yesterday's Not helpful" in shown
    assert "The third" not in shown
    assert "Too old" not in shown


def test_a_period_and_a_page_of_it_are_chosen_by_the_address(
    desk: Client, contact: Contact, monday: datetime
) -> None:
    category = CategoryFactory.create()
    for number in range(26):
        spare(live_article(f"Article {number}", category=category), contact, monday - timedelta(days=60))
    with time_machine.travel(monday, tick=False):
        assert "No article did anything in this period." in words(desk.get(f"{ADDRESS}?period=30"))
        first, second = (desk.get(f"{ADDRESS}?period=90&page={page}") for page in (1, 2))
        assert "period=90&amp;page=2" in first.content.decode()
        listed = [
            len(re.findall(r'href="/admin/articles/\d+/"', page.content.decode())) for page in (first, second)
        ]
        assert listed == [25, 1]
        for wrong in ("period=x", "page=-1", "page=x", "page=9999999"):
            assert desk.get(f"{ADDRESS}?{wrong}").status_code == 200


def test_it_is_led_to_from_the_list_of_articles(desk: Client) -> None:
    assert f'href="{ADDRESS}"' in desk.get("/admin/articles/").content.decode()


@pytest.mark.parametrize("rows", [3, 20])
def test_it_costs_the_same_at_any_length(
    rows: int,
    desk: Client,
    contact: Contact,
    monday: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    category = CategoryFactory.create()
    for number in range(rows):
        article = live_article(f"Article {number}", category=category)
        spare(article, contact, monday)
        say(article, monday, helpful=True, reason="It did.")
    with time_machine.travel(monday, tick=False):
        desk.get(ADDRESS)
        with django_assert_num_queries(11):
            desk.get(ADDRESS)
