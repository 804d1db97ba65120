"""One person who sends two posts at the same instant: both at once do not pass a limit that one of them uses up."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from contracts.models import Contact, Contract, Product, User
from contracts.refusals import Refused
from knowledgebase.models import Answer, EarlierText, Question, Report
from knowledgebase.services import editing, forum, moderation
from knowledgebase.services.pace import DAY
from knowledgebase.tests.forum import (
    QUESTION,
    answer,
    ask,
    minutes,
    standing_answer,
    standing_question,
    under_vivvo,
)
from knowledgebase.tests.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True)]
ROUNDS = 3
Do = Callable[[str, datetime], object]


@pytest.fixture
def writer(contact: Contact, contract: Contract) -> User:
    under_vivvo(contract)
    return contact.user


def asks(writer: User, product: Product, at: datetime, agent: User) -> tuple[Do, type[Any]]:
    return lambda key, at: forum.ask_question(
        product=product, **QUESTION, submission_key=key, actor=writer, at=at
    ), Question


def answers(writer: User, product: Product, at: datetime, agent: User) -> tuple[Do, type[Any]]:
    question = standing_question(agent, product, at)
    return lambda key, at: forum.answer_question(
        question=question, text="This.", submission_key=key, actor=writer, at=at
    ), Answer


def reports(writer: User, product: Product, at: datetime, agent: User) -> tuple[Do, type[Any]]:
    question = standing_question(agent, product, at)
    given = iter([standing_answer(question, agent, at) for _ in range(2 * ROUNDS)])
    return lambda key, at: moderation.report_answer(
        answer=next(given), reason="Spam", actor=writer, at=at
    ), Report


def edits(writer: User, product: Product, at: datetime, agent: User) -> tuple[Do, type[Any]]:
    own = answer(ask(agent, product, at), writer, at - minutes(100))
    return lambda key, at: editing.edit_answer(
        answer=own, text=f"Rather {key}.", actor=writer, at=at
    ), EarlierText


@pytest.mark.parametrize("kind", [asks, answers, reports, edits])
def test_two_at_the_same_instant_do_not_both_pass_the_limit(
    kind: Callable[..., tuple[Do, type[Any]]],
    writer: User,
    agent: User,
    product: Product,
    monday: datetime,
    settings: Any,
) -> None:
    for name in ("QUESTIONS_AN_HOUR", "ANSWERS_AN_HOUR", "REPORTS_A_DAY", "EDITS_AN_HOUR"):
        setattr(settings, f"FORUM_{name}", 1)
    do, model = kind(writer, product, monday, agent)
    before = model.objects.count()
    for turn in range(ROUNDS):
        at = monday + turn * DAY
        found = at_once(*[lambda key=f"{turn} {who}", at=at: do(key, at) for who in ("one", "two")])
        assert len([each for each in found if isinstance(each, Refused)]) == 1
        assert model.objects.count() == before + turn + 1
