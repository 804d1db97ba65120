"""The forum in the browser: what everybody reads, and the forms of those who write."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Contact, Contract, Product, User
from knowledgebase.models import Answer, Question, Report
from knowledgebase.services.forum import mark_solution
from knowledgebase.tests.forum import (
    answer,
    ask,
    minutes,
    standing_answer,
    standing_question,
    under_vivvo,
)
from knowledgebase.tests.reading import client_of

pytestmark = pytest.mark.django_db
NEW = "/forum/questions/new/"


@pytest.fixture(autouse=True)
def _on_monday(monday: datetime) -> Iterator[None]:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def writer(contact: Contact, contract: Contract) -> User:
    under_vivvo(contract)
    return contact.user


@pytest.fixture
def question(writer: User, product: Product, monday: datetime) -> Question:
    return ask(writer, product, monday - timedelta(days=1))


def address(question: Question, noun: str = "") -> str:
    return f"/forum/questions/{question.pk}/{noun}"


def text(response: Any) -> str:
    """A page as one reads it."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r" (?=[,.;:])", "", " ".join(unescape(body).split()))


def key_on(response: Any) -> str:
    found = re.search(r'name="submission_key" value="([^"]+)"', response.content.decode())
    assert found
    return unescape(found[1])


class Judge(HTMLParser):
    """What a browser would do besides showing text and following links: run, or load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def of(cls, page: str) -> list[str]:
        judge = cls()
        judge.feed(page)
        return judge.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        loads = [given[name] for name in ("src", "srcset", "data") if name in given]
        bad_link = "href" in given and not given["href"].startswith(("/", "#", "?", "http://", "https://"))
        if tag in {"script", "iframe", "object", "style"} or bad_link:
            self.found.append(self.get_starttag_text() or "")
        if any(name.startswith("on") or name == "style" for name in given):
            self.found.append(self.get_starttag_text() or "")
        self.found += [address for address in loads if not address.startswith("/")]


def asked(client: Client, product: Product, **changed: str) -> Any:
    """The form opened, filled in and sent with its button Ask."""
    typed = {"product": str(product.pk), "title": "Why so?", "text": "It is **slow**.", "ask": "1"}
    return client.post(NEW, {**typed, "submission_key": key_on(client.get(NEW)), **changed})


class TestReading:
    def test_vv3_forum_says_on_its_pages_that_no_clock_runs(self, question: Question, writer: User) -> None:
        for path in ("/forum/", address(question)):
            assert "No clock runs on the forum. For an answer that is due, file a ticket." in text(
                Client().get(path)
            )
            assert "/tickets/new/" in client_of(writer).get(path).content.decode()

    def test_a_visitor_reads_first_names_and_never_whose_people_they_are(
        self, question: Question, agent: User, monday: datetime
    ) -> None:
        answer(question, agent, monday)
        for path in ("/forum/", address(question)):
            page = Client().get(path).content.decode()
            assert "Nora Q." in page
            for secret in ("Quay", "Harbour", "harbour.example", "Desk</strong>"):
                assert secret not in page
        assert "Agnes D. Support Mon 23 Nov 2026" in text(Client().get(address(question)))

    def test_a_person_without_a_name_is_somebody_and_not_an_address(
        self, writer: User, question: Question
    ) -> None:
        for name in ("", "nora@harbour.example"):
            writer.name = name
            writer.save()
            page = Client().get(address(question)).content.decode()
            assert "Somebody" in page
            assert "harbour" not in page

    def test_staff_read_the_whole_name_and_the_customer(self, question: Question, agent: User) -> None:
        for path in ("/forum/", address(question)):
            assert "Nora Quay, Harbour Freight Lines" in text(client_of(agent).get(path))

    def test_another_customer_reads_what_a_visitor_reads(self, question: Question, stranger: Contact) -> None:
        page = text(client_of(stranger.user).get(address(question)))
        assert "Nora Q." in page
        assert "Harbour" not in page

    def test_the_solution_stands_first_and_is_marked(
        self, question: Question, agent: User, monday: datetime
    ) -> None:
        first, second = (answer(question, agent, monday, text=words) for words in ("One.", "Two."))
        mark_solution(answer=second, actor=agent, at=monday)
        page = text(Client().get(address(question)))
        assert page.index("Solution") < page.index("Two.") < page.index("One.")
        assert "Solved" in text(Client().get("/forum/"))
        assert first.pk < second.pk

    def test_many_answers_are_read_a_page_at_a_time_each_once(
        self, question: Question, agent: User, monday: datetime
    ) -> None:
        answers = [standing_answer(question, agent, monday, html=f"<p>No. {n}!</p>") for n in range(53)]
        mark_solution(answer=answers[51], actor=agent, at=monday)
        first = Client().get(address(question)).content.decode()
        after = re.search(r'href="(\?after=\d+)"', first)
        assert after
        second = Client().get(address(question) + after[1]).content.decode()
        found = re.findall(r"No\. (\d+)!", first + second)
        assert sorted(map(int, found)) == list(range(53))
        assert found[0] == "51"

    def test_the_list_is_narrowed_and_the_newest_activity_is_first(
        self, question: Question, agent: User, product: Product, monday: datetime
    ) -> None:
        other = Product.objects.create(name="Another", slug="another")
        ask(agent, other, monday - minutes(5), title="Elsewhere")
        solved = ask(agent, product, monday - timedelta(days=9), title="Long ago")
        mark_solution(answer=answer(solved, agent, monday), actor=agent, at=monday)

        def titles(query: str) -> list[str]:
            page = Client().get(f"/forum/{query}").content.decode()
            return re.findall(r'class="row-title" href="[^"]+">([^<]+)<', page)

        assert titles("") == ["Long ago", "Elsewhere", question.title]
        assert titles("?product=another") == ["Elsewhere"]
        assert titles("?show=solved") == ["Long ago"]
        assert titles("?show=open&product=atlas") == [question.title]
        assert titles("?show=nonsense&product=nothing&after=x_y") == titles("")

    def test_the_list_goes_on_by_key_and_shows_each_question_once(
        self, writer: User, product: Product, monday: datetime
    ) -> None:
        made = {
            standing_question(writer, product, monday - minutes(n // 3), title=f"Q{n}").title
            for n in range(60)
        }
        path: str | None = "/forum/"
        found: list[str] = []
        while path:
            page = Client().get(path).content.decode()
            found += re.findall(r'class="row-title" href="[^"]+">([^<]+)<', page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            path = unescape(following[1]) if following else None
        assert sorted(found) == sorted(made)

    @pytest.mark.parametrize("reader", ["visitor", "agent"])
    def test_the_pages_ask_as_much_for_three_rows_as_for_thirty(
        self, reader: str, writer: User, product: Product, agent: User, monday: datetime
    ) -> None:
        client = client_of(agent) if reader == "agent" else Client()
        asked = standing_question(writer, product, monday)

        def queries(path: str) -> int:
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            return len(captured)

        def fill(count: int) -> list[int]:
            for _ in range(count):
                standing_question(writer, product, monday)
                standing_answer(asked, writer, monday)
            return [queries("/forum/"), queries(address(asked))]

        few = fill(2)
        assert fill(22) == few
        assert max(few) <= 5 + 3 * (reader == "agent")


class TestRevisits:
    @pytest.mark.parametrize("noun", ["list", "question"])
    def test_a_visitors_page_sets_no_cookie_holds_no_token_and_is_answered_304(
        self, noun: str, question: Question
    ) -> None:
        path = "/forum/" if noun == "list" else address(question)
        page = Client().get(path)
        assert not page.cookies
        assert b"csrf" not in page.content
        assert "Cookie" in page.headers["Vary"]
        again = Client().get(path, headers={"If-None-Match": page.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_what_was_seen_is_no_longer_right_after_an_answer_a_mark_or_another_name(
        self, question: Question, agent: User, writer: User, monday: datetime
    ) -> None:
        def tags() -> tuple[str, str]:
            first, second = (Client().get(path).headers["ETag"] for path in ("/forum/", address(question)))
            return first, second

        seen = {tags()}
        given = answer(question, agent, monday)
        seen.add(tags())
        mark_solution(answer=given, actor=agent, at=monday)
        seen.add(tags())
        writer.name = "Nora Zander"
        writer.save()
        seen.add(tags())
        assert len({first for first, _ in seen}) == len({second for _, second in seen}) == 4

    def test_a_question_that_grew_quiet_is_shown_closed(self, question: Question) -> None:
        tag = Client().get(address(question)).headers["ETag"]
        with time_machine.travel(question.changed_at + timedelta(days=365), tick=False):
            page = Client().get(address(question), headers={"If-None-Match": tag})
        assert page.status_code == 200
        assert "Nothing was said here since 22 November 2026" in text(page)
        assert "Write an answer" not in text(page)

    def test_the_page_of_somebody_signed_in_is_kept_nowhere(self, question: Question, writer: User) -> None:
        page = client_of(writer).get(address(question))
        assert page.headers["Cache-Control"] == "private, no-store"


class TestAsking:
    def test_a_visitor_is_sent_to_sign_in(self, question: Question) -> None:
        for path in (NEW, *(address(question, noun) for noun in ("answers/", "solution/", "reports/"))):
            assert Client().get(path).headers["Location"].startswith("/account/login/")

    def test_before_it_is_asked_what_is_known_is_shown_and_nothing_is_sent(
        self, writer: User, product: Product, question: Question
    ) -> None:
        client = client_of(writer)
        typed = {"product": product.pk, "title": "Moving a site", "text": "To a *new* server"}
        looked = client.post(NEW, {**typed, "submission_key": key_on(client.get(NEW))})
        assert address(question) in looked.content.decode()
        assert "Is it one of these?" in text(looked)
        assert "<em>new</em>" in looked.content.decode()
        assert 'value="Moving a site"' in looked.content.decode()
        assert Question.objects.get() == question

    def test_asked_it_stands_there(self, writer: User, product: Product) -> None:
        made = asked(client_of(writer), product)
        found = Question.objects.get(title="Why so?")
        assert made.headers["Location"] == address(found)
        assert "<strong>slow</strong>" in Client().get(address(found)).content.decode()

    def test_the_same_form_sent_twice_makes_one_question(self, writer: User, product: Product) -> None:
        client = client_of(writer)
        key = key_on(client.get(NEW))
        places = {asked(client, product, submission_key=key).headers["Location"] for _ in range(2)}
        assert len(places) == Question.objects.count() == 1

    @pytest.mark.parametrize("key", ["", "forged", "1:abc:def"])
    def test_a_form_without_a_key_of_ours_is_given_back_with_one(
        self, key: str, writer: User, product: Product
    ) -> None:
        client = client_of(writer)
        refused = asked(client, product, submission_key=key)
        assert refused.status_code == 422
        assert "could not be recognised" in text(refused)
        assert asked(client, product, submission_key=key_on(refused)).status_code == 302

    def test_the_key_of_somebody_else_is_none_of_mine(
        self, writer: User, colleague: Contact, product: Product
    ) -> None:
        theirs = key_on(client_of(colleague.user).get(NEW))
        assert asked(client_of(writer), product, submission_key=theirs).status_code == 422

    def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
        self, writer: User, product: Product
    ) -> None:
        refused = asked(client_of(writer), product, title="", text="My long text")
        assert refused.status_code == 422
        assert "Write what you want to know, in one line." in text(refused)
        assert "My long text" in text(refused)
        assert 'aria-invalid="true"' in refused.content.decode()

    def test_a_product_that_one_may_not_write_about_is_no_choice(
        self, writer: User, product: Product
    ) -> None:
        other = Product.objects.create(name="Another", slug="another")
        assert "Another" not in text(client_of(writer).get(NEW))
        assert asked(client_of(writer), other).status_code == 422
        assert not Question.objects.exists()

    def test_who_may_not_write_is_told_why_and_what_to_do(
        self, contact: Contact, contract: Contract, question: Question
    ) -> None:
        under_vivvo(contract)
        contract.policy_version, contract.tier = _atheer(), "standard"
        contract.save()
        for path in (NEW, address(question, "answers/")):
            page = client_of(contact.user).get(path)
            assert "does not include support by forum. Reach us by web form or email instead." in text(page)
            assert "<textarea" not in page.content.decode()

    def test_the_pace_is_said_and_what_was_typed_stays(
        self, writer: User, product: Product, settings: Any
    ) -> None:
        settings.FORUM_QUESTIONS_AN_HOUR = 1
        client = client_of(writer)
        asked(client, product)
        refused = asked(client, product, text="The second one")
        assert refused.status_code == 422
        assert "You can send the next one at Mon 23 Nov, 19:00" in text(refused)
        assert "The second one" in text(refused)

    def test_a_form_from_elsewhere_is_refused(
        self, writer: User, product: Product, question: Question
    ) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(writer, backend="allauth.account.auth_backends.AuthenticationBackend")
        for path in (NEW, *(address(question, noun) for noun in ("answers/", "solution/", "reports/"))):
            assert client.post(path, {"text": "x", "reason": "x"}).status_code == 403
        assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://elsewhere.example/x.png)",
        "<img src=x onerror=alert(1)>",
        '[x](https://a.example/"onmouseover="alert(1))',
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_hostile_text_is_shown_as_text(typed: str, writer: User, product: Product) -> None:
    asked(client_of(writer), product, title=f"{typed} title"[:160], text=f"{typed}\n\nend")
    found = Question.objects.get()
    for path in ("/forum/", address(found)):
        assert Judge.of(Client().get(path).content.decode()) == []


@pytest.mark.parametrize(
    "page", ["<script>", '<a href="javascript:x">', "<p onclick=x>", '<img src="https://a.example/">']
)
def test_the_judge_of_hostile_text_finds_what_it_should(page: str) -> None:
    assert Judge.of(page)


class TestAnswering:
    def test_an_answer_is_written_once_on_a_page_of_its_own(self, question: Question, writer: User) -> None:
        client = client_of(writer)
        typed = {"text": "Try *this*.", "submission_key": key_on(client.get(address(question, "answers/")))}
        places = {client.post(address(question, "answers/"), typed).headers["Location"] for _ in range(2)}
        assert places == {f"{address(question)}#answer-{Answer.objects.get().pk}"}

    def test_on_a_question_of_several_pages_one_lands_where_the_answer_stands(
        self, question: Question, writer: User, agent: User, monday: datetime
    ) -> None:
        for _ in range(50):
            standing_answer(question, agent, monday)
        client = client_of(writer)
        typed = {"text": "The last.", "submission_key": key_on(client.get(address(question, "answers/")))}
        place = client.post(address(question, "answers/"), typed).headers["Location"]
        assert "The last." in text(Client().get(place.partition("#")[0]))
        assert "The last." not in text(Client().get(address(question)))

    def test_a_hidden_or_missing_answer_is_named_by_nobody(self, question: Question, writer: User) -> None:
        for key in ("999999", "x", "9" * 30):
            for noun in ("solution/", "reports/"):
                path = f"{address(question, noun)}?answer={key}"
                assert client_of(writer).get(path).status_code == 404

    def test_the_asker_marks_and_unmarks(self, question: Question, agent: User, writer: User) -> None:
        given, client = answer(question, agent, question.asked_at), client_of(writer)
        client.post(f"{address(question, 'solution/')}?answer={given.pk}")
        question.refresh_from_db()
        assert question.solution == given
        client.post(address(question, "solution/"))
        question.refresh_from_db()
        assert question.solution is None

    def test_a_reader_reports_once(self, question: Question, stranger: Contact) -> None:
        client = client_of(stranger.user)
        for _ in range(2):
            client.post(address(question, "reports/"), {"reason": "Names a person"})
        assert Report.objects.get().reporter == stranger.user


def _atheer() -> Any:
    from contracts.tests.factories import published

    return published("atheer")
