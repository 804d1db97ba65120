"""A database of people who may file, made by the portal's own verbs; and what it holds in the end."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command

from contracts.models import Customer, Deployment, OutboxMessage, Product, User
from contracts.services import contacts, contracts, customers, policies, products
from contracts.services.staff import MANAGERS, ensure_staff_groups
from knowledgebase.rights import RIGHTS as ARTICLE_RIGHTS
from tickets import rights
from tickets.models import Ticket
from tickets.tests.soundness import faults_of_all

EACH = 10  # contacts of a customer
POLICY = settings.BASE_DIR / "contracts" / "policies" / "atheer.toml"


@dataclass(frozen=True, slots=True)
class Filer:
    """A contact who is signed in: the key of the session, and the address of the form."""

    session: str
    address: str


def stage(people: int, *, at: datetime) -> dict[str, Any]:
    """A migrated database with one member of staff, customers, and so many contacts."""
    call_command("migrate", verbosity=0)
    ensure_staff_groups(ARTICLE_RIGHTS, rights.RIGHTS)
    manager = User.objects.create(email="max@desk.example", name="Max Lead", is_staff=True)
    manager.groups.set(Group.objects.filter(name=MANAGERS))
    policies.publish_policy(text=POLICY.read_text(encoding="utf-8"), actor=manager, at=at)
    product = products.save_product(name="Atlas", slug="atlas", actor=manager, at=at)
    found: list[Filer] = []
    for first in range(0, people, EACH):
        deployment = _deployment(first, product, manager, at)
        _sign(deployment, manager, at)
        last = min(first + EACH, people)
        found += [_filer(number, deployment, manager, at) for number in range(first, last)]
    return {"cookie": settings.SESSION_COOKIE_NAME, "people": [asdict(filer) for filer in found]}


def audit() -> dict[str, Any]:
    """Every ticket's number and subject, what is wrong with any, and how many mails wait."""
    return {
        "tickets": list(Ticket.objects.values_list("number", "subject")),
        "faults": faults_of_all(),
        "waiting": OutboxMessage.objects.exclude(status="sent").count(),
    }


def _deployment(number: int, product: Product, manager: User, at: datetime) -> Deployment:
    """The installation of a new customer."""
    customer = customers.save_customer(
        name=f"Customer {number}", domains=[_domain(number)], actor=manager, at=at
    )
    return products.add_deployment(
        customer=customer, product=product, name="Production", kind="hosted", actor=manager, at=at
    )


def _sign(deployment: Deployment, manager: User, at: datetime) -> None:
    """A contract from today on, with enough named contacts."""
    order = f"E-{deployment.pk}"
    contracts.sign_contract(
        customer=deployment.customer,
        policy_slug="atheer",
        tier="standard",
        order_reference=order,
        ordered_on=at.date(),
        starts_on=at.date(),
        ends_on=None,
        deployments=[deployment],
        extra_named_contacts=EACH,
        extra_named_contacts_order=order,
        actor=manager,
        at=at,
    )


def _filer(number: int, deployment: Deployment, manager: User, at: datetime) -> Filer:
    """A named contact of the deployment's customer."""
    customer: Customer = deployment.customer
    address = f"p{number}@{_domain(number - number % EACH)}"
    user = User.objects.create(email=address, name=f"Person {number}")
    contacts.add_contact(
        user=user, customer=customer, is_named=True, trained_on=at.date(), actor=manager, at=at
    )
    return Filer(_session(user), f"/tickets/new/?deployment={deployment.pk}")


def _domain(number: int) -> str:
    return f"c{number}.example"


def _session(user: User) -> str:
    """The key of a session in which ``user`` is signed in."""
    store = SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)
