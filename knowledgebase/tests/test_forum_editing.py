"""What was written in the forum is put right: by whom, how long, and what is kept of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from contracts.models import Contact, Contract, Product, User
from contracts.refusals import Refused
from contracts.services.staff import ensure_staff_groups
from knowledgebase import rights
from knowledgebase.models import Answer, EarlierText, Question
from knowledgebase.search import keeping
from knowledgebase.search.finding import search
from knowledgebase.services import forum, moderation
from knowledgebase.services.editing import edit_answer, edit_question
from knowledgebase.tests.forum import answer, ask, minutes, under_vivvo
from knowledgebase.tests.reading import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(contact: Contact, contract: Contract) -> User:
    under_vivvo(contract)
    return contact.user


@pytest.fixture
def question(writer: User, product: Product, monday: datetime) -> Question:
    return ask(writer, product, monday, title="Moving zanzibar", text="Where is zanzibar?")


@pytest.fixture
def given(question: Question, writer: User, monday: datetime) -> Answer:
    return answer(question, writer, monday, text="It is in quirinale.")


def put_right(question: Question, actor: User, at: datetime, **changed: Any) -> Question:
    said = {"title": question.title, "text": "Where is madagascar?", **changed}
    return edit_question(question=question, actor=actor, at=at, **said)


class TestWhoMayChange:
    def test_the_asker_as_long_as_nobody_has_answered(
        self, question: Question, writer: User, monday: datetime
    ) -> None:
        changed = put_right(question, writer, monday + timedelta(days=9), title="Moving madagascar")
        assert (changed.title, changed.plain) == ("Moving madagascar", "Where is madagascar?")
        assert (changed.edited_by, changed.edited_at) == (writer, monday + timedelta(days=9))

    def test_once_it_is_answered_the_asker_has_half_an_hour(
        self, question: Question, writer: User, agent: User, monday: datetime
    ) -> None:
        answer(question, agent, monday + minutes(1))
        put_right(question, writer, monday + minutes(30))
        with pytest.raises(Refused, match="answered it by now"):
            put_right(question, writer, monday + minutes(31), text="Where?")

    def test_an_answer_until_somebody_writes_below_it(
        self, question: Question, given: Answer, writer: User, agent: User, monday: datetime
    ) -> None:
        edit_answer(answer=given, text="Rather in lateran.", actor=writer, at=monday + minutes(90))
        answer(question, agent, monday + minutes(91))
        with pytest.raises(Refused, match="answered it by now"):
            edit_answer(answer=given, text="Or not.", actor=writer, at=monday + minutes(92))

    def test_a_solution_stays_as_it_is(
        self, given: Answer, writer: User, agent: User, monday: datetime
    ) -> None:
        forum.mark_solution(answer=given, actor=writer, at=monday)
        with pytest.raises(Refused, match="is the solution by now"):
            edit_answer(answer=given, text="Rather not.", actor=writer, at=monday + minutes(31))
        edit_answer(answer=given, text="By staff.", actor=agent, at=monday + minutes(31))

    def test_what_staff_have_changed_its_author_does_not_change_back(
        self, given: Answer, writer: User, agent: User, monday: datetime
    ) -> None:
        edit_answer(answer=given, text="Without the password.", actor=agent, at=monday)
        with pytest.raises(Refused, match="Staff have changed"):
            edit_answer(answer=given, text="With the password.", actor=writer, at=monday)

    def test_nobody_else_does(
        self, question: Question, colleague: Contact, agent: User, monday: datetime
    ) -> None:
        with pytest.raises(Refused, match="Only who wrote this"):
            put_right(question, colleague.user, monday)
        put_right(question, agent, monday + timedelta(days=300))

    @pytest.mark.parametrize("verb", [moderation.close_question, moderation.hide_question])
    def test_its_asker_does_not_where_staff_closed_or_hid_it(
        self, verb: Any, question: Question, writer: User, agent: User, monday: datetime
    ) -> None:
        verb(question=question, reason="Spam", actor=agent, at=monday)
        with pytest.raises(Refused, match=r"closed|not there any more"):
            put_right(question, writer, monday)
        put_right(question, agent, monday)

    def test_nor_when_the_contract_is_over(
        self, question: Question, writer: User, contract: Contract, monday: datetime
    ) -> None:
        contract.ends_on = monday.date()
        contract.save()
        with pytest.raises(Refused, match="ended"):
            put_right(question, writer, monday + timedelta(days=2))


class TestWhatIsKept:
    def test_every_earlier_text_with_who_replaced_it(
        self, question: Question, writer: User, agent: User, monday: datetime
    ) -> None:
        put_right(question, writer, monday, text="Two")
        put_right(question, agent, monday + minutes(1), title="Three", text="Two")
        kept = EarlierText.objects.values_list("title", "text", "replaced_by__name")
        first = ("Moving zanzibar", "Where is zanzibar?", "Nora Quay")
        assert list(kept) == [first, ("Moving zanzibar", "Two", "Agnes Desk")]

    def test_the_same_again_changes_nothing(
        self, question: Question, given: Answer, writer: User, monday: datetime
    ) -> None:
        put_right(question, writer, monday, text=question.text)
        edit_answer(answer=given, text=f"{given.text}\r\n", actor=writer, at=monday)
        assert not EarlierText.objects.exists()
        assert Question.objects.get().edited_at is None

    def test_the_size_and_the_pace_hold(
        self, question: Question, given: Answer, writer: User, monday: datetime, settings: Any
    ) -> None:
        settings.FORUM_EDITS_AN_HOUR = 1
        for wrong in ({"text": "x" * 20_001}, {"title": "x" * 161}, {"title": " "}, {"text": " \n "}):
            with pytest.raises(Refused):
                put_right(question, writer, monday, **wrong)
        put_right(question, writer, monday)
        with pytest.raises(Refused, match="1 changes within an hour"):
            edit_answer(answer=given, text="More.", actor=writer, at=monday)

    def test_search_finds_what_it_says_now(
        self, question: Question, given: Answer, writer: User, monday: datetime
    ) -> None:
        def found(word: str) -> int:
            return len(search(AnonymousUser(), word, at=monday).results)

        assert (found("zanzibar"), found("quirinale")) == (1, 1)
        put_right(question, writer, monday, title="Moving")
        edit_answer(answer=given, text="It is in lateran.", actor=writer, at=monday)
        assert [found(word) for word in ("zanzibar", "quirinale", "madagascar", "lateran")] == [0, 0, 1, 1]
        assert keeping.faults() == []

    def test_an_edit_is_no_news(self, question: Question, writer: User, monday: datetime) -> None:
        assert put_right(question, writer, monday + minutes(5)).changed_at == monday


class TestPages:
    @pytest.fixture(autouse=True)
    def _on_monday(self, monday: datetime) -> Iterator[None]:
        with time_machine.travel(monday, tick=False):
            yield

    def test_it_is_put_right_without_script_and_readers_see_that_it_was(
        self, question: Question, given: Answer, writer: User
    ) -> None:
        address, client = f"/forum/questions/{question.pk}/", client_of(writer)
        before = Client().get(address)
        for place, said in (("", {"title": "Moving"}), (f"?answer={given.pk}", {})):
            assert f'href="{address}text/{place}"' in client.get(address).content.decode()
            assert given.text in client.get(f"{address}text/?answer={given.pk}").content.decode() or not place
            sent = client.post(f"{address}text/{place}", {"text": "Elsewhere.", **said})
            assert sent.status_code == 302
        after = Client().get(address, headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert after.content.decode().count("edited") == 2
        assert "zanzibar" not in after.content.decode() + "".join(after.headers.values())
        assert f"{address}text/" not in after.content.decode()

    def test_a_refusal_keeps_what_was_typed(
        self, question: Question, writer: User, settings: Any, monday: datetime
    ) -> None:
        settings.FORUM_EDITS_AN_HOUR = 1
        put_right(question, writer, monday)
        answered = client_of(writer).post(
            f"/forum/questions/{question.pk}/text/", {"title": "T", "text": "Kept so."}
        )
        assert answered.status_code == 422
        assert "Kept so." in answered.content.decode()

    def test_who_may_not_is_told_why(self, question: Question, colleague: Contact) -> None:
        page = client_of(colleague.user).get(f"/forum/questions/{question.pk}/text/").content.decode()
        assert "Only who wrote this, or staff" in page
        assert "<textarea" not in page

    def test_staff_alone_see_what_it_said_before(
        self, question: Question, given: Answer, writer: User, agent: User, monday: datetime
    ) -> None:
        ensure_staff_groups(rights.RIGHTS)
        put_right(question, writer, monday, title="Moving")
        edit_answer(answer=given, text="It is in lateran.", actor=agent, at=monday)
        page = client_of(agent).get(f"/admin/questions/{question.pk}/").content.decode()
        assert "Where is zanzibar?" in page
        assert "It is in quirinale." in page
        shown = client_of(writer).get(f"/forum/questions/{question.pk}/").content.decode()
        assert "edited by Support" in shown
        assert "zanzibar" not in shown
