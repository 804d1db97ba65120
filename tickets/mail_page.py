"""A mail that came in as a page shows it: read anew from its raw form, in the child process; never stored so.

Whose mail it may be, the callers' querysets say.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import filetype
from django.conf import settings
from django.utils.safestring import SafeString

from contracts.limits import is_within
from contracts.models import User
from tickets.mail.deciding import LIMITS
from tickets.mail_html import shown_html
from tickets.mail_read import MailRead, Part
from tickets.mail_reader import read_stored
from tickets.mail_words import Checked, checks, who
from tickets.models import Attachment, IncomingMail

log = logging.getLogger(__name__)
REMOVED = "The message as it came is no longer kept, since something was removed from its ticket."
LOST = "The message as it came is missing in our storage. The fault is ours and has been noted."
# Each view reads a message anew, in a process of its own: enough for a person, too little for a flood.
MOST_A_MINUTE = 60
LONGEST_TEXT = 200_000
MOST_IN_PLACE = 12
PICTURES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
# What of a file says of which kind it is.
FIRST_BYTES = 262


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of the message: its name, its size in bytes, and where it is handed out."""

    name: str
    size: int
    address: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A message for a page. ``why_not`` says why it could not be read, or not wholly; then the rest may be empty."""

    read: MailRead
    why_not: str
    html: SafeString
    text: str
    is_cut: bool
    files: Sequence[Enclosed]

    @property
    def senders(self) -> list[str]:
        """Who it says that it is from."""
        return [who(address) for address in self.read.senders]

    @property
    def checked(self) -> list[Checked]:
        """What servers on its way said of its sender."""
        return checks(self.read.authentication, trusted=settings.MAIL_TRUSTED_SERVERS)


def may_read(user: User, at: datetime) -> bool:
    """Counts one reading by ``user``; whether it is within what one person may ask for in a minute."""
    return is_within("whole-mail", str(user.pk), most=MOST_A_MINUTE, seconds=60, at=at)


def whole_of(mail: IncomingMail, files: Iterable[Attachment], address: Callable[[Attachment], str]) -> Whole:
    """A message that stands on a ticket, with the files that were stored with it; of those removed there is nothing."""
    there = [file for file in files if not file.is_removed]
    return _whole(
        mail,
        lambda read: [Enclosed(file.name, file.size, address(file)) for file in there],
        lambda read: {file.content_id: address(file) for file in there if file.content_id},
    )


def held_whole(mail: IncomingMail, address: Callable[[int], str]) -> Whole:
    """A message that stands on no ticket; ``address`` says where its part of that place is handed out."""

    def pictures(read: MailRead) -> dict[str, str]:
        named = ((place, part) for place, part in enumerate(read.parts) if part.content_id)
        shown = [(part.content_id, address(place)) for place, part in named if picture_type(part.content)]
        return dict(shown[:MOST_IN_PLACE])

    return _whole(
        mail,
        lambda read: [
            Enclosed(part.name, len(part.content), address(place)) for place, part in enumerate(read.parts)
        ],
        pictures,
    )


def part_of(mail: IncomingMail, place: int) -> Part | None:
    """One file of a message by its place; ``None`` where there is none, or the message cannot be read."""
    read, _ = _read(mail)
    return read.parts[place] if 0 <= place < len(read.parts) else None


def picture_type(content: bytes) -> str:
    """The type of a picture that a browser may show, by its own bytes; ``""`` for anything else."""
    kind = filetype.guess(content[:FIRST_BYTES])
    return PICTURES.get(kind.extension, "") if kind else ""


def _whole(
    mail: IncomingMail,
    files: Callable[[MailRead], Sequence[Enclosed]],
    pictures: Callable[[MailRead], Mapping[str, str]],
) -> Whole:
    read, why_not = _read(mail)
    found = pictures(read)
    html = shown_html(read.html, found)
    # What stands in its place need not stand among the files, too.
    shown = {address for address in found.values() if f'"{address}"' in html}
    return Whole(
        read=read,
        why_not=why_not,
        html=html,
        text=read.text[:LONGEST_TEXT],
        is_cut=len(read.text) > LONGEST_TEXT,
        files=[file for file in files(read) if file.address not in shown],
    )


def _read(mail: IncomingMail) -> tuple[MailRead, str]:
    """What can be read of a message, and why not all of it."""
    if not mail.raw:
        return MailRead(), REMOVED
    try:
        read = read_stored(mail)
    except OSError:
        log.exception("the raw message %s is missing in the storage", mail.pk)
        return MailRead(), LOST
    return read, LIMITS[read.limit] if read.limit else ""
