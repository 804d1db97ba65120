"""Debian's Chromium without a screen: where it is and how it is started, for the tests and the pictures."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find() -> str | None:
    """The path of a browser on this machine; ``None`` where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)
