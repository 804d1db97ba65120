"""The whole road in a real browser: filed by a contact, due when the policy says, answered by an agent, kept."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.tests.sla.tickets import due_now
from portal.tests.browsing import Person, somebody
from portal.tests.servers import Server
from tickets.tests.clock_stories import policy

pytestmark = [pytest.mark.browser, pytest.mark.server]
AGENT = "agent@desk.example"
LENGTHS = {"h": 3600, "min": 60, "s": 1}


@dataclass(frozen=True)
class Request:
    """What a contact of the demo files, and under which policy."""

    policy: str
    tier: str
    contact: str
    deployment: str
    severity: str
    request_type: str

    @property
    def subject(self) -> str:
        return f"Road: {self.policy} {self.severity}"

    def due(self, at: datetime) -> dict[str, datetime]:
        """When the core alone says that each promise is due, filed at ``at``."""
        found = policy(self.policy)
        terms = found.terms_of(self.tier, found.opening_hours())
        return {
            name.value: due.replace(microsecond=0) for name, due in due_now(terms, self.severity, at).items()
        }


VIAKOO = Request("viakoo", "standard", "nora@northwind.example", "Headquarters", "serious", "error")
ATHEER = Request("atheer", "standard", "li@lumen.example", "Production", "P2", "incident")
VIVVO = Request("vivvo", "premium", "mila@danube.example", "· danube.example", "critical", "troubleshooting")
EACH = pytest.mark.parametrize("request_", [VIAKOO, ATHEER, VIVVO], ids=lambda request: request.policy)


@EACH
def test_filed_in_the_form_explained_on_the_page_answered_by_staff_and_kept(
    request_: Request, browser: Any, demo_portal: Server
) -> None:
    with somebody(browser, demo_portal.address, request_.contact) as contact:
        number = file(contact, request_)
        promised = check_promises(contact, request_)
        with somebody(browser, demo_portal.address, AGENT) as agent:
            answer(agent, number)
        contact.open(f"/tickets/{number}/")
        found = states(contact)
        assert found == dict.fromkeys(found, "kept")
        assert found.keys() >= promised
        assert "The road is free again." in contact.page.locator("main").inner_text()


def file(contact: Person, request: Request) -> str:
    """Fills in the form as a person does and sends it; the number of the ticket."""
    page = contact.page
    opened = datetime.now(UTC)
    contact.open("/tickets/new/")
    contact.follow(request.deployment)
    if (kind := page.locator(f"input[name=request_type][value={request.request_type}]")).count():
        kind.check()
    page.get_by_label("Subject").fill(request.subject)
    page.get_by_label("What happens").fill("The road is blocked since this morning.")
    page.get_by_label("Steps that lead to it").fill("1. Take the road.")
    if (effect := page.get_by_label("Effect on your work")).count():
        effect.fill("Nobody comes through.")
    page.get_by_label("Everyone").check()
    page.locator("input[name=workaround][value=no]").check()
    page.locator(f"label[for=severity_{request.severity}]").click()
    check_offer(page, request, opened)
    contact.press("Send the request")
    if page.locator(".step").count():  # where an article might answer it that has not been shown
        contact.press("Send it now", ".step")
    assert re.search(r"/tickets/VK-\w{6}/$", page.url), page.locator("main").inner_text()
    return str(page.url).split("/")[-2]


def check_offer(page: Any, request: Request, opened: datetime) -> None:
    """Beside the severity stood, before anything was sent, when the answer would be due at that moment."""
    shown = instant(page.locator(f"#severity_{request.severity}_about .answer time"))
    assert request.due(opened)["response"] <= shown <= request.due(datetime.now(UTC))["response"]


def check_promises(contact: Person, request: Request) -> set[str]:
    """Each clock on the page is due when the core says, and explains itself; the names of the clocks."""
    page = contact.page
    filed = instant(page.get_by_role("complementary").locator("dt:has-text('Filed') + dd time"))
    expected = request.due(filed)
    shown = {}
    for clock in page.locator("article.clock").all():
        due = clock.locator(".clock-due time")
        if due.count():
            name = clock.locator("h3").inner_text().lower()
            shown[name] = instant(due)
            check_sum(clock, request, expected[name])
    assert shown == expected
    return set(shown)


def check_sum(clock: Any, request: Request, due: datetime) -> None:
    """Why then? opens; what counted adds up to what was promised, or date arithmetic ends at the due date."""
    clock.get_by_text("Why then?").click()
    promise = clock.locator(".clock-promise").inner_text()
    if not clock.locator("tfoot").count():
        end = due.astimezone(policy(request.policy).hours.time_zone)
        sum_, _, date = clock.locator(".why-sum").inner_text().partition(" = ")
        assert sum_.endswith(f"+ {promise.rpartition('within ')[2]}")
        assert f"{end.day} {end:%b %H:%M}" in date
        return
    counted = [seconds(text) for text in clock.locator("tbody tr:not(.off) td.number").all_inner_texts()]
    amount, _, length = clock.locator("tfoot td").inner_text().partition(" = ")
    assert sum(counted) == seconds(amount) > 0
    assert length in promise


def answer(agent: Person, number: str) -> None:
    """What an agent does on the ticket's page in the admin, from the queue to the solution."""
    agent.open("/admin/queue/")
    agent.follow(agent.page.locator("table.queue tr").filter(has_text=number).get_by_role("link"))
    agent.press("Acknowledge")
    agent.press("Start work")
    write(agent, "reply", "Reply", "We are on the road.")
    write(agent, "resolve", "Resolve", "The road is free again.")
    assert "Resolved. The solution is on its way" in agent.page.locator("body").inner_text()


def write(agent: Person, verb: str, button: str, text: str) -> None:
    """One of the texts below the clocks."""
    composer = agent.page.locator(f"details#{verb}")
    if composer.get_attribute("open") is None:
        composer.locator("summary").click()
    composer.locator("textarea").fill(text)
    agent.press(button, f"details#{verb}")


def test_without_script_a_ticket_is_filed_explained_and_replied_to(browser: Any, demo_portal: Server) -> None:
    with somebody(browser, demo_portal.address, VIAKOO.contact, java_script_enabled=False) as contact:
        file(contact, VIAKOO)
        check_promises(contact, VIAKOO)
        contact.page.get_by_label("Your reply").fill("It is blocked on the other side, too.")
        contact.press("Send the reply")
        assert "It is blocked on the other side, too." in contact.page.locator(".timeline").inner_text()


def states(contact: Person) -> dict[str, str]:
    """By the name of each clock, the word of its state."""
    return {
        clock.locator("h3").inner_text().lower(): str(clock.get_attribute("data-state"))
        for clock in contact.page.locator("article.clock").all()
    }


def instant(time: Any) -> datetime:
    """The instant that a ``time`` element names."""
    return datetime.fromisoformat(time.first.get_attribute("datetime"))


def seconds(text: str) -> int:
    """The seconds of "2 h 10 min 5 s"."""
    return sum(int(number) * LENGTHS[unit] for number, unit in re.findall(r"(\d+) (h|min|s)\b", text))
