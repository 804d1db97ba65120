"""A database with many tickets of realistic age, written in bulk and computed by the portal's own functions.

The rows are what the verbs would have written: sealed events, messages, stored clocks. Two in a hundred
tickets are unfinished, however many there are, since a desk that is ten times as old has answered ten times
as many; the youngest are the unfinished ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, transaction

from contracts.calendar_rows import terms_for
from contracts.models import Contact, Contract, Customer, Deployment, Product, User
from contracts.models.products import DeploymentKind
from contracts.services import contacts, contracts, customers, policies, products
from contracts.services.staff import AGENTS, MANAGERS, ensure_staff_groups
from knowledgebase.rights import RIGHTS as ARTICLE_RIGHTS
from tickets import clocks, facts, record, rights
from tickets.models import Clock, Message, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.models.ticket import Status

CUSTOMERS = 40
CONTACTS_EACH = 5
STAFF = 12
BATCH = 1_000
MOST_MESSAGES = 16
UNFINISHED = 0.02
YEARS = 3
WORDS = (
    "camera",
    "export",
    "report",
    "session",
    "login",
    "template",
    "sensor",
    "headset",
    "update",
    "server",
    "upload",
    "picture",
    "search",
    "index",
    "printer",
    "account",
    "password",
    "page",
    "article",
    "license",
    "storage",
    "network",
    "firmware",
    "gateway",
    "video",
    "stream",
    "archive",
)
POLICIES = (("viakoo", "standard"), ("atheer", "standard"), ("vivvo", "premium"))


@dataclass
class Desk:
    """Who and what the tickets are about."""

    at: datetime
    random: Random = field(default_factory=lambda: Random(7))
    staff: list[User] = field(default_factory=list)
    people: list[tuple[Contact, Contract, Deployment]] = field(default_factory=list)


def furnish(*, at: datetime, password: str) -> Desk:
    """Staff, customers, contacts and contracts, by the verbs; three policies in turn."""
    desk, hashed = Desk(at), make_password(password)
    long_ago = at - timedelta(days=365 * YEARS + 30)
    ensure_staff_groups(ARTICLE_RIGHTS, rights.RIGHTS)
    for number in range(STAFF):
        user = _user(f"agent{number}@desk.example", f"Agent {number}", hashed, is_staff=True)
        user.groups.set(user.groups.model.objects.filter(name=MANAGERS if number == 0 else AGENTS))
        desk.staff.append(user)
    manager = desk.staff[0]
    for slug, _ in POLICIES:
        text = (settings.BASE_DIR / "contracts" / "policies" / f"{slug}.toml").read_text(encoding="utf-8")
        policies.publish_policy(text=text, actor=manager, at=long_ago)
    product = products.save_product(name="Platform", slug="platform", actor=manager, at=long_ago)
    for number in range(CUSTOMERS):
        desk.people.extend(_customer(number, product, manager, hashed, long_ago))
    return desk


def _user(email: str, name: str, hashed: str, *, is_staff: bool = False) -> User:
    """A user with a password that was hashed once for all: hashing is slow on purpose."""
    return User.objects.create(email=email, name=name, password=hashed, is_staff=is_staff)


def _customer(
    number: int, product: Product, manager: User, hashed: str, at: datetime
) -> Iterator[tuple[Contact, Contract, Deployment]]:
    slug, tier = POLICIES[number % len(POLICIES)]
    customer: Customer = customers.save_customer(
        name=f"Customer {number}", domains=[f"c{number}.example"], actor=manager, at=at
    )
    deployment = products.add_deployment(
        customer=customer,
        product=product,
        name="Production",
        kind=DeploymentKind.HOSTED,
        version="1.0",
        actor=manager,
        at=at,
    )
    contract = contracts.sign_contract(
        customer=customer,
        policy_slug=slug,
        tier=tier,
        order_reference=f"B-{number}",
        ordered_on=at.date(),
        starts_on=at.date(),
        ends_on=None,
        deployments=[deployment],
        extra_named_contacts=CONTACTS_EACH if slug == "atheer" else 0,
        extra_named_contacts_order="B" if slug == "atheer" else "",
        actor=manager,
        at=at,
    )
    for person in range(CONTACTS_EACH):
        user = _user(f"p{person}@c{number}.example", f"Person {person} of {number}", hashed)
        contact = contacts.add_contact(
            user=user, customer=customer, is_named=True, trained_on=at.date(), actor=manager, at=at
        )
        yield contact, contract, deployment


def fill(desk: Desk, first: int, last: int) -> None:
    """Write the tickets numbered from ``first`` to ``last``, that not included."""
    for start in range(first, last, BATCH):
        with transaction.atomic():
            _write([Story(desk, number, last) for number in range(start, min(start + BATCH, last))])
    _set_sequences()


def _write(stories: "list[Story]") -> None:
    """In an order in which every row that is pointed at stands before the one that points."""
    events = [event for story in stories for event in story.sealed()]
    rows = [row for story in stories for row in story.clocks()]
    Ticket.objects.bulk_create([story.ticket for story in stories])
    Message.objects.bulk_create([message for story in stories for message in story.messages])
    TicketEvent.objects.bulk_create(events)
    Clock.objects.bulk_create(rows)


def _set_sequences() -> None:
    """The keys were given by hand, so that PostgreSQL must be told where to go on."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Ticket, Message]):
            cursor.execute(statement)


class Story:
    """One ticket with what was said and what happened, up to the desk's present."""

    def __init__(self, desk: Desk, number: int, total: int) -> None:
        self.desk, self.random = desk, desk.random
        self.contact, self.contract, self.deployment = desk.people[number % len(desk.people)]
        self.policy = terms_for(self.contract.policy_version, self.contract.tier)
        self.finished = number < total * (1 - UNFINISHED)
        age = YEARS * 365 * (1 - number / total)
        self.cursor = desk.at - timedelta(days=max(age, 0.2 + self.random.random() * 4))
        self.agent = self.random.choice(desk.staff)
        self.messages: list[Message] = []
        self.steps: list[tuple[Kind, User | None, Message | None, dict[str, Any], datetime]] = []
        self.events: list[TicketEvent] = []
        self.severity = self.random.choice([s.code for s in self.policy.severities])
        self.ticket = self._ticket(number)
        self._happen()

    def _ticket(self, number: int) -> Ticket:
        return Ticket(
            pk=number + 1,
            number=f"VK-{number:06}",
            customer=self.contact.customer,
            contact=self.contact,
            contract=self.contract,
            policy_version=self.contract.policy_version,
            tier=self.contract.tier,
            product=self.deployment.product,
            deployment=self.deployment,
            deployment_version=self.deployment.version,
            subject=self.words(6).capitalize(),
            steps=self.words(20),
            effect=self.words(8),
            affected_percent=20,
            has_workaround=False,
            submission_key=f"bench-{number}",
            filed_at=self.cursor,
            last_event_at=self.cursor,
            runs_clocks=True,
        )

    def words(self, most: int) -> str:
        return " ".join(self.random.choices(WORDS, k=most))

    def _happen(self) -> None:
        user, agent = self.contact.user, self.agent
        self.add(Kind.FILED, user, self.say(user, 40), severity=self.severity, channel="web", kept_because=[])
        self.add(Kind.SUBMITTED, user, None, severity=self.severity)
        if self.finished or self.random.random() >= 0.3:
            self._be_answered(user, agent)
        self.miss()

    def _be_answered(self, user: User, agent: User) -> None:
        self.later(hours=5)
        self.add(Kind.ASSIGNED, agent, None, assignee=agent.pk)
        self.add(Kind.ACKNOWLEDGED, agent, None)
        for _ in range(self.random.randrange(1, 4)):
            self.later(hours=20)
            self.add(Kind.PUBLIC_REPLY, agent, self.say(agent, 30))
            self.later(hours=10)
            self.add(Kind.CUSTOMER_MESSAGE, user, self.say(user, 20))
        if self.finished:
            self.later(hours=30)
            self.add(Kind.RESOLVED, agent, self.say(agent, 30))

    def later(self, *, hours: float) -> None:
        """Some time passes, never beyond the present."""
        self.cursor = min(self.cursor + timedelta(hours=self.random.random() * hours), self.desk.at)

    def say(self, author: User, most: int) -> Message:
        message = Message(
            pk=self.ticket.pk * MOST_MESSAGES + len(self.messages),
            ticket=self.ticket,
            kind=MessageKind.REPLY,
            author=author,
            by_staff=author.is_staff,
            text=self.words(most),
            written_at=self.cursor,
        )
        self.messages.append(message)
        return message

    def add(self, kind: Kind, actor: User, message: Message | None, **data: Any) -> None:
        self.steps.append((kind, actor, message, data, self.cursor))

    def sealed(self) -> list[TicketEvent]:
        """The events, chained."""
        for seq, (kind, actor, message, data, at) in enumerate(self.steps, start=1):
            if message is not None:
                data |= {"message_fingerprint": record.fingerprint(message.text), "files": []}
            event = TicketEvent(
                ticket=self.ticket,
                seq=seq,
                happened_at=at,
                recorded_at=at,
                kind=kind,
                data=data,
                message=message,
                actor=actor,
                previous=self.ticket.head,
            )
            event.hash = self.ticket.head = record.seal_of(self.ticket.number, event)
            self.events.append(event)
        self.ticket.seq = len(self.events)
        return self.events

    def miss(self) -> None:
        """Record what was missed, as the verbs and the worker do."""
        for miss in clocks.misses(clocks.clocks_of(self.ticket, self._unsealed(), self.desk.at)):
            due = clocks.written(miss.due_at)
            self.steps.append(
                (Kind.MISSED, None, None, {"clock": miss.name.value, "due_at": due}, miss.due_at)
            )

    def _unsealed(self) -> list[TicketEvent]:
        return [TicketEvent(kind=kind, data=data, happened_at=at) for kind, _, _, data, at in self.steps]

    def clocks(self) -> list[Clock]:
        """The stored clocks; also brings the ticket's projections up to date."""
        read = facts.read(self.events)
        found = clocks.clocks_of(self.ticket, self.events, self.desk.at)
        clocks.set_nearest(self.ticket, found)
        self.ticket.status = Status(read.status)
        self.ticket.severity = read.severity
        self.ticket.assignee_id = read.assignee_id
        self.ticket.last_event_at = self.cursor
        return clocks.rows_of(self.ticket, found, read)
