"""Known problems: one record for an error that many have (VK19), and nothing of a ticket in it (VK2)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from contracts.models import Contact, Contract, Deployment, OutboxMessage, Product, Release, User
from contracts.models.products import ReleaseKind
from contracts.refusals import Refused
from contracts.tests.factories import ContractFactory, DeploymentFactory, ReleaseFactory, published
from knowledgebase.models.audience import Visitor
from knowledgebase.search import keeping
from knowledgebase.search.finding import Result, search, suggest
from knowledgebase.tests.search.conftest import Writes, writes  # noqa: F401 -- a fixture
from tickets.models import KnownProblem, Ticket
from tickets.models.event import Kind
from tickets.models.problem import ProblemAudience, ProblemEventKind
from tickets.services import problems
from tickets.services.conversation import ask_customer
from tickets.services.errands import run_errands
from tickets.services.fixes import name_fix
from tickets.services.lifecycle import acknowledge_ticket, resolve_ticket
from tickets.services.problems import Said, link_problem, open_problem, unlink_problem, update_problem
from tickets.services.releases import plan_release, publish_release
from tickets.services.spreading import post_replies
from tickets.suggestions import articles_for_typed
from tickets.tests.conftest import Clocks, File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, words
from tickets.tests.soundness import faults_of_all

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = Said(
    "The hippogriff loses its session",
    "After *ten* minutes a griffin signs everybody out.",
    workaround="Feed the wyvern.",
    environments="Windows Server 2019",
)
VISITOR = AnonymousUser()


@pytest.fixture(autouse=True)
def _today(monday: datetime) -> Any:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def problem(product: Product, agent: User, monday: datetime) -> KnownProblem:
    """For those alone who have a ticket on it."""
    return open_problem(product=product, said=SAID, actor=agent, at=monday)


@pytest.fixture
def theirs(stranger: Contact, deployment: Deployment) -> Deployment:
    """The stranger's installation of the same product, under a contract of theirs."""
    found = DeploymentFactory.create(customer=stranger.customer, product=deployment.product)
    ContractFactory.create(customer=stranger.customer, deployments=[found])
    return found


def to_all(problem: KnownProblem, agent: User, at: datetime) -> None:
    """Has all with the product read of it."""
    said = replace(SAID, audience=ProblemAudience.PRODUCT)
    problems.edit_problem(problem=problem, said=said, actor=agent, at=at)


def replies(ticket: Ticket) -> list[str]:
    events = ticket.events.filter(kind=Kind.PUBLIC_REPLY).select_related("message").order_by("seq")
    return [event.message.text for event in events if event.message]


def planned(product: Product, manager: User, at: datetime, version: str = "6.3") -> Release:
    return plan_release(
        product=product,
        version=version,
        kind=ReleaseKind.MAINTENANCE,
        planned_at=at + 21 * DAY,
        actor=manager,
        at=at,
    )


def test_vk19_an_update_reaches_every_affected_customer_and_is_the_update_that_their_clock_waits_for(
    file: File,
    contract: Contract,
    problem: KnownProblem,
    stranger: Contact,
    theirs: Deployment,
    agent: User,
    clocks: Clocks,
    monday: datetime,
) -> None:
    contract.policy_version = published("viakoo")
    contract.save()
    ours, another = file(severity="serious"), file(contact=stranger, deployment=theirs)
    alone, done = file(severity="serious"), file(severity="serious")
    for ticket in (ours, another, done):
        acknowledge_ticket(ticket=ticket, actor=agent, at=monday)
        link_problem(ticket=ticket, problem=problem, actor=agent, at=monday)
    resolve_ticket(ticket=done, actor=agent, text="Done.", at=monday)
    assert clocks(ours, monday)["update"].due_at == monday + 24 * HOUR

    update_problem(problem=problem, text="The cause is found.", actor=agent, at=monday + 6 * HOUR)
    assert post_replies(at=monday + 6 * HOUR) == 2
    assert replies(ours) == replies(another) == ["The cause is found."]
    assert replies(alone) == replies(done) == []
    assert clocks(ours, monday + 6 * HOUR)["update"].due_at == monday + 30 * HOUR
    said = ours.events.get(kind=Kind.PUBLIC_REPLY)
    assert said.data["cause"] == {"kind": "problem", "id": problem.pk}
    mails = OutboxMessage.objects.filter(kind="reply").order_by("pk")
    assert [mail.user for mail in mails] == [ours.contact.user, stranger.user]
    for mail in mails:
        others = {"Harbour", "Meridian", ours.number, another.number} - {mail.ticket_number}
        assert not [word for word in others if word in mail.text]

    unlink_problem(ticket=another, problem=problem, actor=agent, at=monday + 7 * HOUR)
    update_problem(problem=problem, text="A fix is tested.", actor=agent, at=monday + 8 * HOUR)
    assert post_replies(at=monday + 8 * HOUR) == 1
    assert len(replies(another)) == 1
    assert faults_of_all() == []


def test_vk15_the_release_that_fixes_a_known_problem_fixes_its_tickets(
    file: File,
    contract: Contract,
    problem: KnownProblem,
    product: Product,
    agent: User,
    manager: User,
    clocks: Clocks,
    monday: datetime,
) -> None:
    contract.policy_version = published("viakoo")
    contract.save()
    first, second, own, late = (file(severity="major") for _ in range(4))
    release, other = planned(product, manager, monday), planned(product, manager, monday + DAY, "6.4")
    for ticket in (first, second, own):
        link_problem(ticket=ticket, problem=problem, actor=agent, at=monday)
    name_fix(ticket=own, release=release, actor=agent, at=monday)
    problems.name_problem_fix(problem=problem, release=other, actor=agent, at=monday + HOUR)
    link_problem(ticket=late, problem=problem, actor=agent, at=monday + HOUR)
    assert clocks(late, monday + HOUR)["resolution"].due_at == other.planned_at
    run_errands(at=monday + 2 * HOUR)
    for ticket in (first, second, own, late):
        assert clocks(ticket, monday + 2 * HOUR)["resolution"].due_at == other.planned_at
    named = first.events.get(kind=Kind.FIX_NAMED)
    assert (named.data["problem"], named.happened_at) == (problem.pk, monday + HOUR)

    problem.refresh_from_db()
    with pytest.raises(Refused, match="named already"):
        problems.name_problem_fix(problem=problem, release=other, actor=agent, at=monday + 2 * HOUR)
    unlink_problem(ticket=second, problem=problem, actor=agent, at=monday + 2 * HOUR)
    name_fix(ticket=late, release=release, reason="A part of it.", actor=agent, at=monday + 2 * HOUR)
    problems.withdraw_problem_fix(problem=problem, reason="It fails.", actor=agent, at=monday + 3 * HOUR)
    run_errands(at=monday + 3 * HOUR)
    marks = {ticket.pk: getattr(Ticket.objects.get(pk=ticket.pk), "fix", None) for ticket in (first, own)}
    assert list(marks.values()) == [None, None]
    assert clocks(first, monday + 3 * HOUR)["resolution"].due_at == release.planned_at
    assert Ticket.objects.get(pk=second.pk).fix.release == other
    assert Ticket.objects.get(pk=late.pk).fix.release == release

    problems.name_problem_fix(problem=problem, release=release, actor=agent, at=monday + 4 * HOUR)
    publish_release(release=release, actor=manager, at=monday + 5 * HOUR)
    run_errands(at=monday + 5 * HOUR)
    run_errands(at=monday + 5 * HOUR)
    states = [Ticket.objects.get(pk=ticket.pk).status for ticket in (first, second, own, late)]
    assert states == ["resolved", "new", "resolved", "resolved"]
    problem.refresh_from_db()
    assert problem.state(monday + 5 * HOUR) == "fixed"
    with pytest.raises(Refused, match="is out"):
        problems.withdraw_problem_fix(problem=problem, reason="x", actor=agent, at=monday + 6 * HOUR)
    assert faults_of_all() == []


def test_vk2_a_confidential_ticket_shows_nothing_through_its_problem_to_anybody_but_its_contact(
    file: File,
    contract: Contract,
    problem: KnownProblem,
    contact: Contact,
    colleague: Contact,
    agent: User,
    monday: datetime,
) -> None:
    contract.colleagues_see_tickets = True
    contract.save()
    secret = file(is_confidential=True)
    link_problem(ticket=secret, problem=problem, actor=agent, at=monday)
    seen = KnownProblem.objects.visible_to
    assert list(seen(contact.user, monday)) == [problem]
    assert list(seen(colleague.user, monday)) == []
    assert client_of(colleague.user).get(f"/problems/{problem.pk}/").status_code == 404
    to_all(problem, agent, monday)
    update_problem(problem=problem, text="The cause is found.", actor=agent, at=monday)
    page = words(client_of(colleague.user).get(f"/problems/{problem.pk}/"))
    assert "The cause is found." in page
    assert not [
        word for word in (secret.number, secret.subject, "Nora", "Harbour", "ticket of") if word in page
    ]
    assert client_of(colleague.user).get(f"/tickets/{secret.number}/").status_code == 404


def test_what_is_said_of_it_is_kept_and_nobody_overwrites_what_they_have_not_seen(
    file: File, problem: KnownProblem, contact: Contact, agent: User, product: Product, monday: datetime
) -> None:
    edited = problems.edit_problem(
        problem=problem, said=replace(SAID, title="Sessions end"), seen=1, actor=agent, at=monday
    )
    assert edited.events.latest("number").data == {"title": SAID.title}
    assert (
        problems.edit_problem(
            problem=edited, said=replace(SAID, title="Sessions end"), actor=agent, at=monday
        ).seq
        == 2
    )
    with pytest.raises(problems.ProblemOvertaken, match="Look at it"):
        update_problem(problem=problem, text="Found.", seen=1, actor=agent, at=monday)
    elsewhere = ReleaseFactory.create()
    for said, why in (
        (replace(SAID, title=" "), "Write a title"),
        (replace(SAID, text=" \n"), "Write what happens"),
        (replace(SAID, audience="everybody"), "Choose who"),
        (replace(SAID, from_release=elsewhere), "of another product"),
        (replace(SAID, environments="x" * 301), "300 characters are the most"),
    ):
        with pytest.raises(Refused, match=why):
            open_problem(product=product, said=said, actor=agent, at=monday)
    with pytest.raises(Refused, match="of this title already"):
        open_problem(product=product, said=replace(SAID, title="Sessions end"), actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff"):
        open_problem(product=product, said=SAID, actor=contact.user, at=monday)
    problems.close_problem(problem=problem, reason="It is none.", actor=agent, at=monday)
    ticket = file()
    for verb in (
        lambda: update_problem(problem=problem, text="x", actor=agent, at=monday),
        lambda: link_problem(ticket=ticket, problem=problem, actor=agent, at=monday),
    ):
        with pytest.raises(Refused, match="is closed"):
            verb()
    problems.reopen_problem(problem=problem, reason="It is.", actor=agent, at=monday)
    link_problem(ticket=ticket, problem=problem, actor=agent, at=monday)
    with pytest.raises(Refused, match="already"):
        link_problem(ticket=ticket, problem=problem, actor=agent, at=monday)
    other = open_problem(product=elsewhere.product, said=SAID, actor=agent, at=monday)
    with pytest.raises(Refused, match="another product"):
        link_problem(ticket=ticket, problem=other, actor=agent, at=monday)
    kinds = list(problem.events.values_list("kind", flat=True))
    assert kinds == ["opened", "edited", "closed", "reopened"]
    assert ProblemEventKind.OPENED in kinds
    KnownProblem.objects.update(renderer=0, html="")
    assert problems.render_problems_again(at=monday) == 2
    problem.refresh_from_db()
    assert "<em>ten</em>" in problem.html


PATHS: dict[str, Callable[[Visitor, datetime], list[Result]]] = {
    "a word of the title": lambda user, at: search(user, "hippogriff", at=at).results,
    "a word of the text": lambda user, at: search(user, "griffin", at=at).results,
    "a word of the workaround": lambda user, at: search(user, "wyvern", at=at).results,
    "a typing error": lambda user, at: search(user, "hipogriff", at=at).results,
    "part of a word": lambda user, at: search(user, "hippog", at=at).results,
    "a kind": lambda user, at: search(user, "hippogriff", kind="problem", at=at).results,
    "suggestion of its kind": lambda user, at: suggest(user, "the hippogriff and a griffin", kind="problem"),
    "suggestion of any kind": lambda user, at: suggest(user, "the hippogriff and a griffin", kind=""),
}


def finders(path: str, users: dict[str, Visitor], at: datetime) -> set[str]:
    """Who finds the problem on that path."""
    return {
        name for name, user in users.items() if any(one.kind == "problem" for one in PATHS[path](user, at))
    }


@pytest.mark.parametrize("audience", ProblemAudience.values)
@pytest.mark.usefixtures("theirs")
def test_search_and_suggestion_show_a_problem_to_its_audience_on_every_path(
    audience: str,
    file: File,
    problem: KnownProblem,
    contact: Contact,
    colleague: Contact,
    stranger: Contact,
    agent: User,
    monday: datetime,
) -> None:
    """Nora has the ticket; her colleague sees it not; the stranger has the product, and nothing else."""
    file_contract = Contract.objects.get(customer=contact.customer)
    file_contract.colleagues_see_tickets = False
    file_contract.save()
    link_problem(ticket=file(), problem=problem, actor=agent, at=monday)
    if audience == ProblemAudience.PRODUCT:
        to_all(problem, agent, monday)
    users: dict[str, Visitor] = {
        "contact": contact.user,
        "colleague": colleague.user,
        "stranger": stranger.user,
        "agent": agent,
        "visitor": VISITOR,
    }
    may = {"contact", "agent"}
    if audience == ProblemAudience.PRODUCT:
        may |= {"colleague", "stranger"}
    corrected = {"a typing error": {"agent"}}  # its words correct no customer's typing
    found = {path: finders(path, users, monday) for path in PATHS}
    assert found == {path: may & corrected.get(path, may) for path in PATHS}
    Contract.objects.update(ends_on=monday.date() - timedelta(days=40))
    assert finders("a kind", users, monday) == {"contact", "agent"}
    assert keeping.faults() == []


def test_words_of_a_problem_change_nothing_of_what_a_visitor_finds(
    writes: Writes,  # noqa: F811 -- the fixture
    product: Product,
    agent: User,
    monday: datetime,
) -> None:
    writes("Gryphon care", "Feed it twice.")
    queries = ["gryphon care", "gryfon", "feed care", "hippogriff"]
    before = [search(VISITOR, query, at=monday) for query in queries]
    open_problem(product=product, said=Said("Gryfon care", "Feed care, gryphon"), actor=agent, at=monday)
    assert [search(VISITOR, query, at=monday) for query in queries] == before


def test_before_a_ticket_is_filed_a_problem_that_stands_is_offered_unless_it_is_about_security(
    problem: KnownProblem,
    contact: Contact,
    contract: Contract,
    product: Product,
    agent: User,
    monday: datetime,
) -> None:
    to_all(problem, agent, monday)

    def offered(*, confidential: bool = False) -> list[str]:
        given = {
            "subject": "The hippogriff",
            "text": "and a griffin sign us out",
            "confidential": confidential,
        }
        return [one.url for one in articles_for_typed(contact, product, **given)]  # type: ignore[arg-type]  # given by name, of the types that it takes

    assert offered() == [f"/problems/{problem.pk}/"]
    assert offered(confidential=True) == []
    problems.close_problem(problem=problem, reason="Gone.", actor=agent, at=monday)
    assert offered() == []


def test_customers_read_it_on_pages_that_name_nobody_and_strangers_get_404(
    file: File,
    problem: KnownProblem,
    contact: Contact,
    stranger: Contact,
    agent: User,
    manager: User,
    monday: datetime,
) -> None:
    ticket = file()
    link_problem(ticket=ticket, problem=problem, actor=agent, at=monday)
    release = planned(ticket.product, manager, monday)
    problems.name_problem_fix(problem=problem, release=release, actor=agent, at=monday)
    run_errands(at=monday)
    client = client_of(contact.user)
    page = client.get(f"/problems/{problem.pk}/")
    assert_nothing_inline(page)
    text = words(page)
    assert "<em>ten</em>" in page.content.decode()
    assert "Fixed in 6.3, planned for Mon 14 Dec" in text
    assert "It will be fixed in 6.3" in text
    assert not [word for word in (ticket.number, "Agnes", "Harbour") if word in text]
    assert "The hippogriff loses its session Fix planned" in words(client.get("/problems/"))
    shown = words(client.get(f"/tickets/{ticket.number}/"))
    assert "We know this problem: The hippogriff loses its session. What is told" in shown
    assert "It will be fixed in Atlas 6.3, planned for Mon 14 Dec" in shown
    assert "Agnes Desk linked it to a known problem" in shown
    other = client_of(stranger.user)
    assert other.get(f"/problems/{problem.pk}/").status_code == 404
    assert "No known problem concerns you." in words(other.get("/problems/"))


def test_on_the_desk_it_is_recorded_changed_told_and_linked(
    file: File, product: Product, agent: User, manager: User, monday: datetime
) -> None:
    desk, ticket = desk_of(agent), file()
    typed = {"product": product.pk, "title": "Sessions end", "text": "At *noon*.", "audience": "affected"}
    previewed = desk.post("/admin/problems/new/", {**typed, "preview": "1"})
    assert "<em>noon</em>" in previewed.content.decode()
    assert not KnownProblem.objects.exists()
    refused = desk.post("/admin/problems/new/", {**typed, "from_release": "9.9"})
    assert (refused.status_code, "Atlas has no release 9.9." in words(refused)) == (422, True)
    assert desk.post("/admin/problems/new/", typed).status_code == 302
    problem = KnownProblem.objects.get()
    links = f"/admin/queue/{ticket.number}/problems/"
    assert "Link the ticket: Sessions end" in words(desk.get(links))
    assert desk.post(links, {"link": problem.pk}).status_code == 302
    assert desk.post(links, {"link": "x"}).status_code == 422
    place = f"/admin/problems/{problem.pk}/"
    page = desk.get(place)
    assert_nothing_inline(page)
    assert f"Tickets that have it: 1 {ticket.number}" in words(page)
    assert desk.post(f"{place}updates/", {"text": "Found.", "seen": 1}).status_code == 302
    overtaken = desk.post(f"{place}updates/", {"text": "Mine.", "seen": 1})
    assert (overtaken.status_code, "Mine." in words(overtaken)) == (422, True)
    release = planned(product, manager, monday)
    assert desk.post(f"{place}fix/", {"release": release.pk, "seen": 2}).status_code == 302
    edited = desk.post(f"{place}text/", {**typed, "title": "All sessions end", "seen": 3})
    assert edited.status_code == 302
    assert "title Sessions end" in words(desk.get(place))
    assert desk.post(f"{place}nothing/").status_code == 404
    run_errands(at=monday)
    manages = desk_of(manager)
    before = words(manages.get(f"/admin/releases/{release.pk}/publication/"))
    assert f"Tickets that it resolves: 1 {ticket.number}" in before
    assert "Known problems that it fixes All sessions end" in before
    plan = manages.get(f"/admin/releases/{release.pk}/plan/")
    assert f"Marked as fixed in it, and moved with it: 1 {ticket.number}" in words(plan)
    fix = f"/admin/queue/{ticket.number}/fix/"
    assert "Marked as fixed in Atlas 6.3" in words(desk.get(fix))
    assert desk.post(fix, {"withdraw": "1"}).status_code == 422
    assert desk.post(fix, {"withdraw": "1", "reason": "Not it."}).status_code == 302
    assert desk.post(fix, {"release": release.pk}).status_code == 302
    asked = ask_customer(ticket=ticket, actor=agent, text="Which?", at=monday)
    assert asked.text in words(desk.get(f"/admin/queue/{ticket.number}/"))
    assert "Not fixed yet All sessions end" in words(desk.get("/admin/problems/"))
