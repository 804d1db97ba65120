"""What tickets know of outages: on the form, on the ticket, on the desk."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from contracts.models import Component, Contact, Deployment, Outage, User
from contracts.services.outages import report_outage
from contracts.services.windows import announce_window
from contracts.tests.factories import ComponentFactory
from portal.admin_site import PortalAdminSite
from tickets.models import Spread, Ticket
from tickets.services.outages import link_outage
from tickets.services.spreading import post_replies
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of
from tickets.tests.pages import client_of, form_address, words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(file: File) -> Ticket:
    return file()


@pytest.fixture
def component(ticket: Ticket) -> Component:
    return ComponentFactory.create(product=ticket.product, name="Service", audience="customers")


@pytest.fixture
def outage(component: Component, monday: datetime) -> Outage:
    return report_outage(
        title="Sign-in fails",
        components=[component],
        started_at=monday - HOUR,
        what_happened="Nobody can sign in.",
        actor=None,
        at=monday,
    )


def test_the_form_says_what_of_the_product_is_down_now_and_nothing_of_others(
    contact: Contact, deployment: Deployment, outage: Outage, component: Component, monday: datetime
) -> None:
    announce_window(
        title="Backup",
        reason="Every week.",
        components=[component],
        starts_at=monday + 48 * HOUR,
        ends_at=monday + 49 * HOUR,
        interrupts=False,
        actor=None,
        at=monday,
    )
    elsewhere = ComponentFactory.create(name="Vault")
    report_outage(
        title="Elsewhere", components=[elsewhere], started_at=monday, what_happened="x", actor=None, at=monday
    )
    client = client_of(contact.user)
    with time_machine.travel(monday, tick=False):
        shown = client.get(form_address(deployment))
    assert "Down now: Service. Sign-in fails, since" in words(shown)
    assert f'href="/status/outages/{outage.pk}/"' in shown.content.decode()
    assert "Elsewhere" not in words(shown)
    with time_machine.travel(monday + 48 * HOUR, tick=False):
        later = words(client_of(contact.user).get(form_address(deployment)))
    assert "Under maintenance now: Service. Backup, since" in later


def test_the_ticket_names_the_outage_on_both_pages_and_in_its_record(
    ticket: Ticket, outage: Outage, contact: Contact, agent: User, monday: datetime
) -> None:
    desk = desk_of(agent)
    address = f"/admin/queue/{ticket.number}/outages/"
    assert "Link the ticket: Sign-in fails" in words(desk.get(address))
    assert desk.post(address, {"link": outage.pk}).status_code == 302
    page = client_of(contact.user).get(f"/tickets/{ticket.number}/")
    assert "We know of an outage behind this: Sign-in fails" in words(page)
    assert f'href="/status/outages/{outage.pk}/"' in page.content.decode()
    assert "linked it to an outage" in words(page)
    staffs = desk.get(f"/admin/queue/{ticket.number}/").content.decode()
    assert f'href="/admin/outages/{outage.pk}/"' in staffs
    assert "Linked to an outage" in words(desk.get(f"/admin/queue/{ticket.number}/record/"))
    assert desk.post(address, {"unlink": outage.pk}).status_code == 302
    assert "We know of" not in words(client_of(contact.user).get(f"/tickets/{ticket.number}/"))


def test_an_outage_that_came_out_as_of_others_is_no_longer_named_on_the_ticket(
    ticket: Ticket, outage: Outage, contact: Contact, agent: User, monday: datetime
) -> None:
    link_outage(ticket=ticket, outage=outage, actor=agent, at=monday)
    outage.components.set([ComponentFactory.create(audience="customers")])
    page = client_of(contact.user).get(f"/tickets/{ticket.number}/")
    assert "We know of an outage" not in words(page)
    assert f"/status/outages/{outage.pk}/" not in page.content.decode()
    desk = desk_of(agent)
    assert f"/admin/outages/{outage.pk}/" in desk.get(f"/admin/queue/{ticket.number}/").content.decode()
    assert "Take the link away: Sign-in fails" in words(desk.get(f"/admin/queue/{ticket.number}/outages/"))


@pytest.mark.parametrize("sent", [{}, {"link": "x"}, {"link": "9" * 30}, {"link": "0"}])
def test_what_is_no_outage_is_refused(ticket: Ticket, agent: User, sent: dict[str, str]) -> None:
    answer = desk_of(agent).post(f"/admin/queue/{ticket.number}/outages/", sent)
    assert answer.status_code == 422
    assert "Choose one of the outages." in words(answer)


@pytest.mark.parametrize(
    ("noun", "sent", "said"),
    [
        ("updates", {"text": "The cause is found."}, "The cause is found."),
        ("end", {"what_was_done": "Fixed."}, "Fixed."),
    ],
)
def test_what_staff_say_on_the_page_of_an_outage_reaches_its_tickets(
    ticket: Ticket,
    outage: Outage,
    manager: User,
    monday: datetime,
    noun: str,
    sent: dict[str, str],
    said: str,
) -> None:
    link_outage(ticket=ticket, outage=outage, actor=manager, at=monday)
    with time_machine.travel(monday + HOUR, tick=False):
        answer: object = desk_of(manager).post(f"/admin/outages/{outage.pk}/{noun}/", {**sent, "seen": 1})
    assert getattr(answer, "status_code", 0) == 302
    assert Spread.objects.get().actor == manager
    assert post_replies(at=monday + HOUR) == 1
    assert said in ticket.messages.latest("pk").text


def test_the_admin_uses_the_verbs_of_tickets() -> None:
    [found] = [url for url in PortalAdminSite().get_urls() if getattr(url, "name", "") == "outage_verb"]
    assert found.default_args["verbs"]["updates"].done.endswith("linked to the outage.")  # type: ignore[union-attr]  # it is there, or the test fails


def test_a_visitor_has_no_business_there(ticket: Ticket) -> None:
    assert Client().get(f"/admin/queue/{ticket.number}/outages/").status_code == 302
