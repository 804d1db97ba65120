"""One IMAP folder: what waits in it, its messages piece by piece, and putting them away.

imap-tools opens the connection and knows the names of folders. The rest goes through imaplib, for the library's own
``flag`` and ``move`` expunge the whole folder (what a person marked as deleted would go), its ``fetch`` reads a message
into memory at once, and it asks for capabilities before the sign-in, when servers do not tell them all.
"""

import contextlib
import imaplib
import logging
import re
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any

from imap_tools import BaseMailBox, MailBox, MailboxLoginError, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.utils import encode_folder

from tickets.mail_account import Account

logger = logging.getLogger(__name__)

# For each answer of the server, not for a whole run.
PATIENCE = 20
# A message is fetched in pieces of this size, so that no message is in memory as a whole.
PIECE = 1024 * 1024
# Marks what is stored with us, for messages that cannot leave the folder or were about to.
STORED = "$Stored"
INTERNAL_DATE = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
FAULTS = (OSError, imaplib.IMAP4.error, ImapToolsError, UnicodeError, ValueError)


class Trouble(Exception):  # noqa: N818 -- not a fault of the program
    """Why mail cannot be fetched, in words for staff; never holds the password. ``is_refusal``: of the sign-in."""

    def __init__(self, words: str, *, is_refusal: bool = False) -> None:
        """Take the words."""
        super().__init__(words)
        self.is_refusal = is_refusal


class Unreadable(Exception):  # noqa: N818 -- a state of the message, no fault of ours
    """The server does not give out one message; the others may be well."""


@contextlib.contextmanager
def opened(account: Account, done: str) -> Iterator["Inbox"]:
    """The folder, signed in to and selected; whatever goes wrong inside comes out as ``Trouble``.

    ``done`` is the folder into which messages are put away.
    """
    box: BaseMailBox | None = None
    try:
        box = _connect(account)
        _sign_in(box, account)
        yield Inbox(box, account.folder, done)
    except FAULTS as fault:
        raise _trouble(fault, account, is_connected=box is not None) from None
    finally:
        if box is not None:
            _leave(box)


def _connect(account: Account) -> BaseMailBox:
    where: dict[str, Any] = {"host": account.host, "port": account.port, "timeout": PATIENCE}
    if account.scheme == "imap":
        return MailBoxUnencrypted(**where)
    # Without a context of ours the standard library believes every certificate.
    kind: Callable[..., BaseMailBox] = MailBox if account.scheme == "imaps" else MailBoxStartTls
    return kind(**where, ssl_context=ssl.create_default_context())


def _sign_in(box: BaseMailBox, account: Account) -> None:
    try:
        if (account.user + account.password).isascii():
            box.login(account.user, account.password, initial_folder=None)
        else:
            box.login_utf8(account.user, account.password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (MailboxLoginError, imaplib.IMAP4.error) as fault:
        words = f"the server refuses the sign-in of {account.user}: {_said(fault, account)}"
        raise Trouble(words, is_refusal=True) from None


def _leave(box: BaseMailBox) -> None:
    # The server may be gone; then there is nothing to take leave of.
    with contextlib.suppress(*FAULTS):
        box.logout()
    with contextlib.suppress(*FAULTS):
        box.client.shutdown()


def _trouble(fault: Exception, account: Account, *, is_connected: bool) -> Trouble:
    if not is_connected:
        return Trouble(f"{account.host}:{account.port} cannot be reached: {_said(fault, account)}")
    return Trouble(f"the conversation with {account.host} broke off: {_said(fault, account)}")


def _said(fault: Exception, account: Account) -> str:
    """What the fault says, on one line, without the password should a server repeat it."""
    said = " ".join(f"{type(fault).__name__}: {fault}".split())
    if isinstance(fault, UnexpectedCommandStatusError):
        # What the server answered, without the library's words around it.
        parts = [part for part in fault.command_result[1] if isinstance(part, bytes)]
        said = b" ".join(parts).decode("utf-8", "replace") or said
    return said.replace(account.password, "…")[:300] if account.password else said[:300]


class Inbox:
    """The selected folder. ``validity`` is the reign of its numbers, ``next_uid`` the number of the next message."""

    def __init__(self, box: BaseMailBox, folder: str, done: str) -> None:
        """Select ``folder``; ``done`` is made when the first message goes there."""
        self._box, self._client, self._done = box, box.client, done
        # Only now all are told.
        self._can = set(b" ".join(part for part in self._client.capability()[1] if part).upper().split())
        box.folder.set(folder)
        self.validity = self._number("UIDVALIDITY")
        self.next_uid = self._number("UIDNEXT")
        # Why messages stay in the folder after they were stored; "" while they can leave it.
        self.why_they_stay = ""
        self._is_done_there = False

    def _number(self, name: str) -> int:
        found = self._client.response(name)[1]
        return int(found[0]) if found and found[0] else 0

    def waiting(self, after: int) -> list[int]:
        """The numbers of what is to be stored or put away: unseen, marked as stored, or come after ``after``.

        Who reads the mailbox with a mail program marks messages as seen; new ones are not overlooked for that.
        """
        found = self._search(f"OR UNSEEN KEYWORD {STORED}")
        if after and self.next_uid > after + 1:
            # "n:*" always names the last message, also one before n.
            found |= {uid for uid in self._search(f"UID {after + 1}:*") if uid > after}
        return sorted(found)

    def _search(self, criteria: str) -> set[int]:
        return {int(uid) for part in self._ask("SEARCH", criteria) if part for uid in part.split()}

    def received_at(self, uid: int, otherwise: datetime) -> datetime:
        """The server's stamp of its arrival; ``otherwise`` where it gives none that can be read."""
        for part in self._fetch(uid, "(INTERNALDATE)"):
            found = INTERNAL_DATE.search(part if isinstance(part, bytes) else part[0])
            if found:
                try:
                    stamp = parsedate_to_datetime(found[1].decode("ascii").strip().replace("-", " ", 2))
                except ValueError:
                    return otherwise
                return stamp if stamp.tzinfo else otherwise
        return otherwise

    @contextlib.contextmanager
    def message(self, uid: int, *, most: int, until: float) -> Iterator[IO[bytes]]:
        """The raw message as a file, at its beginning; of one longer than ``most`` bytes only so many.

        Raises ``TimeoutError`` when the monotonic clock passes ``until`` before it is there.
        """
        with tempfile.SpooledTemporaryFile(PIECE) as file:
            while file.tell() < most:
                if time.monotonic() > until:
                    raise TimeoutError(f"message {uid} takes too long")
                size = min(PIECE, most - file.tell())
                piece = self._piece(uid, file.tell(), size)
                file.write(piece)
                if len(piece) < size:
                    break
            if not file.tell():
                raise Unreadable(f"message {uid} is empty or gone")
            file.seek(0)
            yield file

    def _piece(self, uid: int, start: int, size: int) -> bytes:
        for part in self._fetch(uid, f"(BODY.PEEK[]<{start}.{size}>)"):
            if isinstance(part, tuple) and b"BODY[]" in part[0].upper():
                return bytes(part[1])
        # After the end of a message some servers give an empty text, others none.
        return b""

    def put_away(self, uid: int) -> None:
        """Mark as seen and stored, and move to the folder of what is done; if that is refused, it stays so marked."""
        if not self._try("STORE", uid, "+FLAGS.SILENT", rf"(\Seen {STORED})"):
            # A server without keywords of one's own.
            self._try("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        if not self.why_they_stay and not self._move(uid):
            self.why_they_stay = f"Stored messages stay in the folder: they cannot be moved to {self._done}."

    def _move(self, uid: int) -> bool:
        if not self._has_done():
            return False
        folder = encode_folder(self._done)
        if b"MOVE" in self._can:
            return self._try("MOVE", uid, folder)
        if b"UIDPLUS" not in self._can:
            # Deleting would take what others marked, too.
            return False
        return (
            self._try("COPY", uid, folder)
            and self._try("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
            and self._try("EXPUNGE", uid)
        )

    def _has_done(self) -> bool:
        if not self._is_done_there:
            try:
                self._is_done_there = self._box.folder.exists(self._done) or bool(
                    self._box.folder.create(self._done)
                )
            except ImapToolsError as fault:
                logger.info("The folder %s cannot be made: %s", self._done, fault)
        return self._is_done_there

    def _fetch(self, uid: int, what: str) -> list[Any]:
        status, found = self._client.uid("FETCH", str(uid), what)
        if status != "OK":
            raise Unreadable(f"message {uid} is not given out: {found!r}"[:200])
        return [part for part in found if part]

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        status, found = self._client.uid(command, *arguments)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command}: {found!r}"[:200])
        return list(found)

    def _try(self, command: str, uid: int, *arguments: Any) -> bool:
        """Whether the server did it. What ends the conversation is raised."""
        try:
            return bool(self._client.uid(command, str(uid), *arguments)[0] == "OK")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as fault:
            logger.info("%s of message %s is refused: %s", command, uid, fault)
            return False
