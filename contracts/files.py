"""What a file must be to come with a message: limits by setting, its kind from its own bytes."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass

import filetype
from django.conf import settings
from django.core.files.base import File

from contracts.refusals import Refused

TEXT_TYPES = {"txt", "log", "csv", "json", "yaml"}
SAME_CONTENT = {"jpeg": "jpg", "docx": "zip", "xlsx": "zip", "pptx": "zip"}
FIRST_BYTES = 8192
UNSAFE_IN_A_NAME = set('<>:"/\\|?*')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: the name its sender gave it, and its content.

    By mail any file comes: it ``is_mailed`` and not judged (docs/mail.md). ``content_id`` is by which the HTML of its
    mail names a picture.
    """

    name: str
    content: File[bytes]
    is_mailed: bool = False
    content_id: str = ""

    @property
    def size(self) -> int:
        return self.content.size or 0

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""


def check(files: Sequence[Upload]) -> None:
    """Raise ``Refused``, naming the limit, unless all ``files`` may come with one message.

    What came by mail was held to the limits of mail before, and is of any kind.
    """
    judged = [upload for upload in files if not upload.is_mailed]
    most = settings.ATTACHMENT_MAX_COUNT
    if len(judged) > most:
        raise Refused(f"At most {most} files can come with one message; these are {len(judged)}.")
    for upload in judged:
        _check_one(upload)


def clean_name(name: str) -> str:
    """A name that can be shown and downloaded under: no path, no control characters, 200 at most."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and c not in UNSAFE_IN_A_NAME).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[:180]}{dot}{extension[:12]}" if stem else kept[:200] or "file"


def content_type(name: str) -> str:
    """The type under which a file is served: from our own table of names, never from its sender."""
    return mimetypes.types_map.get("." + name.rpartition(".")[2].lower(), "application/octet-stream")


def digest(upload: Upload) -> str:
    """The SHA-256 of the content."""
    found = hashlib.sha256()
    upload.content.seek(0)
    for chunk in upload.content.chunks():
        found.update(chunk)
    upload.content.seek(0)
    return found.hexdigest()


def check_size(upload: Upload, most: int) -> None:
    """Raise ``Refused`` for a file of more than ``most`` bytes, and for an empty one."""
    name = clean_name(upload.name)
    if upload.size > most:
        raise Refused(f"{name} is larger than {in_megabytes(most)}, the most that one file may have.")
    if upload.size == 0:
        raise Refused(f"{name} is empty.")


def _check_one(upload: Upload) -> None:
    name = clean_name(upload.name)
    check_size(upload, settings.ATTACHMENT_MAX_BYTES)
    if upload.extension not in settings.ATTACHMENT_TYPES:
        allowed = ", ".join(settings.ATTACHMENT_TYPES)
        raise Refused(
            f"{name} is of a kind that is not taken. Taken are: {allowed}. Others can come in a zip."
        )
    if not _is_what_it_says(upload):
        raise Refused(f"{name} is not what its name says. Check the file, or send it in a zip.")


def _is_what_it_says(upload: Upload) -> bool:
    upload.content.seek(0)
    start = upload.content.read(FIRST_BYTES)
    upload.content.seek(0)
    if upload.extension in TEXT_TYPES:
        return b"\0" not in start and _is_text(start)
    kind = filetype.guess(start)
    if kind is None:
        return False
    wanted = upload.extension
    return kind.extension in (wanted, SAME_CONTENT.get(wanted, wanted))


def _is_text(start: bytes) -> bool:
    """UTF-8, give or take a character cut at the end."""
    try:
        start.decode()
    except UnicodeDecodeError as problem:
        return problem.start >= len(start) - 3 and len(start) == FIRST_BYTES
    return True


def in_megabytes(size: int) -> str:
    """``10 MB``; below one, in kB or bytes."""
    for unit, factor in (("MB", 1024 * 1024), ("kB", 1024)):
        if size >= factor:
            return f"{size / factor:.10g} {unit}" if size % factor == 0 else f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
