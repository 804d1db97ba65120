"""The page behind the link of an escalation, and what the ticket's pages show of it."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contracts.models import Contact, Contract, User
from contracts.services.escalation_roles import name_people, read_people
from contracts.tests.factories import published
from tickets.escalation_links import escalation_token
from tickets.models import Escalation, Ticket
from tickets.services.noticing import record_escalations, record_misses
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, words

DUE = timedelta(hours=48)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ticket(file: File, contract: Contract, manager: User, monday: datetime) -> Ticket:
    """A serious error under Viakoo's policy whose workaround was missed; its CTO is named, its CISO is not."""
    contract.policy_version = published("viakoo")
    contract.save()
    people = read_people("Ada Chief <ada@vendor.example>")
    name_people(policy_slug="viakoo", role="CTO", people=people, actor=manager, at=monday)
    found = file(severity="serious", text="Nobody can sign in. <b>Hurry</b>")
    record_misses(at=monday + DUE + MINUTE)
    return found


def test_the_link_shows_the_story_without_signing_in_and_a_button_acknowledges_it(
    ticket: Ticket, contact: Contact, agent: User, monday: datetime
) -> None:
    address = reverse("escalation", args=[escalation_token(Escalation.objects.get(role="CTO"))])
    ada, nora, desk = Client(), client_of(contact.user), desk_of(agent)
    customer, staff = reverse("ticket", args=[ticket.number]), reverse("admin:ticket", args=[ticket.number])
    with time_machine.travel(monday + DUE + 5 * MINUTE, tick=False):
        page = ada.get(address)
        assert_nothing_inline(page)
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in page.headers["Cache-Control"]
        shown = words(page)
        for part in (
            ticket.number,
            ticket.subject,
            "Harbour Freight Lines",
            "within 48 hours",
            "48 h = 48 hours",
        ):
            assert part in shown
        assert b"&lt;b&gt;Hurry" in page.content
        assert contact.user.email not in page.content.decode()
        assert not Escalation.objects.exclude(
            acknowledged_at=None
        ).exists()  # a scanner of mail opens links, too
        assert "Not acknowledged yet" in words(nora.get(customer))
        for _ in range(2):
            assert ada.post(address).status_code == 302
        assert "You know of it" in words(ada.get(address))
        read_by_nora, read_by_staff = words(nora.get(customer)), words(desk.get(staff))
    assert "The CTO acknowledged the escalation" in read_by_nora
    assert "Ada Chief" not in read_by_nora
    assert "The CTO (Ada Chief) acknowledged the escalation" in read_by_staff
    assert "Nobody is named for it" in read_by_staff
    assert "the managers of the desk, in place of the CISO" in read_by_nora


def test_once_the_ticket_has_ended_the_link_shows_nothing_of_it(ticket: Ticket, monday: datetime) -> None:
    address = reverse("escalation", args=[escalation_token(Escalation.objects.get(role="CTO"))])
    Ticket.objects.update(status="closed")
    for answer in (Client().get(address), Client().post(address)):
        assert answer.status_code == 410
        assert ticket.subject not in words(answer)
    assert Client().get(reverse("escalation", args=["forged"])).status_code == 404


def test_an_executive_who_has_left_reads_nothing_further_and_the_line_goes_on_to_who_is_named_now(
    ticket: Ticket, manager: User, monday: datetime
) -> None:
    address = reverse("escalation", args=[escalation_token(Escalation.objects.get(role="CTO"))])
    assert Client().get(address).status_code == 200
    people = read_people("Dan Deputy <dan@vendor.example>")
    name_people(policy_slug="viakoo", role="CTO", people=people, actor=manager, at=monday + DUE + 2 * MINUTE)
    for answer in (Client().get(address), Client().post(address)):
        assert answer.status_code == 404
        assert ticket.subject not in words(answer)
    record_escalations(at=monday + DUE + 90 * MINUTE)
    told = Escalation.objects.filter(role="CTO").order_by("pk")
    assert [row.name for row in told] == ["Ada Chief", "Dan Deputy"]
