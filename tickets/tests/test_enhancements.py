"""Work that the policy does not provide: declined in one step; it is a request then that customers vote for."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from pytest_django import DjangoAssertNumQueries

from contracts.files import Upload
from contracts.models import Contact, Contract, Deployment, OutboxMessage, User
from contracts.outbox.announcements import draw
from contracts.refusals import Refused
from contracts.sla.clock import State
from contracts.tests.factories import ContractFactory, DeploymentFactory, ReleaseFactory
from tickets.models import EnhancementRequest, EnhancementVote, Ticket
from tickets.models.event import Kind
from tickets.services import exclusion
from tickets.services.enhancements import (
    answer_enhancement,
    decline_ticket,
    publish_enhancement,
    take_vote_back,
    vote,
)
from tickets.tests.conftest import Clocks, File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, put_under, words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SECRET = "For the Meridian takeover we need a field for the ship's owner."
WISH = {"title": "A field for owners", "text": "Records carry an owner."}


@pytest.fixture
def ticket(file: File, contract: Contract) -> Ticket:
    """One under Vivvo's policy that asks for what it does not provide, with a file."""
    put_under(contract, "vivvo")
    plan = Upload("plan.txt", ContentFile(b"owner, since"))
    return file(
        subject="Owner field",
        text=SECRET,
        severity="non-critical",
        request_type="troubleshooting",
        files=[plan],
    )


@pytest.fixture
def other(stranger: Contact, deployment: Deployment, contract: Contract) -> Contact:
    """Stan, whose company has the product under contract, too."""
    theirs = DeploymentFactory.create(customer=stranger.customer, product=deployment.product)
    ContractFactory.create(
        customer=stranger.customer, deployments=[theirs], policy_version=contract.policy_version
    )
    return stranger


def decline(ticket: Ticket, actor: User, at: datetime, **changed: Any) -> EnhancementRequest:
    asked = {"clause": "data-fields", "reason": "Support adds no fields.", **WISH, **changed}
    decline_ticket(ticket=ticket, actor=actor, at=at, **asked)
    return EnhancementRequest.objects.get(ticket=ticket)


def test_vv10_a_ticket_is_declined_under_a_clause_and_becomes_an_enhancement_request_in_one_step(
    ticket: Ticket, agent: User, contact: Contact, clocks: Clocks, monday: datetime
) -> None:
    request = decline(ticket, agent, monday + HOUR)
    declined = Ticket.objects.get(pk=ticket.pk)
    assert (declined.status, declined.next_due_at) == ("declined", None)
    assert clocks(ticket, monday + HOUR)["response"].state is State.VOID
    event = ticket.events.get(kind=Kind.DECLINED)
    assert event.data["clause"] == "data-fields"
    assert event.data["enhancement"] == request.pk
    assert (request.product, request.votes, request.published_at) == (ticket.product, 1, None)
    mail = OutboxMessage.objects.get(kind="declined", to=contact.user.email)
    assert "The clause on data fields: Addition of data fields." in mail.text
    assert f"/enhancements/{request.pk}/" in mail.text
    with time_machine.travel(monday + HOUR, tick=False):
        page = client_of(contact.user).get(f"/enhancements/{request.pk}/")
    assert SECRET in words(page)
    assert "plan.txt" in words(page)
    with pytest.raises(Refused, match="resolved or closed"):
        decline(ticket, agent, monday + HOUR)


def test_vv10_the_customer_may_dispute_it_and_the_ticket_comes_back_with_its_clocks(
    ticket: Ticket, agent: User, contact: Contact, clocks: Clocks, monday: datetime
) -> None:
    request = decline(ticket, agent, monday)
    exclusion.dispute_exclusion(
        ticket=ticket, actor=contact.user, reason="It was there before.", at=monday + HOUR
    )
    assert Ticket.objects.disputed().get() == ticket
    exclusion.reinstate_ticket(ticket=ticket, actor=agent, reason="So it was.", at=monday + 2 * HOUR)
    assert Ticket.objects.get(pk=ticket.pk).status == "new"
    assert clocks(ticket, monday + 2 * HOUR)["response"].due_at == monday + timedelta(hours=24)
    assert decline(ticket, agent, monday + 3 * HOUR) == request


def test_vv10_work_without_a_clock_is_declined_alike(
    file: File, agent: User, ticket: Ticket, monday: datetime
) -> None:
    installation = file(severity="no-effect", request_type="installation")
    decline(installation, agent, monday, clause="upgrades-installations")
    assert Ticket.objects.get(pk=installation.pk).status == "declined"
    assert not installation.events.filter(kind=Kind.EXCLUDED).exists()


def test_vv10_what_cannot_be_declined_says_why(
    ticket: Ticket, file: File, contract: Contract, agent: User, contact: Contact, monday: datetime
) -> None:
    with pytest.raises(Refused, match="one of the policy's clauses"):
        decline(ticket, agent, monday, clause="z")
    with pytest.raises(Refused, match="a title"):
        decline(ticket, agent, monday, title=" ")
    with pytest.raises(Refused, match="Only staff"):
        decline(ticket, contact.user, monday)
    put_under(contract, "atheer")
    with pytest.raises(Refused, match="names work that it does not provide"):
        decline(file(), agent, monday)
    assert not EnhancementRequest.objects.exists()


def test_vv10_others_read_what_staff_wrote_and_never_what_the_customer_wrote(
    ticket: Ticket, agent: User, contact: Contact, other: Contact, monday: datetime
) -> None:
    request = decline(ticket, agent, monday)
    with time_machine.travel(monday, tick=False):
        stan = client_of(other.user)
        assert stan.get(f"/enhancements/{request.pk}/").status_code == 404
        assert WISH["title"] not in words(stan.get("/enhancements/"))
        publish_enhancement(request=request, actor=agent, **WISH, at=monday)
        seen = stan.get(f"/enhancements/{request.pk}/")
        assert_nothing_inline(seen)
        assert "Records carry an owner." in words(seen)
        for secret in (SECRET, "Owner field", "plan.txt", ticket.number, "Harbour"):
            assert secret not in words(seen)
            assert secret not in words(stan.get("/enhancements/"))
        # A confidential ticket stays with who filed it.
        Ticket.objects.filter(pk=ticket.pk).update(is_confidential=True)
        assert SECRET in words(client_of(contact.user).get(f"/enhancements/{request.pk}/"))


def test_each_customer_has_one_vote_whoever_gives_it_and_may_take_it_back(
    ticket: Ticket,
    agent: User,
    contact: Contact,
    colleague: Contact,
    other: Contact,
    monday: datetime,
) -> None:
    request = decline(ticket, agent, monday, publish=True)
    for actor in (contact, colleague):
        vote(request=request, customer=actor.customer, actor=actor.user, at=monday)
    assert vote(request=request, customer=other.customer, actor=other.user, at=monday).votes == 2
    taken = take_vote_back(request=request, customer=contact.customer, actor=colleague.user, at=monday)
    assert taken.votes == 1
    for customer in (contact.customer, other.customer):
        with pytest.raises(Refused, match="under a contract"):
            vote(request=request, customer=customer, actor=agent, at=monday)
    with pytest.raises(Refused, match="under a contract"):
        vote(request=request, customer=contact.customer, actor=other.user, at=monday)
    answer_enhancement(request=request, actor=agent, state="declined", words="Not ours.", at=monday)
    with pytest.raises(Refused, match="answered for good"):
        vote(request=request, customer=contact.customer, actor=contact.user, at=monday)
    assert EnhancementVote.objects.get().customer == other.customer


def test_an_answer_tells_the_contact_and_stands_on_the_page(
    ticket: Ticket, agent: User, contact: Contact, monday: datetime
) -> None:
    request = decline(ticket, agent, monday)
    release = ReleaseFactory.create(product=ticket.product, version="5.1")
    with pytest.raises(Refused, match="planned or done alone"):
        answer_enhancement(
            request=request, actor=agent, state="open", words="So.", release=release, at=monday
        )
    elsewhere = ReleaseFactory.create()
    with pytest.raises(Refused, match="of the same product"):
        answer_enhancement(
            request=request, actor=agent, state="done", words="So.", release=elsewhere, at=monday
        )
    with time_machine.travel(monday, tick=False):
        desk, address = desk_of(agent), f"/admin/enhancements/{request.pk}/"
        assert_nothing_inline(desk.get(address))
        empty = desk.post(address, {"act": "answer", "state": "planned", "words": ""})
        assert empty.status_code == 422
        sent = {"act": "answer", "state": "planned", "words": "We build it.", "release": release.pk}
        assert desk.post(address, sent).status_code == 302
        assert desk.post(address, {"act": "publish", **WISH}).status_code == 302
        assert "A field for owners" in words(desk.get("/admin/enhancements/?show=planned"))
        page = words(client_of(contact.user).get(f"/enhancements/{request.pk}/"))
    assert "Planned for 5.1" in page
    assert "Planned for release 5.1" in page
    assert "We build it." in page
    mail = OutboxMessage.objects.get(kind="enhancement", to=contact.user.email)
    assert "A field for owners, has an answer: planned, release 5.1" in mail.text


def test_who_voted_is_told_of_each_answer_once_while_they_may_read_it(
    ticket: Ticket, agent: User, contact: Contact, other: Contact, monday: datetime
) -> None:
    request = decline(ticket, agent, monday, publish=True)
    vote(request=request, customer=other.customer, actor=other.user, at=monday)
    told = OutboxMessage.objects.filter(kind="vote_answered")
    answer_enhancement(request=request, actor=agent, state="planned", words="We build it.", at=monday)
    draw(monday)
    answer_enhancement(request=request, actor=agent, state="planned", words="We build that.", at=monday)
    draw(monday)
    mail = told.get()
    assert mail.user == other.user, "Nora has the mail about her ticket"
    assert "A field for owners, has an answer: Planned" in mail.text
    assert "We build it." in mail.text
    assert f"/enhancements/{request.pk}/" in mail.text
    other.customer.contracts.update(ends_on=monday.date() - timedelta(days=1))
    answer_enhancement(request=request, actor=agent, state="done", words="It is there.", at=monday)
    draw(monday)
    assert told.count() == 1


def test_the_list_goes_by_votes_in_pages_that_cost_the_same(
    ticket: Ticket,
    agent: User,
    other: Contact,
    monday: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    wish = decline(ticket, agent, monday, publish=True)
    rows = [
        EnhancementRequest(
            product=wish.product,
            title=f"Wish {place:02}",
            text="More.",
            votes=place // 2,
            asked_at=monday,
            published_at=monday,
            state="done" if place == 29 else "open",
        )
        for place in range(30)
    ]
    EnhancementRequest.objects.bulk_create(rows)
    with time_machine.travel(monday, tick=False):
        stan = client_of(other.user)
        stan.get("/enhancements/")
        with django_assert_num_queries(9):
            first = stan.get("/enhancements/")
        second = stan.get("/enhancements/" + first.context["list"].next)
        titles = [row.title for page in (first, second) for row in page.context["list"].rows]
        assert len(titles) == len(set(titles)) == 31
        assert titles[:3] == ["Wish 29", "Wish 28", "Wish 27"]
        done = stan.get("/enhancements/?show=done&product=atlas&after=x_y")
        assert [row.title for row in done.context["list"].rows] == ["Wish 29"]


def test_the_pages_lead_from_the_ticket_to_the_request_and_a_vote(
    ticket: Ticket, agent: User, contact: Contact, other: Contact, monday: datetime
) -> None:
    desk_address = f"/admin/queue/{ticket.number}/"
    with time_machine.travel(monday, tick=False):
        desk = desk_of(agent)
        assert "Decline, and make it an enhancement request" in words(desk.get(desk_address))
        form = desk.get(f"{desk_address}enhancement/")
        assert_nothing_inline(form)
        assert SECRET not in words(form)
        sent = {"act": "decline", "clause": "data-fields", "reason": "No fields.", **WISH}
        assert desk.post(f"{desk_address}enhancement/", {**sent, "title": ""}).status_code == 422
        assert desk.post(f"{desk_address}enhancement/", {**sent, "publish": "on"}).status_code == 302
        pk = EnhancementRequest.objects.get().pk
        page = client_of(contact.user).get(f"/tickets/{ticket.number}/")
        assert "Declined: the policy does not provide this" in words(page)
        assert f'href="/enhancements/{pk}/"' in page.content.decode()
        stan = client_of(other.user)
        assert stan.post(f"/enhancements/{pk}/", {"act": f"vote_{other.customer_id}"}).status_code == 302
        assert "2 votes" in words(stan.get("/enhancements/"))
        assert "yours among them" in words(stan.get("/enhancements/"))
        taken = stan.post(f"/enhancements/{pk}/", {"act": f"vote_{contact.customer_id}"})
        assert taken.status_code == 422
        assert stan.post(f"/enhancements/{pk}/", {"act": f"unvote_{other.customer_id}"}).status_code == 302
    assert EnhancementRequest.objects.get().votes == 1
