"""What the tests of the forum share: who may write, and what was written."""

from datetime import datetime, timedelta
from typing import Any

from contracts.models import Contact, Contract, Product, User
from contracts.tests.factories import ContractFactory, DeploymentFactory, published
from knowledgebase.models import Answer, Question
from knowledgebase.services import forum

QUESTION = {"title": "How do I move a site?", "text": "From one **server** to another."}
keys = iter(range(10**9))


def under_vivvo(contract: Contract, tier: str = "standard") -> Contract:
    """The contract under Vivvo's policy, whose tiers include the forum."""
    contract.policy_version, contract.tier = published("vivvo"), tier
    contract.save()
    return contract


def with_contract(
    contact: Contact, product: Product, slug: str = "vivvo", tier: str = "standard"
) -> Contract:
    """A contract of the contact's customer for the product."""
    deployment = DeploymentFactory.create(customer=contact.customer, product=product)
    return ContractFactory.create(
        customer=contact.customer, policy_version=published(slug), tier=tier, deployments=[deployment]
    )


def ask(actor: User, product: Product, at: datetime, **changed: Any) -> Question:
    """A question of ``actor``."""
    given = {**QUESTION, "submission_key": f"q{next(keys)}", **changed}
    return forum.ask_question(product=product, actor=actor, at=at, **given)


def answer(question: Question, actor: User, at: datetime, **changed: Any) -> Answer:
    """An answer of ``actor``."""
    given = {"text": "Copy the *files*.", "submission_key": f"a{next(keys)}", **changed}
    return forum.answer_question(question=question, actor=actor, at=at, **given)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def standing_question(asker: User, product: Product, at: datetime, **fields: Any) -> Question:
    """A question as a row alone, whoever may write."""
    said = {"html": "<p>Where?</p>", "plain": "Where?", "text": "Where?", "renderer": 1}
    given = {"title": "Where is it?", "submission_key": f"s{next(keys)}", "asked_at": at, "changed_at": at}
    return Question.objects.create(asker=asker, product=product, **{**said, **given, **fields})


def standing_answer(question: Question, author: User, at: datetime, **fields: Any) -> Answer:
    """An answer as a row alone."""
    said = {"html": "<p>Here.</p>", "plain": "Here.", "text": "Here.", "renderer": 1}
    given = {"submission_key": f"s{next(keys)}", "written_at": at}
    return Answer.objects.create(question=question, author=author, **{**said, **given, **fields})
