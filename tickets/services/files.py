"""Storing the files that come with a message."""

from collections.abc import Sequence

from contracts import files
from contracts.files import Upload
from contracts.leftovers import none_left_behind, note_stored
from tickets.models import Attachment, Message


def attach(message: Message, uploads: Sequence[Upload]) -> list[Attachment]:
    """Store ``uploads`` with ``message``, all or none. Raises ``Refused`` before anything is stored.

    What fails later leaves no file behind either: the caller changes a ticket, or files one.
    """
    files.check(uploads)
    with none_left_behind():
        return [_store(message, upload) for upload in uploads]


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
    note_stored(attachment.file)
    attachment.save(force_insert=True)
    return attachment
