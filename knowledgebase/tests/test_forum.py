"""Asking, answering, marking what helped; and who may (VV3 VV7)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.models import Contact, Contract, OutboxMessage, Product, User
from contracts.models.contracts import Standing
from contracts.refusals import Refused
from contracts.tests.factories import DeploymentFactory, UserFactory
from knowledgebase.access import products_open_to, why_not_write
from knowledgebase.models import Answer, Question
from knowledgebase.search import keeping
from knowledgebase.search.finding import search
from knowledgebase.services import forum
from knowledgebase.tests.forum import answer, ask, minutes, under_vivvo, with_contract

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(contact: Contact, contract: Contract) -> User:
    """Nora, whose contract includes the forum."""
    under_vivvo(contract)
    return contact.user


class TestWhoMayWrite:
    @pytest.mark.parametrize("tier", ["standard", "premium"])
    def test_vv7_forum_is_in_every_level_of_vivvo(
        self, tier: str, contact: Contact, contract: Contract, product: Product, monday: datetime
    ) -> None:
        under_vivvo(contract, tier)
        assert not why_not_write(contact.user, product, at=monday)

    def test_vv7_forum_asks_for_the_forum_and_not_for_the_phone_of_premium(
        self, writer: User, product: Product, monday: datetime
    ) -> None:
        assert ask(writer, product, monday).asker == writer

    @pytest.mark.parametrize("slug", ["viakoo", "atheer"])
    def test_vv3_forum_is_read_and_not_written_under_policies_without_it(
        self, slug: str, stranger: Contact, product: Product, monday: datetime
    ) -> None:
        with_contract(stranger, product, slug)
        why = why_not_write(stranger.user, product, at=monday)
        assert "does not include support by forum. Reach us by" in why
        with pytest.raises(Refused, match="forum"):
            ask(stranger.user, product, monday)

    def test_vv3_forum_is_written_by_staff(self, agent: User, product: Product, monday: datetime) -> None:
        assert ask(agent, product, monday).by_staff

    def test_vv3_forum_is_written_about_what_the_contract_covers(
        self, writer: User, product: Product, monday: datetime
    ) -> None:
        other = Product.objects.create(name="Another", slug="another")
        assert products_open_to(writer, at=monday) == [product]
        assert "not Another" in why_not_write(writer, other, at=monday)

    def test_vv3_forum_is_written_under_the_better_of_two_contracts(
        self, writer: User, contact: Contact, product: Product, monday: datetime
    ) -> None:
        with_contract(contact, product, "atheer")
        assert not why_not_write(writer, product, at=monday)

    @pytest.mark.parametrize(
        ("last", "may"), [(date(2026, 11, 23), True), (date(2026, 11, 22), False)], ids=["last day", "after"]
    )
    def test_vv3_forum_is_written_until_the_last_day_of_the_contract(
        self, last: date, may: bool, writer: User, contract: Contract, product: Product, monday: datetime
    ) -> None:
        contract.ends_on = last
        contract.save()
        assert (why_not_write(writer, product, at=monday) == "") is may
        assert (products_open_to(writer, at=monday) == [product]) is may

    def test_a_policy_that_asks_for_no_payment_asks_for_none_here(
        self, writer: User, contract: Contract, product: Product, monday: datetime
    ) -> None:
        contract.standing, contract.standing_reason = Standing.PAYMENT_DUE, "Invoice 7"
        contract.save()
        assert not why_not_write(writer, product, at=monday)

    def test_an_installation_without_a_contract_opens_nothing(
        self, writer: User, stranger: Contact, product: Product, monday: datetime
    ) -> None:
        DeploymentFactory.create(customer=stranger.customer, product=product)
        assert products_open_to(stranger.user, at=monday) == []
        assert why_not_write(stranger.user, product, at=monday)

    def test_nobody_else_writes_and_each_is_told_what_to_do(
        self, product: Product, stranger: Contact, monday: datetime
    ) -> None:
        assert "Sign in" in why_not_write(AnonymousUser(), product, at=monday)
        assert "not a contact" in why_not_write(UserFactory.create(), product, at=monday)
        assert "File a ticket" in why_not_write(stranger.user, product, at=monday)
        assert "has none" in why_not_write(stranger.user, None, at=monday)
        stranger.user.is_active = False
        assert "Sign in" in why_not_write(stranger.user, product, at=monday)


class TestAsking:
    def test_a_question_stands_in_public_with_its_text_rendered(
        self, writer: User, product: Product, monday: datetime
    ) -> None:
        question = ask(writer, product, monday)
        assert "<strong>server</strong>" in question.html
        assert question.plain == "From one server to another."
        assert Question.objects.visible_to(AnonymousUser()).get() == question

    def test_the_same_form_twice_makes_one_question(
        self, writer: User, product: Product, monday: datetime
    ) -> None:
        first = ask(writer, product, monday, submission_key="same")
        assert ask(writer, product, monday + minutes(1), submission_key="same") == first
        assert Question.objects.count() == 1

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"title": "  "}, "title"),
            ({"title": "x" * 161}, "title"),
            ({"text": "\n \n"}, "text"),
            ({"text": "x" * 20_001}, "text"),
            ({"text": "<!-- nothing -->\n"}, None),
            ({"text": ">" * 5_000 + "x"}, "text"),
        ],
    )
    def test_what_is_missing_or_too_much_is_refused_at_its_field(
        self, typed: dict[str, str], field: str | None, writer: User, product: Product, monday: datetime
    ) -> None:
        if field is None:
            assert "<!--" not in ask(writer, product, monday, **typed).html
            return
        with pytest.raises(Refused) as refusal:
            ask(writer, product, monday, **typed)
        assert refusal.value.field == field
        assert not Question.objects.exists()

    def test_a_title_is_one_line_whatever_is_typed(
        self, writer: User, product: Product, monday: datetime
    ) -> None:
        assert ask(writer, product, monday, title=" How\r\nso\0?\t").title == "How so ?"

    def test_it_is_found_by_its_words_and_those_of_its_answers(
        self, writer: User, agent: User, product: Product, monday: datetime
    ) -> None:
        answer(ask(writer, product, monday), agent, monday, text="Use **rsync** for it.")
        found = search(AnonymousUser(), "rsync", at=monday).results
        assert [(result.kind, result.label) for result in found] == [("question", "Question")]
        assert keeping.faults() == []


class TestPace:
    def test_the_sixth_question_of_an_hour_is_refused_until_the_first_is_an_hour_old(
        self, writer: User, product: Product, monday: datetime
    ) -> None:
        for number in range(5):
            ask(writer, product, monday + minutes(number))
        with pytest.raises(Refused, match="19:00"):
            ask(writer, product, monday + minutes(60) - timedelta(seconds=1))
        ask(writer, product, monday + minutes(60))
        with pytest.raises(Refused, match="19:01"):
            ask(writer, product, monday + minutes(60))

    def test_the_time_to_write_again_is_told_in_the_writers_zone(
        self, writer: User, product: Product, monday: datetime, settings: Any
    ) -> None:
        settings.FORUM_QUESTIONS_AN_HOUR = 1
        writer.time_zone = "Europe/Belgrade"
        writer.save()
        ask(writer, product, monday)
        with pytest.raises(Refused, match="20:00 CET"):
            ask(writer, product, monday + minutes(1))

    def test_answers_have_a_pace_of_their_own(
        self, writer: User, product: Product, monday: datetime, settings: Any
    ) -> None:
        settings.FORUM_ANSWERS_AN_HOUR = 2
        question = ask(writer, product, monday)
        answer(question, writer, monday)
        answer(question, writer, monday)
        with pytest.raises(Refused, match="2 answers within an hour"):
            answer(question, writer, monday + minutes(59))
        answer(question, writer, monday + minutes(60))
        assert Answer.objects.count() == 3

    def test_one_persons_pace_is_not_anothers_and_staff_have_none(
        self, writer: User, colleague: Contact, agent: User, product: Product, monday: datetime, settings: Any
    ) -> None:
        settings.FORUM_QUESTIONS_AN_HOUR = 1
        for person in (writer, colleague.user, agent, agent):
            ask(person, product, monday)
        assert Question.objects.count() == 4

    def test_a_form_sent_twice_is_no_second_question_of_the_pace(
        self, writer: User, product: Product, monday: datetime, settings: Any
    ) -> None:
        settings.FORUM_QUESTIONS_AN_HOUR = 1
        assert ask(writer, product, monday, submission_key="k") == ask(
            writer, product, monday, submission_key="k"
        )


class TestAnswering:
    def test_an_answer_moves_the_question_up_and_is_counted(
        self, writer: User, agent: User, product: Product, monday: datetime
    ) -> None:
        question = ask(writer, product, monday)
        given = answer(question, agent, monday + minutes(5))
        question.refresh_from_db()
        assert (question.answer_count, question.changed_at) == (1, monday + minutes(5))
        assert given.by_staff

    def test_the_same_form_twice_makes_one_answer(
        self, writer: User, product: Product, monday: datetime
    ) -> None:
        question = ask(writer, product, monday)
        for _ in range(2):
            answer(question, writer, monday, submission_key="same")
        assert Answer.objects.count() == 1

    def test_the_asker_is_told_of_each_answer_once_in_the_public_names(
        self, writer: User, agent: User, product: Product, monday: datetime
    ) -> None:
        question = ask(writer, product, monday)
        given = answer(question, agent, monday, submission_key="same")
        answer(question, agent, monday, submission_key="same")
        mail = OutboxMessage.objects.get(kind="forum_answer")
        assert (mail.to, mail.subject) == (writer.email, "Answered in the forum: How do I move a site?")
        assert "Agnes D. (Support) answered" in mail.text
        assert f"/forum/questions/{question.pk}/#answer-{given.pk}" in mail.text

    def test_nobody_is_told_of_their_own_answer_and_who_is_disabled_of_none(
        self, writer: User, agent: User, product: Product, monday: datetime
    ) -> None:
        question = ask(writer, product, monday)
        answer(question, writer, monday)
        writer.is_active = False
        writer.save()
        answer(question, agent, monday)
        assert not OutboxMessage.objects.exists()

    def test_who_may_not_write_about_the_product_does_not_answer(
        self, writer: User, stranger: Contact, product: Product, monday: datetime
    ) -> None:
        question = ask(writer, product, monday)
        with pytest.raises(Refused):
            answer(question, stranger.user, monday)

    def test_a_question_that_was_quiet_for_a_year_takes_answers_of_staff_alone(
        self, writer: User, agent: User, product: Product, contract: Contract, monday: datetime
    ) -> None:
        question = ask(writer, product, monday)
        year = timedelta(days=365)
        assert not forum.why_closed(question, at=monday + year - minutes(1), staff=False)
        with pytest.raises(Refused, match="Nothing was said here since 23 November 2026"):
            answer(question, writer, monday + year)
        answer(question, agent, monday + year)
        answer(question, writer, monday + year + minutes(1))
        assert Answer.objects.count() == 2


class TestSolution:
    def test_the_asker_marks_what_helped_and_takes_it_back(
        self, writer: User, agent: User, product: Product, monday: datetime
    ) -> None:
        given = answer(ask(writer, product, monday), agent, monday)
        question = forum.mark_solution(answer=given, actor=writer, at=monday)
        assert question.solution == given
        assert forum.unmark_solution(question=question, actor=writer, at=monday).solution is None

    def test_staff_mark_and_another_answer_takes_the_place(
        self, writer: User, agent: User, product: Product, monday: datetime
    ) -> None:
        question = ask(writer, product, monday)
        first, second = (answer(question, agent, monday) for _ in range(2))
        forum.mark_solution(answer=first, actor=agent, at=monday)
        assert forum.mark_solution(answer=second, actor=agent, at=monday).solution == second
        assert keeping.faults() == []

    def test_nobody_else_marks(
        self, writer: User, colleague: Contact, product: Product, monday: datetime
    ) -> None:
        given = answer(ask(writer, product, monday), writer, monday)
        with pytest.raises(Refused, match="Only who asked, or staff"):
            forum.mark_solution(answer=given, actor=colleague.user, at=monday)
