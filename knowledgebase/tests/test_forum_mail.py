"""Who wrote what staff hide is told of it by mail: why, and how to object."""

from datetime import datetime

import pytest

from contracts.models import Contact, Contract, OutboxMessage, Product, User
from knowledgebase.models import Answer, Question
from knowledgebase.services import moderation
from knowledgebase.tests.forum import answer, ask, under_vivvo

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


def mail() -> OutboxMessage:
    return OutboxMessage.objects.get(kind="post_hidden")


def test_who_wrote_it_is_told_why_and_how_to_object(
    question: Question, writer: User, agent: User, monday: datetime
) -> None:
    moderation.hide_question(question=question, reason="Names a person", actor=agent, at=monday)
    sent = mail()
    assert (sent.user, sent.subject) == (writer, "Hidden in the forum: Moving zanzibar")
    for words in ("your question", "Why: Names a person", "Where is zanzibar?", "/tickets/new/"):
        assert words in sent.text


def test_of_a_report_in_the_words_of_staff_and_never_of_the_reporter(
    given: Answer, colleague: Contact, agent: User, monday: datetime
) -> None:
    for reason, told in (("", moderation.REPORTED), ("Names a person", "Names a person")):
        OutboxMessage.objects.all().delete()
        report = moderation.report_answer(
            answer=given, reason=f"As Col I object {reason}", actor=colleague.user, at=monday
        )
        report.handled_at = None
        report.save()
        moderation.handle_report(report=report, hide=True, reason=reason, actor=agent, at=monday)
        assert told in mail().text
        assert "As Col" not in mail().text
        moderation.show_answer(answer=given, actor=agent, at=monday)


def test_staff_are_told_nothing(question: Question, agent: User, manager: User, monday: datetime) -> None:
    own = answer(question, agent, monday)
    moderation.hide_answer(answer=own, reason="Wrong", actor=manager, at=monday)
    assert not OutboxMessage.objects.filter(kind="post_hidden").exists()
