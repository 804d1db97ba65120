"""A question of the forum becomes a ticket of who asked it, in one step."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Contact, Contract, Deployment, OutboxMessage, User
from contracts.refusals import Refused
from contracts.tests.factories import DeploymentFactory
from knowledgebase.models import Question
from knowledgebase.tests.forum import ask, under_vivvo
from tickets.models import Ticket
from tickets.services.filing import Request
from tickets.services.forum import file_from_question
from tickets.tests.pages import client_of, key_on, words

pytestmark = pytest.mark.django_db
REQUEST = Request(subject="Moving", text="How?", severity="non-critical", request_type="troubleshooting")


@pytest.fixture
def question(contact: Contact, contract: Contract, deployment: Deployment, monday: datetime) -> Question:
    """Nora's, about what her company runs."""
    under_vivvo(contract)
    return ask(contact.user, deployment.product, monday)


@pytest.fixture
def nora(contact: Contact, monday: datetime) -> Any:
    with time_machine.travel(monday, tick=False):
        yield client_of(contact.user)


def address(question: Question) -> str:
    return f"/forum/questions/{question.pk}/ticket/"


def sent(client: Client, question: Question, **changed: str) -> Any:
    page = client.get(address(question))
    form = page.context["form"]
    typed = {
        "subject": form["subject"].value(),
        "text": form["text"].value(),
        "request_type": "troubleshooting",
    }
    return client.post(
        page.wsgi_request.path,
        {**typed, "submission_key": key_on(page), "severity": "non-critical", **changed},
    )


def test_the_form_holds_the_question_and_where_it_stands(nora: Client, question: Question) -> None:
    shown = words(nora.get(address(question)))
    assert "From one **server** to another." in shown
    assert f"Asked in the forum: http://127.0.0.1:8000/forum/questions/{question.pk}/" in shown
    assert "Non-critical" in shown


def test_the_ticket_runs_its_clocks_and_the_question_names_it(nora: Client, question: Question) -> None:
    answer = sent(nora, question)
    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == f"/tickets/{ticket.number}/"
    assert (ticket.subject, ticket.runs_clocks) == (question.title, True)
    question.refresh_from_db()
    assert question.ticket_number == ticket.number


def test_only_the_asker_and_staff_see_the_number(
    nora: Client, question: Question, colleague: Contact, agent: User
) -> None:
    sent(nora, question)
    number, page = Ticket.objects.get().number, f"/forum/questions/{question.pk}/"
    assert number in words(nora.get(page))
    assert number in words(client_of(agent).get(page))
    for other in (Client(), client_of(colleague.user)):
        assert number not in other.get(page).content.decode()


def test_the_same_form_twice_makes_one_ticket(nora: Client, question: Question) -> None:
    page = nora.get(address(question))
    typed = {"subject": "a", "text": "b", "request_type": "troubleshooting", "severity": "non-critical"}
    typed["submission_key"] = key_on(page)
    places = {nora.post(address(question), typed).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Ticket.objects.count() == 1


def test_a_second_form_makes_no_second_ticket_and_keeps_nothing_of_it(
    nora: Client, question: Question
) -> None:
    other = nora.get(address(question))
    sent(nora, question)
    mails = OutboxMessage.objects.count()
    typed = {"subject": "a", "text": "b", "request_type": "troubleshooting", "severity": "non-critical"}
    refused = nora.post(address(question), {**typed, "submission_key": key_on(other)})
    assert refused.status_code == 422
    assert "was made of this question already" in words(refused)
    assert (Ticket.objects.count(), OutboxMessage.objects.count()) == (1, mails)


def test_the_page_of_a_question_with_a_ticket_leads_there(nora: Client, question: Question) -> None:
    sent(nora, question)
    assert nora.get(address(question)).headers["Location"] == f"/tickets/{Ticket.objects.get().number}/"


def test_what_is_missing_is_said_and_what_was_typed_stays(nora: Client, question: Question) -> None:
    refused = sent(nora, question, subject="", text="Typed anew")
    assert refused.status_code == 422
    assert "Write a subject." in words(refused)
    assert "Typed anew" in words(refused)


def test_nobody_else_makes_a_ticket_of_it(
    question: Question, deployment: Deployment, colleague: Contact, agent: User, monday: datetime
) -> None:
    for person in (colleague.user, agent):
        assert client_of(person).get(address(question)).status_code == 404
        with pytest.raises(Refused, match="Only who asked"):
            file_from_question(
                question=question,
                deployment=deployment,
                request=REQUEST,
                submission_key="k",
                actor=person,
                at=monday,
            )


def test_an_installation_of_another_product_or_customer_is_refused(
    question: Question, contact: Contact, stranger: Contact, monday: datetime
) -> None:
    for other in (contact.customer, stranger.customer):
        deployment = DeploymentFactory.create(customer=other)
        with pytest.raises(Refused):
            file_from_question(
                question=question,
                deployment=deployment,
                request=REQUEST,
                submission_key="k",
                actor=contact.user,
                at=monday,
            )
    assert not Ticket.objects.exists()


def test_without_an_installation_the_page_says_what_to_do(
    nora: Client, question: Question, contract: Contract, deployment: Deployment
) -> None:
    contract.deployments.clear()
    deployment.delete()
    assert "You have no installation of Atlas" in words(nora.get(address(question)))
