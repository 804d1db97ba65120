"""How much of a message is read at most, and why so much. What goes beyond is held, its raw form kept.

All are checked by our own reader while it goes through the bytes once, so that what breaks a limit costs no more than
what keeps it.
"""

from __future__ import annotations

from tickets.mail_read import Limit

# 25 MB of files (what Gmail and Microsoft 365 let out) are 34 MB in base64; the rest is text and headers.
MOST_BYTES = 35 * 1024 * 1024
# A newsletter with every picture inline has sixty.
MOST_PARTS = 200
# A mail that was forwarded, signed and scanned is five deep.
MOST_LEVELS = 20
# All headers, those of the parts included. Long threads and long chains of servers reach 60 kB.
MOST_HEADER_BYTES = 256 * 1024
# One field, unfolded: a To of a thousand people is about 50 kB.
MOST_FIELD_BYTES = 100 * 1024
# What is looked at of a message whose headers go beyond, or which took too long.
PEEKED_BYTES = 64 * 1024
MOST_ATTACHMENTS = 50
MOST_ATTACHMENT_BYTES = 25 * 1024 * 1024
# Of an HTML body: browsers stop at 512 levels, people's mail programs need twenty.
MOST_HTML_LEVELS = 100
# More text than this nobody wrote; the rest becomes a file beside the message, so that it is not lost.
MOST_TEXT_CHARACTERS = 1_000_000
# Ids that a message refers to: the first, and the last of a long thread.
MOST_REFERENCES = 100
# So many things that could not be read are named; a broken message can have thousands.
MOST_DAMAGE = 20


class BeyondLimitError(Exception):
    """The message goes beyond ``limit``: nothing more of it is read."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.value)
        self.limit = limit
