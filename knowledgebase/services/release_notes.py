"""What is written about a release, and what its publication sets off: search knows it, its customers are told."""

from datetime import datetime

from django.db import transaction

from contracts.models import Release, ReleaseNotes, User
from contracts.outbox.announcements import announce
from contracts.refusals import Refused
from contracts.services import products
from knowledgebase.markdown import RENDERER
from knowledgebase.release_audience import AUDIENCE, MAIL
from knowledgebase.search import keeping
from knowledgebase.search.releases import KIND
from knowledgebase.services.rendering import rendered, rendered_or_plain

LONGEST_NOTES = 100_000
NOTES_A_RUN = 50


class NotesOvertaken(Refused):
    """Somebody else has written notes since; ``latest`` are theirs."""

    def __init__(self, latest: ReleaseNotes) -> None:
        self.latest = latest
        super().__init__(f"{latest.written_by} has written the notes anew since you opened this page.")


@transaction.atomic
def write_release_notes(
    *, release: Release, text: str, seen: int | None = None, actor: User | None, at: datetime
) -> ReleaseNotes:
    """The notes on a release, in Markdown, from now on; earlier ones are kept. The same text again is no other.

    ``seen`` is the number of the notes that the writer began from, 0 where there were none, ``None`` to write
    whatever there is. Raises ``NotesOvertaken`` where newer ones stand, ``Refused`` for more than is rendered.
    """
    release = Release.objects.select_for_update().get(pk=release.pk)
    text = text.replace("\r\n", "\n").replace("\0", "")
    if len(text) > LONGEST_NOTES:
        raise Refused(f"The notes have {len(text)} characters; {LONGEST_NOTES} are the most.", field="text")
    latest = release.notes
    if latest is not None and seen is not None and latest.number != seen:
        raise NotesOvertaken(latest)
    if latest is not None and latest.text == text:
        return latest
    release.notes = ReleaseNotes.objects.create(
        release=release,
        number=latest.number + 1 if latest else 1,
        text=text,
        written_at=at,
        written_by=actor,
        **rendered(text),
    )
    release.save(update_fields=["notes"])
    keeping.refresh(KIND, release.pk)
    return release.notes


@transaction.atomic
def publish_release(*, release: Release, actor: User | None, at: datetime) -> Release:
    """Say that a release is out (``products.publish_release``): it is found from now on, and who runs the product on
    their premises, or has agents, is told (VK4, VK5). The floor above moves tickets, too.
    """
    published = products.publish_release(release=release, actor=actor, at=at)
    keeping.refresh(KIND, published.pk)
    announce(
        kind=MAIL, audience=AUDIENCE, key=f"release/{published.pk}", data={"release": published.pk}, at=at
    )
    return published


def render_notes_again(*, at: datetime) -> int:
    """Render anew the notes that are shown and that an older renderer made; how many, at most ``NOTES_A_RUN``."""
    shown = ReleaseNotes.objects.filter(renderer__lt=RENDERER, pk__in=Release.objects.values("notes"))
    found = list(shown.order_by("-pk")[:NOTES_A_RUN])
    for notes in found:
        with transaction.atomic():
            ReleaseNotes.objects.filter(pk=notes.pk).update(**rendered_or_plain(notes.text))
            keeping.refresh(KIND, notes.release_id)
    return len(found)
