"""Years of windows and outages of a few components, in a folder of its own, made once and kept for the next run."""

import json
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.database import SESSIONS

PRODUCTS, EACH, A_YEAR, COMING = 4, 3, 100, 12
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make(years: int) -> None:
    """In a process of its own, with DATA_DIR set: migrate and fill, up to now."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from contracts.models import Component, Product
    from contracts.tests.factories import published

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    published()
    products = Product.objects.bulk_create(
        Product(name=f"Product {n}", slug=f"product-{n}") for n in range(PRODUCTS)
    )
    components = Component.objects.bulk_create(
        Component(
            product=product, name=f"Part {n}", slug=f"part-{n}", description="What it is for.", position=n
        )
        for product in products
        for n in range(EACH)
    )
    at, draw, count = timezone.now(), random.Random(11), years * A_YEAR
    starts = sorted(at - draw.random() * years * 365 * DAY - DAY for _ in range(count))
    windows(components, [*starts, *(at + n * DAY for n in range(1, COMING))], at, draw)
    outages(components, [*(start + 5 * HOUR for start in starts), at - HOUR], at, draw)
    (Path(settings.DATA_DIR) / SESSIONS).write_text(json.dumps({}))


def windows(components: list[Any], starts: list[datetime], at: datetime, draw: random.Random) -> None:
    """One of two hours at each of ``starts``, announced and, if it is past, finished."""
    from contracts.models import MaintenanceWindow, WindowEvent
    from contracts.phrasing import iso

    made = MaintenanceWindow.objects.bulk_create(
        MaintenanceWindow(
            title=f"Upgrade {n}",
            reason="What is old is replaced.",
            starts_at=start,
            ends_at=start + 2 * HOUR,
            announced_at=start - 10 * DAY,
            finished_at=start + 1.5 * HOUR if start < at else None,
        )
        for n, start in enumerate(starts)
    )
    link(MaintenanceWindow.components.through, "maintenancewindow", made, components, draw)
    WindowEvent.objects.bulk_create(
        WindowEvent(
            window=window,
            number=number,
            kind=kind,
            sequence=number - 1,
            happened_at=when,
            recorded_at=when,
            data={"starts_at": iso(window.starts_at), "ends_at": iso(window.ends_at)},
        )
        for window in made
        for number, kind, when in (
            (1, "announced", window.announced_at),
            (2, "finished", window.finished_at),
        )
        if when
    )


def outages(components: list[Any], starts: list[datetime], at: datetime, draw: random.Random) -> None:
    """One of half an hour at each of ``starts`` with three updates; the last one goes on."""
    from contracts.models import Outage, OutageEvent

    made = Outage.objects.bulk_create(
        Outage(
            title=f"Outage {n}",
            started_at=start,
            ended_at=start + HOUR / 2 if start < at - HOUR else None,
            what_happened="A part of it failed.",
            what_was_done="It was replaced." if start < at - HOUR else "",
        )
        for n, start in enumerate(starts)
    )
    link(Outage.components.through, "outage", made, components, draw)
    OutageEvent.objects.bulk_create(
        OutageEvent(
            outage=outage,
            number=number,
            kind="reported" if number == 1 else "updated",
            happened_at=outage.started_at + number * HOUR / 10,
            recorded_at=outage.started_at + number * HOUR / 10,
            text="" if number == 1 else "We know more: it is the part that we thought of.",
        )
        for outage in made
        for number in range(1, 5)
    )


def link(through: type[Any], name: str, rows: list[Any], components: list[Any], draw: random.Random) -> None:
    """Each row with two of the components."""
    through.objects.bulk_create(
        through(**{f"{name}_id": row.pk, "component_id": component.pk})
        for row in rows
        for component in draw.sample(components, 2)
    )


if __name__ == "__main__":
    make(int(sys.argv[1]))
