"""Every call of the database of every verb fails once: nothing has changed then, and the same call works afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile

import contracts.services
from contracts.files import Upload
from contracts.links import invitation_token
from contracts.models import (
    Absence,
    Closure,
    Contact,
    Contract,
    Customer,
    Deployment,
    OutboxMessage,
    Product,
    Release,
    ReleaseFile,
    Team,
    User,
)
from contracts.models.contracts import Standing
from contracts.outbox.services import send_again
from contracts.services import (
    bounces,
    closures,
    contacts,
    customers,
    desk_people,
    environments,
    escalation_roles,
    mail_wishes,
    passwords,
    people,
    policies,
    products,
    releases,
    updates,
    users,
)
from contracts.services import contracts as signing
from contracts.services.staff import AGENTS, ensure_staff_groups
from contracts.tests import faults_of_team
from contracts.tests.factories import ClosureFactory, ReleaseFactory, UserFactory, policy_text
from contracts.tests.faults import fail_each_query, rows_of, verbs_of
from contracts.tests.upkeep import faults as upkeep
from contracts.tests.upkeep import faults_of_telling as telling

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
TODAY = AT.date()
NEW_PASSWORD = "four quiet harbour cranes"
# They ask and write nothing.
QUESTIONS = {"closures.check_closure", "windows.check_window"}


class Rows:
    """The cast, read anew at every mention, as each request reads them."""

    @property
    def manager(self) -> User:
        return User.objects.get(email="max@desk.example")

    @property
    def agent(self) -> User:
        return User.objects.get(email="agnes@desk.example")

    @property
    def contact(self) -> Contact:
        return Contact.objects.get(user__email="nora@harbour.example")

    @property
    def colleague(self) -> Contact:
        return Contact.objects.get(user__email="col@harbour.example")

    @property
    def customer(self) -> Customer:
        return Customer.objects.get(name="Harbour Freight Lines")

    @property
    def deployment(self) -> Deployment:
        return Deployment.objects.get(name="Production")

    @property
    def contract(self) -> Contract:
        return Contract.objects.get(order_reference="A-1")

    @property
    def product(self) -> Product:
        return Product.objects.get(slug="atlas")

    @property
    def newcomer(self) -> User:
        return User.objects.get(email="new@harbour.example")

    @property
    def closure(self) -> Closure:
        return Closure.objects.get()


Do = Callable[[], object]


def publish() -> Do:
    text = policy_text("viakoo")
    return lambda: policies.publish_policy(text=text, actor=Rows().manager, at=AT)


def accept_holidays() -> Do:
    version = Rows().contract.policy_version
    version.holidays.filter(day__gt=date(2027, 1, 1)).first().delete()  # type: ignore[union-attr] # there are many
    return lambda: policies.accept_holidays(version=version, actor=Rows().manager, at=AT)


def withdraw_closure() -> Do:
    ClosureFactory.create()
    return lambda: closures.withdraw_closure(closure=Rows().closure, actor=Rows().agent, at=AT)


def publish_release() -> Do:
    release = ReleaseFactory.create(product=Rows().product)
    return lambda: products.publish_release(release=release, actor=Rows().manager, at=AT)


def add_release_file() -> Do:
    release = ReleaseFactory.create(product=Rows().product)
    upload = Upload("atlas.zip", ContentFile(b"PK", name="atlas.zip"))
    return lambda: releases.add_release_file(release=release, upload=upload, actor=Rows().manager, at=AT)


def remove_release_file() -> Do:
    add_release_file()()
    Release.objects.update(published_at=AT)
    return lambda: releases.remove_release_file(
        file=ReleaseFile.objects.get(), reason="Signed with an old key", actor=Rows().manager, at=AT
    )


def choose_updates() -> Do:
    Deployment.objects.filter(name="Production").update(kind="agent")
    return lambda: updates.choose_updates(
        deployment=Rows().deployment, preference="automatic", actor=Rows().contact.user, at=AT
    )


def invited(then: Callable[[], object]) -> Callable[[], Do]:
    """A verb about somebody who was invited yesterday and has no password yet."""

    def prepared() -> Do:
        user = User.objects.create_user("new@harbour.example", None, name="Newt")
        Contact.objects.create(user=user, customer=Rows().customer)
        return then

    return prepared


def accept_invitation() -> Do:
    invited(int)()
    token = invitation_token(Rows().newcomer, at=AT)
    return lambda: people.accept_invitation(token=token, password=NEW_PASSWORD, at=AT)


def renew_invitation() -> Do:
    invited(int)()
    token = invitation_token(Rows().newcomer, at=AT - 100 * HOUR)
    return lambda: people.renew_invitation(token=token, at=AT)


def enable_user() -> Do:
    User.objects.filter(email="col@harbour.example").update(is_active=False)
    return lambda: people.enable_user(user=Rows().colleague.user, actor=Rows().manager, at=AT)


def create_manager() -> Do:
    return lambda: people.create_manager(email="mia@desk.example", name="Mia", password=NEW_PASSWORD, at=AT)


def change_user() -> Do:
    UserFactory.create(email="new@harbour.example")
    ensure_staff_groups()
    roles = list(Group.objects.filter(name=AGENTS))
    return lambda: users.change_user(
        user=Rows().newcomer, name="Newt", email="newt@desk.example", time_zone="UTC", roles=roles, actor=None, at=AT
    )  # fmt: skip


def enter_absence() -> object:
    return desk_people.enter_absence(
        user=Rows().agent, first_day=TODAY, last_day=TODAY, actor=Rows().agent, at=AT
    )


def withdraw_absence() -> Do:
    enter_absence()
    return lambda: desk_people.withdraw_absence(absence=Absence.objects.get(), actor=Rows().agent, at=AT)


def save_team() -> Do:
    Team.objects.create(name="Clouds")
    return lambda: desk_people.save_team(
        team=Team.objects.get(),
        name="Cloud",
        members=[Rows().agent],
        products=[Rows().product],
        actor=Rows().manager,
        at=AT,
    )


def save_turn() -> object:
    return desk_people.save_turn(
        user=Rows().agent, starts_at=AT, ends_at=AT + HOUR, actor=Rows().manager, at=AT
    )


def name_people() -> Do:
    publish()()
    named = escalation_roles.read_people("Ada Chief <ada@desk.example>")
    return lambda: escalation_roles.name_people(
        policy_slug="viakoo", role="CTO", people=named, actor=Rows().manager, at=AT
    )


def clear_bounce() -> Do:
    bounces.mark_bounced(address="nora@harbour.example", status="5.1.1", diagnostic="no such user", at=AT)
    return lambda: bounces.clear_bounce(address="nora@harbour.example", actor=Rows().agent, at=AT)


VERBS: dict[str, Callable[[], Do]] = {
    "bounces.clear_bounce": clear_bounce,
    "bounces.mark_bounced": lambda: (
        lambda: bounces.mark_bounced(address="nora@harbour.example", status="5.1.1", diagnostic="-", at=AT)
    ),
    "bounces.mark_complained": lambda: lambda: bounces.mark_complained(address="nora@harbour.example", at=AT),
    "mail_wishes.choose_mails": lambda: (
        lambda: mail_wishes.choose_mails(
            user=Rows().agent, wishes={"miss": "daily"}, actor=Rows().agent, at=AT
        )
    ),
    "mail_wishes.stop_mails": lambda: lambda: mail_wishes.stop_mails(user=Rows().agent, group="miss", at=AT),
    "desk_people.enter_absence": lambda: enter_absence,
    "desk_people.withdraw_absence": withdraw_absence,
    "desk_people.save_team": save_team,
    "desk_people.save_turn": lambda: save_turn,
    "desk_people.set_knowledge": lambda: (
        lambda: desk_people.set_knowledge(
            user=Rows().agent, products=[Rows().product], actor=Rows().manager, at=AT
        )
    ),
    "escalation_roles.name_people": name_people,
    "closures.enter_closure": lambda: (
        lambda: closures.enter_closure(
            policy_slug="atheer", starts_at=AT, ends_at=AT + HOUR, reason="Snow", actor=Rows().agent, at=AT
        )
    ),
    "closures.withdraw_closure": withdraw_closure,
    "contacts.add_contact": lambda: (
        lambda: contacts.add_contact(user=Rows().agent, customer=Rows().customer, actor=Rows().manager, at=AT)
    ),
    "contacts.change_contact": lambda: (
        lambda: contacts.change_contact(
            contact=Rows().contact,
            is_named=True,
            trained_on=TODAY,
            is_administrator=True,
            language="de",
            actor=Rows().manager,
            at=AT,
        )
    ),
    "contacts.name_contact": lambda: (
        lambda: contacts.name_contact(contact=Rows().contact, trained_on=TODAY, actor=Rows().manager, at=AT)
    ),
    "contacts.unname_contact": lambda: (
        lambda: contacts.unname_contact(contact=Rows().contact, actor=Rows().manager, at=AT)
    ),
    "contracts.sign_contract": lambda: (
        lambda: signing.sign_contract(
            customer=Rows().customer,
            policy_slug="atheer",
            tier="standard",
            order_reference="A-2",
            ordered_on=TODAY,
            starts_on=date(2030, 1, 1),
            ends_on=date(2030, 12, 31),
            deployments=[],
            actor=Rows().manager,
            at=AT,
        )
    ),
    "contracts.amend_contract": lambda: (
        lambda: signing.amend_contract(
            contract=Rows().contract,
            ends_on=date(2030, 12, 31),
            deployments=[],
            extra_named_contacts=2,
            extra_named_contacts_order="A-3",
            colleagues_see_tickets=False,
            actor=Rows().manager,
            at=AT,
        )
    ),
    "contracts.set_standing": lambda: (
        lambda: signing.set_standing(
            contract=Rows().contract,
            standing=Standing.PAYMENT_DUE,
            reason="Invoice 7",
            actor=Rows().manager,
            at=AT,
        )
    ),
    "customers.save_customer": lambda: (
        lambda: customers.save_customer(
            customer=Rows().customer,
            name="Harbour Lines",
            domains=["harbour.example", "lines.example"],
            actor=Rows().manager,
            at=AT,
        )
    ),
    "passwords.ask_reset": lambda: lambda: passwords.ask_reset(email="nora@harbour.example", at=AT),
    "passwords.change_password": lambda: (
        lambda: passwords.change_password(user=Rows().contact.user, password=NEW_PASSWORD, at=AT)
    ),
    "people.invite_contact": lambda: (
        lambda: people.invite_contact(
            customer=Rows().customer,
            email="new@harbour.example",
            name="Newt",
            is_named=False,
            trained_on=None,
            is_administrator=False,
            actor=Rows().manager,
            at=AT,
        )
    ),
    "people.invite_staff": lambda: (
        lambda: people.invite_staff(
            email="new@desk.example", name="Newt", role=AGENTS, actor=Rows().manager, at=AT
        )
    ),
    "people.resend_invitation": invited(
        lambda: people.resend_invitation(user=Rows().newcomer, actor=Rows().manager, at=AT)
    ),
    "people.renew_invitation": renew_invitation,
    "people.accept_invitation": accept_invitation,
    "people.disable_user": lambda: (
        lambda: people.disable_user(user=Rows().colleague.user, actor=Rows().manager, at=AT)
    ),
    "people.enable_user": enable_user,
    "people.create_manager": create_manager,
    "policies.publish_policy": publish,
    "policies.accept_holidays": accept_holidays,
    "environments.save_environment": lambda: (
        lambda: environments.save_environment(
            product=Rows().product, kind="browser", name="Firefox", actor=Rows().agent, at=AT
        )
    ),
    "products.save_product": lambda: (
        lambda: products.save_product(
            product=Rows().product, name="Atlas Two", slug="atlas-2", actor=Rows().manager, at=AT
        )
    ),
    "products.add_deployment": lambda: (
        lambda: products.add_deployment(
            customer=Rows().customer,
            product=Rows().product,
            name="Test",
            kind="hosted",
            actor=Rows().manager,
            at=AT,
        )
    ),
    "products.save_deployment": lambda: (
        lambda: products.save_deployment(
            deployment=Rows().deployment,
            name="Live",
            kind="hosted",
            version="5",
            actor=Rows().manager,
            at=AT,
        )
    ),
    "products.plan_release": lambda: (
        lambda: products.plan_release(
            product=Rows().product,
            version="5.0",
            kind="maintenance",
            planned_at=AT,
            actor=Rows().manager,
            at=AT,
        )
    ),
    "products.publish_release": publish_release,
    "releases.add_release_file": add_release_file,
    "releases.remove_release_file": remove_release_file,
    "updates.choose_updates": choose_updates,
    "users.change_user": change_user,
    **upkeep.VERBS,
    **telling.VERBS,
    **faults_of_team.VERBS,
}


@pytest.fixture(autouse=True)
def _cast(
    contact: Contact,
    colleague: Contact,
    contract: Contract,
    agent: User,
    manager: User,
    settings: Any,
    tmp_path: Path,
) -> None:
    """All that the verbs are about."""
    settings.MEDIA_ROOT = tmp_path


def test_no_verb_is_left_out() -> None:
    assert verbs_of(contracts.services) - QUESTIONS == set(VERBS)


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("verb", VERBS)
def test_each_call_of_the_database_may_fail(verb: str) -> None:
    whole = rows_of("contracts")
    do = VERBS[verb]()
    before = whole()
    assert fail_each_query(do, whole=whole) > 0
    assert whole() != before


def test_each_call_of_the_database_may_fail_when_a_message_is_sent_again() -> None:
    passwords.ask_reset(email="nora@harbour.example", at=AT)
    OutboxMessage.objects.update(status="given_up")
    fail_each_query(
        lambda: send_again(message=OutboxMessage.objects.get(), actor=Rows().agent, at=AT),
        whole=rows_of("contracts"),
    )
    assert OutboxMessage.objects.get().status == "queued"
