"""The pages of what a ticket has to do with others: staff's below the queue, and a contact's below the ticket."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, Contract, Deployment, User
from tickets.models import Ticket, TicketShare, Watcher
from tickets.models.event import Kind
from tickets.models.relations import LinkKind
from tickets.models.ticket import Channel, Status
from tickets.services import conversation
from tickets.services.linking import link_tickets
from tickets.services.watching import add_watcher
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, key_on, put_under, words

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now(monday: datetime) -> Any:
    with time_machine.travel(monday + 5 * HOUR, tick=False):
        yield


def below(ticket: Ticket, noun: str) -> str:
    return f"/admin/queue/{ticket.number}/{noun}/"


def send(client: Client, ticket: Ticket, noun: str, **typed: str) -> Any:
    return client.post(below(ticket, noun), typed, follow=True)


def status(ticket: Ticket) -> str:
    return Ticket.objects.get(pk=ticket.pk).status


def test_staff_merge_a_ticket_and_both_pages_say_so(file: File, agent: User, contact: Contact) -> None:
    ticket, into, desk = file(), file(subject="Signed out"), desk_of(agent)
    form = desk.get(below(ticket, "merging"))
    assert_nothing_inline(form)
    assert f'<option value="{into.number}" label="Signed out">' in form.content.decode()
    wrong = send(desk, ticket, "merging", into="VK-NOBODY", reason="The same.")
    assert wrong.status_code == 422
    assert "There is no ticket VK-NOBODY" in words(wrong)
    assert "The same." in wrong.content.decode()
    done = words(send(desk, ticket, "merging", into=into.number.lower(), reason="The same."))
    assert f"{ticket.number} lives on in {into.number}" in done
    assert f"Merged into it {ticket.number}, due" in done
    assert f"it lives on in {into.number}" in words(desk.get(f"/admin/queue/{ticket.number}/"))
    theirs = client_of(contact.user).get(f"/tickets/{ticket.number}/")
    assert f'<a href="/tickets/{into.number}/">' in theirs.content.decode()
    assert "Write there." in words(theirs)
    assert status(ticket) == Status.MERGED


def test_staff_split_a_message_off(file: File, agent: User, contact: Contact, monday: datetime) -> None:
    ticket, desk = file(), desk_of(agent)
    said = conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="Exports stop.", at=monday)
    assert "Exports stop." in words(desk.get(below(ticket, "splitting")))
    typed = {"message": str(said.pk), "subject": "Exports stop", "severity": "P3", "request_type": "incident"}
    done = send(desk, ticket, "splitting", **typed)
    new = Ticket.objects.get(subject="Exports stop")
    assert f"The message is the ticket {new.number} now" in words(done)
    assert (new.severity, new.filed_at) == ("P3", monday)
    again = send(desk, ticket, "splitting", **typed)
    assert (again.status_code, f"before: {new.number}" in words(again)) == (422, True)


def test_links_tags_and_watchers_stand_on_the_page_and_go_again(
    file: File, agent: User, manager: User, colleague: Contact
) -> None:
    ticket, other, desk = file(), file(), desk_of(agent)
    send(desk, ticket, "links", kind="duplicate", other=other.number)
    send(desk, ticket, "tags", tag="VPN tunnel")
    send(desk, ticket, "watchers", person=str(manager.pk))
    send(desk, ticket, "watchers", person=str(colleague.user.pk))
    seen = words(desk.get(f"/admin/queue/{ticket.number}/"))
    for told in (f"duplicate of {other.number}", "Tags vpn-tunnel", "Watchers Max Lead, Col Jetty"):
        assert told in seen
    assert f"has the duplicate {ticket.number}" in words(desk.get(f"/admin/queue/{other.number}/"))
    assert '<option value="vpn-tunnel" >' in desk.get(below(other, "tags")).content.decode()
    theirs = words(client_of(colleague.user).get(f"/tickets/{ticket.number}/"))
    assert not any(secret in theirs for secret in ("vpn", other.number, "Max Lead"))
    for noun, key in (
        ("links", other.number),
        ("tags", "vpn-tunnel"),
        ("watchers", str(manager.pk)),
        ("watchers", str(colleague.user.pk)),
    ):
        assert send(desk, ticket, noun, remove=key).status_code == 200
        assert send(desk, ticket, noun, remove=key).status_code == 422
    seen = words(desk.get(f"/admin/queue/{ticket.number}/"))
    assert not any(word in seen for word in ("Watchers Max", "Tags vpn", "Links duplicate"))


def test_a_call_is_logged_on_a_page_of_its_own(
    file: File, agent: User, contact: Contact, stranger: Contact
) -> None:
    ticket, desk = file(), desk_of(agent)
    assert str(stranger.user) not in words(desk.get(below(ticket, "calls")))
    typed = {"direction": "in", "contact": str(contact.pk), "text": "It is 4.7.", "public": "on"}
    late = send(desk, ticket, "calls", **typed, called_at="2026-11-20T10:00")
    assert (late.status_code, "up to 24 hours" in words(late)) == (422, True)
    assert "It is 4.7." in late.content.decode()
    done = words(send(desk, ticket, "calls", **typed, called_at="2026-11-23T19:00"))
    assert "logged a call from Nora Quay, entered later, " in done
    assert "logged a call from Nora Quay" in words(client_of(contact.user).get(f"/tickets/{ticket.number}/"))


def test_vk19_staff_choose_customer_contact_and_installation_and_file(
    contact: Contact, deployment: Deployment, contract: Contract, stranger: Contact, agent: User
) -> None:
    desk = desk_of(agent)
    assert "Harbour Freight Lines" in words(desk.get("/admin/queue/new/?q=harbour"))
    customer = f"/admin/queue/new/?customer={contact.customer_id}"
    assert "Nora Quay (named contact)" in words(desk.get(customer))
    address = f"{customer}&contact={contact.pk}&deployment={deployment.pk}"
    # Nobody of another customer, whatever the address says.
    assert desk.get(f"{customer}&contact={stranger.pk}&deployment={deployment.pk}").status_code == 404
    form = desk.get(address)
    assert_nothing_inline(form)
    put_under(contract, "vivvo", "premium")
    typed = {
        "submission_key": key_on(form),
        "channel": "phone",
        "called_at": "2026-11-23T18:30",
        "request_type": "troubleshooting",
        "subject": "Offline",
        "text": "",
        "severity": "non-critical",
    }
    wrong = desk.post(address, typed)
    assert (wrong.status_code, "Offline" in wrong.content.decode()) == (422, True)
    desk.post(address, typed | {"text": "Since noon."})
    done = desk.post(address, typed | {"text": "Since noon."}, follow=True)
    ticket = Ticket.objects.get()
    assert f"{ticket.number} is filed. Nora Quay is told." in words(done)
    assert (ticket.channel, ticket.contact) == (Channel.PHONE, contact)
    assert ticket.events.get(kind=Kind.FILED).data["entered_at"]
    put_under(contract, "vivvo")
    assert "does not include support by phone" in words(desk.get(address))


def test_a_contact_shares_and_the_colleague_reads(
    file: File, contact: Contact, colleague: Contact, stranger: Contact, contract: Contract
) -> None:
    contract.colleagues_see_tickets = False
    contract.save()
    ticket, nora, col = file(), client_of(contact.user), client_of(colleague.user)
    page, sharing = f"/tickets/{ticket.number}/", f"/tickets/{ticket.number}/sharing/"
    assert "Share it with a colleague" in words(nora.get(page))
    assert col.get(page).status_code == col.get(sharing).status_code == 404
    assert str(stranger.user) not in words(nora.get(sharing))
    assert nora.post(sharing, {"colleague": str(stranger.pk)}).status_code == 422
    done = nora.post(sharing, {"colleague": str(colleague.pk)}, follow=True)
    assert "Col Jetty can read this ticket now and is told." in words(done)
    assert "Shared with Col Jetty" in words(nora.get(page))
    assert "only named contacts may write" in words(col.get(page))
    assert str(ticket.subject) in words(col.get("/tickets/"))
    watching = f"/tickets/{ticket.number}/watching/"
    assert "You get the mails" in words(col.post(watching, {"watch": "yes"}, follow=True))
    assert Watcher.objects.get().user == colleague.user
    assert "You get no more mails" in words(col.post(watching, {"watch": "no"}, follow=True))
    # What is taken back is gone at once.
    nora.post(sharing, {"remove": str(colleague.pk)})
    assert not TicketShare.objects.exists()
    assert col.get(page).status_code == 404


def test_what_is_related_costs_the_page_no_query(
    file: File, agent: User, monday: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ticket, other, desk = file(), file(), desk_of(agent)
    page = f"/admin/queue/{ticket.number}/"
    desk.get(page)
    with django_assert_num_queries(13):
        desk.get(page)
    link_tickets(ticket=ticket, other=other, kind=LinkKind.RELATES, actor=agent, at=monday)
    add_watcher(ticket=ticket, user=agent, actor=agent, at=monday)
    with django_assert_num_queries(13):
        desk.get(page)
