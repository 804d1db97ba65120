"""The customer's team: what it is entitled to, and what its administrators ask of staff (AT7, AT8)."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Contact, Contract, LicenceClaim, OutboxMessage, TeamRequest, User
from contracts.refusals import Refused
from contracts.services.licences import claim_licence, enter_licences
from contracts.services.people import invite_contact
from contracts.services.team import approve_request, ask_ending, ask_naming, refuse_request
from contracts.team_reading import teams_of
from contracts.tests.factories import ContactFactory, UserFactory

pytestmark = pytest.mark.django_db
TRAINED = date(2026, 3, 2)


def client_of(user: User) -> Client:
    """A browser in which ``user`` is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def asked(contact: Contact, administrator: Contact, at: datetime, **more: object) -> TeamRequest:
    """A request to name ``contact``."""
    given = {"instead_of": None, "trained_on": None, "reason": "Nora is on leave.", **more}
    return ask_naming(contact=contact, actor=administrator.user, at=at, **given)  # type: ignore[arg-type]  # given by name, of the types that it takes


def test_at8_a_request_skips_neither_training_nor_domain(
    contact: Contact,
    colleague: Contact,
    administrator: Contact,
    contract: Contract,
    agent: User,
    monday: datetime,
) -> None:
    """The customer's word of a training is shown to staff, and does not count before they enter the day."""
    request = asked(colleague, administrator, monday, instead_of=contact, trained_on=TRAINED)
    with pytest.raises(Refused, match="support training: enter the day"):
        approve_request(request=request, trained_on=None, answer="", actor=agent, at=monday)
    contact.refresh_from_db()
    assert contact.is_named, "nothing is done by halves"
    with pytest.raises(Refused, match="still to come"):
        approve_request(request=request, trained_on=date(2026, 12, 1), answer="", actor=agent, at=monday)
    approve_request(request=request, trained_on=TRAINED, answer="", actor=agent, at=monday)
    assert [each.user.name for each in Contact.objects.filter(is_named=True)] == ["Col Jetty"]
    outside = ContactFactory.create(
        user=UserFactory.create(email="guest@mail.example"), customer=contact.customer
    )
    colleague.refresh_from_db()
    theirs = asked(outside, administrator, monday, instead_of=colleague)
    with pytest.raises(Refused, match=r"guest@mail\.example is not"):
        approve_request(request=theirs, trained_on=TRAINED, answer="", actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff name contacts"):
        invite_contact(
            customer=contact.customer,
            email="another@mail.example",
            name="Another",
            is_named=True,
            trained_on=TRAINED,
            is_administrator=False,
            actor=administrator.user,
            at=monday,
        )


def test_at7_a_request_for_one_more_than_are_bought_is_not_done(
    contact: Contact,
    colleague: Contact,
    administrator: Contact,
    contract: Contract,
    agent: User,
    monday: datetime,
) -> None:
    request = asked(colleague, administrator, monday)
    with pytest.raises(Refused, match="includes one named contact; Nora Quay is named"):
        approve_request(request=request, trained_on=TRAINED, answer="", actor=agent, at=monday)
    Contract.objects.update(extra_named_contacts=1, extra_named_contacts_order="A-8")
    (team,) = teams_of(administrator.user, monday)
    (entitled,) = team.entitled
    assert (entitled.named_used, entitled.named_allowed, entitled.named_left) == (1, 2, 1)
    approve_request(request=request, trained_on=TRAINED, answer="Welcome", actor=agent, at=monday)
    assert teams_of(administrator.user, monday)[0].entitled[0].named_left == 0


def test_a_request_is_told_to_the_desk_decided_once_and_told_back(
    contact: Contact,
    colleague: Contact,
    administrator: Contact,
    stranger: Contact,
    contract: Contract,
    agent: User,
    monday: datetime,
) -> None:
    for who in (contact, stranger):
        with pytest.raises(Refused, match="Only administrators"):
            asked(colleague, who, monday)
    request = asked(colleague, administrator, monday, instead_of=contact)
    told = OutboxMessage.objects.get()
    assert (told.user, told.subject) == (
        agent,
        "Harbour Freight Lines asks: name Col Jetty instead of Nora Quay",
    )
    with pytest.raises(Refused, match="asked for Col Jetty already"):
        asked(colleague, administrator, monday)
    with pytest.raises(Refused, match="Say why"):
        refuse_request(request=request, answer="", actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff"):
        refuse_request(request=request, answer="No", actor=administrator.user, at=monday)
    refuse_request(request=request, answer="Train Col first.", actor=agent, at=monday)
    answer = OutboxMessage.objects.latest("pk")
    assert answer.user == administrator.user
    assert "Train Col first." in answer.text
    with pytest.raises(Refused, match="decided already"):
        approve_request(request=request, trained_on=TRAINED, answer="", actor=agent, at=monday)


def test_an_access_ends_by_a_managers_hand_and_frees_name_and_licence(
    contact: Contact,
    administrator: Contact,
    contract: Contract,
    agent: User,
    manager: User,
    monday: datetime,
) -> None:
    enter_licences(contract=contract, numbers="VV-1001", actor=agent, at=monday)
    claim_licence(number="VV-1001", actor=contact.user, at=monday)
    with pytest.raises(Refused, match="another administrator"):
        ask_ending(contact=administrator, reason="x", actor=administrator.user, at=monday)
    request = ask_ending(contact=contact, reason="Left us.", actor=administrator.user, at=monday)
    with pytest.raises(Refused, match="Only a manager"):
        approve_request(request=request, trained_on=None, answer="", actor=agent, at=monday)
    approve_request(request=request, trained_on=None, answer="", actor=manager, at=monday)
    contact.refresh_from_db()
    assert not User.objects.get(pk=contact.user_id).is_active
    assert not contact.is_named
    assert not LicenceClaim.objects.held().exists()


def test_the_teams_page_shows_all_to_the_administrator_and_offers_nothing_to_others(
    contact: Contact,
    administrator: Contact,
    stranger: Contact,
    contract: Contract,
    agent: User,
    monday: datetime,
) -> None:
    enter_licences(contract=contract, numbers="VV-1001\nVV-1002", actor=agent, at=monday)
    claim_licence(number="VV-1001", actor=contact.user, at=monday)
    asked_address = f"/team/contacts/{contact.pk}/ending/"
    ada = client_of(administrator.user)
    page = ada.get("/team/").content.decode()
    for said in (
        "A-1",
        "1 of 2 claimed, 1 left",
        "1 of 1 named, 0 left",
        "nora@harbour.example",
        asked_address,
    ):
        assert said in page
    theirs = client_of(contact.user).get("/team/").content.decode()
    assert "1 of 2 claimed, 1 left" in theirs
    assert "/ending/" not in theirs
    others = client_of(stranger.user).get("/team/").content.decode()
    assert "nora@harbour.example" not in others
    for user in (contact.user, stranger.user):
        assert client_of(user).get(asked_address).status_code == 404
    sent = ada.post(asked_address, {"reason": ""})
    assert sent.status_code == 422
    assert ada.post(asked_address, {"reason": "Left us."}).status_code == 302
    page = ada.get("/team/").content.decode()
    assert "not answered yet" in page
    assert "Left us." in page


def test_the_teams_page_asks_the_same_of_the_database_however_many_there_are(
    contact: Contact, administrator: Contact, contract: Contract, agent: User, monday: datetime
) -> None:
    client = client_of(administrator.user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/team/").status_code == 200
        return len(found)

    enter_licences(contract=contract, numbers="VV-1000", actor=agent, at=monday)
    claim_licence(number="VV-1000", actor=contact.user, at=monday)
    ask_ending(contact=contact, reason="x", actor=administrator.user, at=monday)
    queries()
    before = queries()
    enter_licences(
        contract=contract, numbers="\n".join(f"VV-{n}" for n in range(2000, 2020)), actor=agent, at=monday
    )
    for n in range(2000, 2005):
        claim_licence(number=f"VV-{n}", actor=contact.user, at=monday)
        more = ContactFactory.create(customer=contact.customer)
        ask_ending(contact=more, reason="x", actor=administrator.user, at=monday)
    assert queries() == before
