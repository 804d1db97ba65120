"""What may answer a request before it is sent: while it is written, and on the step before sending."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.limits import is_within
from contracts.models import Contact, Contract, Deployment, Product
from contracts.tests.factories import DeploymentFactory, ProductFactory
from knowledgebase.models import Article, Deflection, FruitlessSearch
from knowledgebase.models.audience import Audience
from tickets.models import Ticket
from tickets.tests.articles import found_article
from tickets.tests.pages import client_of, filled_in, form_address, key_on, send, text_file, words
from tickets.views.answers import MINUTE, MOST_A_MINUTE

SEND = '<button type="submit" form="filing" class="btn btn-primary">Send it now</button>'


@pytest.fixture(autouse=True)
def _on_monday(monday: datetime) -> Iterator[None]:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def nora(contact: Contact, contract: Contract) -> Client:
    return client_of(contact.user)


def typed(client: Client, deployment: Deployment, **changed: Any) -> Any:
    """What the script asks for while one types."""
    said = {"subject": "Headsets lose the session", "text": "Everybody is signed out"} | changed
    return client.post(f"/tickets/new/suggestions/?deployment={deployment.pk}", said)


def answer(client: Client, deployment: Deployment, article: Article, **changed: Any) -> Any:
    """Presses "This answered it"."""
    data = filled_in(client, deployment, answered=article.pk, **changed)
    return client.post(f"/tickets/new/answer/?deployment={deployment.pk}", data)


def counted(article: Article) -> int:
    article.refresh_from_db()
    return article.deflections


# While one types


def test_articles_that_fit_what_is_typed_are_suggested(nora: Client, deployment: Deployment) -> None:
    article = found_article()
    found_article("Fonts of the template", "Reader's own fonts.")
    page = typed(nora, deployment)
    assert f"/kb/articles/{article.slug}/" in page.content.decode()
    assert "Fonts" not in words(page)
    assert page.headers["Cache-Control"] == "private, no-store"


def test_at_most_five_are_suggested(nora: Client, deployment: Deployment) -> None:
    for place in range(7):
        found_article(f"Headsets lose the session {place}")
    assert typed(nora, deployment).content.decode().count("This answered it") == 5


@pytest.mark.parametrize(
    "said",
    [
        {"subject": "", "text": ""},
        {"subject": "Hello", "text": ""},
        {"subject": "zzz", "text": "qqq xxx vvv www"},
        {"security": "on"},
    ],
)
def test_vk2_web_without_enough_typed_or_in_confidence_nothing_is_looked_up(
    nora: Client, deployment: Deployment, said: dict[str, str]
) -> None:
    found_article()
    answer = typed(nora, deployment, **said)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not FruitlessSearch.objects.exists()


def test_what_a_contact_may_not_read_is_not_suggested(nora: Client, deployment: Deployment) -> None:
    found_article("Headsets lose the session for all")
    of_product = {"audience": Audience.PRODUCT}
    found_article("Headsets lose the session inside", audience=Audience.STAFF)
    found_article("Headsets lose the session there", products=(ProductFactory.create(),), **of_product)
    found_article("Headsets lose the session here", products=(deployment.product,), **of_product)
    said = words(typed(nora, deployment))
    assert [word for word in ("for all", "here", "inside", "there") if f"session {word}" in said] == [
        "for all",
        "here",
    ]


def test_another_customers_installation_suggests_nothing(
    nora: Client, stranger: Contact, product: Product
) -> None:
    found_article()
    theirs = DeploymentFactory.create(customer=stranger.customer, product=product)
    assert typed(nora, theirs).status_code == 404


def test_who_asks_too_often_waits(
    nora: Client, contact: Contact, deployment: Deployment, monday: datetime
) -> None:
    found_article()
    for _ in range(MOST_A_MINUTE - 1):
        is_within("suggestions", f"{contact.user.pk}", most=MOST_A_MINUTE, seconds=MINUTE, at=monday)
    assert [typed(nora, deployment).status_code for _ in range(2)] == [200, 429]


# On the step before sending


def test_without_script_the_articles_stand_on_the_step_before_sending(
    nora: Client, deployment: Deployment
) -> None:
    article = found_article()
    page = send(nora, deployment)
    body = page.content.decode()
    assert page.status_code == 200
    assert "Not sent yet This article may answer it at once." in words(page)
    assert f"/kb/articles/{article.slug}/" in body
    assert "Nobody can work." in body
    assert SEND in body
    assert not Ticket.objects.exists()


def test_sent_once_more_it_is_filed(nora: Client, deployment: Deployment) -> None:
    found_article()
    page = send(nora, deployment)
    assert 'name="looked" value="1"' in page.content.decode()
    again = filled_in(nora, deployment, submission_key=key_on(page), looked="1")
    assert nora.post(form_address(deployment), again).status_code == 302
    assert Ticket.objects.count() == 1


def test_who_has_seen_the_articles_is_not_searched_for_again(
    nora: Client, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_article()
    monkeypatch.setattr("tickets.suggestions.suggest", _fail)
    assert send(nora, deployment, looked="1").status_code == 302


def test_vk2_web_what_is_confidential_is_sent_at_once_and_never_looked_up(
    nora: Client, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_article()
    monkeypatch.setattr("tickets.suggestions.suggest", _fail)
    assert send(nora, deployment, security="on").status_code == 302
    assert Ticket.objects.get().is_confidential


def test_what_is_wrong_is_said_before_anything_is_suggested(nora: Client, deployment: Deployment) -> None:
    found_article()
    page = send(nora, deployment, subject="")
    assert page.status_code == 422
    assert "may answer it at once" not in words(page)


def test_files_must_be_chosen_again_and_the_step_says_so(nora: Client, deployment: Deployment) -> None:
    found_article()
    page = send(nora, deployment, uploads=[text_file("agent.log")])
    assert "Choose your files again before you send it" in words(page)
    assert "They were agent.log." in words(page)
    assert SEND not in page.content.decode()


# This answered it


def test_this_answered_it_ends_the_form_and_is_counted(
    nora: Client, contact: Contact, deployment: Deployment
) -> None:
    article = found_article()
    page = answer(nora, deployment, article)
    assert "Nothing was sent." in words(page)
    kept = Deflection.objects.get()
    assert (kept.article, kept.user, kept.product) == (article, contact.user, deployment.product)
    assert counted(article) == 1
    assert not Ticket.objects.exists()


def test_pressed_twice_it_counts_once(nora: Client, deployment: Deployment) -> None:
    article = found_article()
    data = filled_in(nora, deployment, answered=article.pk)
    for _ in range(2):
        assert nora.post(f"/tickets/new/answer/?deployment={deployment.pk}", data).status_code == 200
    assert counted(article) == 1


def test_the_way_back_takes_along_what_was_typed_and_takes_the_count_back(
    nora: Client, deployment: Deployment
) -> None:
    article = found_article()
    data = filled_in(nora, deployment, answered=article.pk, looked="1", uploads=[text_file()])
    page = nora.post(f"/tickets/new/answer/?deployment={deployment.pk}", data)
    assert "choose its files again" in words(page)
    kept = {name: value for name, value in data.items() if name not in {"answered", "uploads"}}
    for name, value in kept.items():
        assert f'name="{name}" value="{value}"' in page.content.decode()
    form = nora.post(form_address(deployment), {**kept, "back": "1"})
    assert form.status_code == 200
    assert "Nobody can work." in form.content.decode()
    assert counted(article) == 0
    assert not Ticket.objects.exists()
    assert nora.post(form_address(deployment), kept).status_code == 302


def test_a_request_that_is_sent_after_all_takes_the_count_back(nora: Client, deployment: Deployment) -> None:
    article = found_article()
    data = filled_in(nora, deployment, answered=article.pk, looked="1")
    nora.post(f"/tickets/new/answer/?deployment={deployment.pk}", data)
    nora.post(form_address(deployment), data)
    assert Ticket.objects.count() == 1
    assert counted(article) == 0


@pytest.mark.parametrize("pk", ["0", "abc", "", "²", "9" * 30])
def test_an_article_that_is_not_there_counts_nothing_and_loses_nothing(
    nora: Client, deployment: Deployment, pk: str
) -> None:
    data = filled_in(nora, deployment, answered=pk)
    page = nora.post(f"/tickets/new/answer/?deployment={deployment.pk}", data)
    assert page.status_code == 422
    assert "Nobody can work." in page.content.decode()
    assert not Deflection.objects.exists()


def test_an_article_that_may_not_be_read_counts_nothing(nora: Client, deployment: Deployment) -> None:
    page = answer(nora, deployment, found_article(audience=Audience.STAFF))
    assert page.status_code == 422
    assert "Headsets lose the session</a>" not in page.content.decode()
    assert not Deflection.objects.exists()


def test_a_form_of_another_person_counts_nothing(
    nora: Client, colleague: Contact, deployment: Deployment
) -> None:
    theirs = key_on(client_of(colleague.user).get(form_address(deployment)))
    assert answer(nora, deployment, found_article(), submission_key=theirs).status_code == 422
    assert not Deflection.objects.exists()


def _fail(*_: object, **__: object) -> None:
    raise AssertionError("it was looked up")
