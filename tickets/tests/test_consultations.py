"""Live consultations (VK8): asked for, confirmed inside support hours, moved, cancelled; the invitation follows."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
import time_machine
from icalendar import Calendar

from contracts.models import Contact, Contract, OutboxMessage, User
from contracts.outbox.delivery import deliver
from contracts.outbox.mail import email
from contracts.refusals import Refused
from contracts.services.closures import enter_closure
from contracts.tests.mail_servers import PaperServer
from tickets.consulting import check_join, is_link, read_talks
from tickets.models import Consultation, Ticket
from tickets.services.consultations import (
    ask_consultation,
    ask_to_move,
    cancel_consultation,
    confirm_consultation,
    offer_times,
    take_time,
)
from tickets.services.lifecycle import resolve_ticket
from tickets.services.merging import merge_tickets
from tickets.tests.conftest import Clocks, File
from tickets.tests.desk import desk_of
from tickets.tests.pages import client_of, put_under, words

HOUR = timedelta(hours=1)
# Tuesday and Wednesday, 10:00 in Los Angeles; Thursday is Thanksgiving.
TUESDAY = datetime(2026, 11, 24, 18, tzinfo=UTC)
WEDNESDAY = TUESDAY + 24 * HOUR
THURSDAY = WEDNESDAY + 24 * HOUR
JOIN = "https://meet.example/atlas"


@pytest.mark.parametrize(
    ("join", "links"),
    [(JOIN, True), ("Phone: +1 650 263 8225", False), ("We call you.", False), (f" {JOIN} ", True)],
)
def test_how_to_join_is_an_address_of_the_web_or_a_text(join: str, links: bool) -> None:
    assert is_link(check_join(join)) is links


@pytest.mark.parametrize(
    "join", ["javascript:alert(1)", "data:text/html,x", "tel:+1650", "https://", "", "x" * 301]
)
def test_what_is_no_way_to_join_is_refused(join: str) -> None:
    with pytest.raises(Refused):
        check_join(join)


def ask(contact: Contact, ticket: Ticket | None = None, **more: Any) -> Consultation:
    """Nora asks for half an hour on Tuesday or Wednesday."""
    given = {
        "contract": None,
        "topic": "How to split sites",
        "times": [WEDNESDAY, TUESDAY],
        "minutes": 30,
        "submission_key": "one",
        "at": datetime(2026, 11, 23, 18, tzinfo=UTC),
        **more,
    }
    return ask_consultation(contact=contact, ticket=ticket, **given)


def confirm(
    consultation: Consultation, agent: User, starts_at: datetime = TUESDAY, **more: Any
) -> Consultation:
    given = {"minutes": 30, "host": agent, "join": JOIN, "at": datetime(2026, 11, 23, 19, tzinfo=UTC), **more}
    return confirm_consultation(consultation=consultation, starts_at=starts_at, actor=agent, **given)


def entries(mails: list[EmailMessage]) -> list[tuple[str, str, Any]]:
    """To whom, by which method, and the one entry of each mail that has a calendar part."""
    found = []
    for mail in mails:
        for part in mail.iter_attachments():
            assert part.get_content_type() == "text/calendar"
            method = str(part.get_param("method"))
            made = Calendar.from_ical(part.get_content())
            assert made["METHOD"] == method
            (event,) = made.walk("VEVENT")
            found.append((str(mail["To"]), method, event))
    return found


@pytest.mark.django_db
def test_vk8_a_contact_asks_staff_confirm_inside_support_hours_and_both_get_the_invitation(
    file: File,
    contact: Contact,
    contract: Contract,
    agent: User,
    monday: datetime,
    clocks: Clocks,
    mail_server: type[PaperServer],
) -> None:
    put_under(contract, "viakoo")
    ticket = file(severity="serious", request_type="error")
    OutboxMessage.objects.all().delete()
    consultation = ask(contact, ticket)
    assert OutboxMessage.objects.get().user == agent, "the desk is told"
    with pytest.raises(Refused, match=r"outside the support hours of .* opens next Fri 27 Nov, 16:00"):
        confirm(consultation, agent, THURSDAY)
    with pytest.raises(Refused, match="reach beyond the support hours"):
        confirm(consultation, agent, TUESDAY.replace(day=25, hour=1, minute=45))
    with pytest.raises(Refused, match="is past"):
        confirm(consultation, agent, monday)
    assert clocks(ticket, monday + HOUR)["response"].stopped_at is None
    consultation = confirm(consultation, agent)
    assert clocks(ticket, monday + HOUR)["response"].stopped_at == monday + HOUR, "it is said to the customer"
    deliver(monday + 2 * HOUR)
    (one, two) = entries(list(mail_server.taken))
    assert {one[0], two[0]} == {"nora@harbour.example", "agnes@desk.example"}
    for _, method, event in (one, two):
        assert (method, event["STATUS"], event["SEQUENCE"]) == ("REQUEST", "CONFIRMED", 0)
        assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (TUESDAY, TUESDAY + HOUR / 2)
        assert {str(who) for who in event["ATTENDEE"]} == {
            "mailto:nora@harbour.example",
            "mailto:agnes@desk.example",
        }
        assert str(event["LOCATION"]) == JOIN
    kinds = list(ticket.events.order_by("seq").values_list("kind", flat=True))
    assert kinds[-3:] == ["consultation_asked", "public_reply", "consultation_confirmed"]
    last = ticket.events.latest("seq")
    assert last.data["starts_at"] == TUESDAY.isoformat()
    (talk,) = read_talks(ticket.events.order_by("seq"))
    assert (talk.key, talk.starts_at, talk.is_cancelled) == (consultation.pk, TUESDAY, False)


@pytest.mark.django_db
def test_vk8_moved_and_cancelled_by_either_side_the_same_invitation_follows(
    contact: Contact,
    contract: Contract,
    agent: User,
    manager: User,
    monday: datetime,
    mail_server: type[PaperServer],
) -> None:
    consultation = confirm(ask(contact, contract=contract), agent)
    consultation = ask_to_move(
        consultation=consultation, times=[WEDNESDAY], reason="Ill", actor=contact.user, at=monday + 2 * HOUR
    )
    assert consultation.starts_at == TUESDAY, "until staff move it, it stays"
    consultation = confirm(consultation, agent, WEDNESDAY, host=manager, at=monday + 3 * HOUR)
    consultation = cancel_consultation(
        consultation=consultation, reason="Solved", actor=contact.user, at=monday + 4 * HOUR
    )
    deliver(monday + 5 * HOUR)
    found = entries(list(mail_server.taken))
    assert {str(event["UID"]) for _, _, event in found} == {str(consultation.uid)}
    of_nora = [(method, event["SEQUENCE"]) for to, method, event in found if to.startswith("nora")]
    assert of_nora == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert [event.decoded("DTSTART") for to, _, event in found if to.startswith("nora")][1:] == [
        WEDNESDAY,
        WEDNESDAY,
    ]
    of_agnes = [(method, event["SEQUENCE"]) for to, method, event in found if to.startswith("agnes")]
    assert of_agnes == [("REQUEST", 0), ("CANCEL", 1)], "who is no longer the host has it taken back"
    of_max = [(method, event["SEQUENCE"]) for to, method, event in found if to.startswith("max")]
    assert of_max == [("REQUEST", 1), ("CANCEL", 2)]
    with pytest.raises(Refused, match="It is cancelled"):
        confirm(consultation, agent, WEDNESDAY)
    by_staff = confirm(ask(contact, contract=contract, submission_key="two"), agent)
    by_staff = cancel_consultation(consultation=by_staff, reason="Ill", actor=agent, at=monday + 6 * HOUR)
    told = OutboxMessage.objects.filter(user=contact.user).latest("pk")
    assert (by_staff.sequence, "Ill" in told.text) == (1, True)


@pytest.mark.django_db
def test_vk8_staff_propose_other_times_and_the_contact_takes_one(
    file: File, contact: Contact, agent: User, stranger: Contact, colleague: Contact, monday: datetime
) -> None:
    ticket = file()
    consultation = ask(contact, ticket)
    offered = offer_times(
        consultation=consultation,
        times=[WEDNESDAY + HOUR],
        minutes=45,
        join=JOIN,
        text="Tuesday is full.",
        actor=agent,
        at=monday + HOUR,
    )
    assert ticket.messages.latest("pk").text.startswith("Tuesday is full.\n\nFor the consultation")
    for who, why in ((stranger.user, "no such ticket"), (colleague.user, "named contacts")):
        with pytest.raises(Refused, match=why):
            take_time(consultation=offered, starts_at=WEDNESDAY + HOUR, actor=who, at=monday + HOUR)
    with pytest.raises(Refused, match="not proposed any more"):
        take_time(consultation=offered, starts_at=TUESDAY, actor=contact.user, at=monday + HOUR)
    taken = take_time(consultation=offered, starts_at=WEDNESDAY + HOUR, actor=contact.user, at=monday + HOUR)
    assert (taken.starts_at, taken.minutes, taken.host, taken.join) == (WEDNESDAY + HOUR, 45, agent, JOIN)
    assert ticket.events.latest("seq").actor == contact.user
    assert not ticket.events.filter(kind="customer_replied").exists()


@pytest.mark.django_db
def test_a_consultation_is_asked_for_by_who_may_write_under_a_contract_in_good_standing(
    file: File, contact: Contact, colleague: Contact, contract: Contract, agent: User, monday: datetime
) -> None:
    ticket = file()
    for refused, why in (
        ({"contact": colleague, "ticket": ticket}, "named contacts"),
        ({"contact": colleague, "contract": contract}, "named contacts"),
        ({"contact": contact}, "Choose one of your contracts"),
        ({"contact": contact, "contract": contract, "times": []}, "at least one time"),
        ({"contact": contact, "contract": contract, "times": [THURSDAY]}, "opens next Fri 27 Nov"),
        (
            {"contact": contact, "contract": contract, "times": [TUESDAY + 100 * 24 * HOUR]},
            "more than 90 days",
        ),
        ({"contact": contact, "contract": contract, "minutes": 7}, "how long"),
        ({"contact": contact, "contract": contract, "topic": " "}, "what it is about"),
    ):
        with pytest.raises(Refused, match=why):
            ask(**refused)
    made = ask(contact, contract=contract)
    assert ask(contact, contract=contract) == made, "sent twice, it is one"
    for n in range(4):
        ask(contact, contract=contract, submission_key=f"more-{n}")
    with pytest.raises(Refused, match="still to be answered"):
        ask(contact, contract=contract, submission_key="sixth")
    Consultation.objects.exclude(pk=made.pk).update(cancelled_at=monday)
    Contract.objects.update(standing="payment_due", standing_reason="Invoice 7")
    contract.refresh_from_db()
    with pytest.raises(Refused, match="overdue under it"):
        ask(contact, contract=contract, submission_key="late")
    resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday)


@pytest.mark.django_db
def test_a_host_is_in_one_at_a_time_and_a_day_that_was_closed_meanwhile_is_refused(
    contact: Contact, contract: Contract, agent: User, manager: User, monday: datetime
) -> None:
    first = confirm(ask(contact, contract=contract), agent)
    second = ask(contact, contract=contract, submission_key="two")
    with pytest.raises(Refused, match="has a consultation then already") as caught:
        confirm(second, agent, TUESDAY + timedelta(minutes=15))
    assert caught.value.field == "host"
    with pytest.raises(Refused, match="somebody of the desk"):
        confirm(second, agent, host=contact.user)
    confirm(second, agent, TUESDAY + timedelta(minutes=30), seen=1)
    with pytest.raises(Refused, match="done meanwhile"):
        cancel_consultation(consultation=first, reason="x", actor=agent, at=monday + HOUR, seen=1)
    third = ask(contact, contract=contract, submission_key="three")
    enter_closure(
        policy_slug="atheer",
        starts_at=WEDNESDAY,
        ends_at=WEDNESDAY + HOUR,
        reason="Snow",
        actor=manager,
        at=monday,
    )
    with pytest.raises(Refused, match="opens next Wed 25 Nov, 19:00"):
        confirm(third, manager, WEDNESDAY)


@pytest.mark.django_db
def test_a_mail_sent_late_has_the_entry_of_its_own_fact_and_nothing_breaks_out_of_it(
    contact: Contact, contract: Contract, agent: User, monday: datetime
) -> None:
    agent.name = 'Ag"nes\nBEGIN:VEVENT'
    agent.save()
    topic = "END:VEVENT\r\nBcc: x@example.com =?utf-8?q?x?="
    consultation = confirm(ask(contact, contract=contract, topic=topic), agent)
    confirm(consultation, agent, WEDNESDAY)
    mails: Any = [
        email(each, at=monday + 9 * HOUR).message()
        for each in OutboxMessage.objects.filter(user=contact.user).order_by("pk")
    ]
    starts = []
    for mail in mails:
        assert mail["Bcc"] is None
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
                starts.append(event.decoded("DTSTART"))
    assert starts == [TUESDAY, WEDNESDAY]


def key_on(page: Any) -> str:
    """The submission key that the form carries."""
    found = re.search(r'name="submission_key" value="([^"]+)"', page.content.decode())
    assert found
    return unescape(found[1])


@pytest.mark.django_db
def test_vk8_on_the_pages_times_are_typed_and_read_in_the_readers_own_zone(
    file: File, contact: Contact, colleague: Contact, stranger: Contact, agent: User, monday: datetime
) -> None:
    User.objects.filter(pk=contact.user_id).update(time_zone="Europe/Belgrade")
    User.objects.filter(pk=agent.pk).update(time_zone="America/Los_Angeles")
    contact.user.refresh_from_db()
    agent.refresh_from_db()
    ticket = file()
    with time_machine.travel(monday, tick=False):
        nora, desk = client_of(contact.user), desk_of(agent)
        address = f"/consultations/new/?ticket={ticket.number}"
        assert client_of(stranger.user).get(address).status_code == 404
        form = nora.get(address)
        assert "In your time zone, Europe/Belgrade" in words(form)
        sent = {
            "submission_key": key_on(form),
            "topic": "Sites",
            "minutes": "30",
            "time_1": "2026-11-26T19:00",
        }
        refused = nora.post(address, sent)
        assert refused.status_code == 422
        assert "Thu 26 Nov, 19:00 · 10:00 PST is outside the support hours" in words(refused)
        assert 'value="Sites"' in refused.content.decode()
        assert nora.post(address, {**sent, "time_1": "2026-11-24T19:00"}).status_code == 302
        made = Consultation.objects.get()
        assert made.proposed == [TUESDAY]
        page = f"/consultations/{made.pk}/"
        assert "Tue 24 Nov, 19:00 CET" in words(nora.get(page))
        assert client_of(stranger.user).get(page).status_code == 404
        assert "Cancel the consultation" not in words(client_of(colleague.user).get(page))
        assert "Sites" in words(desk.get("/admin/consultations/"))
        staffs = f"/admin/consultations/{made.pk}/"
        shown = desk.get(staffs)
        assert "Tue 24 Nov, 10:00 PST" in words(shown)
        given = {"asked": TUESDAY.isoformat(), "minutes": "30", "host": agent.pk, "seen": "1"}
        bad = desk.post(f"{staffs}confirmation/", {**given, "join": "javascript:alert(1)"})
        assert (bad.status_code, "no address of the web" in words(bad)) == (422, True)
        assert desk.post(f"{staffs}confirmation/", {**given, "join": JOIN}).status_code == 302
        late = desk.post(f"{staffs}confirmation/", {**given, "join": JOIN})
        assert "not proposed any more" in words(late)
        given |= {"asked": "", "starts_at": "2026-11-25T10:00", "join": JOIN}
        again = desk.post(f"{staffs}confirmation/", given)
        assert (again.status_code, "done meanwhile" in words(again)) == (409, True)
        assert f'href="{JOIN}"' in nora.get(page).content.decode()
        for reader, address in (
            (nora, f"/tickets/{ticket.number}/"),
            (desk, f"/admin/queue/{ticket.number}/"),
        ):
            assert "Consultation" in words(reader.get(address))
        assert nora.post(f"{page}cancellation/", {"reason": "", "seen": "2"}).status_code == 422
        assert nora.post(f"{page}cancellation/", {"reason": "Ill", "seen": "2"}).status_code == 302
        assert "Cancelled" in words(nora.get("/consultations/"))


@pytest.mark.django_db
def test_a_time_that_a_clock_change_skips_is_refused_and_of_a_repeated_one_the_first_is_meant(
    contact: Contact, contract: Contract
) -> None:
    """In Los Angeles the clocks go forward on 14 March 2027 at 2:00."""
    User.objects.filter(pk=contact.user_id).update(time_zone="America/Los_Angeles")
    contact.user.refresh_from_db()
    with time_machine.travel(datetime(2027, 3, 12, 18, tzinfo=UTC), tick=False):
        nora = client_of(contact.user)
        form = nora.get("/consultations/new/")
        sent = {"submission_key": key_on(form), "topic": "x", "minutes": "30", "time_1": "2027-03-14T02:30"}
        assert "02:30 is skipped: choose 03:30" in words(nora.post("/consultations/new/", sent))
        sent["time_1"] = "2027-03-15T10:00"
        assert nora.post("/consultations/new/", sent).status_code == 302
    assert Consultation.objects.get().proposed == [datetime(2027, 3, 15, 17, tzinfo=UTC)]


def test_a_consultation_about_a_ticket_that_was_merged_is_still_its_contacts_to_cancel(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket, into = file(), file()
    made = ask(contact, ticket)
    confirm_consultation(
        consultation=made, starts_at=WEDNESDAY, minutes=30, host=agent, join=JOIN, actor=agent, at=monday
    )
    merge_tickets(ticket=ticket, into=into, reason="The same.", actor=agent, at=monday)
    cancel_consultation(consultation=made, reason="It works.", actor=contact.user, at=monday + HOUR)
    assert Consultation.objects.get(pk=made.pk).cancelled_at == monday + HOUR
