"""The demo's releases: what was written about them, their files, and an agent that updates itself."""

from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.base import ContentFile

from contracts.files import Upload
from contracts.models import Deployment, Product, Release, User
from contracts.models.products import ReleaseKind, UpdatePreference
from contracts.outbox.announcements import draw
from contracts.services.releases import add_release_file, remove_release_file
from contracts.services.updates import choose_updates
from knowledgebase.services.release_notes import write_release_notes
from tickets.services import releases

NOTES = {
    ("Viakoo Action Platform", "6.2"): """## New

- Exports of the asset list have no limit of rows any more.
- Reports open while they are still being counted.

## Fixed

- A camera whose certificate was renewed is no longer shown as offline.
- Daylight saving time no longer moves the times of planned reports by an hour.

!!! note
    The installer stops the service for about five minutes. Plan it outside of your working hours.
""",
    ("Vivvo CMS", "4.7"): """## New

| What | For whom |
| --- | --- |
| Drafts are compared side by side | editors |
| Pictures are made smaller when they are uploaded | everybody |

## Before you update

PHP 8.1 or later is needed, see the supported environments below. Make a copy of the database first.
""",
    ("Viakoo Agent", "4.0.8"): """## Fixed

- After a certificate is renewed the agent asks for the time once more, and its heartbeat goes on.

Agents that install releases by themselves have it within a day. Others are stopped, replaced and started again.
""",
}
FILES = {
    ("Viakoo Action Platform", "6.2"): ("viakoo-platform-6.2.zip", "viakoo-platform-6.2-tools.zip"),
    ("Vivvo CMS", "4.7"): ("vivvo-cms-4.7.zip",),
    ("Viakoo Agent", "4.0.8"): ("viakoo-agent-4.0.8-linux.zip", "viakoo-agent-4.0.8-windows.zip"),
}
WITHDRAWN = "viakoo-platform-6.2-tools.zip"


def write_releases(*, agent: Deployment, contact: User, manager: User, at: datetime) -> None:
    """Notes and files of the newest releases, one of them for an agent that its contact lets update itself."""
    chosen = at - timedelta(days=100)
    choose_updates(deployment=agent, preference=UpdatePreference.AUTOMATIC, actor=contact, at=chosen)
    day = at - timedelta(days=4)
    planned = releases.plan_release(
        product=agent.product,
        version="4.0.8",
        kind=ReleaseKind.HOTFIX,
        planned_at=day,
        actor=manager,
        at=day - timedelta(days=3),
    )
    for (product, version), text in NOTES.items():
        release = Release.objects.get(product=Product.objects.get(name=product), version=version)
        written = release.published_at or day
        write_release_notes(release=release, text=text, actor=manager, at=written)
        for name in FILES[product, version]:
            add_release_file(release=release, upload=_archive(name, text), actor=manager, at=written)
    releases.publish_release(release=planned, actor=manager, at=day)
    draw(day)
    _withdraw(manager, at - timedelta(days=70))


def _withdraw(manager: User, at: datetime) -> None:
    tools = Release.objects.get(version="6.2").files.get(name=WITHDRAWN)
    reason = "Its import tool reads commas as semicolons. Use the one of release 6.1."
    remove_release_file(file=tools, reason=reason, actor=manager, at=at)


def _archive(name: str, text: str) -> Upload:
    """A small archive: the demo has nothing to install."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", f"{name}: of the demo, with nothing to install.\n\n{text}")
    return Upload(name, ContentFile(content.getvalue(), name=name))
