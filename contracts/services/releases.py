"""The files of a release: added within limits, and never replaced silently (VK5)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction

from contracts import files
from contracts.files import Upload
from contracts.models import Release, ReleaseFile, User
from contracts.refusals import Refused

LONGEST_REASON = 300


def add_release_file(*, release: Release, upload: Upload, actor: User | None, at: datetime) -> ReleaseFile:
    """Keep a file with ``release``, with its size and SHA-256; the content is read in pieces, never whole.

    Refused beyond the limits of the settings, and for a name that the release has: a file is not replaced, the one
    there is removed first, which is seen.
    """
    name = files.clean_name(upload.name)
    _check(upload, name)
    _check_room(release, name)
    row = ReleaseFile(release=release, name=name, size=upload.size, uploaded_at=at, uploaded_by=actor)
    # Before the lock: the whole file is read, and copied where the store is on another disk.
    row.sha256 = files.digest(upload)
    row.file.save(name, upload.content, save=False)
    try:
        with transaction.atomic():
            _check_room(Release.objects.select_for_update().get(pk=release.pk), name)
            row.save(force_insert=True)
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


@transaction.atomic
def remove_release_file(
    *, file: ReleaseFile, reason: str = "", actor: User, at: datetime
) -> ReleaseFile | None:
    """Take a file away for good. Of a published release it needs a reason, and stays listed as withdrawn with its hash;
    returns its row then, and ``None`` where nothing of it is left.
    """
    release = Release.objects.select_for_update().get(pk=file.release_id)
    row = release.files.filter(pk=file.pk, withdrawn_at=None).first()
    if row is None:
        raise Refused(f"{file.name} is removed already.")
    reason = " ".join(reason.replace("\0", " ").split())
    forget = partial(row.file.storage.delete, row.file.name or "")
    if release.published_at is None:
        row.delete()
        transaction.on_commit(forget)
        return None
    if not reason:
        raise Refused("Say why the file is withdrawn; customers read it.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Say it in {LONGEST_REASON} characters; these are {len(reason)}.", field="reason")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = at, actor, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    transaction.on_commit(forget)
    return row


def _check_room(release: Release, name: str) -> None:
    """Raise ``Refused`` where the release has a file of that name, or as many as it may have."""
    standing = release.files.filter(withdrawn_at=None)
    if standing.filter(name=name).exists():
        raise Refused(f"There is a file {name} of {release} already. Remove that one first, with a reason.")
    if standing.count() >= settings.RELEASE_FILE_MAX_COUNT:
        raise Refused(f"A release has at most {settings.RELEASE_FILE_MAX_COUNT} files.")


def _check(upload: Upload, name: str) -> None:
    """Raise ``Refused``, naming the limit, for what is no file of a release."""
    files.check_size(upload, settings.RELEASE_FILE_MAX_BYTES)
    if upload.extension not in settings.RELEASE_FILE_TYPES:
        allowed = ", ".join(settings.RELEASE_FILE_TYPES)
        raise Refused(f"{name} is of a kind that is not taken. Taken are: {allowed}.")
