"""A ticket that was solved becomes a draft: what is taken over, what is taken out, and when it is refused."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from contracts.models import Contact, User
from contracts.refusals import Refused
from knowledgebase.models import Article, Category
from knowledgebase.services.articles import Unready, publish_article
from knowledgebase.tests.factories import CategoryFactory
from tickets.models import Ticket
from tickets.services import conversation, lifecycle
from tickets.services.writing_up import prepare, write_up_ticket
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import words

HOUR = timedelta(hours=1)


@pytest.fixture
def category(db: None) -> Category:
    return CategoryFactory.create(name="Headsets")


def confidential(ticket: Ticket) -> Ticket:
    ticket.is_confidential = True
    ticket.save()
    return ticket


def test_problem_steps_and_solution_are_taken_over(file: File, agent: User, monday: datetime) -> None:
    ticket = file(text="The session is lost.", steps="Wait ten minutes.")
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Restart the service.", at=monday)
    made = prepare(ticket)
    assert made.title == "Headsets lose the session"
    assert made.text == (
        "## What happens\n\nThe session is lost.\n\n## When it happens\n\nWait ten minutes.\n\n"
        "## What helps\n\nRestart the service.\n"
    )
    assert made.taken == []


def test_the_resolution_goes_before_the_workaround_and_that_before_a_reply(
    file: File, agent: User, monday: datetime
) -> None:
    ticket = file()
    assert "⟦Say here what helps⟧" in prepare(ticket).text
    conversation.reply_as_staff(ticket=ticket, actor=agent, text="A reply.", at=monday + HOUR)
    assert "A reply." in prepare(ticket).text
    lifecycle.provide_workaround(ticket=ticket, actor=agent, text="A way around.", at=monday + 2 * HOUR)
    conversation.reply_as_staff(ticket=ticket, actor=agent, text="Later.", at=monday + 3 * HOUR)
    assert "A way around." in prepare(ticket).text
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="The solution.", at=monday + 4 * HOUR)
    assert "The solution." in prepare(ticket).text


def test_notes_are_never_taken_over(file: File, agent: User, monday: datetime) -> None:
    ticket = file()
    conversation.add_note(ticket=ticket, actor=agent, text="Between us.", at=monday)
    assert "Between us" not in prepare(ticket).text


@pytest.mark.usefixtures("colleague")
def test_no_name_of_the_customer_is_left(file: File, agent: User, monday: datetime) -> None:
    ticket = file(
        subject="Harbour Freight: Nora's headset",
        text="Col Jetty and nora@harbour.example see it on cam1.harbour.example, call 555-123-4567.",
        steps="As in VK-7F3K9Q of order A-1.",
    )
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Dear NORA, restart it.", at=monday)
    made = prepare(ticket)
    assert made.title == "⟦the customer⟧: ⟦a person⟧'s headset"
    for name in ("nora", "col", "jetty", "harbour", "555", "VK-", "A-1"):
        assert name.lower() not in made.text.lower(), name
    assert {taken.before for taken in made.taken} >= {"Harbour Freight", "Nora", "Col Jetty", "NORA"}


def test_another_customer_s_names_stay(file: File, stranger: Contact) -> None:
    assert "Stan" in prepare(file(text="Stan is a town.")).text


def test_what_would_mean_something_in_markdown_is_shown_as_it_was_typed(file: File) -> None:
    text = prepare(file(text="See:\n# no heading\n```\n| a |")).text
    assert "````text\nSee:\n# no heading\n```\n| a |\n````" in text


def test_line_breaks_are_kept(file: File) -> None:
    assert "one  \ntwo\n\nthree" in prepare(file(text="one\r\ntwo\r\n\r\nthree")).text


def test_the_draft_is_its_author_s_and_about_the_product(
    file: File, agent: User, category: Category, monday: datetime
) -> None:
    ticket = file()
    article = write_up_ticket(ticket=ticket, category=category, actor=agent, at=monday)
    assert (article.state, article.owner, article.category) == ("draft", agent, category)
    assert list(article.products.all()) == [ticket.product]


def test_what_was_taken_out_is_asked_for_before_publishing(
    file: File, agent: User, category: Category, monday: datetime
) -> None:
    ticket = file(text="Nora is signed out.")
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Restart it.", at=monday)
    article = write_up_ticket(ticket=ticket, category=category, actor=agent, at=monday)
    with pytest.raises(Unready) as unready:
        publish_article(article=article, seen=1, actor=agent, at=monday)
    assert [problem.line for problem in unready.value.problems] == [3]
    assert "⟦a person⟧" in unready.value.problems[0].message


def test_vk2_a_confidential_ticket_is_not_written_up(
    file: File, agent: User, category: Category, monday: datetime
) -> None:
    ticket = confidential(file())
    with pytest.raises(Refused, match="security risk"):
        prepare(ticket)
    with pytest.raises(Refused, match="security risk"):
        write_up_ticket(ticket=ticket, category=category, actor=agent, at=monday)
    assert not Article.objects.exists()


def test_a_contact_writes_nothing_up(
    file: File, contact: Contact, category: Category, monday: datetime
) -> None:
    with pytest.raises(Refused, match="Only staff"):
        write_up_ticket(ticket=file(), category=category, actor=contact.user, at=monday)


class TestThePage:
    @pytest.fixture
    def desk(self, agent: User) -> Client:
        return desk_of(agent)

    def test_it_shows_the_draft_and_what_is_taken_out(self, file: File, desk: Client) -> None:
        response = desk.get(f"/admin/queue/{file(text='Nora is out.').number}/article/")
        assert_nothing_inline(response)
        page = words(response)
        assert "⟦a person⟧ is out." in page
        assert "Taken out Nora a person" in page

    def test_sent_it_leads_to_the_editor(self, file: File, desk: Client, category: Category) -> None:
        number = file().number
        sent = {"category": category.pk, "audience": "staff"}
        response = desk.post(f"/admin/queue/{number}/article/", sent, follow=True)
        article = Article.objects.get()
        assert response.redirect_chain == [(f"/admin/articles/{article.pk}/", 302)]
        assert article.audience == "staff"
        assert "Check every ⟦mark⟧" in words(response)

    def test_a_confidential_one_is_refused_and_not_offered(self, file: File, desk: Client) -> None:
        number = confidential(file()).number
        assert "Write this up" not in words(desk.get(f"/admin/queue/{number}/"))
        response = desk.get(f"/admin/queue/{number}/article/")
        assert response.status_code == 422
        assert "security risk" in words(response)

    def test_the_ticket_s_page_offers_it(self, file: File, desk: Client) -> None:
        number = file().number
        assert (
            f'href="/admin/queue/{number}/article/"' in desk.get(f"/admin/queue/{number}/").content.decode()
        )
