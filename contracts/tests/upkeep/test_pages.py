"""Staff's pages of windows and outages: typed, looked at, done, refused, overtaken."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Component, MaintenanceWindow, Outage, User
from contracts.services.outages import report_outage, update_outage
from contracts.services.windows import change_window
from contracts.tests.admin.pages import inline
from contracts.tests.factories import OutageFactory, WindowFactory, published
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced, under_policy
from contracts.tests.upkeep.reading import words

NEW = "/admin/maintenance/new/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def desk(agent: User) -> Client:
    """A browser in which Agnes is signed in; she works in Los Angeles."""
    agent.time_zone = "America/Los_Angeles"
    agent.save()
    client = Client()
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def typed(component: Component, **changed: Any) -> dict[str, Any]:
    """The form of a window on Thursday, 3 December, from 22:00 to 23:00 in Los Angeles."""
    return {
        "components": [component.pk],
        "title": "Database upgrade",
        "reason": "Its version is no longer supported.",
        "starts_at": "2026-12-03T22:00",
        "ends_at": "2026-12-03T23:00",
        "interrupts": "on",
        "kind": "scheduled",
        "emergency_reason": "",
    } | changed


# Announcing


def test_before_it_is_announced_it_says_whom_it_concerns_and_what_is_left(
    desk: Client, component: Component
) -> None:
    under_policy(component, "atheer")
    under_policy(component, "viakoo")
    announced(component)
    page = desk.post(NEW, typed(component))
    text = words(page)
    assert page.status_code == 200
    assert f"{published('atheer')} 1 contract of 1 customer 24 hours Tue 24 Nov, 10:00 PST" in text
    assert "6 h of 8 h Atlas, December 2026" in text
    assert f"{published('viakoo')} 1 contract of 1 customer 3 days Thu 26 Nov, 10:00 PST no limit" in text
    assert "Thu 3 Dec, 22:00 · Fri 4 Dec, 06:00 UTC" in text
    assert MaintenanceWindow.objects.count() == 1
    assert inline(page) == []


def test_then_it_is_announced_in_the_zone_of_who_typed_it(
    desk: Client, component: Component, agent: User
) -> None:
    answer = desk.post(NEW, typed(component, announce="1"))
    window = MaintenanceWindow.objects.get()
    assert answer.headers["Location"] == f"/admin/maintenance/{window.pk}/"
    assert window.starts_at == datetime(2026, 12, 4, 6, tzinfo=UTC)
    assert window.interrupts
    assert window.events.get().actor == agent


def test_the_empty_form_shows_what_each_policy_asks_and_leaves_this_month(
    desk: Client, component: Component
) -> None:
    under_policy(component, "atheer")
    assert "8 h of 8 h Atlas, November 2026" in words(desk.get(NEW))


@pytest.mark.parametrize("step", [{}, {"announce": "1"}])
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (
            {"starts_at": "2026-11-25T22:00", "ends_at": "2026-11-25T23:00"},
            "Thu 26 Nov, 10:00 PST · 18:00 UTC",
        ),
        ({"ends_at": "2026-12-03T22:00"}, "choose a later end"),
        ({"components": []}, "Choose at least one component."),
        ({"kind": "emergency"}, "Say why this cannot wait"),
        ({"starts_at": "9999-12-31T23:59"}, "choose a nearer year"),
        ({"starts_at": "2027-03-14T02:30"}, "02:30 is skipped: choose 03:30"),
    ],
)
def test_what_cannot_be_announced_is_said_and_what_was_typed_is_kept(
    desk: Client, component: Component, changed: dict[str, Any], step: dict[str, str], why: str
) -> None:
    under_policy(component, "viakoo")
    page = desk.post(NEW, typed(component, **changed, **step))
    assert page.status_code == 422
    assert why in words(page)
    assert b'value="Database upgrade"' in page.content
    assert not MaintenanceWindow.objects.exists()


def test_of_a_time_that_comes_twice_the_earlier_is_meant_and_the_page_says_so(
    desk: Client, component: Component
) -> None:
    again = typed(component, starts_at="2027-11-07T01:30", ends_at="2027-11-07T04:00")
    assert "01:30 comes twice in that night; the first one is meant, 08:30 UTC." in words(
        desk.post(NEW, again)
    )
    desk.post(NEW, again | {"announce": "1"})
    assert MaintenanceWindow.objects.get().starts_at == datetime(2027, 11, 7, 8, 30, tzinfo=UTC)


# One window


def send(desk: Client, thing: Any, noun: str, **given: Any) -> Any:
    place = "maintenance" if isinstance(thing, MaintenanceWindow) else "outages"
    return desk.post(f"/admin/{place}/{thing.pk}/{noun}/", given)


def test_a_window_is_moved_and_its_history_says_from_when_to_when(desk: Client, component: Component) -> None:
    window = announced(component)
    answer = send(
        desk,
        window,
        "times",
        starts_at="2026-12-05T10:00",
        ends_at="2026-12-05T11:00",
        reason="Late",
        seen="1",
    )
    assert answer.status_code == 302
    text = words(desk.get(f"/admin/maintenance/{window.pk}/"))
    assert "Moved Agnes Desk, Mon 23 Nov, 10:00 PST Late" in text
    assert "From: Thu 3 Dec, 10:00 PST Sat 5 Dec, 10:00 PST" in text


def test_at15_before_a_window_is_moved_the_page_shows_what_is_left_of_the_month_that_it_would_move_to(
    desk: Client, component: Component
) -> None:
    under_policy(component, "atheer")
    window = announced(component)
    announced(component, starts_at=AT + 40 * DAY, ends_at=AT + 40 * DAY + 3 * HOUR)
    typed = {
        "starts_at": "2027-01-05T10:00",
        "ends_at": "2027-01-05T12:00",
        "reason": "Holidays",
        "seen": "1",
    }
    page = send(desk, window, "times", **typed, look="1")
    assert page.status_code == 200
    assert "Whom it concerns, at the times that you typed" in words(page)
    assert "5 h of 8 h Atlas, January 2027" in words(page)
    assert b'value="2027-01-05T10:00"' in page.content
    window.refresh_from_db()
    assert window.starts_at == AT + 10 * DAY, "looking moves nothing"
    assert send(desk, window, "times", **typed).status_code == 302


def test_each_verb_of_a_window_has_its_place_while_it_can_be_done(desk: Client, component: Component) -> None:
    window = announced(component)

    def offered() -> list[str]:
        page = desk.get(f"/admin/maintenance/{window.pk}/")
        assert inline(page) == []
        return [offer.page.noun for key in ("main_offers", "offers") for offer in page.context[key]]

    assert offered() == ["beginning", "times", "text", "cancellation"]
    with time_machine.travel(window.ends_at + HOUR, tick=False):
        assert offered() == ["finish", "beginning", "text"]
        assert send(desk, window, "finish", finished_at="").status_code == 302
        assert offered() == []


def test_a_refused_verb_keeps_what_was_typed(desk: Client, component: Component) -> None:
    window = announced(component)
    page = send(desk, window, "times", starts_at="2026-12-05T10:00", ends_at="2026-12-05T09:00", seen="1")
    assert page.status_code == 422
    assert "choose a later end" in words(page)
    assert b'value="2026-12-05T10:00"' in page.content


def test_who_is_overtaken_sees_what_happened_and_sends_it_again(
    desk: Client, component: Component, manager: User
) -> None:
    window = announced(component)
    change_window(
        window=window,
        title="Smaller upgrade",
        reason="Half of it waits.",
        components=[component],
        interrupts=True,
        actor=manager,
        at=AT,
    )
    page = send(desk, window, "cancellation", reason="Not needed", seen="1")
    assert page.status_code == 409
    assert "Meanwhile it was changed by Max Lead." in words(page)
    assert b">\nNot needed</textarea>" in page.content
    assert b'name="seen" value="2"' in page.content
    assert send(desk, window, "cancellation", reason="Not needed", seen="2").status_code == 302


def test_an_instant_with_seconds_stays_what_it_was_while_its_minute_is_left(
    desk: Client, component: Component
) -> None:
    started = AT - HOUR + timedelta(seconds=23)
    outage = OutageFactory.create(components=[component], started_at=started)
    answer = send(
        desk,
        outage,
        "correction",
        components=[component.pk],
        title="Sign-in is slow",
        what_happened="It takes a minute.",
        started_at="2026-11-23T09:00",
        reason="Looked again",
    )
    assert answer.status_code == 302
    outage.refresh_from_db()
    assert (outage.title, outage.started_at) == ("Sign-in is slow", started)


# Outages


def test_an_outage_is_reported_updated_and_ended(desk: Client, component: Component) -> None:
    desk.post(
        "/admin/outages/new/",
        {
            "components": [component.pk],
            "title": "Sign-in fails",
            "what_happened": "Nobody can sign in.",
            "started_at": "2026-11-23T09:00",
        },
    )
    outage = Outage.objects.get()
    assert send(desk, outage, "updates", text="Found it.", seen="1").status_code == 302
    assert send(desk, outage, "end", what_was_done="Restarted.", ended_at="", seen="2").status_code == 302
    outage.refresh_from_db()
    assert (outage.started_at, outage.ended_at) == (AT - HOUR, AT)
    text = words(desk.get(f"/admin/outages/{outage.pk}/"))
    assert "Ended Agnes Desk, Mon 23 Nov, 10:00 PST" in text
    assert "Update Agnes Desk, Mon 23 Nov, 10:00 PST Found it." in text


def test_a_stale_update_is_kept_beside_the_news(desk: Client, component: Component, manager: User) -> None:
    outage = report_outage(
        title="Sign-in fails",
        components=[component],
        started_at=AT - HOUR,
        what_happened="Nobody can sign in.",
        actor=manager,
        at=AT,
    )
    update_outage(outage=outage, text="It is the certificate.", actor=manager, at=AT)
    page = send(desk, outage, "updates", text="We look for it.", seen="1")
    assert page.status_code == 409
    assert "It is the certificate." in words(page)
    assert "We look for it." in words(page)


def test_the_lists_show_now_to_come_and_past_page_by_page(desk: Client, component: Component) -> None:
    for day in range(30):
        start = AT - (day + 2) * DAY
        WindowFactory.create(
            title=f"Past {day}",
            starts_at=start,
            ends_at=start + HOUR,
            finished_at=start,
            components=[component],
        )
        OutageFactory.create(title=f"Down {day}", started_at=start, ended_at=start + HOUR)
    announced(component, title="Soon")
    OutageFactory.create(title="Running")
    first, outages = desk.get("/admin/maintenance/"), desk.get("/admin/outages/")
    assert "Soon" in words(first)
    assert "Past 24" in words(first)
    assert "Past 25" not in words(first)
    assert "Running" in words(outages)
    second = desk.get(f"/admin/maintenance/?before={first.context['older']}")
    assert [row["window"].title for row in second.context["past"]] == [f"Past {day}" for day in range(25, 30)]
    assert second.context["older"] is None
    assert desk.get("/admin/outages/?before=nothing").context["past"] == outages.context["past"]


def test_a_component_is_added_and_retired_in_the_admin(manager: User, component: Component) -> None:
    client = Client()
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    given = {
        "product": component.product_id,
        "name": "API",
        "slug": "api",
        "description": "",
        "carries_target": "on",
        "audience": "customers",
        "position": "1",
    }
    assert client.post("/admin/contracts/component/add/", given).status_code == 302
    added = Component.objects.get(slug="api")
    assert (
        client.post(f"/admin/contracts/component/{added.pk}/change/", given | {"retire": "on"}).status_code
        == 302
    )
    added.refresh_from_db()
    assert added.retired_at == AT
