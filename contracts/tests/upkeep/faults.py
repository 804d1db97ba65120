"""The verbs of components, windows and outages, each prepared for the test that lets every query fail once."""

from collections.abc import Callable

from contracts.models import Component, MaintenanceWindow, Outage, Product, User
from contracts.services import components, outages, watching, windows
from contracts.tests.factories import ComponentFactory
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced

Do = Callable[[], object]


def agent() -> User:
    return User.objects.get(email="agnes@desk.example")


def component() -> Component:
    return Component.objects.select_related("product").get(slug="web")


def window() -> MaintenanceWindow:
    return MaintenanceWindow.objects.get()


def outage() -> Outage:
    return Outage.objects.get()


def with_component(do: Do) -> Callable[[], Do]:
    """``do``, once there is a component of the product that the cast's contract covers."""

    def prepared() -> Do:
        ComponentFactory.create(product=Product.objects.get(slug="atlas"), name="Web", slug="web")
        return do

    return prepared


def with_window(do: Do) -> Callable[[], Do]:
    """``do``, once there is a window ten days ahead."""

    def prepared() -> Do:
        with_component(do)()
        announced(component())
        return do

    return prepared


def with_outage(do: Do) -> Callable[[], Do]:
    """``do``, once there is a running outage."""

    def prepared() -> Do:
        with_component(do)()
        report()
        return do

    return prepared


def report() -> Outage:
    return outages.report_outage(
        title="Sign-in fails",
        components=[component()],
        started_at=AT - HOUR,
        what_happened="Nobody can sign in.",
        actor=agent(),
        at=AT,
    )


def save() -> Component:
    return components.save_component(
        component=component(),
        product=component().product,
        name="Web service",
        slug="web",
        carries_target=False,
        audience="public",
        actor=agent(),
        at=AT,
    )


def move() -> MaintenanceWindow:
    start = AT + 20 * DAY
    return windows.move_window(
        window=window(), starts_at=start, ends_at=start + HOUR, reason="Late", actor=agent(), at=AT
    )


def change() -> MaintenanceWindow:
    return windows.change_window(
        window=window(),
        title="Other",
        reason="Why not",
        components=[component()],
        interrupts=False,
        actor=agent(),
        at=AT,
    )


def correct() -> Outage:
    return outages.correct_outage(
        outage=outage(),
        title="Sign-in is slow",
        components=[component()],
        started_at=AT - HOUR,
        ended_at=None,
        cause="",
        what_happened="It takes a minute.",
        what_was_done="",
        reason="Looked again",
        actor=agent(),
        at=AT,
    )


VERBS: dict[str, Callable[[], Do]] = {
    "components.save_component": with_component(save),
    "components.retire_component": with_component(
        lambda: components.retire_component(component=component(), actor=agent(), at=AT)
    ),
    "windows.announce_window": with_component(lambda: announced(component(), actor=agent())),
    "windows.move_window": with_window(move),
    "windows.change_window": with_window(change),
    "windows.begin_window": with_window(
        lambda: windows.begin_window(window=window(), actor=agent(), at=AT + 10 * DAY)
    ),
    "windows.finish_window": with_window(
        lambda: windows.finish_window(window=window(), actor=agent(), at=AT + 11 * DAY)
    ),
    "windows.cancel_window": with_window(
        lambda: windows.cancel_window(window=window(), reason="No", actor=agent(), at=AT)
    ),
    "watching.notice_windows": with_window(lambda: watching.notice_windows(at=AT + 10 * DAY)),
    "outages.report_outage": with_component(report),
    "outages.update_outage": with_outage(
        lambda: outages.update_outage(outage=outage(), text="Found it", actor=agent(), at=AT)
    ),
    "outages.end_outage": with_outage(
        lambda: outages.end_outage(outage=outage(), what_was_done="Restarted", actor=agent(), at=AT)
    ),
    "outages.correct_outage": with_outage(correct),
    "outages.withdraw_outage": with_outage(
        lambda: outages.withdraw_outage(outage=outage(), reason="A test", actor=agent(), at=AT)
    ),
}
