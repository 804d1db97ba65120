"""Asking for a new password: the same answer for everybody, and a link that is made when it is sent."""

import re
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, OutboxMessage, User
from contracts.outbox.delivery import deliver
from contracts.services.passwords import ask_reset
from contracts.tests.mail_servers import PaperServer

ASK = "/account/password/reset/"
NEW = "quieter than any harbour"


def ask(client: Client, email: str) -> bytes:
    answer = client.post(ASK, {"email": email}, follow=True)
    assert answer.redirect_chain == [("/account/password/reset/done/", 302)]
    return answer.content


def sent_link(mail_server: type[PaperServer]) -> str:
    """The path of the link in the mail that was sent last."""
    body = mail_server.taken[-1].get_body(("plain",))
    assert body is not None
    found = re.search(rf"{settings.SITE_URL}(/account/password/reset/key/\S+)", body.get_content())
    assert found is not None
    return found[1]


@pytest.fixture
def link(contact: Contact, mail_server: type[PaperServer]) -> str:
    """A reset link, as it came in the mail a moment ago."""
    now = timezone.now()
    ask_reset(email=contact.user.email, at=now)
    deliver(now)
    return sent_link(mail_server)


def choose(client: Client, link: str, password: str = NEW) -> bytes:
    """Opens the link and sends the form behind it."""
    page = client.get(link, follow=True)
    path = page.redirect_chain[-1][0] if page.redirect_chain else link
    return client.post(path, {"password1": password, "password2": password}, follow=True).content


def may_sign_in(contact: Contact, password: str) -> bool:
    return (
        Client().post("/account/login/", {"login": contact.user.email, "password": password}).status_code
        == 302
    )


def test_a_known_and_an_unknown_address_get_the_same_page(contact: Contact) -> None:
    known, unknown = (ask(Client(), email) for email in ("nora@harbour.example", "nobody@harbour.example"))
    assert known == unknown


@pytest.mark.parametrize("email", ["nora@harbour.example", "nobody@harbour.example"])
def test_a_known_and_an_unknown_address_cost_the_same_work(
    email: str, contact: Contact, monday: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        ask_reset(email=email, at=monday)


def test_the_link_leads_to_a_new_password_and_works_once(client: Client, contact: Contact, link: str) -> None:
    assert b"Your password is changed" in choose(client, link)
    assert may_sign_in(contact, NEW)
    assert b"opens nothing any more" in choose(Client(), link, "another quiet harbour")
    assert may_sign_in(contact, NEW)
    assert OutboxMessage.objects.filter(kind="password_changed").count() == 1


def test_a_scanner_that_opens_the_link_does_not_use_it_up(contact: Contact, link: str) -> None:
    for _ in range(3):
        Client().get(link, follow=True)
        Client().head(link, follow=True)
    choose(Client(), link)
    assert may_sign_in(contact, NEW)


def test_the_link_ends_after_its_hours(
    client: Client, contact: Contact, mail_server: type[PaperServer]
) -> None:
    long_ago = timezone.now() - timedelta(hours=settings.LINK_HOURS, minutes=1)
    ask_reset(email=contact.user.email, at=long_ago)
    deliver(long_ago)
    assert b"opens nothing any more" in choose(client, sent_link(mail_server))


@pytest.mark.parametrize("change", [{"email": "nora@elsewhere.example"}, {"is_active": False}])
def test_the_link_ends_with_the_address_and_with_the_access(
    change: dict[str, object], contact: Contact, link: str
) -> None:
    User.objects.filter(pk=contact.user.pk).update(**change)
    assert b"opens nothing any more" in choose(Client(), link)


def test_the_link_is_nowhere_stored(contact: Contact, link: str) -> None:
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in str(list(OutboxMessage.objects.values()))


def test_nobody_gets_a_mail_for_an_address_that_is_unknown_or_disabled(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    User.objects.filter(pk=contact.user.pk).update(is_active=False)
    for email in ("nobody@harbour.example", contact.user.email):
        ask_reset(email=email, at=monday)
    assert deliver(monday).dropped == 2
    assert not mail_server.taken
    assert not OutboxMessage.objects.exists()


def test_pressing_again_and_again_sends_one_mail_in_five_minutes(contact: Contact, monday: datetime) -> None:
    for second in range(200):
        ask_reset(email=contact.user.email.upper(), at=monday + timedelta(seconds=second))
    assert OutboxMessage.objects.count() == 1
    ask_reset(email=contact.user.email, at=monday + timedelta(minutes=6))
    assert OutboxMessage.objects.count() == 2


def test_the_host_of_the_link_comes_from_the_settings(
    client: Client, contact: Contact, mail_server: type[PaperServer]
) -> None:
    client.post(ASK, {"email": contact.user.email}, headers={"X-Forwarded-Host": "evil.example"})
    deliver(timezone.now())
    assert "evil.example" not in mail_server.taken[-1].as_string()
    assert sent_link(mail_server).startswith("/account/")


def test_asking_too_often_is_stopped(client: Client, db: None) -> None:
    answers = [client.post(ASK, {"email": "nora@harbour.example"}).status_code for _ in range(7)]
    assert answers[0] == 302
    assert answers[-1] == 429
