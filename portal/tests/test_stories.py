"""Three stories of tickets in a real browser, from filing to acceptance, at the instants that the stories say.

The portal is served by the test's own process, whose clock ``time_machine`` sets; what the worker does again and
again is called by hand after each step. So it starts no process and is not marked ``server``: it empties the tables
afterwards, which the full-text index does not hear of, and must come after the tests that look into that.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from contracts.models import Contact, Contract, Deployment, Release, User
from contracts.models.products import ReleaseKind
from contracts.outbox.delivery import deliver
from contracts.services.escalation_roles import name_people, read_people
from contracts.services.staff import ensure_staff_groups
from knowledgebase.rights import RIGHTS as ARTICLE_RIGHTS
from portal.tests.browsing import Person
from portal.tests.servers import PATIENCE
from tickets.models import Ticket
from tickets.rights import RIGHTS
from tickets.services.errands import run_errands
from tickets.services.noticing import record_escalations, record_misses
from tickets.services.releases import plan_release
from tickets.tests.pages import client_of, put_under

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORK = (record_misses, record_escalations, run_errands, deliver)


@dataclass
class Story:
    """A portal, whose clock the test sets, with somebody at each browser."""

    browser: Any
    address: str
    traveller: Any
    now: datetime
    people: list[Person] = field(default_factory=list)

    def at(self, instant: datetime) -> None:
        """Set the clock, and let the worker do what is to be done by then."""
        self.now = instant
        self.traveller.move_to(instant, tick=False)
        for job in WORK:
            job(at=instant)

    def somebody(self, user: User | None = None) -> Person:
        """A person with a browser of their own, signed in where ``user`` says as whom."""
        context = self.browser.new_context()
        context.set_default_timeout(PATIENCE * 1000)
        if user is not None:
            [cookie] = client_of(user).cookies.values()
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])
        person = Person(context.new_page(), self.address)
        self.people.append(person)
        return person

    def mailed_to(self, address: str) -> str:
        """The newest message to an address, as text."""
        return next(str(message.body) for message in reversed(mail.outbox) if address in message.to)


@pytest.fixture
def story(
    browser: Any, live_server: Any, monday: datetime, deployment: Deployment, settings: Any, agent: User
) -> Iterator[Story]:
    settings.SITE_URL = live_server.url
    ensure_staff_groups(ARTICLE_RIGHTS, RIGHTS)
    with time_machine.travel(monday, tick=False) as traveller:
        told = Story(browser, live_server.url, traveller, monday)
        yield told
        for person in told.people:
            assert person.faults == []
            person.page.context.close()


def file(contact: Person, *, severity: str, **chosen: str) -> str:
    """Fills in the form as a person does and sends it; the number of the ticket."""
    page = contact.page
    contact.open("/tickets/new/")
    if "kind" in chosen:
        page.locator(f"input[name=request_type][value={chosen['kind']}]").check()
    page.get_by_label("Subject").fill("Story: the crossing is shut")
    page.get_by_label("What happens").fill("The gates stay down and nobody gets across.")
    page.get_by_label("Steps that lead to it").fill("1. Walk up to the gates.")
    if (effect := page.get_by_label("Effect on your work")).count():
        effect.fill("Nobody comes to work.")
    page.get_by_label("Everyone").check()
    page.locator("input[name=workaround][value=no]").check()
    page.locator(f"label[for=severity_{severity}]").click()
    contact.press("Send the request")
    if page.locator(".step").count():
        contact.press("Send it now", ".step")
    assert re.search(r"/tickets/VK-\w{6}/$", page.url), page.locator("main").inner_text()
    return str(page.url).split("/")[-2]


def say(agent: Person, number: str, verb: str, button: str, text: str) -> None:
    """One of the texts below the clocks on staff's page."""
    agent.open(f"/admin/queue/{number}/")
    composer = agent.page.locator(f"details#{verb}")
    if composer.get_attribute("open") is None:
        composer.locator("summary").click()
    composer.locator("textarea").fill(text)
    agent.press(button, f"details#{verb}")


def states(person: Person, path: str) -> dict[str, str]:
    """By the name of each clock on a ticket's page, the word of its state."""
    person.open(path)
    return {
        clock.locator("h3").inner_text().lower(): str(clock.get_attribute("data-state"))
        for clock in person.page.locator("article.clock").all()
    }


def due(person: Person, path: str, name: str) -> datetime:
    """When the clock of that name is due, as its page says."""
    person.open(path)
    clock = person.page.locator("article.clock").filter(has=person.page.get_by_role("heading", name=name))
    return datetime.fromisoformat(str(clock.locator(".clock-due time").first.get_attribute("datetime")))


def words(person: Person) -> str:
    return " ".join(str(person.page.locator("body").inner_text()).split())


def accept(contact: Person, number: str, word: str) -> None:
    """Accepts the resolution, satisfied, with a word."""
    contact.open(f"/tickets/{number}/")
    form = contact.page.locator(f"form[action='/tickets/{number}/acceptance/']").first
    form.locator("input[name=satisfied]").first.check()
    form.locator("[name=words]").fill(word)
    contact.follow(form.get_by_role("button", name="Accept the resolution"))
    contact.open(f"/tickets/{number}/")
    assert "accepted the resolution" in words(contact)


@contextmanager
def executive(story: Story, address: str) -> Iterator[Person]:
    """Somebody who opens the link of the newest mail to ``address``."""
    link = re.search(r"/escalations/\S+/", story.mailed_to(address))
    assert link, story.mailed_to(address)
    person = story.somebody()
    person.open(link.group())
    yield person


def test_vk16_a_serious_error_misses_its_workaround_and_reaches_the_cto(
    story: Story, contract: Contract, contact: Contact, agent: User, manager: User, monday: datetime
) -> None:
    put_under(contract, "viakoo")
    for role, person in (("CTO", "Tessa Tech <cto@desk.example>"), ("CISO", "Cy Safe <ciso@desk.example>")):
        name_people(policy_slug="viakoo", role=role, people=read_people(person), actor=manager, at=monday)
    nora, agnes = story.somebody(contact.user), story.somebody(agent)
    number = file(nora, severity="serious", kind="error")
    here = f"/tickets/{number}/"

    story.at(monday + HOUR)
    agnes.open(f"/admin/queue/{number}/")
    agnes.press("Acknowledge")
    assert due(nora, here, "Workaround") == monday + 48 * HOUR

    story.at(monday + 48 * HOUR + MINUTE)
    assert states(nora, here)["workaround"] == "overdue"
    assert "Escalated" in words(nora)
    with executive(story, "cto@desk.example") as cto:
        assert "The gates stay down" in words(cto)
        cto.press("I know of it")
        assert "You know of it" in words(cto)
    agnes.open(f"/admin/queue/{number}/")
    assert "Tessa Tech" in words(agnes)

    story.at(monday + 50 * HOUR)
    say(agnes, number, "provide_workaround", "Provide a workaround", "Cross by the bridge.")
    story.at(monday + 60 * HOUR)
    say(agnes, number, "resolve", "Resolve", "The gates open again.")
    found = states(nora, here)
    assert (found["workaround"], found["resolution"], found["response"]) == ("missed", "kept", "kept")
    accept(nora, number, "It took a while.")


def test_vk15_a_major_error_is_fixed_by_the_next_release_which_slips_once(
    story: Story,
    contract: Contract,
    contact: Contact,
    manager: User,
    deployment: Deployment,
    monday: datetime,
) -> None:
    put_under(contract, "viakoo")
    planned = monday + 20 * DAY
    release = plan_release(
        product=deployment.product,
        version="6.3",
        kind=ReleaseKind.MAINTENANCE,
        planned_at=planned,
        actor=manager,
        at=monday,
    )
    nora, max_ = story.somebody(contact.user), story.somebody(manager)
    number = file(nora, severity="major", kind="error")
    here = f"/tickets/{number}/"
    assert due(nora, here, "Resolution") == planned

    story.at(monday + DAY)
    max_.open(f"/admin/queue/{number}/")
    max_.press("Acknowledge")
    max_.open(f"/admin/queue/{number}/fix/")
    max_.page.locator("select[name=release]").select_option(str(release.pk))
    max_.press("Name this release")

    story.at(monday + 10 * DAY)
    max_.open(f"/admin/releases/{release.pk}/plan/")
    later = planned + 5 * DAY
    max_.page.locator("[name=planned_at]").fill(f"{later:%Y-%m-%dT%H:%M}")
    max_.page.locator("[name=reason]").fill("A test of the gates failed.")
    max_.press("Change the plan")
    story.at(monday + 10 * DAY + MINUTE)
    slipped = due(nora, here, "Resolution")
    assert slipped == later
    assert "A test of the gates failed." in story.mailed_to(contact.user.email)

    # Both sign in again: by then their sessions have ended.
    story.at(later - HOUR)
    nora, max_ = story.somebody(contact.user), story.somebody(manager)
    max_.open(f"/admin/releases/{release.pk}/publication/")
    max_.press(f"Publish {Release.objects.get(pk=release.pk)}")
    story.at(later - HOUR + MINUTE)
    assert states(nora, here)["resolution"] == "kept"
    accept(nora, number, "It works.")


def test_at11_a_p1_is_excluded_disputed_and_reinstated(
    story: Story, contract: Contract, contact: Contact, agent: User, monday: datetime
) -> None:
    nora, agnes = story.somebody(contact.user), story.somebody(agent)
    number = file(nora, severity="P1")
    here, desk = f"/tickets/{number}/", f"/admin/queue/{number}/"

    story.at(monday + HOUR)
    agnes.open(f"{desk}exclusion/")
    agnes.page.locator("#exclude [name=clause]").select_option("c")
    agnes.page.locator("#exclude [name=reason]").fill("Your own router is off.")
    agnes.press("Exclude the ticket", "#exclude")
    assert set(states(nora, here).values()) == {"void"}
    assert "Customer’s equipment" in words(nora)

    story.at(monday + 2 * HOUR)
    nora.follow("Dispute it")
    nora.page.locator("#dispute [name=reason]").fill("The router is on, see the log.")
    nora.press("Dispute it", "#dispute")

    # Four business hours from 10:00 in Los Angeles end at 14:00: what fell due meanwhile is missed at that instant.
    story.at(monday + 5 * HOUR)
    agnes.open(f"{desk}exclusion/")
    assert "The router is on" in words(agnes)
    agnes.page.locator("#reinstate [name=reason]").fill("You are right.")
    agnes.press("Reinstate the promises", "#reinstate")
    assert states(nora, here)["response"] == "overdue"
    assert Ticket.objects.get().clocks.get(name="response").missed_at == monday + 4 * HOUR

    story.at(monday + 6 * HOUR)
    say(agnes, number, "resolve", "Resolve", "The gates open again.")
    assert states(nora, here)["response"] == "missed"
    accept(nora, number, "Thank you.")
