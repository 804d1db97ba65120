"""One record, one line, whatever strangers write into it."""

import logging

from portal.logs import Line


def line(message: str) -> str:
    record = logging.LogRecord("portal.test", logging.WARNING, "", 0, message, None, None)
    record.created = 0.0
    return Line().format(record)


def test_a_line_has_time_in_utc_level_and_place() -> None:
    assert line("Hello") == "1970-01-01T00:00:00Z WARNING portal.test: Hello"


def test_a_line_break_of_a_stranger_makes_no_second_record() -> None:
    assert line("bad\n1970-01-01T00:00:00Z ERROR portal: all is lost\x1b[2J").count("\n") == 0
