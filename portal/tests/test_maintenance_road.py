"""Maintenance in a real browser: announced too late, refused, announced in time, told everywhere, taken back."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
import vobject

from portal.tests.browsing import Person, somebody
from portal.tests.servers import Server, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow, pytest.mark.once]
AGENT, CONTACT = "agent@desk.example", "nora@northwind.example"
DESK, UTC_ZONE = ZoneInfo("America/Los_Angeles"), ZoneInfo("UTC")
HOUR = timedelta(hours=1)
BETWEEN_MAILS = re.compile(rb"^-{79}\n", re.MULTILINE)
# Longer than Atheer's 24 hours of notice and shorter than Viakoo's 3 days, at any time of the day.
TOO_SOON = 2


def test_a_window_is_refused_too_late_announced_in_time_told_everywhere_and_cancelled(
    browser: Any, demo_portal: Server
) -> None:
    title, start = "Gateway and service move", noon(in_days=4)
    with (
        somebody(browser, demo_portal.address, AGENT) as agent,
        somebody(browser, demo_portal.address) as visitor,
    ):
        left = left_of_the_month(demo_portal, start)
        place = announce(agent, title, start, left)
        check_page(visitor, title, place, "Announced")
        announced = check_told(demo_portal, title, start, "announced", "CONFIRMED", "PUBLISH")
        cancel(agent)
        check_page(visitor, title, place, "Cancelled")
        cancelled = check_told(demo_portal, title, start, "cancelled", "CANCELLED", "CANCEL")
        assert cancelled.uid.value == announced.uid.value
        assert int(cancelled.sequence.value) > int(announced.sequence.value)
        assert left_of_the_month(demo_portal, start) == left


def test_without_script_a_window_is_refused_announced_and_cancelled(
    browser: Any, demo_portal: Server
) -> None:
    title, start = "Firmware of gateway and service", noon(in_days=5)
    with (
        somebody(browser, demo_portal.address, AGENT, java_script_enabled=False) as agent,
        somebody(browser, demo_portal.address, java_script_enabled=False) as visitor,
    ):
        place = announce(agent, title, start, left_of_the_month(demo_portal, start))
        check_page(visitor, title, place, "Announced")
        cancel(agent)
        check_page(visitor, title, place, "Cancelled")


def noon(*, in_days: int) -> datetime:
    """Noon at the desk, where no clock change ever is, so many days from today."""
    day = datetime.now(DESK).date() + timedelta(days=in_days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=DESK)


def announce(agent: Person, title: str, start: datetime, left: int) -> str:
    """Too soon, which is refused, then at ``start``; where visitors read of it."""
    page = agent.page
    agent.open("/admin/maintenance/")
    agent.follow(page.get_by_role("link", name="Announce maintenance"))
    for group, component in (("Viakoo Agent", "Agent gateway"), ("Atheer", "Service")):
        page.get_by_role("group", name=group).get_by_label(component).check()
    page.get_by_label("What is done").fill(title)
    page.get_by_label("Why", exact=True).fill("Their data centre closes.")
    too_soon = noon(in_days=TOO_SOON)
    type_times(page, too_soon)
    sent = datetime.now(UTC)
    agent.press("Show whom it concerns", "body")
    check_refused(agent, title, too_soon, sent)
    type_times(page, start)
    agent.press("Show whom it concerns", "body")
    check_preview(page, start, left)
    agent.press("Announce it", "body")
    assert "The window is announced" in page.locator("body").inner_text()
    return f"/maintenance/{page.url.split('#')[0].rstrip('/').split('/')[-1]}/"


def type_times(page: Any, start: datetime) -> None:
    """An hour, as the desk's clock shows it."""
    page.get_by_label("From").fill(f"{start:%Y-%m-%dT%H:%M}")
    page.get_by_label("Until").fill(f"{start + HOUR:%Y-%m-%dT%H:%M}")


def check_refused(agent: Person, title: str, too_soon: datetime, sent: datetime) -> None:
    """It names the policy that asks for more notice, and no other, and its earliest start; what was typed stands."""
    page = agent.page
    refusal = page.locator(".errorlist").inner_text()
    assert "Viakoo Technical Support Policy asks for 3 days of notice" in refusal
    assert "Atheer" not in refusal
    # Three calendar days at the desk from when it was sent, up to the next whole minute.
    took = (datetime.now(UTC) - sent) // timedelta(minutes=1)
    earliest = {sent.astimezone(DESK) + timedelta(days=3, minutes=minutes) for minutes in range(took + 3)}
    assert any(f"the earliest start is {each:%a} {each.day} {each:%b}" in refusal for each in earliest)
    assert any(f", {each:%H:%M} {each:%Z}" in refusal for each in earliest), refusal
    assert page.get_by_label("What is done").input_value() == title
    assert page.get_by_label("From").input_value() == f"{too_soon:%Y-%m-%dT%H:%M}"
    assert page.get_by_label("Agent gateway").is_checked()
    # The browser tells of each answer that says no; this one has to.
    told = agent.faults.pop()
    assert "422" in told, told


def check_preview(page: Any, start: datetime, left: int) -> None:
    """Whom it concerns, and what is left of the month's hours in whole minutes."""
    assert "Nothing is announced yet." in page.locator("main, #content").first.inner_text()
    rows = page.locator("table.outlook tbody tr")
    viakoo, atheer = rows.filter(has_text="Viakoo").inner_text(), rows.filter(has_text="8 h").inner_text()
    assert "1 contract of 1 customer" in viakoo
    assert "no limit" in viakoo
    shown = re.search(rf"([\w ]+?)\s+of 8 h\s+Atheer, {start:%B %Y}", atheer)
    assert shown, atheer
    assert minutes_of(shown[1]) == left


def minutes_of(text: str) -> int:
    """The whole minutes of "2 h 48 min"."""
    return sum(
        int(number) * {"h": 60, "min": 1}[unit] for number, unit in re.findall(r"(\d+) (h|min)\b", text)
    )


def left_of_the_month(portal: Server, start: datetime) -> int:
    """The whole minutes left of Atheer's 8 hours, by what the calendar alone says of that month."""
    month = date(start.year, start.month, 1)
    following = (month + timedelta(days=31)).replace(day=1)
    first, last = (datetime(each.year, each.month, 1, tzinfo=DESK) for each in (month, following))
    used = timedelta()
    for event in entries(portal):
        is_down = re.search(r"Atheer: Service.*: not available", event.description.value)
        if event.status.value == "CONFIRMED" and is_down:
            used += max(timedelta(), min(event.dtend.value, last) - max(event.dtstart.value, first))
    return int((8 * HOUR - used) / timedelta(minutes=1))


def check_page(visitor: Person, title: str, place: str, state: str) -> None:
    """The list and the window's own page say how it stands; the list within a snapshot's age."""

    def listed() -> bool:
        visitor.open("/maintenance/")
        row = visitor.page.locator("ul.rows > li").filter(
            has=visitor.page.get_by_role("link", name=title, exact=True)
        )
        return bool(row.count()) and state in row.inner_text()

    wait_until(listed, f"{title}: {state}")
    visitor.follow(visitor.page.get_by_role("link", name=title, exact=True))
    assert visitor.page.url == visitor.address + place
    told = visitor.page.locator("main").inner_text()
    assert state in told
    assert "Agent gateway" in told


def check_told(portal: Server, title: str, start: datetime, word: str, status: str, method: str) -> Any:
    """The calendar, the news and the mail say the same of the window; its entry in the calendar."""
    # Each is a snapshot of its own, and may be as old as the list was.
    found = wait_until(lambda: entry_with(portal, title, status), f"the calendar: {word}")
    news = wait_until(lambda: news_with(portal, title, word), f"the news: {word}")
    assert news.id == f"urn:uuid:{found.uid.value}"
    mail = wait_until(lambda: mail_with(portal, title, f"method={method}"), f"the mail: {word}")
    (file,) = mail.iter_attachments()
    enclosed = vobject.readOne(file.get_content() if file.get_content_maintype() == "text" else "")
    assert enclosed.method.value == method
    for event in (found, enclosed.vevent):
        assert (event.dtstart.value, event.dtend.value) == (start, start + HOUR)
        assert event.status.value == status
    for name in ("uid", "sequence"):
        assert getattr(enclosed.vevent, name).value == getattr(found, name).value
    check_words(mail, start)
    return found


def check_words(mail: EmailMessage, start: datetime) -> None:
    """When, in the reader's zone and in UTC; and of the components those alone that concern the reader."""
    body = mail.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert f"{start:%a} {start.day} {start:%b}" in said
    assert f"12:00 · {start.astimezone(UTC_ZONE):%H:%M} UTC" in said
    assert "Agent gateway" in said
    assert "Atheer" not in said


def cancel(agent: Person) -> None:
    """On the window's page at the desk, which is open."""
    agent.page.locator("details#cancellation summary").click()
    agent.page.locator("details#cancellation textarea").fill("The move is put off.")
    agent.press("Cancel the window", "details#cancellation")
    assert "The window is cancelled" in agent.page.locator("body").inner_text()


def entry_with(portal: Server, title: str, status: str) -> Any:
    """The one entry of that window, once it stands as it should."""
    (found,) = [each for each in entries(portal) if each.summary.value == f"Maintenance: {title}"] or [None]
    return found if found and found.status.value == status else None


def news_with(portal: Server, title: str, word: str) -> Any:
    """The one item of that window, once it says so."""
    items = feedparser.parse(portal.get("/maintenance/feed.atom")[1]).entries
    (found,) = [item for item in items if item.title.startswith(f"{title}:")] or [None]
    return found if found and found.title == f"{title}: {word}" else None


def entries(portal: Server) -> list[Any]:
    """The public calendar, read by a parser of another make."""
    return list(vobject.readOne(portal.get("/maintenance/calendar.ics")[1]).vevent_list)


def mail_with(portal: Server, title: str, enclosed: str) -> EmailMessage | None:
    """The contact's mail of that window, with such a file in it, once it is written to its end."""
    for mail in mails(portal):
        if mail["To"] == CONTACT and title in mail["Subject"] and enclosed in str(mail).replace('"', ""):
            return mail
    return None


def mails(portal: Server) -> Iterator[EmailMessage]:
    for file in (portal.data_dir / "mail").glob("*.log"):
        # What follows the last line between mails is still being written, or nothing.
        for raw in BETWEEN_MAILS.split(file.read_bytes())[:-1]:
            yield message_from_bytes(raw, policy=policy.default)
