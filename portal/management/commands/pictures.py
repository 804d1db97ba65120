"""`manage.py pictures`: the README's pictures, or with --all one of every page."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import chromium, processes
from portal.pictures import (
    AGENT,
    LI,
    NORA,
    PLACES,
    Browser,
    Place,
    Reader,
    escalation_mailed,
    numbers_of,
    packed,
    reading,
)

WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")
PATIENCE = 120.0
# What the README shows: name, place, width, height, scheme.
SHOWN = (
    ("ticket", Place("", "/tickets/{headsets}/", LI), 1440, 1020, "light"),
    ("queue", Place("", "/admin/queue/", AGENT), 1440, 760, "light"),
    ("policy", Place("", "/policies/viakoo/"), 1440, 1000, "light"),
    ("status", Place("", "/status/"), 1440, 1000, "light"),
    ("ticket-dark", Place("", "/tickets/{cameras}/", NORA), 360, 1000, "dark"),
)


class Command(BaseCommand):
    help = "Takes the README's pictures into docs/pictures, from a portal of its own that shows the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", type=Path, metavar="DIR", help="every page into this folder instead")
        parser.add_argument("--portal", metavar="ADDRESS", help="a running portal with the demo in it")
        parser.add_argument(
            "--mails", type=Path, metavar="DIR", help="where that portal keeps its mails as files"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Starts what is needed, takes the pictures, ends it again."""
        path = chromium.find()
        try:
            from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- of the e2e set
        except ImportError as fault:
            raise CommandError("Playwright is missing: make pictures installs it.") from fault
        if path is None:
            raise CommandError("A browser is missing (Debian: apt-get install chromium).")
        with (
            portal_at(options["portal"], options["mails"]) as (address, mails),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
            numbers = numbers_of(browser, address)
            if options["all"]:
                if mails:
                    numbers["escalation"] = escalation_mailed(mails)
                self.every_page(browser, address, numbers, options["all"])
            else:
                self.shown(browser, address, numbers)
            browser.close()

    def shown(self, browser: Browser, address: str, numbers: dict[str, str]) -> None:
        """The README's pictures."""
        folder = settings.BASE_DIR / "docs" / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        for name, place, width, height, scheme in SHOWN:
            size = {"width": width, "height": height}
            with reading(browser, address, place.reader, viewport=size, color_scheme=scheme) as reader:
                reader.go(place, numbers)
                open_why(reader)
                self.keep(folder / f"{name}.png", reader.page.screenshot())

    def every_page(self, browser: Browser, address: str, numbers: dict[str, str], folder: Path) -> None:
        """Each place at each width, light and dark, from its beginning to its end."""
        folder.mkdir(parents=True, exist_ok=True)
        for email in dict.fromkeys(place.reader for place in PLACES):
            with reading(browser, address, email) as reader:
                for place in PLACES:
                    if place.reader == email and self.is_known(place, numbers):
                        self.one_page(reader, place, numbers, folder)

    def is_known(self, place: Place, numbers: dict[str, str]) -> bool:
        """Whether the address of ``place`` is known; says so where it is not."""
        known = not place.by_mail or "escalation" in numbers
        if not known:
            self.stderr.write(f"{place.name} is left out: its address is in a mail (--mails)")
        return known

    def one_page(self, reader: Reader, place: Place, numbers: dict[str, str], folder: Path) -> None:
        if reader.go(place, numbers) != place.status:
            self.stderr.write(f"{place.path} did not answer {place.status}")
        open_why(reader)
        for width in WIDTHS:
            reader.page.set_viewport_size({"width": width, "height": 900})
            wide = reader.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.stderr.write(f"{place.name} is {wide} wide at {width}")
            for scheme in SCHEMES:
                reader.page.emulate_media(color_scheme=scheme)
                picture = reader.page.screenshot(full_page=True)
                (folder / f"{place.name}-{width}-{scheme}.png").write_bytes(picture)

    def keep(self, path: Path, picture: bytes) -> None:
        small = packed(picture)
        path.write_bytes(small)
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} {len(small) / 1000:.0f} kB")


def open_why(reader: Reader) -> None:
    """Opens the first sum of the page, where there is one."""
    sums = reader.page.locator("details.why > summary")
    if sums.count():
        sums.first.click()


@contextmanager
def portal_at(address: str | None, mails: Path | None) -> Iterator[tuple[str, Path | None]]:
    """The address of a portal with the demo and the folder of its mails, ``None`` where that is not known.

    It is the portal named, or one that runs as long as it is needed.
    """
    if address:
        yield address.rstrip("/"), mails
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portal-pictures-", ignore_cleanup_errors=True) as folder:
        unset = {"DATABASE_URL", "REDIS_URL", "SITE_URL", "HOST"}
        env = {name: value for name, value in os.environ.items() if name not in unset}
        env |= {"DATA_DIR": folder, "PORT": str(port), "DEMO": "1"}
        log = Path(folder) / "output.txt"
        with log.open("wb") as output:
            process = processes.start([sys.executable, "manage.py", "run"], env=env, log=output)
        try:
            wait_for(process, log)
            yield f"http://127.0.0.1:{port}", Path(folder) / "mail"
        finally:
            processes.stop(process, patience=30)


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the portal has said that it runs."""
    deadline = time.monotonic() + PATIENCE
    while "Ctrl-C stops it" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise CommandError(f"The portal did not start:\n{log.read_text()}")
        time.sleep(0.2)
