"""What it costs to tell many of one thing: the request that announces it, and the worker that draws the recipients.

    python -m benchmarks announcing                      # 50 000 contacts
    python -m benchmarks announcing --contacts 5000

A release is published on the desk, of a product that nobody runs and of one that all the contacts run on their
premises, twenty a customer, each customer under a name of its own, so that no two share a text. The worker then draws
who is told. It is announced once more, and what draws is killed after a third and begins again.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.pages import FOLDER, ROOT

CONTACTS_EACH = 20
ALONE, MANY = "alone", "many"
ROUNDS = 5
POLL = 0.05
PATIENCE = 600


def furnish(contacts: int) -> None:
    """Customers under contract with their contacts, in bulk, and a manager."""
    from datetime import date

    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.utils import timezone

    from contracts.models import Contact, Contract, Customer, Deployment, Product, User
    from contracts.services.staff import MANAGERS, ensure_staff_groups
    from contracts.tests.factories import published

    call_command("migrate", verbosity=0)
    ensure_staff_groups()
    manager = User.objects.create_user("max@desk.example", name="Max", is_staff=True)
    manager.groups.add(Group.objects.get(name=MANAGERS))
    Product.objects.create(name="Alone", slug=ALONE)
    many = Product.objects.create(name="Many", slug=MANY)
    count = max(contacts // CONTACTS_EACH, 1)
    customers = Customer.objects.bulk_create(Customer(name=f"Customer {n}") for n in range(count))
    deployments = Deployment.objects.bulk_create(
        Deployment(customer=customer, product=many, name=f"Production {n}", kind="on_premises")
        for n, customer in enumerate(customers)
    )
    today, version = date(timezone.now().year - 1, 1, 1), published("viakoo")
    contracts = Contract.objects.bulk_create(
        Contract(
            customer=customer,
            policy_version=version,
            tier="standard",
            order_reference=f"C-{customer.pk}",
            ordered_on=today,
            starts_on=today,
        )
        for customer in customers
    )
    Contract.deployments.through.objects.bulk_create(
        Contract.deployments.through(contract_id=contract.pk, deployment_id=deployment.pk)
        for contract, deployment in zip(contracts, deployments, strict=True)
    )
    zones = ("Europe/Berlin", "America/Los_Angeles", "Asia/Singapore")
    people = User.objects.bulk_create(
        (
            User(email=f"person{n}@example.com", name=f"Person {n}", time_zone=zones[n % 3])
            for n in range(contacts)
        ),
        batch_size=2000,
    )
    Contact.objects.bulk_create(
        (Contact(user=user, customer=customers[n // CONTACTS_EACH % count]) for n, user in enumerate(people)),
        batch_size=2000,
    )


def publish(slug: str, version: str) -> float:
    """How long the desk takes to answer that a release is out, in seconds."""
    from django.conf import settings
    from django.test import Client

    from contracts.models import Product, Release, User

    release = Release.objects.create(
        product=Product.objects.get(slug=slug), version=version, kind="maintenance"
    )
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(is_staff=True), backend=settings.AUTHENTICATION_BACKENDS[0])

    def answered() -> None:
        response = client.post(f"/admin/releases/{release.pk}/publication/")
        assert response.status_code == 302, response.status_code

    return timed(answered)


def draw_all() -> tuple[int, float]:
    """Draws until nothing is left: how many runs that took, and the longest, in seconds."""
    from django.utils import timezone

    from contracts.models import Announcement
    from contracts.outbox.announcements import draw

    runs = [timed(lambda: draw(timezone.now()))]
    while Announcement.objects.filter(done_at=None).exists():
        runs.append(timed(lambda: draw(timezone.now())))
    return len(runs), max(runs)


def kill_after(messages: int) -> int:
    """Starts a process that draws and kills it when so many are told: how many were when it was dead."""
    from contracts.models import OutboxMessage

    before = OutboxMessage.objects.count()
    drawing = subprocess.Popen([sys.executable, "-m", "benchmarks.announcing", "--draw"], cwd=ROOT)
    end = time.monotonic() + PATIENCE
    while OutboxMessage.objects.count() - before < messages and time.monotonic() < end:
        time.sleep(POLL)
    drawing.send_signal(signal.SIGKILL)
    drawing.wait()
    return OutboxMessage.objects.count() - before


def told_once(contacts: int) -> str:
    """What became of the announcement that was drawn last."""
    from contracts.models import Announcement, OutboxMessage

    key = Announcement.objects.order_by("-pk").values_list("key", flat=True)[0]
    told = OutboxMessage.objects.filter(key__startswith=f"announcement/{key}/")
    messages, people = told.count(), told.values("user").distinct().count()
    return f"{messages} messages to {people} people, {contacts - people} left out"


def timed(do: Callable[[], object]) -> float:
    """How long ``do`` takes, in seconds."""
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def main(arguments: list[str]) -> None:
    """Fill a database of its own anew, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks announcing", description=__doc__)
    parser.add_argument("--contacts", type=int, default=50_000)
    contacts = parser.parse_args(arguments).contacts
    folder = FOLDER / "announcing"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    import django

    django.setup()
    print(f"filling {contacts} contacts: {timed(lambda: furnish(contacts)):.0f} s", flush=True)
    publish(ALONE, "0.0")  # what the first request of a process makes ready
    for slug in (ALONE, MANY):
        times = sorted(publish(slug, f"1.{n}") for n in range(ROUNDS))
        name = "nobody" if slug == ALONE else f"{contacts} contacts"
        print(f"announcing to {name}: p50 {times[ROUNDS // 2] * 1000:.1f} ms, max {times[-1] * 1000:.1f} ms")
        discard()
    publish(MANY, "2.0")
    start = time.perf_counter()
    runs, longest = draw_all()
    seconds = time.perf_counter() - start
    print(
        f"drawing {contacts}: {seconds:.1f} s in {runs} runs, the longest {longest:.1f} s; {told_once(contacts)}"
    )
    publish(MANY, "3.0")
    killed = kill_after(contacts // 3)
    draw_all()
    print(f"killed after {killed} of {contacts}, begun again: {told_once(contacts)}")
    print(f"load {os.getloadavg()[0]:.1f}")


def discard() -> None:
    """Leaves out what was announced for its request alone."""
    from django.utils import timezone

    from contracts.models import Announcement

    Announcement.objects.filter(done_at=None).update(done_at=timezone.now())


if __name__ == "__main__":
    import django

    django.setup()
    draw_all()
