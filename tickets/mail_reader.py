"""Who reads raw mail: told when the program starts, since the reading stands above those who ask for it."""

from collections.abc import Callable

from tickets.mail_read import MailRead
from tickets.models import IncomingMail

# Far beyond the limit of what is read (tickets/mail/limits.py): a longer message is held for its size all the same.
MOST_READ = 64 * 1024 * 1024

Reader = Callable[[bytes], MailRead]
_readers: list[Reader] = []


def read_by(reader: Reader) -> None:
    """Have mail read by ``reader`` from now on."""
    _readers[:] = [reader]


def read_stored(mail: IncomingMail) -> MailRead:
    """What a stored message says. Raises ``OSError`` where the storage has lost it."""
    if not mail.raw.name:
        raise FileNotFoundError("the raw form of the message is kept no more")
    # Not by the row's own file, which several threads may have before them.
    with mail.raw.storage.open(mail.raw.name, "rb") as raw:
        return _readers[0](raw.read(min(mail.size, MOST_READ)))
