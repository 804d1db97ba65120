"""Storing the files that come with a message."""

from collections.abc import Sequence

from tickets import files
from tickets.files import Upload
from tickets.models import Attachment, Message


def attach(message: Message, uploads: Sequence[Upload]) -> list[Attachment]:
    """Store ``uploads`` with ``message``. Raises ``Refused`` before anything is stored."""
    files.check(uploads)
    return [_store(message, upload) for upload in uploads]


def _store(message: Message, upload: Upload) -> Attachment:
    name = files.clean_name(upload.name)
    attachment = Attachment(
        message=message,
        name=name,
        content_type=files.content_type(name),
        size=upload.size,
        sha256=files.digest(upload),
    )
    attachment.file.save(name, upload.content, save=False)
    attachment.save(force_insert=True)
    return attachment
