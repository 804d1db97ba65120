"""Licences: numbers on a contract, claimed by people, agreed to by the customer (VV1)."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from contracts.entitlement import entitlement
from contracts.licence_links import claim_link
from contracts.licence_numbers import numbers_in, plain_number
from contracts.models import Contact, Contract, Deployment, Licence, LicenceClaim, OutboxMessage, User
from contracts.outbox.delivery import deliver
from contracts.refusals import Refused
from contracts.services.licences import (
    agree_claim,
    ask_licence_claim,
    claim_licence,
    confirm_licence_claim,
    enter_licences,
    refuse_claim,
    release_licence,
    withdraw_licence,
)
from contracts.tests.factories import ContractFactory, published
from contracts.tests.mail_servers import PaperServer

DAY = timedelta(days=1)
ZOE = {"name": "Zoë O’Hara", "email": "zoe@free.example"}
LINK = re.compile(r"/licences/claims/[^/\s]+/")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (" vv 123–456.ab ", "VV-123-456-AB"), ("ＶＶ－１２３４", "VV-1234"), ("vv--12--34", "VV-12-34"),
        ("abc", ""), ("VV 12#4", ""), ("Ä-1234", ""), ("x" * 61, ""), ("", ""), ("<script>", ""),
    ],
)  # fmt: skip
def test_a_number_is_one_text_however_it_is_typed(typed: str, plain: str) -> None:
    assert plain_number(typed) == plain


def test_a_pasted_list_has_each_number_once_and_names_what_is_none() -> None:
    assert numbers_in("VV-1111\r\nvv 1111; VV-2222,\n\n??\t") == (["VV-1111", "VV-2222"], ["??"])


@pytest.fixture
def licence(contract: Contract, agent: User, monday: datetime) -> Licence:
    """VV-1001 on the customer's contract, which is under Vivvo's policy."""
    contract.policy_version, contract.tier = published("vivvo"), "premium"
    contract.save()
    return enter_licences(contract=contract, numbers="vv 1001", actor=agent, at=monday)[0]


def confirmed(licence: Licence, at: datetime, key: str = "one") -> LicenceClaim:
    """Zoë's claim, her address confirmed."""
    link = claim_link(number=licence.number, **ZOE, message_key=key, at=at)
    confirm_licence_claim(token=link.split("/")[-2], at=at)
    return LicenceClaim.objects.latest("pk")


@pytest.mark.django_db
def test_vv1_a_stranger_claims_a_licence_the_administrator_agrees_and_the_contract_covers_them(
    licence: Licence,
    administrator: Contact,
    contact: Contact,
    deployment: Deployment,
    monday: datetime,
    mail_server: type[PaperServer],
) -> None:
    ask_licence_claim(number="vv-1001", **ZOE, at=monday)
    deliver(monday)
    (mail,) = mail_server.taken
    text = mail.as_string()
    assert mail["To"] == ZOE["email"]
    assert "1001" not in text, "what was typed is not repeated to an address that anybody can type"
    assert "Hara" not in text
    assert LicenceClaim.objects.count() == 0, "nobody is asked before the address is confirmed"
    body = mail.get_body(("plain",))
    assert body is not None
    token = LINK.findall(body.get_content())[0].split("/")[-2]
    for _ in range(2):
        confirm_licence_claim(token=token, at=monday + timedelta(minutes=5))
    claim = LicenceClaim.objects.get()
    told = OutboxMessage.objects.get(kind="team")
    assert told.user == administrator.user
    assert "zoe@free.example says that the licence VV-1001 is theirs" in told.text
    with pytest.raises(Refused, match="Only the administrators"):
        agree_claim(claim=claim, actor=contact.user, at=monday)
    agree_claim(claim=claim, actor=administrator.user, at=monday + timedelta(hours=1))
    claim.refresh_from_db()
    assert (claim.agreed, claim.decided_by) == (True, administrator.user)
    invited = OutboxMessage.objects.get(kind="invitation")
    assert (invited.to, invited.user) == (ZOE["email"], claim.contact.user)  # type: ignore[union-attr]  # it is there, or the test fails
    assert entitlement(contact=claim.contact, deployment=deployment, channel="web", at=monday).holds  # type: ignore[arg-type]  # a claim has one


@pytest.mark.django_db
def test_vv1_nothing_tells_a_stranger_which_numbers_exist(
    licence: Licence, administrator: Contact, monday: datetime, mail_server: type[PaperServer]
) -> None:
    cache.clear()
    pages, texts = [], []
    for number, name in (("VV-1001", "known"), ("VV-9999", "unknown")):
        visitor = Client()
        sent = {"number": number, "name": "Zoë", "email": f"{name}@free.example"}
        with time_machine.travel(monday, tick=False):
            asked = visitor.post("/licences/claim/", sent)
            assert (asked.status_code, asked.headers["Location"]) == (302, "/licences/claim/?asked=yes")
            deliver(monday)
            body = mail_server.taken[-1].get_body(("plain",))
            assert body is not None
            link = LINK.findall(body.get_content())[0]
            texts.append(body.get_content().replace(link, ""))
            opened = visitor.get(link)
            assert opened.status_code == 200
            assert "1001" not in opened.content.decode()
            answers = [visitor.post(link) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        pages += [re.sub(r"nonce-\S+|csrf\S+", "", answer.content.decode()) for answer in answers]
        with time_machine.travel(monday + 2 * DAY, tick=False):
            assert visitor.get(link).status_code == 410
    assert len(set(pages)) == 1
    assert len(set(texts)) == 1
    assert LicenceClaim.objects.count() == 1


@pytest.mark.django_db
def test_one_mail_a_day_goes_to_a_mailbox_whoever_types_it_and_a_network_is_stopped(
    licence: Licence, monday: datetime
) -> None:
    for number, email in (("VV-1001", "zoe@free.example"), ("VV-2222", "Zoe+x@free.example")):
        ask_licence_claim(number=number, name="Zoë", email=email, at=monday)
    ask_licence_claim(number="VV-1001", **ZOE, at=monday + timedelta(hours=23))
    assert OutboxMessage.objects.count() == 1
    ask_licence_claim(number="VV-1001", **ZOE, at=monday + DAY)
    assert OutboxMessage.objects.count() == 2
    cache.clear()
    visitor = Client()
    with time_machine.travel(monday, tick=False):
        sent = {"number": "VV-1001", "name": "Zoë"}
        answers = [
            visitor.post("/licences/claim/", {**sent, "email": f"{n}@free.example"}) for n in range(11)
        ]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": "???"}, "number"),
        ({"name": "See https://evil.example"}, "name"),
        ({"name": "<b>Zoë</b>"}, "name"),
        ({"email": "zoe"}, "email"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    changed: dict[str, str], field: str, monday: datetime
) -> None:
    with pytest.raises(Refused) as caught:
        ask_licence_claim(**{"number": "VV-1001", **ZOE, **changed}, at=monday)
    assert caught.value.field == field


@pytest.mark.django_db
def test_vv1_a_contact_claims_a_licence_of_their_company_and_none_of_another(
    licence: Licence, contact: Contact, colleague: Contact, stranger: Contact, agent: User, monday: datetime
) -> None:
    other = ContractFactory.create(customer=stranger.customer)
    theirs = enter_licences(contract=other, numbers="MF-10", actor=agent, at=monday)
    said = set()
    for number in (theirs[0].number, "MF-99"):
        with pytest.raises(Refused) as caught:
            claim_licence(number=number, actor=contact.user, at=monday)
        said.add(str(caught.value))
    assert len(said) == 1, "another company's number reads like one that there is not"
    claim = claim_licence(number="vv 1001", actor=contact.user, at=monday)
    assert (claim.agreed, claim.contact, claim.licence) == (True, contact, licence)
    with pytest.raises(Refused, match="Nora Quay holds the licence VV-1001"):
        claim_licence(number="vv 1001", actor=colleague.user, at=monday)
    with pytest.raises(Refused, match="Only the administrators"):
        release_licence(claim=claim, actor=colleague.user, at=monday)
    release_licence(claim=claim, actor=contact.user, at=monday)
    assert claim_licence(number="vv 1001", actor=colleague.user, at=monday).contact == colleague


@pytest.mark.django_db
def test_a_number_stands_on_one_contract_and_one_withdrawn_stays_as_a_row(
    licence: Licence, contract: Contract, contact: Contact, agent: User, monday: datetime
) -> None:
    claim = claim_licence(number="VV-1001", actor=contact.user, at=monday)
    with pytest.raises(Refused, match=r"On a contract already: VV-1001 \(A-1\)"):
        enter_licences(contract=contract, numbers="VV-3000\nVV-1001", actor=agent, at=monday)
    with pytest.raises(Refused, match=r"\?\? is no licence number"):
        enter_licences(contract=contract, numbers="VV-3000\n??", actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff"):
        enter_licences(contract=contract, numbers="VV-3000", actor=contact.user, at=monday)
    assert Licence.objects.count() == 1
    with pytest.raises(Refused, match="Say why"):
        withdraw_licence(licence=licence, reason=" ", actor=agent, at=monday)
    withdraw_licence(licence=licence, reason="Sold", actor=agent, at=monday)
    claim.refresh_from_db()
    assert (claim.ended_at, claim.ended_by) == (monday, agent)
    with pytest.raises(Refused, match="We know no such licence"):
        claim_licence(number="VV-1001", actor=contact.user, at=monday)
    enter_licences(contract=contract, numbers="VV-1001", actor=agent, at=monday)
    assert Licence.objects.filter(number="VV-1001").count() == 2


@pytest.mark.django_db
def test_a_refused_claim_is_told_with_its_reason_and_not_asked_again(
    licence: Licence, administrator: Contact, agent: User, monday: datetime
) -> None:
    claim = confirmed(licence, monday)
    with pytest.raises(Refused, match="Say why"):
        refuse_claim(claim=claim, reason="", actor=administrator.user, at=monday)
    refuse_claim(claim=claim, reason="You left in May.", actor=administrator.user, at=monday)
    told = OutboxMessage.objects.get(to=ZOE["email"])
    assert told.user is None
    assert "You left in May." in told.text
    with pytest.raises(Refused, match="answered already"):
        agree_claim(claim=claim, actor=agent, at=monday)
    confirmed(licence, monday + DAY, key="two")
    assert LicenceClaim.objects.count() == 1


@pytest.mark.django_db
def test_where_a_customer_has_no_administrator_the_desk_is_asked_and_answers(
    licence: Licence, agent: User, monday: datetime
) -> None:
    claim = confirmed(licence, monday)
    assert OutboxMessage.objects.get(kind="team").user == agent
    agree_claim(claim=claim, actor=agent, at=monday)
    assert not User.objects.get(email=ZOE["email"]).has_usable_password()


@pytest.mark.django_db
def test_a_contract_that_is_over_takes_no_claims(
    licence: Licence, contract: Contract, contact: Contact, agent: User, monday: datetime
) -> None:
    claim = confirmed(licence, monday)
    Contract.objects.update(ends_on=(monday - DAY).date())
    with pytest.raises(Refused, match="not in its term"):
        agree_claim(claim=claim, actor=agent, at=monday)
    with pytest.raises(Refused, match="not in its term"):
        claim_licence(number="VV-1001", actor=contact.user, at=monday)
    LicenceClaim.objects.all().delete()
    link = claim_link(number="VV-1001", **ZOE, message_key="three", at=monday)
    confirm_licence_claim(token=link.split("/")[-2], at=monday)
    assert LicenceClaim.objects.count() == 0
