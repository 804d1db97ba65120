"""Articles that staff put into what they say: found, put in, recorded, counted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Contact, OutboxMessage, User
from contracts.refusals import Refused
from contracts.tests.factories import ProductFactory
from knowledgebase.models import Article
from knowledgebase.models.audience import Audience
from tickets import record
from tickets.models import ArticleUse, Message, Ticket
from tickets.models.event import Kind
from tickets.services.conversation import reply_as_staff
from tickets.services.lifecycle import resolve_ticket
from tickets.tests.articles import found_article
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, words

SITE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _on_monday(monday: datetime, settings: Any) -> Iterator[None]:
    settings.SITE_URL = SITE
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def ticket(file: File) -> Ticket:
    return file()


@pytest.fixture
def desk(agent: User) -> Client:
    return desk_of(agent)


def address(ticket: Ticket, noun: str) -> str:
    return f"/admin/queue/{ticket.number}/{noun}/"


def answered(article: Article) -> int:
    article.refresh_from_db()
    return article.tickets_answered


def boxes(page: Any, article: Article) -> list[str]:
    """What stands in each tick box of ``article`` on the page."""
    before = f'name="articles" value="{article.pk}"'
    return [rest.split(">")[0] for rest in " ".join(page.content.decode().split()).split(before)[1:]]


def link(article: Article) -> str:
    return f"{SITE}/kb/articles/{article.slug}/"


# Finding them


def test_the_articles_that_fit_a_ticket_are_found(ticket: Ticket, desk: Client) -> None:
    article = found_article()
    page = desk.get(address(ticket, "articles"))
    assert len(boxes(page, article)) == 1
    assert_nothing_inline(page)


def test_what_the_contact_cannot_open_is_not_offered(ticket: Ticket, desk: Client) -> None:
    found_article("Headsets lose the session inside", audience=Audience.STAFF)
    found_article(
        "Headsets lose the session there", audience=Audience.PRODUCT, products=(ProductFactory.create(),)
    )
    assert "No article fits that the contact can open." in words(desk.get(address(ticket, "articles")))


def test_a_contact_does_not_reach_the_list(ticket: Ticket, contact: Contact) -> None:
    assert client_of(contact.user).get(address(ticket, "articles")).status_code == 302


@pytest.mark.parametrize("noun", ["replies", "questions", "workaround", "resolution"])
def test_without_script_a_button_finds_them_and_keeps_what_was_typed(
    ticket: Ticket, desk: Client, noun: str
) -> None:
    article = found_article()
    page = desk.post(address(ticket, noun), {"text": "Half a", "find": "1"})
    assert page.status_code == 200
    assert "Half a</textarea>" in page.content.decode()
    assert len(boxes(page, article)) == 1
    assert "Articles that the contact can open" in words(page)
    assert not ArticleUse.objects.exists()


def test_the_page_itself_looks_nothing_up(
    ticket: Ticket, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.suggestions.suggest", _fail)
    page = desk.get(f"/admin/queue/{ticket.number}/")
    assert page.content.decode().count("Find articles that fit") == 4


def test_what_was_ticked_is_still_ticked_when_the_form_comes_back(ticket: Ticket, desk: Client) -> None:
    article = found_article()
    page = desk.post(address(ticket, "replies"), {"text": "", "articles": [article.pk]})
    assert page.status_code == 422
    assert ["checked" in box for box in boxes(page, article)] == [True]


# Putting them in


def test_a_ticked_article_stands_in_the_reply_with_its_address(
    ticket: Ticket, desk: Client, agent: User
) -> None:
    article = found_article()
    answer = desk.post(address(ticket, "replies"), {"text": "Try this:", "articles": [article.pk]})
    assert answer.status_code == 302
    message = Message.objects.get(by_staff=True)
    assert message.text == f"Try this:\n\nHeadsets lose the session\n{link(article)}"
    use = ArticleUse.objects.get()
    assert (use.ticket, use.article, use.message, use.actor) == (ticket, article, message, agent)


def test_what_stands_in_the_text_already_is_not_put_in_again(
    ticket: Ticket, agent: User, monday: datetime
) -> None:
    article = found_article()
    text = f"See {link(article)} first."
    message = reply_as_staff(ticket=ticket, actor=agent, text=text, articles=[article.pk], at=monday)
    assert message.text == text
    assert answered(article) == 1


def test_an_address_that_was_only_typed_counts_nothing(ticket: Ticket, agent: User, monday: datetime) -> None:
    article = found_article()
    reply_as_staff(ticket=ticket, actor=agent, text=link(article), at=monday)
    assert (answered(article), ArticleUse.objects.count()) == (0, 0)


def test_an_article_knows_how_many_tickets_it_answered(file: File, agent: User, monday: datetime) -> None:
    article, first, second = found_article(), file(), file()
    for ticket in (first, first, second):
        reply_as_staff(ticket=ticket, actor=agent, text="See", articles=[article.pk] * 2, at=monday)
    resolve_ticket(ticket=second, actor=agent, text="Solved", articles=[article.pk], at=monday)
    assert (answered(article), ArticleUse.objects.count()) == (2, 4)


def test_the_record_names_the_articles_and_its_seal_holds(
    ticket: Ticket, agent: User, monday: datetime
) -> None:
    article = found_article()
    reply_as_staff(ticket=ticket, actor=agent, text="See", articles=[article.pk], at=monday)
    event = ticket.events.get(kind=Kind.PUBLIC_REPLY)
    assert event.data["articles"] == [{"article": article.pk, "version": article.published_id}]
    ticket.refresh_from_db()
    assert record.verify(ticket, ticket.events.order_by("seq")) == []
    event.data["articles"] = []
    event.save()
    assert record.verify(ticket, ticket.events.order_by("seq"))


def test_the_contacts_mail_and_page_have_the_links(
    ticket: Ticket, agent: User, contact: Contact, monday: datetime
) -> None:
    article = found_article()
    reply_as_staff(ticket=ticket, actor=agent, text="See", articles=[article.pk], at=monday)
    mail = OutboxMessage.objects.get(kind="reply", to=contact.user.email)
    assert link(article) in mail.text
    assert f'<a href="{link(article)}">Headsets lose the session</a>' in mail.html
    for page in (
        client_of(contact.user).get(f"/tickets/{ticket.number}/"),
        desk_of(agent).get(f"/admin/queue/{ticket.number}/"),
    ):
        assert f'<a href="/kb/articles/{article.slug}/">' in page.content.decode()


@pytest.mark.parametrize("hidden", ["staff", "archived", "missing"])
def test_what_the_contact_cannot_open_is_refused_and_nothing_is_sent(
    ticket: Ticket, agent: User, monday: datetime, hidden: str
) -> None:
    article = found_article(audience=Audience.STAFF if hidden == "staff" else Audience.PUBLIC)
    if hidden == "archived":
        Article.objects.update(archived_at=monday)
    key = 999_999 if hidden == "missing" else article.pk
    with pytest.raises(Refused, match="Nora Quay cannot open"):
        reply_as_staff(ticket=ticket, actor=agent, text="See", articles=[key], at=monday)
    assert not Message.objects.filter(by_staff=True).exists()
    assert answered(article) == 0


@pytest.mark.parametrize("keys", [["abc"], ["9" * 30], ["²"], ["-1"]])
def test_what_is_no_key_is_said_on_the_page(ticket: Ticket, desk: Client, keys: list[str]) -> None:
    page = desk.post(address(ticket, "replies"), {"text": "See", "articles": keys})
    assert page.status_code == 422
    assert "See</textarea>" in page.content.decode()
    assert "Choose from the list." in words(page)
    assert not Message.objects.filter(by_staff=True).exists()


def test_a_note_carries_none(ticket: Ticket, desk: Client) -> None:
    article = found_article()
    desk.post(address(ticket, "notes"), {"text": "Odd", "articles": [article.pk]})
    assert Message.objects.get(by_staff=True).text == "Odd"
    assert not ArticleUse.objects.exists()


def _fail(*_: object, **__: object) -> None:
    raise AssertionError("it was looked up")
