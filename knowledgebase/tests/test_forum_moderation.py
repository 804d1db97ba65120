"""Closing, hiding, reporting: what staff do, and what nobody else sees then."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from contracts.models import Contact, Contract, Product, User
from contracts.refusals import Refused
from contracts.services.staff import ensure_staff_groups
from contracts.tests.factories import UserFactory
from knowledgebase import rights
from knowledgebase.models import Answer, Question, Report
from knowledgebase.search import keeping
from knowledgebase.search.finding import search, suggest
from knowledgebase.services import forum, moderation
from knowledgebase.services.writing_up import write_up_answer
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.forum import answer, ask, under_vivvo
from knowledgebase.tests.reading import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(contact: Contact, contract: Contract, product: Product, monday: datetime) -> Question:
    """Nora's, with an answer of hers below it."""
    under_vivvo(contract)
    asked = ask(contact.user, product, monday, title="Moving zanzibar", text="Where is zanzibar?")
    answer(asked, contact.user, monday, text="It is in quirinale.")
    return asked


@pytest.fixture
def given(question: Question) -> Answer:
    return question.answers.get()


def found(user: Any, word: str, at: datetime) -> int:
    return len(search(user, word, at=at).results) + len(suggest(user, word, kind=""))


class TestHiding:
    def test_a_hidden_question_is_gone_on_every_path_and_comes_back(
        self, question: Question, agent: User, monday: datetime
    ) -> None:
        moderation.hide_question(question=question, reason="Names a person", actor=agent, at=monday)
        visitor = Client()
        assert visitor.get(f"/forum/questions/{question.pk}/").status_code == 404
        for path in ("/forum/", f"/forum/?product={question.product.slug}", "/sitemap-questions.xml"):
            assert "zanzibar" not in visitor.get(path).content.decode()
            assert f"/forum/questions/{question.pk}/" not in visitor.get(path).content.decode()
        assert found(AnonymousUser(), "zanzibar", monday) == found(agent, "zanzibar", monday) == 0
        assert keeping.faults() == []
        moderation.show_question(question=question, actor=agent, at=monday)
        assert visitor.get(f"/forum/questions/{question.pk}/").status_code == 200
        assert found(AnonymousUser(), "zanzibar", monday)

    def test_its_asker_does_not_see_it_either_and_staff_do(
        self, question: Question, contact: Contact, agent: User, monday: datetime
    ) -> None:
        moderation.hide_question(question=question, reason="Names a person", actor=agent, at=monday)
        for noun in ("", "answers/", "reports/", "solution/"):
            address = f"/forum/questions/{question.pk}/{noun}"
            assert client_of(contact.user).get(address).status_code == 404, noun
        page = client_of(agent).get(f"/forum/questions/{question.pk}/").content.decode()
        assert "Hidden: Names a person" in page

    def test_a_hidden_answer_is_gone_and_the_solution_no_more(
        self, question: Question, given: Answer, agent: User, monday: datetime
    ) -> None:
        forum.mark_solution(answer=given, actor=agent, at=monday)
        moderation.hide_answer(answer=given, reason="Wrong", actor=agent, at=monday)
        question.refresh_from_db()
        assert (question.solution, question.answer_count) == (None, 0)
        page = Client().get(f"/forum/questions/{question.pk}/").content.decode()
        assert "quirinale" not in page
        assert "Wrong" not in page
        assert found(AnonymousUser(), "quirinale", monday) == 0
        moderation.show_answer(answer=given, actor=agent, at=monday)
        assert found(AnonymousUser(), "quirinale", monday)

    def test_the_answers_of_a_hidden_question_are_hidden_too(
        self, question: Question, given: Answer, agent: User, contact: Contact, monday: datetime
    ) -> None:
        moderation.hide_question(question=question, reason="Spam", actor=agent, at=monday)
        assert not Answer.objects.visible_to(contact.user).exists()
        with pytest.raises(Refused, match="not there"):
            moderation.report_answer(answer=given, reason="x", actor=contact.user, at=monday)
        with pytest.raises(Refused, match="not there"):
            answer(question, contact.user, monday)

    def test_a_hidden_answer_is_not_marked(
        self, question: Question, given: Answer, agent: User, monday: datetime
    ) -> None:
        moderation.hide_answer(answer=given, reason="Wrong", actor=agent, at=monday)
        with pytest.raises(Refused, match="hidden"):
            forum.mark_solution(answer=given, actor=agent, at=monday)

    @pytest.mark.parametrize("reason", ["", " \n", "x" * 301])
    def test_a_reason_is_needed(self, reason: str, question: Question, agent: User, monday: datetime) -> None:
        with pytest.raises(Refused) as refusal:
            moderation.hide_question(question=question, reason=reason, actor=agent, at=monday)
        assert refusal.value.field == "reason"


class TestClosing:
    def test_a_closed_question_takes_no_answers_not_even_of_staff(
        self, question: Question, contact: Contact, agent: User, monday: datetime
    ) -> None:
        moderation.close_question(question=question, reason="Answered in 4.7.", actor=agent, at=monday)
        for person in (contact.user, agent):
            with pytest.raises(Refused, match=r"closed: Answered in 4.7\. Ask a new one"):
                answer(question, person, monday)
        assert Client().get(f"/forum/questions/{question.pk}/").status_code == 200

    def test_reopened_it_takes_them_again_and_so_does_a_quiet_one(
        self, question: Question, contact: Contact, agent: User, monday: datetime
    ) -> None:
        later = monday + timedelta(days=400)
        moderation.reopen_question(question=question, actor=agent, at=later)
        answer(question, contact.user, later)
        moderation.close_question(question=question, reason="Old", actor=agent, at=later)
        moderation.reopen_question(question=question, actor=agent, at=later)
        answer(question, contact.user, later)
        assert Answer.objects.count() == 3

    def test_what_is_not_closed_is_not_reopened(
        self, question: Question, agent: User, monday: datetime
    ) -> None:
        with pytest.raises(Refused, match="not closed"):
            moderation.reopen_question(question=question, actor=agent, at=monday)


@pytest.mark.parametrize("verb", ["close_question", "reopen_question", "hide_question", "show_question"])
def test_moderating_is_for_staff(verb: str, question: Question, contact: Contact, monday: datetime) -> None:
    given = {"reason": "x"} if verb in {"close_question", "hide_question"} else {}
    with pytest.raises(Refused, match="Only staff"):
        getattr(moderation, verb)(question=question, actor=contact.user, at=monday, **given)


class TestReports:
    def test_whoever_is_signed_in_reports_once(
        self, question: Question, stranger: Contact, monday: datetime
    ) -> None:
        for _ in range(2):
            moderation.report_question(question=question, reason="Spam", actor=stranger.user, at=monday)
        assert Report.objects.get().reason == "Spam"

    def test_who_wrote_it_does_not_report_it(
        self, question: Question, given: Answer, contact: Contact, monday: datetime
    ) -> None:
        with pytest.raises(Refused, match="wrote this yourself"):
            moderation.report_answer(answer=given, reason="Spam", actor=contact.user, at=monday)

    def test_the_eleventh_report_of_a_day_waits(
        self, question: Question, given: Answer, stranger: Contact, settings: Any, monday: datetime
    ) -> None:
        settings.FORUM_REPORTS_A_DAY = 1
        moderation.report_question(question=question, reason="Spam", actor=stranger.user, at=monday)
        day = timedelta(days=1)
        with pytest.raises(Refused, match="1 reports within a day"):
            moderation.report_answer(
                answer=given, reason="Spam", actor=stranger.user, at=monday + day - timedelta(seconds=1)
            )
        moderation.report_answer(answer=given, reason="Spam", actor=stranger.user, at=monday + day)
        assert Report.objects.count() == 2

    def test_hiding_handles_every_report_of_it(
        self, question: Question, stranger: Contact, agent: User, monday: datetime
    ) -> None:
        reports = [
            moderation.report_question(question=question, reason="Spam", actor=person, at=monday)
            for person in (stranger.user, UserFactory.create())
        ]
        moderation.handle_report(report=reports[0], hide=True, actor=agent, at=monday)
        question.refresh_from_db()
        assert question.hidden_because == "Spam"
        assert not Report.objects.filter(handled_at=None).exists()
        with pytest.raises(Refused, match="already"):
            moderation.handle_report(report=reports[1], hide=False, actor=agent, at=monday)

    def test_left_where_it_is_nothing_is_hidden(
        self, given: Answer, stranger: Contact, agent: User, monday: datetime
    ) -> None:
        report = moderation.report_answer(answer=given, reason="Rude", actor=stranger.user, at=monday)
        report = moderation.handle_report(report=report, hide=False, actor=agent, at=monday)
        given.refresh_from_db()
        assert (report.handled_by, given.hidden_at) == (agent, None)


class TestWritingUp:
    def test_an_answer_becomes_a_draft_without_the_names(
        self, question: Question, contact: Contact, agent: User, monday: datetime
    ) -> None:
        said = answer(
            question, agent, monday, text="Hello Nora of Harbour Freight Lines, use *rsync*.\nAgnes"
        )
        category = CategoryFactory.create()
        article = write_up_answer(answer=said, category=category, actor=agent, at=monday)
        assert article.state == "draft"
        latest = article.latest
        assert latest is not None
        assert latest.title == "Moving zanzibar"
        assert "Where is zanzibar?" in latest.text
        assert "rsync" in latest.text
        for name in ("Nora", "Harbour", "Agnes"):
            assert name not in latest.text
        assert [about.product for about in article.article_products.all()] == [question.product]

    def test_the_same_answer_makes_one_article(self, given: Answer, agent: User, monday: datetime) -> None:
        category = CategoryFactory.create()
        first = write_up_answer(answer=given, category=category, actor=agent, at=monday)
        assert write_up_answer(answer=given, category=category, actor=agent, at=monday) == first

    def test_it_is_for_staff(self, given: Answer, contact: Contact, monday: datetime) -> None:
        with pytest.raises(Refused, match="Only staff"):
            write_up_answer(answer=given, category=CategoryFactory.create(), actor=contact.user, at=monday)


class TestDesk:
    @pytest.fixture
    def desk(self, agent: User) -> Client:
        ensure_staff_groups(rights.RIGHTS)
        return client_of(agent)

    def test_the_question_is_hidden_from_its_page(self, desk: Client, question: Question) -> None:
        address = f"/admin/questions/{question.pk}/"
        assert "Nora Quay, Harbour Freight Lines" in desk.get(address).content.decode()
        refused = desk.post(f"{address}hiding/", {"reason": ""})
        assert refused.status_code == 422
        assert "Write why first." in refused.content.decode()
        assert desk.post(f"{address}hiding/", {"reason": "Spam"}).status_code == 302
        assert "Hidden by Agnes Desk: Spam" in desk.get(address).content.decode()

    def test_a_report_is_handled_from_the_list(
        self, desk: Client, question: Question, stranger: Contact, monday: datetime
    ) -> None:
        report = moderation.report_question(
            question=question, reason="Advertisement", actor=stranger.user, at=monday
        )
        assert "Advertisement" in desk.get("/admin/reports/").content.decode()
        assert "Reports (1)" in desk.get("/admin/").content.decode()
        desk.post(f"/admin/reports/{report.pk}/handling/", {})
        assert Report.objects.filter(handled_at=None).count() == 1
        desk.post(f"/admin/reports/{report.pk}/handling/", {"hide": "1"})
        assert "Advertisement" not in desk.get("/admin/reports/").content.decode()

    def test_an_answer_is_written_up_in_one_step(self, desk: Client, given: Answer) -> None:
        address = f"/admin/answers/{given.pk}/article/"
        assert desk.post(address, {}).status_code == 422
        done = desk.post(address, {"category": CategoryFactory.create().pk})
        given.refresh_from_db()
        assert done.headers["Location"] == f"/admin/articles/{given.article_id}/"

    @pytest.mark.parametrize("address", ["/admin/questions/", "/admin/reports/"])
    def test_the_lists_ask_as_much_for_three_rows_as_for_twenty(
        self,
        address: str,
        desk: Client,
        question: Question,
        stranger: Contact,
        agent: User,
        monday: datetime,
        settings: Any,
    ) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        settings.FORUM_REPORTS_A_DAY = 100

        def fill(count: int) -> int:
            for _ in range(count):
                asked = ask(agent, question.product, monday)
                moderation.report_question(question=asked, reason="x", actor=stranger.user, at=monday)
            desk.get(address)
            with CaptureQueriesContext(connection) as queries:
                desk.get(address)
            return len(queries)

        assert fill(3) == fill(17)
