"""
The demo: three vendors' policies side by side, made by the portal's own verbs.

It shows nothing that the portal could not do. Time is a parameter: the story ends at ``at``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group

from contracts.models import Contact, Contract, Customer, Deployment, Product, Release, User
from contracts.models.contracts import Standing
from contracts.models.products import DeploymentKind, ReleaseKind
from contracts.services import contacts, contracts, customers, policies, products
from contracts.services.staff import AGENTS, MANAGERS, ensure_staff_groups
from knowledgebase.rights import RIGHTS as ARTICLE_RIGHTS
from portal import demo_articles, demo_readers
from portal.demo_agreements import Agreements
from portal.demo_customers import Customers
from portal.demo_desk import name_executives, staff_the_desk
from portal.demo_ends import Ends
from portal.demo_environments import keep_environments
from portal.demo_escalation import escalate, miss_a_workaround
from portal.demo_forum import Talk
from portal.demo_inquiry import inquire
from portal.demo_mail import Post
from portal.demo_problems import write_problem
from portal.demo_queue import keep_desk_rows
from portal.demo_relations import relate
from portal.demo_releases import write_releases
from portal.demo_upkeep import Upkeep
from tickets import rights
from tickets.models import Ticket
from tickets.services import assignment, conversation, filing, kept, lifecycle, releases, severity

PASSWORD = "support-demo-2026"  # noqa: S105 -- known to everybody: the demo runs on this machine alone
POLICIES = Path(settings.BASE_DIR) / "contracts" / "policies"

# who, address, name, customer ("" for staff), time zone
PEOPLE = (
    (
        "contact, Viakoo policy",
        "nora@northwind.example",
        "Nora Lind",
        "Northwind Cameras",
        "America/Los_Angeles",
    ),
    ("her colleague", "omar@northwind.example", "Omar Reyes", "Northwind Cameras", "Europe/Berlin"),
    ("contact, Atheer policy", "li@lumen.example", "Li Wei", "Lumen Field Services", "Asia/Singapore"),
    ("contact, Vivvo policy", "mila@danube.example", "Mila Petrović", "Danube Press", "Europe/Belgrade"),
    ("agent", "agent@desk.example", "Alex Agent", "", "America/Los_Angeles"),
    ("manager", "manager@desk.example", "Mona Manager", "", "Europe/Belgrade"),
)


def accounts() -> list[tuple[str, str, str]]:
    """Who may sign in with what: who, address, password."""
    return [(who, email, PASSWORD) for who, email, *_ in PEOPLE]


def build(*, at: datetime) -> None:
    """Fill an empty database with the demo, whose story ends at ``at``."""
    Stage(at).play()


@dataclass
class Stage:
    """The demo while it is built: who and what exists by now, by name."""

    at: datetime
    users: dict[str, User] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)

    def play(self) -> None:
        """Build everything, oldest first."""
        self.people()
        self.policies()
        self.contracts()
        self.named_contacts()
        keep_environments(manager=self.manager, at=self.at)
        write_releases(
            agent=self.deployments["agents"],
            contact=self.users["nora@northwind.example"],
            manager=self.manager,
            at=self.at,
        )
        self.tickets()
        write_problem(
            ticket=Ticket.objects.get(subject="Warehouse cameras shown as offline"),
            release=Release.objects.get(product__name="Viakoo Action Platform", version="6.3"),
            agent=self.agent,
            at=self.at,
        )
        demo_articles.write(author=self.agent, manager=self.manager, at=self.at)
        demo_readers.judge(reader=self.users["nora@northwind.example"], at=self.at)
        keep_desk_rows(agent=self.agent, manager=self.manager, at=self.at)
        self.forum()
        Upkeep(agent=self.agent, manager=self.manager, at=self.at).build()
        staff_the_desk(agent=self.agent, manager=self.manager, at=self.at)
        Customers(
            holder=self.users["mila@danube.example"],
            asker=self.contacts["nora@northwind.example"],
            manager=self.manager,
            at=self.at,
        ).build()
        inquire(product=self.deployments["cms"].product, at=self.at)
        escalate(at=self.at)
        Post(contact=self.users["nora@northwind.example"], agent=self.agent, at=self.at).deliver()

    def forum(self) -> None:
        """What is asked and answered in public."""
        Talk(
            customer=self.users["mila@danube.example"],
            reader=self.users["nora@northwind.example"],
            agent=self.agent,
            product=self.deployments["cms"].product,
            at=self.at,
        ).write()

    @property
    def agent(self) -> User:
        return self.users["agent@desk.example"]

    @property
    def manager(self) -> User:
        return self.users["manager@desk.example"]

    def ago(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        return self.at - timedelta(days=days, hours=hours, minutes=minutes)

    def people(self) -> None:
        """Everybody, with the customers that they belong to."""
        for _, email, name, customer, zone in PEOPLE:
            self.users[email] = User.objects.create_user(
                email, PASSWORD, name=name, time_zone=zone, is_staff=not customer
            )
            if customer and customer not in self.customers:
                self.customers[customer] = customers.save_customer(
                    name=customer, domains=[email.partition("@")[2]], actor=None, at=self.ago(days=400)
                )
        ensure_staff_groups(ARTICLE_RIGHTS, rights.RIGHTS)
        self.agent.groups.add(Group.objects.get(name=AGENTS))
        self.manager.groups.add(Group.objects.get(name=MANAGERS))

    def policies(self) -> None:
        """The three policies as published by their vendors."""
        for name in ("viakoo", "atheer", "vivvo"):
            text = (POLICIES / f"{name}.toml").read_text(encoding="utf-8")
            policies.publish_policy(text=text, actor=self.manager, at=self.ago(days=400))
        name_executives(manager=self.manager, at=self.ago(days=399))

    def contracts(self) -> None:
        """What each customer runs, and under which contract."""
        self.deploy(
            "vap",
            "Northwind Cameras",
            "Viakoo Action Platform",
            "Headquarters",
            DeploymentKind.ON_PREMISES,
            "6.2.1",
        )
        self.deploy(
            "agents", "Northwind Cameras", "Viakoo Agent", "Warehouse cameras", DeploymentKind.AGENT, "4.0.7"
        )
        self.deploy("atheer", "Lumen Field Services", "Atheer", "Production", DeploymentKind.HOSTED, "")
        self.deploy("pilot", "Lumen Field Services", "Atheer", "Pilot in Osaka", DeploymentKind.HOSTED, "")
        self.deploy("cms", "Danube Press", "Vivvo CMS", "danube.example", DeploymentKind.ON_PREMISES, "4.7")
        self.deploy(
            "archive",
            "Danube Press",
            "Vivvo CMS",
            "archive.danube.example",
            DeploymentKind.ON_PREMISES,
            "4.5",
        )
        self.sign("Northwind Cameras", "viakoo", "standard", "NW-1001", ["vap", "agents"])
        self.sign("Lumen Field Services", "atheer", "standard", "LF-2044", ["atheer"])
        self.sign("Danube Press", "vivvo", "premium", "DP-3090", ["cms"])
        self.sign("Danube Press", "vivvo", "standard", "DP-3091", ["archive"])
        late = self.sign("Lumen Field Services", "atheer", "standard", "LF-2051", ["pilot"])
        kept.change_standing(
            contract=late,
            standing=Standing.PAYMENT_DUE,
            reason="Invoice 2026-118 is open since October.",
            actor=self.manager,
            at=self.ago(days=20),
        )
        releases.plan_release(
            product=Product.objects.get(name="Viakoo Action Platform"),
            version="6.3",
            kind=ReleaseKind.MAINTENANCE,
            planned_at=self.at + timedelta(days=24),
            actor=self.manager,
            at=self.ago(days=30),
        )

    def deploy(  # noqa: PLR0917 -- its calls read as a table of installations
        self, key: str, customer: str, product: str, name: str, kind: DeploymentKind, version: str
    ) -> None:
        sold = Product.objects.filter(name=product).first() or products.save_product(
            name=product, slug=product.lower().replace(" ", "-"), actor=self.manager, at=self.ago(days=390)
        )
        self.deployments[key] = products.add_deployment(
            customer=self.customers[customer],
            product=sold,
            name=name,
            kind=kind,
            version=version,
            actor=self.manager,
            at=self.ago(days=390),
        )

    def sign(self, customer: str, policy: str, tier: str, order: str, covered: list[str]) -> Contract:
        signed = self.ago(days=380).date()
        return contracts.sign_contract(
            customer=self.customers[customer],
            policy_slug=policy,
            tier=tier,
            order_reference=order,
            ordered_on=signed,
            starts_on=signed,
            ends_on=date(self.at.year + 1, 12, 31),
            deployments=[self.deployments[key] for key in covered],
            actor=self.manager,
            at=self.ago(days=380),
        )

    def named_contacts(self) -> None:
        """The customers' people; Atheer's one named contact has gone through the training (AT8)."""
        for _, email, _, customer, _ in PEOPLE:
            if not customer:
                continue
            self.contacts[email] = contacts.add_contact(
                user=self.users[email],
                customer=self.customers[customer],
                is_named=email == "li@lumen.example",
                trained_on=self.ago(days=300).date() if email == "li@lumen.example" else None,
                is_administrator=email != "omar@northwind.example",
                actor=self.manager,
                at=self.ago(days=300),
            )

    def file(self, email: str, deployment: str, at: datetime, **asked: object) -> Ticket:
        """A ticket of the person with ``email``."""
        return filing.file_ticket(
            contact=self.contacts[email],
            deployment=self.deployments[deployment],
            request=filing.Request(**asked),  # type: ignore[arg-type] # the fields of Request, by name
            submission_key=f"demo-{email}-{at.isoformat()}",
            at=at,
        )

    def tickets(self) -> None:
        """What is on the desk today, and what was."""
        self.exports_fixed()
        self.cameras_offline()
        miss_a_workaround(file=self.file, agent=self.agent, at=self.at)
        slow_report = self.reports_slow()
        self.headset_lost()
        self.site_down()
        self.pilot_kept()
        self.fonts_question()
        Ends(self.file, self.agent, self.users, self.at).play()
        self.agreements(slow_report)

    def exports_fixed(self) -> None:
        ticket = self.file(
            "nora@northwind.example",
            "vap",
            self.ago(days=9, hours=3),
            subject="CSV export stops after 500 rows",
            text="Exports of the asset list end at row 500. The file is there, but the rest is missing.",
            severity="major",
            request_type="error",
            affected_percent=20,
            has_workaround=True,
        )
        lifecycle.acknowledge_ticket(ticket=ticket, actor=self.agent, at=self.ago(days=9, hours=2))
        lifecycle.start_work(ticket=ticket, actor=self.agent, at=self.ago(days=9, hours=1))
        lifecycle.provide_workaround(
            ticket=ticket,
            actor=self.agent,
            text="Export by site: each file then has fewer than 500 rows.",
            at=self.ago(days=8),
        )
        lifecycle.resolve_ticket(
            ticket=ticket,
            actor=self.agent,
            text="The limit is gone: we raised it on your installation, no update is needed.",
            at=self.ago(days=3),
        )

    def cameras_offline(self) -> None:
        ticket = self.file(
            "nora@northwind.example",
            "vap",
            self.ago(days=1, hours=5),
            subject="Warehouse cameras shown as offline",
            text="Since this morning 38 of 40 cameras are shown as offline although their pictures arrive.",
            severity="serious",
            request_type="error",
            affected_percent=50,
            has_workaround=False,
        )
        lifecycle.acknowledge_ticket(ticket=ticket, actor=self.agent, at=self.ago(days=1, hours=4))
        lifecycle.start_work(ticket=ticket, actor=self.agent, at=self.ago(days=1, hours=3, minutes=40))
        conversation.add_note(
            ticket=ticket,
            actor=self.agent,
            text="Looks like the heartbeat of agent 4.0.7 after the certificate was renewed. Asked engineering.",
            at=self.ago(days=1, hours=3),
        )
        conversation.ask_customer(
            ticket=ticket,
            actor=self.agent,
            text="Please send the agent's log of this morning, 06:00 to 08:00.",
            at=self.ago(days=1, hours=2),
        )
        conversation.reply_as_contact(
            ticket=ticket,
            actor=self.users["nora@northwind.example"],
            text="The log shows “certificate not yet valid” at 06:12, then every minute.",
            at=self.ago(hours=22),
        )
        relate(
            cameras=ticket,
            caller=self.contacts["omar@northwind.example"],
            deployment=self.deployments["vap"],
            agent=self.agent,
            manager=self.manager,
            at=self.at,
        )

    def agreements(self, slow_report: Ticket) -> None:
        """What both sides have to agree on."""
        Agreements(file=self.file, users=self.users, agent=self.agent, manager=self.manager, at=self.at).tell(
            slow_report
        )

    def reports_slow(self) -> Ticket:
        ticket = self.file(
            "omar@northwind.example",
            "agents",
            self.ago(days=3),
            subject="Weekly report takes two minutes",
            text="The weekly report used to open at once. Now it takes two minutes.",
            severity="minor",
            request_type="error",
            affected_percent=10,
            has_workaround=True,
        )
        return assignment.assign_ticket(
            ticket=ticket, actor=self.manager, assignee=self.agent, at=self.ago(days=2, hours=20)
        )

    def headset_lost(self) -> None:
        ticket = self.file(
            "li@lumen.example",
            "atheer",
            self.ago(hours=30),
            subject="Headsets lose the session after ten minutes",
            text="Technicians are signed out after about ten minutes and lose the open work instruction.",
            steps="1. Sign in on a headset. 2. Open a work instruction. 3. Wait ten minutes.",
            effect="A third of our technicians cannot finish a job on the headset.",
            severity="P3",
            affected_percent=33,
            has_workaround=False,
        )
        severity.change_severity(
            ticket=ticket,
            actor=self.agent,
            severity="P2",
            reason="A third of the users is affected and there is no workaround.",
            at=self.ago(hours=26),
        )

    def site_down(self) -> None:
        self.file(
            "mila@danube.example",
            "cms",
            self.ago(minutes=40),
            subject="The site shows a blank page",
            text="After this morning's article the whole site is blank. Nothing helps, clearing the cache neither.",
            severity="critical",
            affected_percent=100,
            has_workaround=False,
        )

    def pilot_kept(self) -> None:
        self.file(
            "li@lumen.example",
            "pilot",
            self.ago(days=2),
            subject="New users cannot be invited",
            text="The invitation says that the pilot has no seats left, but four are free.",
            steps="1. Open the users page. 2. Invite somebody.",
            effect="Four technicians wait for their first sign-in.",
            severity="P4",
            affected_percent=5,
            has_workaround=True,
        )

    def fonts_question(self) -> None:
        ticket = self.file(
            "mila@danube.example",
            "cms",
            self.ago(days=5),
            subject="Which fonts does the default template use?",
            text="We want to license them for print, too.",
            severity="no-effect",
            affected_percent=0,
            has_workaround=True,
        )
        lifecycle.start_work(ticket=ticket, actor=self.agent, at=self.ago(days=4, hours=20))
        lifecycle.resolve_ticket(
            ticket=ticket,
            actor=self.agent,
            text="It uses the reader's own system fonts, so there is nothing to license.",
            at=self.ago(days=4, hours=19),
        )
