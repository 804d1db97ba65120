"""The verbs of licences and teams, each prepared for the test that lets every query fail once."""

from collections.abc import Callable
from datetime import UTC, datetime

from contracts.licence_links import claim_link
from contracts.models import Contact, Contract, Licence, LicenceClaim, TeamRequest, User
from contracts.services import licences, team

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
Do = Callable[[], object]


def manager() -> User:
    return User.objects.get(email="max@desk.example")


def nora() -> Contact:
    return Contact.objects.get(user__email="nora@harbour.example")


def col() -> Contact:
    return Contact.objects.get(user__email="col@harbour.example")


def enter() -> object:
    return licences.enter_licences(contract=Contract.objects.get(), numbers="VV-1001", actor=manager(), at=AT)


def withdraw() -> Do:
    enter()
    return lambda: licences.withdraw_licence(
        licence=Licence.objects.get(), reason="Sold", actor=manager(), at=AT
    )


def ask_claim() -> None:
    licences.ask_licence_claim(number="VV-1001", name="Zoë", email="zoe@free.example", at=AT)


def confirm() -> Do:
    enter()
    link = claim_link(number="VV-1001", name="Zoë", email="zoe@free.example", message_key="one", at=AT)
    return lambda: licences.confirm_licence_claim(token=link.split("/")[-2], at=AT)


def claim() -> Do:
    enter()
    return lambda: licences.claim_licence(number="VV-1001", actor=nora().user, at=AT)


def agree() -> Do:
    confirm()()
    return lambda: licences.agree_claim(claim=LicenceClaim.objects.get(), actor=manager(), at=AT)


def refuse_claim() -> Do:
    confirm()()
    return lambda: licences.refuse_claim(
        claim=LicenceClaim.objects.get(), reason="No", actor=manager(), at=AT
    )


def release() -> Do:
    claim()()
    return lambda: licences.release_licence(claim=LicenceClaim.objects.get(), actor=nora().user, at=AT)


def administer() -> User:
    Contact.objects.filter(pk=col().pk).update(is_administrator=True)
    return col().user


def ask_ending() -> Do:
    actor = administer()
    return lambda: team.ask_ending(contact=nora(), reason="Left", actor=actor, at=AT)


def ask_naming() -> Do:
    actor = administer()
    return lambda: team.ask_naming(
        contact=col(), instead_of=nora(), trained_on=AT.date(), reason="Leave", actor=actor, at=AT
    )


def approve() -> Do:
    ask_naming()()
    return lambda: team.approve_request(
        request=TeamRequest.objects.get(), trained_on=AT.date(), answer="", actor=manager(), at=AT
    )


def refuse_request() -> Do:
    ask_ending()()
    return lambda: team.refuse_request(request=TeamRequest.objects.get(), answer="No", actor=manager(), at=AT)


VERBS: dict[str, Callable[[], Do]] = {
    "licences.enter_licences": lambda: enter,
    "licences.withdraw_licence": withdraw,
    "licences.ask_licence_claim": lambda: ask_claim,
    "licences.confirm_licence_claim": confirm,
    "licences.claim_licence": claim,
    "licences.agree_claim": agree,
    "licences.refuse_claim": refuse_claim,
    "licences.release_licence": release,
    "team.ask_ending": ask_ending,
    "team.ask_naming": ask_naming,
    "team.approve_request": approve,
    "team.refuse_request": refuse_request,
}
