"""Pre-sales inquiries (VV2): a stranger asks by a form, confirms the address, and has a ticket without clocks."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Contact, Contract, Customer, OutboxMessage, Product, User
from contracts.outbox.delivery import deliver
from contracts.refusals import Refused
from contracts.services.passwords import ask_reset
from contracts.services.people import resend_invitation
from contracts.tests.mail_servers import PaperServer
from tickets import record
from tickets.access import why_not_reply
from tickets.history import sealed
from tickets.inquiring import network_of, offered_by
from tickets.inquiry_links import confirmation_link
from tickets.models import Inquiry, Ticket
from tickets.services.conversation import ask_customer, reply_as_contact
from tickets.services.inquiries import (
    Asked,
    TooOften,
    ask_presale,
    confirm_inquiries,
    forget_old_inquiries,
)
from tickets.services.kept import start_clocks
from tickets.services.lifecycle import resolve_ticket
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import put_under, words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FORM = "/inquiries/vivvo/"
NET = "192.0.2.0/24"
LINK = re.compile(r"/inquiries/confirmations/[^/\s]+/")
ANN = {
    "name": "Ann O’Hara",
    "company": "Acme Press",
    "email": "ann@acme.example",
    "subject": "Licences for five editors",
    "text": "What do <b>five</b> cost?\nBy when?",
}


@pytest.fixture
def product(product: Product, contract: Contract) -> Product:
    """Atlas, sold under Vivvo's policy, which has a request type for strangers."""
    put_under(contract, "vivvo")
    return product


def ask(product: Product, at: datetime, network: str = NET, **more: Any) -> None:
    """Ann asks about the product."""
    offered = offered_by("vivvo", at)
    assert offered is not None
    typed = {"request_type": "presales", **ANN, **more}
    ask_presale(offered=offered, asked=Asked(product=product, **typed), network=network, at=at)


def confirm(at: datetime, email: str = ANN["email"]) -> list[Ticket]:
    """The owner of the address ticks all that waits."""
    token = confirmation_link(email, at=at).split("/")[-2]
    return confirm_inquiries(token=token, chosen={each.pk for each in Inquiry.objects.all()}, at=at)


def link_in(mail_server: type[PaperServer]) -> str:
    """The path of the link in the mail that was sent last."""
    bodies = [mail.get_body(("plain",)) for mail in mail_server.taken]
    found: list[str] = LINK.findall("".join(body.get_content() for body in bodies if body))
    return found[-1]


def confirmations(mail_server: type[PaperServer]) -> list[str]:
    """To whom the mails with a link went."""
    return [str(mail["To"]) for mail in mail_server.taken if "Confirm your inquiry" in str(mail["Subject"])]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"), ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("", ""), ("proxy", ""),
    ],
)  # fmt: skip
def test_a_network_is_what_one_owner_has(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.django_db
def test_vv2_a_stranger_asks_confirms_the_address_and_has_a_ticket_without_clocks(
    product: Product, agent: User, monday: datetime, mail_server: type[PaperServer]
) -> None:
    visitor = Client()
    with time_machine.travel(monday, tick=False):
        assert 'href="/inquiries/vivvo/"' in visitor.get("/").content.decode()
        assert 'href="/inquiries/vivvo/"' in visitor.get("/policies/vivvo/").content.decode()
        assert_nothing_inline(visitor.get(FORM))
        asked = visitor.post(FORM, {**ANN, "product": product.pk}, follow=True)
        assert "Look into your mail" in words(asked)
        deliver(monday)
        (mail,) = mail_server.taken
        assert mail["To"] == ANN["email"]
        for word in ("Ann", "Acme", "Licences", "editors", "cost"):
            assert word not in mail.as_string().replace(ANN["email"], "")
        link = link_in(mail_server)
        for _ in range(2):
            page = visitor.get(link)
            assert "Licences for five editors Atlas · Ann O’Hara, Acme Press" in words(page)
            assert "What do &lt;b&gt;five" in page.content.decode()
        assert not Ticket.objects.exists(), "to open the link changes nothing"
        row = Inquiry.objects.get()
        assert row.network == "127.0.0.0/24"
        assert visitor.post(link, {}).status_code == 422
        done = visitor.post(link, {"inquiry": [row.pk]})
        ticket = Ticket.objects.get()
        assert f"{ticket.number} Licences for five editors" in words(done)
        assert [visitor.get(link).status_code, visitor.post(link).status_code] == [410, 410]
    assert (ticket.contract, ticket.runs_clocks, ticket.kept_because) == (None, False, [])
    assert (ticket.channel, ticket.request_type, ticket.is_inquiry) == ("web", "presales", True)
    assert not ticket.clocks.exists()
    assert not start_clocks(ticket=ticket, at=monday + DAY)
    assert str(ticket.customer) == "Acme Press (ann@acme.example)"
    filed = ticket.events.get(kind="filed")
    assert (filed.data["inquiry"], filed.data["via"]) == (row.pk, "web")
    assert record.verify(ticket, sealed([ticket])) == []
    row.refresh_from_db()
    assert (row.ticket, row.subject, row.text, row.name) == (ticket, "", "", "")
    told = {each.kind: each for each in OutboxMessage.objects.exclude(kind="inquiry")}
    assert set(told) == {"receipt", "new_ticket"}
    assert (told["receipt"].to, told["new_ticket"].user) == (ANN["email"], agent)
    assert ticket.number in told["receipt"].subject
    assert "The answer comes by mail" in told["receipt"].text
    assert f"/tickets/{ticket.number}" not in told["receipt"].text, "nobody leads them to a closed door"
    desk = desk_of(agent)
    assert f"{ticket.number} · {ticket.customer}" in words(desk.get("/admin/queue/?show=presales"))
    assert "Pre-sales inquiry: no clock runs" in words(desk.get("/admin/queue/"))
    shown = words(desk.get(f"/admin/queue/{ticket.number}/"))
    assert "Kind Pre-sales inquiry" in shown
    assert "asked by the public form" in shown


@pytest.mark.django_db
def test_vv2_an_inquirer_comes_in_by_invitation_alone_and_sees_their_own_ticket(
    product: Product, stranger: Contact, manager: User, monday: datetime, mail_server: type[PaperServer]
) -> None:
    ask(product, monday)
    (ticket,) = confirm(monday)
    ann = ticket.contact.user
    assert not ann.has_usable_password()
    OutboxMessage.objects.all().delete()
    ask_reset(email=ann.email, at=monday)
    deliver(monday)
    assert mail_server.taken == [], "who was never invited cannot choose a password either"
    resend_invitation(user=ann, actor=manager, at=monday + HOUR)
    ask_reset(email=ann.email, at=monday + HOUR)
    deliver(monday + HOUR)
    assert sorted(str(mail["To"]) for mail in mail_server.taken) == [ann.email] * 2
    browser = Client()
    browser.force_login(ann, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get(f"/tickets/{ticket.number}/")
    assert "Pre-sales inquiry" in words(page)
    assert why_not_reply(ticket, ann) == ""
    ask_customer(ticket=ticket, actor=manager, text="Five of which?", at=monday + 2 * HOUR)
    asked = OutboxMessage.objects.get(kind="question")
    assert (asked.to, ticket.number in asked.text, "/tickets/" in asked.text) == (ann.email, True, False)
    reply_as_contact(ticket=ticket, actor=ann, text="Of the premium level.", at=monday + 3 * HOUR)
    resolve_ticket(ticket=ticket, actor=manager, text="See our prices.", at=monday + 4 * HOUR)
    assert "Answer this mail with the one word “accept”" in OutboxMessage.objects.get(kind="resolution").text
    assert words(browser.get(f"/tickets/{ticket.number}/"))
    assert words(desk_of(manager).get(f"/admin/queue/{ticket.number}/"))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.clocks.count()) == ("resolved", 0)
    assert record.verify(ticket, sealed([ticket])) == []
    assert not Ticket.objects.visible_to(stranger.user).exists()


@pytest.mark.django_db
def test_vv2_nobody_joins_a_customer_by_what_they_type(
    product: Product, contact: Contact, colleague: Contact, monday: datetime
) -> None:
    """Neither by the company's name nor by its domain; a contact's own address files as theirs, seen by them alone."""
    ask(product, monday, company="Harbour Freight Lines", email="Eve@harbour.example")
    (eves,) = confirm(monday, "eve@harbour.example")
    assert str(eves.customer) == "Harbour Freight Lines (eve@harbour.example)"
    assert not Ticket.objects.visible_to(contact.user).exists()
    ask(product, monday, company="Eve & Sons", email="nora@harbour.example", name="Eve")
    assert Ticket.objects.count() == 1, "not before the address is confirmed"
    (noras,) = confirm(monday + HOUR, "nora@harbour.example")
    assert (noras.contact, noras.customer) == (contact, contact.customer)
    assert list(Ticket.objects.visible_to(contact.user)) == [noras]
    assert not Ticket.objects.visible_to(colleague.user).exists()
    assert str(User.objects.get(pk=contact.user_id)) == "Nora Quay"
    ask(product, monday + 3 * DAY, subject="More", company="Other", email="eve@harbour.example")
    (again,) = confirm(monday + 3 * DAY, "eve@harbour.example")
    assert again.customer == eves.customer, "who came back is the same inquirer"
    ask(product, monday, company="C" * 120, email=f"{'a' * 64}@{'b' * 60}.example")
    (long,) = confirm(monday, f"{'a' * 64}@{'b' * 60}.example")
    assert len(str(long.customer)) <= 160


@pytest.mark.django_db
def test_vv2_the_answer_tells_nothing_of_an_address_nor_of_a_mail(
    product: Product, contact: Contact, agent: User, monday: datetime, mail_server: type[PaperServer]
) -> None:
    gone = User.objects.create_user("gone@harbour.example", "x", name="Gone", is_active=False)
    answers, pages = set(), set()
    with time_machine.travel(monday, tick=False):
        for email in (
            "nora@harbour.example",
            "new@acme.example",
            agent.email,
            gone.email,
            "new@acme.example",
        ):
            visitor = Client()
            sent = visitor.post(FORM, {**ANN, "email": email, "product": product.pk})
            answers.add((sent.status_code, sent.headers["Location"]))
            page = visitor.get(sent.headers["Location"]).content.decode()
            pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
        deliver(monday)
    assert answers == {(302, f"{FORM}?asked=yes")}
    assert len(pages) == 1
    assert sorted(str(mail["To"]) for mail in mail_server.taken) == [
        "new@acme.example",
        "nora@harbour.example",
    ], "staff and who has lost the access get none"
    for address in (agent.email, gone.email):
        with pytest.raises(Refused, match="Use another one"):
            confirm(monday, address)
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_vv2_one_mail_a_day_goes_to_a_mailbox_and_nothing_asked_meanwhile_is_lost(
    product: Product, monday: datetime, mail_server: type[PaperServer]
) -> None:
    ask(product, monday)
    ask(product, monday, subject="Before it was sent")
    deliver(monday)
    first = link_in(mail_server).split("/")[-2]
    ask(product, monday + HOUR, subject="After it was sent")
    ask(product, monday + HOUR, subject="Plus", email="ann+x@acme.example")
    for hours in range(24):
        deliver(monday + hours * HOUR)
    assert len(confirmations(mail_server)) == 1
    waiting = [each.pk for each in Inquiry.objects.filter(email=ANN["email"])]
    tickets = confirm_inquiries(token=first, chosen=waiting, at=monday + 2 * HOUR)
    assert [each.subject for each in tickets] == [
        ANN["subject"],
        "Before it was sent",
        "After it was sent",
    ]
    ask(product, monday + 3 * HOUR, subject="After it was used")
    with pytest.raises(Refused, match="has been used"):
        confirm_inquiries(token=first, chosen=[Inquiry.objects.latest("pk").pk], at=monday + 3 * HOUR)
    deliver(monday + DAY)
    assert confirmations(mail_server) == [ANN["email"]] * 2
    second = link_in(mail_server).split("/")[-2]
    (last,) = confirm_inquiries(
        token=second, chosen=[Inquiry.objects.latest("pk").pk], at=monday + DAY + HOUR
    )
    assert last.subject == "After it was used"
    deliver(monday + 2 * DAY)
    assert confirmations(mail_server) == [ANN["email"], ANN["email"], "ann+x@acme.example"]


@pytest.mark.django_db
def test_vv2_a_network_asks_so_often_an_hour_and_others_go_on(
    product: Product, monday: datetime, settings: Any
) -> None:
    settings.INQUIRIES_AN_HOUR = 2
    for number in range(2):
        ask(product, monday, email=f"a{number}@acme.example")
    with pytest.raises(TooOften, match="Try again in an hour"):
        ask(product, monday, email="a3@acme.example")
    ask(product, monday, network="198.51.100.0/24", email="b@acme.example")
    ask(product, monday + HOUR, email="a3@acme.example")
    settings.INQUIRIES_AN_HOUR = 1
    with time_machine.travel(monday, tick=False):
        sent = {**ANN, "product": product.pk}
        answers = [Client().post(FORM, {**sent, "email": f"c{n}@acme.example"}) for n in range(2)]
    assert [answer.status_code for answer in answers] == [302, 429]
    assert "What do &lt;b&gt;five&lt;/b&gt; cost?" in answers[1].content.decode(), "what was typed is kept"
    assert Inquiry.objects.count() == 5
    assert OutboxMessage.objects.count() == 5


@pytest.mark.django_db
def test_vv2_a_link_is_bound_to_its_address_ends_after_a_day_and_files_what_its_owner_ticks(
    product: Product, monday: datetime
) -> None:
    ask(product, monday, subject="Mine")
    ask(product, monday, subject="Somebody else's words")
    ask(product, monday, email="bob@acme.example")
    mine, others, bobs = Inquiry.objects.order_by("pk")
    link = confirmation_link(ANN["email"], at=monday)
    token = link.split("/")[-2]
    path = LINK.findall(link)[0]
    visitor = Client()
    with time_machine.travel(monday, tick=False):
        page = visitor.get(path).content.decode()
        assert "checked" not in page, "of several nobody knows which one was theirs"
        refused = visitor.post(path, {"inquiry": [bobs.pk, "x", "9" * 30]})
    assert refused.status_code == 422
    assert "Tick what you wrote" in words(refused)
    for bad in (f"{token}x", "nothing", confirmation_link("x@acme.example", at=monday).split("/")[-2]):
        with pytest.raises(Refused, match="has been used, or its time is over"):
            confirm_inquiries(token=bad, chosen=[mine.pk], at=monday)
    with pytest.raises(Refused, match="its time is over"):
        confirm_inquiries(token=token, chosen=[mine.pk], at=monday + DAY)
    (ticket,) = confirm_inquiries(token=token, chosen=[mine.pk], at=monday + DAY - HOUR)
    assert ticket.subject == "Mine"
    with pytest.raises(Refused, match="has been used"):
        confirm_inquiries(token=token, chosen=[others.pk], at=monday + DAY - HOUR)
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_what_is_missing_or_not_offered_is_refused_and_kept_on_the_page(
    product: Product, monday: datetime
) -> None:
    visitor = Client()
    with time_machine.travel(monday, tick=False):
        bad = visitor.post(FORM, {"name": "Ann", "email": "ann", "product": "0", "text": "Five?"})
        assert bad.status_code == 422
        for said in ("Choose one of these", "Write a subject", "valid email address"):
            assert said in words(bad)
        assert "Five?" in bad.content.decode()
        evil = visitor.post(FORM, {**ANN, "name": "http://evil.example", "product": product.pk})
        assert "Enter your name, in letters." in words(evil)
        for slug in ("atheer", "nothing"):
            assert visitor.get(f"/inquiries/{slug}/").status_code == 404
    offered = offered_by("vivvo", monday)
    assert offered is not None
    asked = Asked(**ANN, product=product, request_type="presales")
    other = Product.objects.create(name="Not sold under it", slug="other")
    for wrong, said in (
        (replace(asked, product=other), "one of the products"),
        (replace(asked, request_type="troubleshooting"), "one of these"),
        (replace(asked, text="x" * 10_001), "10,000 characters"),
        (replace(asked, company="x" * 121), "120 characters"),
        (replace(asked, email="ann@"), "email address"),
    ):
        with pytest.raises(Refused, match=said):
            ask_presale(offered=offered, asked=wrong, network=NET, at=monday)
    assert not Inquiry.objects.exists()
    assert not Customer.objects.filter(name__contains="Acme").exists()


@pytest.mark.django_db
def test_what_nobody_confirmed_is_forgotten_and_networks_are_after_a_day(
    product: Product, monday: datetime, settings: Any
) -> None:
    settings.INQUIRY_DAYS = 3
    ask(product, monday)
    (ticket,) = confirm(monday)
    ask(product, monday + HOUR, subject="Never confirmed")
    ask(product, monday + 3 * DAY, subject="New")
    with pytest.raises(Refused, match="its time is over"):
        confirm(monday + 9 * DAY)
    forget_old_inquiries(at=monday + 3 * DAY + HOUR)
    left = [(each.ticket, each.subject, each.network) for each in Inquiry.objects.order_by("pk")]
    assert left == [(ticket, "", ""), (None, "New", NET)]


@pytest.mark.django_db
def test_the_queue_asks_no_more_of_an_inquiry_than_of_another_ticket(
    product: Product, agent: User, monday: datetime, django_assert_max_num_queries: Any
) -> None:
    desk = desk_of(agent)
    ask(product, monday)
    confirm(monday)
    with CaptureQueriesContext(connection) as few:
        desk.get("/admin/queue/?show=presales")
    for number in range(4):
        ask(product, monday, network="", email=f"a{number}@acme.example")
        confirm(monday, f"a{number}@acme.example")
    with django_assert_max_num_queries(len(few)):
        desk.get("/admin/queue/?show=presales")
