"""The queue narrowed: parts, filters that combine, words, and views of one's own."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from contracts.models import Contact, User
from contracts.refusals import Refused
from tickets import finding
from tickets.admin.queue_address import read
from tickets.finding import keys_found, number_in
from tickets.models import SavedView, Ticket
from tickets.services import assignment, conversation, lifecycle, own_views
from tickets.services.tagging import tag_ticket
from tickets.services.words import learn_anew
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of, more_of
from tickets.tests.pages import words

QUEUE = "/admin/queue/"
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(agent: User) -> Client:
    return desk_of(agent)


def subjects(desk: Client, address: str, at: datetime) -> list[str]:
    with time_machine.travel(at, tick=False):
        return [row.ticket.subject for row in desk.get(QUEUE + address).context["rows"]]


def test_an_address_is_read_by_a_table_of_names_and_written_back_the_same() -> None:
    given = QueryDict(
        "severity=P1&show=due&hours=8&customer=7&assignee=nobody&contract__pk=3&q=+lost++session+&product=x"
    )
    wanted = read(given)
    assert wanted.query() == "?show=due&hours=8&customer=7&severity=P1&assignee=nobody&q=lost++session"
    assert read(QueryDict(wanted.query()[1:])) == wanted
    assert wanted.without("severity") == "?show=due&hours=8&customer=7&assignee=nobody&q=lost++session"


@pytest.mark.parametrize(
    "query", ["customer=9" * 9, "tier=%00", "severity=" + "x" * 99, "hours=3", "show=pk__in"]
)
def test_what_no_table_knows_narrows_nothing(query: str) -> None:
    assert read(QueryDict(query)).query() == "?show=all"


def test_filters_come_before_the_bound_of_a_search_and_a_tag_is_one_of_them(
    file: File, desk: Client, agent: User, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_FOUND", 1)
    old = file(subject="Old tunnel", severity="P1")
    tag_ticket(ticket=old, tag="VPN Tunnel", actor=agent, at=monday)
    file(subject="New tunnel", severity="P3")
    assert subjects(desk, "?q=tunnel", monday) == ["New tunnel"]
    assert subjects(desk, "?q=tunnel&severity=P1", monday) == ["Old tunnel"]
    assert subjects(desk, "?q=tunnel&tag=%23vpn_tunnel", monday) == ["Old tunnel"]
    assert subjects(desk, "?tag=vpn-tunnel", monday) == ["Old tunnel"]
    lifecycle.resolve_ticket(ticket=old, actor=agent, text="So.", at=monday)
    assert subjects(desk, "?q=tunnel&show=resolved", monday) == ["Old tunnel"]
    page = words(desk.get(f"{QUEUE}?tag=vpn-tunnel"))
    assert "Tag: vpn-tunnel" in page


def test_each_part_holds_what_it_says(
    file: File, desk: Client, agent: User, colleague: Contact, monday: datetime
) -> None:
    file(severity="P2", subject="Due tomorrow")  # two business hours
    file(severity="P1", subject="Due in four hours")
    file(contact=colleague, subject="Kept")
    for minutes, subject in enumerate(("Resolved first", "Resolved last")):
        done = file(subject=subject)
        lifecycle.resolve_ticket(ticket=done, actor=agent, text="So.", at=monday + timedelta(minutes=minutes))
    assert subjects(desk, "?show=kept", monday) == ["Kept"]
    assert subjects(desk, "?show=resolved", monday) == ["Resolved last", "Resolved first"]
    assert "Due in four hours" not in subjects(desk, "?show=due&hours=2", monday)
    assert "Due in four hours" in subjects(desk, "?show=due&hours=8", monday)
    assert len(subjects(desk, "?show=any", monday)) == 5


def test_filters_combine_and_each_can_be_taken_away(
    file: File, desk: Client, agent: User, monday: datetime
) -> None:
    mine = file(severity="P1", subject="Both")
    assignment.assign_ticket(ticket=mine, actor=agent, assignee=agent, at=monday)
    file(severity="P1", subject="Severity alone")
    address = f"?severity=P1&assignee={agent.pk}&customer={mine.customer_id}&product={mine.product_id}&policy=atheer"
    assert subjects(desk, address, monday) == ["Both"]
    page = desk.get(QUEUE + address)
    assert {chip.said for chip in page.context["chips"]} >= {"Agnes Desk", "Harbour Freight Lines", "Atlas"}
    without = next(chip.without for chip in page.context["chips"] if chip.label == "Assignee")
    assert set(subjects(desk, without, monday)) == {"Both", "Severity alone"}
    form = words(desk.get(f"{QUEUE}narrowing/{address}"))
    assert "Severe Business Impact" in form


def test_pages_of_what_is_resolved_follow_one_another(
    file: File, desk: Client, agent: User, monday: datetime
) -> None:
    more_of(lifecycle.resolve_ticket(ticket=file(), actor=agent, text="So.", at=monday), 26)
    first = desk.get(QUEUE + "?show=resolved")
    second = desk.get(QUEUE + first.context["next"])
    numbers = [row.ticket.number for page in (first, second) for row in page.context["rows"]]
    assert len(numbers) == len(set(numbers)) == 27


def test_words_of_subject_people_and_texts_are_found_and_notes_by_staff_alone(
    file: File, agent: User, contact: Contact, monday: datetime
) -> None:
    ticket = file(subject="Scanner offline", text="The certificate of the Zürich gateway has expired.")
    file(subject="Something else", text="Nothing alike.")
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="It says E1234-5.", at=monday)
    conversation.add_note(ticket=ticket, actor=agent, text="Looks like sabotage.", at=monday)
    found = [
        "scanner",
        "zurich gate",
        "expires certificates",
        "e1234-5 scanner",
        "nora",
        "harbour",
        ticket.number,
    ]
    for typed in found:
        assert ticket.pk in keys_found(typed, internal=True), typed
        assert ticket.pk in keys_found(typed, internal=False), typed
    assert keys_found("sabotage", internal=True) == [ticket.pk]
    assert keys_found("sabotage", internal=False) == []
    for typed in ("", "the", '"*', "NEAR(a b)", "x' | 'y", "\\", "said:scanner -offline (", "%_"):
        assert ticket.pk not in keys_found(typed, internal=True) or typed.startswith("said"), typed


def test_what_was_taken_out_is_found_no_more(file: File, monday: datetime) -> None:
    ticket = file(text="My password is hunter2.")
    assert keys_found("hunter2", internal=False) == [ticket.pk]
    ticket.messages.update(text="")
    learn_anew(Ticket.objects.get(pk=ticket.pk))
    assert keys_found("hunter2", internal=True) == []


def test_a_search_looks_at_tickets_of_any_state_and_combines_with_filters(
    file: File, desk: Client, agent: User, monday: datetime
) -> None:
    done = file(subject="Gateway down", severity="P1")
    lifecycle.resolve_ticket(ticket=done, actor=agent, text="So.", at=monday)
    file(subject="Gateway slow")
    assert set(subjects(desk, "?q=gateway", monday)) == {"Gateway down", "Gateway slow"}
    assert subjects(desk, "?q=gateway&severity=P1", monday) == ["Gateway down"]
    assert subjects(desk, "?q=gateway&show=all", monday) == ["Gateway slow"]


def test_an_exact_number_leads_to_its_ticket(file: File, desk: Client) -> None:
    ticket = file()
    for typed in (ticket.number, ticket.number.lower(), ticket.number.partition("-")[2]):
        answer = desk.get(QUEUE, {"q": typed})
        assert answer.headers["Location"] == f"{QUEUE}{ticket.number}/"
    assert number_in("gateway") == number_in("VK-1") == ""


def test_a_view_is_kept_renamed_begun_with_and_deleted(
    file: File, desk: Client, agent: User, monday: datetime
) -> None:
    file(severity="P1", subject="Severe")
    file(severity="P4", subject="Mild")
    kept = desk.post(f"{QUEUE}views/?show=unassigned&severity=P1", {"name": "Severe ones", "is_start": "on"})
    assert kept.headers["Location"] == f"{QUEUE}?show=unassigned&severity=P1"
    view = SavedView.objects.get(owner=agent)
    assert subjects(desk, "", monday) == ["Severe"]
    assert "Severe ones" in [tab.label for tab in desk.get(QUEUE).context["tabs"] if tab.is_chosen]
    address = f"{QUEUE}views/{view.pk}/"
    desk.post(address, {"name": "P1", "rename": "1"})
    desk.post(address, {"start": "1"})
    view.refresh_from_db()
    assert (view.name, view.is_start) == ("P1", False)
    assert desk.post(f"{QUEUE}views/", {"name": "P1"}).status_code == 422
    assert desk.post(address, {"delete": "1"}).status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_belongs_to_one_person_and_has_a_name(desk: Client, manager: User) -> None:
    theirs = own_views.keep_view(owner=manager, name="Mine", query="show=mine")
    assert desk.post(f"{QUEUE}views/{theirs.pk}/", {"delete": "1"}).status_code == 404
    assert "Mine" in words(desk.get(QUEUE))  # the part, not the view
    assert len([tab for tab in desk.get(QUEUE).context["tabs"] if tab.label == "Mine"]) == 1
    for name in ("", " ", "x" * 41, "Mine"):
        with pytest.raises(Refused):
            own_views.keep_view(owner=manager, name=name, query="")
