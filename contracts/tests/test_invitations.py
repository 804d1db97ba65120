"""Coming in by invitation: the mail, the page, and what the link does and does not do."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from contracts.access_changes import access_told
from contracts.links import invitation_link, invitation_token
from contracts.models import AccessChange, Contact, Contract, Customer, OutboxMessage, User
from contracts.outbox.delivery import deliver
from contracts.refusals import Refused
from contracts.services.people import (
    accept_invitation,
    create_manager,
    disable_user,
    invite_contact,
    invite_staff,
    resend_invitation,
)
from contracts.services.staff import AGENTS, MANAGERS
from contracts.tests.faults import fail_each_query, rows
from contracts.tests.mail_servers import PaperServer

NEW = "quieter than any harbour"


def invite(customer: Customer, actor: User, at: datetime, **more: Any) -> Contact:
    given = {
        "email": "Ivo@Harbour.example",
        "name": " Ivo\nNew ",
        "is_named": False,
        "trained_on": None,
        **more,
    }
    return invite_contact(customer=customer, actor=actor, at=at, **{"is_administrator": False, **given})


@pytest.fixture
def invited(customer: Customer, manager: User) -> Contact:
    """Ivo, who was invited a moment ago."""
    return invite(customer, manager, timezone.now())


def link_to(contact: Contact, at: datetime | None = None) -> str:
    """The path of the page that the mail leads to."""
    return invitation_link(contact.user, at=at or timezone.now()).removeprefix(settings.SITE_URL)


def accept(client: Client, link: str, password: str = NEW, again: str = NEW) -> Any:
    return client.post(link, {"password": password, "again": again})


def test_an_invitation_makes_a_user_without_a_password_a_contact_and_a_mail(invited: Contact) -> None:
    assert (invited.user.email, invited.user.name) == ("ivo@harbour.example", "Ivo New")
    assert not invited.user.has_usable_password()
    assert invited.invited_at is not None
    message = OutboxMessage.objects.get()
    assert (message.kind, message.to, message.text) == ("invitation", "ivo@harbour.example", "")


def test_the_mail_names_the_customer_and_its_link_opens_the_page(
    client: Client, invited: Contact, mail_server: type[PaperServer]
) -> None:
    assert deliver(timezone.now()).sent == 1
    body = mail_server.taken[0].get_body(("plain",))
    assert body is not None
    assert "Harbour Freight Lines" in body.get_content()
    found = re.search(rf"{settings.SITE_URL}(/account/invitations/\S+)", body.get_content())
    assert found is not None
    page = client.get(found[1])
    assert page.status_code == 200
    assert b"ivo@harbour.example" in page.content
    assert "no-store" in page["Cache-Control"]


def test_accepting_sets_the_password_and_signs_in(client: Client, invited: Contact) -> None:
    assert accept(client, link_to(invited))["Location"] == "/"
    assert client.get("/account/password/change/").status_code == 200
    invited.user.refresh_from_db()
    assert invited.user.check_password(NEW)


def test_a_scanner_that_opens_the_link_does_not_use_it_up(client: Client, invited: Contact) -> None:
    link = link_to(invited)
    for _ in range(3):
        assert Client().get(link).status_code == 200
        assert Client().head(link).status_code == 200
    assert accept(client, link).status_code == 302


def test_the_link_works_once(client: Client, invited: Contact) -> None:
    link = link_to(invited)
    accept(client, link)
    for answer in (Client().get(link), accept(Client(), link, "another harbour", "another harbour")):
        assert answer.status_code == 410
        assert b"used or withdrawn" in answer.content
    invited.user.refresh_from_db()
    assert invited.user.check_password(NEW)


def test_after_its_hours_the_page_offers_a_new_one(client: Client, invited: Contact) -> None:
    link = link_to(invited, timezone.now() - timedelta(hours=settings.LINK_HOURS))
    page = client.get(link)
    assert page.status_code == 410
    assert b"Send me a new invitation" in page.content
    assert accept(client, link).status_code == 410
    assert b"on its way" in client.post(f"{link}renewal/").content
    client.post(f"{link}renewal/")
    assert OutboxMessage.objects.filter(kind="invitation").count() == 2


@pytest.mark.parametrize("token", ["x", "a.b", "eyJ1Ijo1fQ.AAAA", "é"])
def test_a_forged_link_opens_nothing_and_says_nothing(token: str, client: Client, invited: Contact) -> None:
    assert client.get(f"/account/invitations/{token}/").status_code == 410
    assert client.post(f"/account/invitations/{token}/renewal/").status_code == 410
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize("change", [{"email": "ivo@elsewhere.example"}, {"is_active": False}])
def test_the_link_ends_with_the_address_and_with_the_access(
    change: dict[str, object], client: Client, invited: Contact
) -> None:
    link = link_to(invited)
    User.objects.filter(pk=invited.user.pk).update(**change)
    assert accept(client, link).status_code == 410


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), ("ivo@harbour.example",) * 2, (NEW, "other")]
)
def test_a_bad_password_is_refused_with_the_reason(
    password: str, again: str, client: Client, invited: Contact
) -> None:
    page = accept(client, link_to(invited), password, again)
    assert page.status_code == 200
    assert b"invalid-feedback" in page.content
    assert accept(client, link_to(invited)).status_code == 302


def test_who_is_signed_in_as_somebody_else_is_that_no_longer(
    client: Client, invited: Contact, agent: User
) -> None:
    client.force_login(agent)
    accept(client, link_to(invited))
    assert client.session["_auth_user_id"] == str(invited.user.pk)


def test_a_person_of_two_customers_keeps_one_account(
    stranger: Contact, customer: Customer, manager: User, mail_server: type[PaperServer], monday: datetime
) -> None:
    contact = invite(customer, manager, monday, email=stranger.user.email, name="Somebody else")
    assert contact.user == stranger.user
    assert contact.user.name == "Stan Strange"
    deliver(monday)
    assert "you have been added" in mail_server.taken[0]["Subject"]
    assert "/account/invitations/" not in mail_server.taken[0].as_string()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"email": "no address"}, "not an email address"),
        ({"email": "ivo@harbour.example\nBcc: all@example.com"}, "not an email address"),
        ({"name": "  "}, "name"),
        ({"email": "nora@harbour.example"}, "contact of Harbour Freight Lines already"),
        ({"email": "agnes@desk.example"}, "belongs to staff"),
        (
            {"is_named": True, "email": "ivo@elsewhere.example", "trained_on": date(2026, 1, 5)},
            "one named contact",
        ),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_whole(
    given: dict[str, Any],
    says: str,
    contact: Contact,
    contract: Contract,
    agent: User,
    manager: User,
    monday: datetime,
) -> None:
    people = User.objects.count()
    with pytest.raises(Refused, match=says):
        invite(contact.customer, manager, monday, **given)
    assert User.objects.count() == people
    assert not OutboxMessage.objects.exists()


def test_a_customers_administrator_invites_for_their_own_customer_only(
    administrator: Contact, contact: Contact, stranger: Contact, monday: datetime
) -> None:
    assert invite(administrator.customer, administrator.user, monday).pk
    for actor, customer in ((contact.user, contact.customer), (administrator.user, stranger.customer)):
        with pytest.raises(Refused, match="administrators"):
            invite(customer, actor, monday, email="eve@harbour.example")


def test_a_manager_invites_staff_who_then_stand_in_their_group(client: Client, manager: User) -> None:
    user = invite_staff(email="Una@desk.example", name="Una", role=AGENTS, actor=manager, at=timezone.now())
    link = invitation_link(user, at=timezone.now()).removeprefix(settings.SITE_URL)
    assert accept(client, link)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert [group.name for group in user.groups.all()] == [AGENTS]


def test_only_managers_invite_staff_and_only_newcomers(
    agent: User, manager: User, contact: Contact, monday: datetime
) -> None:
    with pytest.raises(Refused, match="manager"):
        invite_staff(email="una@desk.example", name="Una", role=AGENTS, actor=agent, at=monday)
    with pytest.raises(Refused, match="role"):
        invite_staff(email="una@desk.example", name="Una", role="kings", actor=manager, at=monday)
    with pytest.raises(Refused, match="known here"):
        invite_staff(email=contact.user.email, name="Nora", role=AGENTS, actor=manager, at=monday)


def test_an_invitation_is_sent_again_until_it_is_accepted(
    client: Client, invited: Contact, manager: User, mail_server: type[PaperServer]
) -> None:
    now = timezone.now()
    resend_invitation(user=invited.user, actor=manager, at=now)
    assert deliver(now).sent == 2
    resend_invitation(user=invited.user, actor=manager, at=now + timedelta(minutes=6))
    accept(client, link_to(invited))
    assert deliver(now + timedelta(minutes=7)).dropped == 1
    invited.user.refresh_from_db()
    with pytest.raises(Refused, match="accepted already"):
        resend_invitation(user=invited.user, actor=manager, at=now)


def test_an_ended_access_takes_its_invitation_along(
    invited: Contact, manager: User, mail_server: type[PaperServer]
) -> None:
    now = timezone.now()
    disable_user(user=invited.user, actor=manager, at=now)
    assert deliver(now).dropped == 1
    with pytest.raises(Refused, match="has been ended"):
        resend_invitation(user=User.objects.get(pk=invited.user.pk), actor=manager, at=now)


def test_who_let_a_person_in_and_who_ended_it_is_kept_and_told_to_staff(
    client: Client, invited: Contact, manager: User, agent: User
) -> None:
    day, user = datetime(2026, 12, 1, 9, 30, tzinfo=UTC), invited.user
    AccessChange.objects.update(at=day)
    resend_invitation(user=user, actor=agent, at=day + timedelta(hours=1))
    accepted = day + timedelta(hours=2)
    accept_invitation(token=invitation_token(user, at=accepted), password=NEW, at=accepted)
    disable_user(user=user, actor=manager, at=day + timedelta(days=1))
    assert list(access_told(user)) == [
        f"Wed 2 Dec 2026 09:30 UTC: access ended by {manager}",
        "Tue 1 Dec 2026 11:30 UTC: accepted the invitation",
        f"Tue 1 Dec 2026 10:30 UTC: invited again by {agent}",
        f"Tue 1 Dec 2026 09:30 UTC: invited (for {invited.customer}) by {manager}",
    ]
    client.force_login(manager)
    for page in (f"contracts/user/{user.pk}", f"contracts/contact/{invited.pk}"):
        assert f"access ended by {manager}<br>" in client.get(f"/admin/{page}/change/").content.decode()


def test_nobody_ends_their_own_access_and_agents_end_nobodys(
    agent: User, manager: User, monday: datetime
) -> None:
    with pytest.raises(Refused, match="your own"):
        disable_user(user=manager, actor=manager, at=monday)
    with pytest.raises(Refused, match="manager"):
        disable_user(user=manager, actor=agent, at=monday)


def test_the_first_manager_may_do_everything(db: None, monday: datetime) -> None:
    user = create_manager(email="Max@desk.example", name="Max", password=NEW, at=monday)
    assert user.is_superuser
    assert user.check_password(NEW)
    assert [group.name for group in user.groups.all()] == [MANAGERS]


def test_every_query_of_inviting_and_accepting_may_fail_and_nothing_is_half_done(
    customer: Customer, manager: User, monday: datetime
) -> None:
    whole = rows(User, Contact, OutboxMessage)
    assert fail_each_query(lambda: invite(customer, manager, monday), whole=whole) > 10
    user = Contact.objects.get().user
    token = invitation_token(user, at=monday)
    assert fail_each_query(lambda: accept_invitation(token=token, password=NEW, at=monday), whole=whole) >= 5
    user.refresh_from_db()
    assert user.check_password(NEW)
