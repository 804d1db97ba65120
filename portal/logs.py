"""How a line of the log looks."""

import logging
import time


class Line(logging.Formatter):
    """
    Time in UTC, level, logger, message: one line per record, whatever the message holds.

    A line break in a value that came from outside could otherwise pretend to be a record of its own.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        """Takes no options: there is one form."""
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- the library's name
        """The record's line; control characters are shown as escapes, and a traceback follows on its own lines."""
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in super().formatMessage(record))
