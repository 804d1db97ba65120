"""Storing the files that come with a message."""

from collections.abc import Sequence

from contracts import files
from contracts.files import Upload
from tickets.models import Attachment, Message


def attach(message: Message, uploads: Sequence[Upload]) -> list[Attachment]:
    """Store ``uploads`` with ``message``, all or none. Raises ``Refused`` before anything is stored."""
    files.check(uploads)
    stored: list[Attachment] = []
    try:
        for upload in uploads:
            stored.append(_store(message, upload))  # noqa: PERF401 -- known when the next one fails
    except OSError:
        for attachment in stored:
            attachment.file.delete(save=False)
        raise
    return stored


def _store(message: Message, upload: Upload) -> Attachment:
    name = files.clean_name(upload.name)
    attachment = Attachment(
        message=message,
        name=name,
        content_type=files.content_type(name),
        size=upload.size,
        sha256=files.digest(upload),
        content_id=upload.content_id,
    )
    attachment.file.save(name, upload.content, save=False)
    attachment.save(force_insert=True)
    return attachment
