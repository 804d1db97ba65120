"""Mails about windows carry their calendar entry: one name for good, a rising number, the times as they stood then."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any, cast

import pytest
from icalendar import Calendar

from contracts.models import Component, Contact, Contract, OutboxMessage, Subscription
from contracts.outbox.announcements import draw
from contracts.outbox.delivery import deliver
from contracts.outbox.mail import email
from contracts.services.outages import report_outage
from contracts.services.watching import notice_windows
from contracts.services.windows import cancel_window, change_window, finish_window, move_window
from contracts.tests.factories import ComponentFactory
from contracts.tests.mail_servers import PaperServer
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced, under_policy

pytestmark = pytest.mark.django_db
ALWAYS = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
ALWAYS += ["X-Auto-Response-Suppress"]


@pytest.fixture(autouse=True)
def _concerned(contract: Contract, contact: Contact) -> None:
    """Nora's contract covers a hosted deployment of Atlas."""


def sent(mail_server: type[PaperServer]) -> list[EmailMessage]:
    draw(AT + 30 * DAY)
    deliver(AT + 30 * DAY)
    return list(mail_server.taken)


def entry_in(mail: EmailMessage) -> tuple[str, Any]:
    """The method of the file, which its content says as well, and its one entry."""
    (part,) = mail.iter_attachments()
    assert part.get_filename() == "maintenance.ics"
    assert part.get_content_type() == "text/calendar"
    method = str(part.get_param("method"))
    found = Calendar.from_ical(part.get_content())
    assert found["METHOD"] == method
    (event,) = found.walk("VEVENT")
    return method, event


def test_at18_every_change_is_one_entry_with_the_same_name_and_a_higher_number(
    component: Component, mail_server: type[PaperServer]
) -> None:
    window = announced(component)
    start = window.starts_at + HOUR
    window = move_window(window=window, starts_at=start, ends_at=start + HOUR, reason="", actor=None, at=AT)
    notice_windows(at=start + HOUR / 2)
    finish_window(window=window, actor=None, at=start + HOUR / 2)
    mails = sent(mail_server)
    assert len(mails) == 4
    shown = [entry_in(mail) for mail in (mails[0], mails[1], mails[3])]
    assert list(mails[2].iter_attachments()) == [], "that it began changes no entry"
    assert {method for method, _ in shown} == {"PUBLISH"}
    assert {str(event["UID"]) for _, event in shown} == {str(window.uid)}
    assert [event["SEQUENCE"] for _, event in shown] == [0, 1, 2]
    assert [event.decoded("DTSTART") for _, event in shown] == [start - HOUR, start, start]
    assert shown[2][1].decoded("DTEND") == start + timedelta(minutes=30)


def test_what_is_called_off_is_taken_back_from_calendars(
    component: Component, mail_server: type[PaperServer]
) -> None:
    window = announced(component)
    draw(AT)
    cancel_window(window=window, reason="Not needed", actor=None, at=AT)
    first, last = (entry_in(mail) for mail in sent(mail_server))
    assert [first[0], last[0]] == ["PUBLISH", "CANCEL"]
    assert [first[1]["STATUS"], last[1]["STATUS"]] == ["CONFIRMED", "CANCELLED"]
    assert last[1]["SEQUENCE"] > first[1]["SEQUENCE"]


def test_a_mail_that_leaves_late_says_what_was_true_then_and_is_the_same_each_time(
    component: Component,
) -> None:
    window = announced(component, components=[component, ComponentFactory.create(name="Vault")])
    draw(AT)
    change_window(
        window=window,
        title="Another title",
        reason="x",
        components=[component],
        interrupts=True,
        actor=None,
        at=AT + HOUR,
    )
    message = OutboxMessage.objects.get()
    first, again = (cast("Any", email(message, at=AT + n * DAY).message()) for n in (1, 2))
    (one, two) = (mail.get_payload()[-1].get_payload(decode=True).decode() for mail in (first, again))
    assert one == two
    assert "Database upgrade" in one
    assert "Another title" not in one
    assert "Vault" not in one, "it is of no product of the reader"
    assert first["Message-ID"] == again["Message-ID"]


def test_vk3_the_mail_says_what_will_happen_when_in_both_zones_and_encloses_it(
    component: Component, contact: Contact, mail_server: type[PaperServer]
) -> None:
    under_policy(component, "viakoo")
    contact.user.time_zone = "America/Los_Angeles"
    contact.user.save()
    announced(component)
    mail = sent(mail_server)[0]
    text = mail.get_body(("plain",))
    assert text is not None
    assert "From Thu 3 Dec, 10:00 · 18:00 UTC" in text.get_content()
    assert entry_in(mail)[1].decoded("DTSTART") == AT + 10 * DAY


NASTY = ["Upgrade\r\nBcc: all@example.com", "=?utf-8?q?x=0ABcc=3A_a=40b?=", "END:VEVENT\nBEGIN:VEVENT"]


@pytest.mark.parametrize("title", NASTY)
def test_a_title_adds_no_header_and_no_entry(
    title: str, component: Component, mail_server: type[PaperServer]
) -> None:
    Subscription.objects.create(email="vera@visitor.example", to_all=True, confirmed_at=AT)
    announced(component, title=title, reason=title)
    report_outage(title=title, components=[component], started_at=AT, what_happened=title, actor=None, at=AT)
    mails = sent(mail_server)
    way_out = ["List-Unsubscribe", "List-Unsubscribe-Post"]
    theirs = [ALWAYS + way_out] * 4
    assert sorted(sorted(mail.keys()) for mail in mails) == sorted(sorted(each) for each in theirs)
    for mail in mails:
        for part in mail.iter_attachments():
            assert len(Calendar.from_ical(part.get_content()).walk("VEVENT")) == 1
