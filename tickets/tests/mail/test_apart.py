"""The child that reads: killed when it takes too long, started anew when it has died, gone with its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from portal.tests.servers import wait_until
from tickets.mail import apart, wire
from tickets.mail.reading import read_in_child, read_mail
from tickets.mail_read import Limit, MailRead
from tickets.tests.mail.book import book, raw

MAIL = raw("parts-related-inline-picture")


@pytest.fixture
def child() -> Iterator[int]:
    """The child of this process, which has read a message; the next test finds a new one."""
    read_in_child(MAIL)
    assert apart._READER.child is not None
    yield apart._READER.child.process.pid
    apart._READER.end()


def test_the_child_says_what_the_reader_says_and_is_used_again(child: int) -> None:
    for name in sorted(book())[::8]:
        assert read_in_child(raw(name)) == read_mail(raw(name))

    assert apart._READER.child is not None
    assert apart._READER.child.process.pid == child


def test_a_message_that_takes_for_ever_ends_in_time_and_the_next_one_is_read(child: int) -> None:
    os.kill(child, signal.SIGSTOP)

    held = read_in_child(MAIL, seconds=0.3)

    assert (held.limit, held.senders, held.text) == (Limit.TIME, read_mail(MAIL).senders, "")
    assert held.digest == read_mail(MAIL).digest
    assert held.damage
    assert read_in_child(MAIL) == read_mail(MAIL)


def test_a_large_message_to_a_child_that_does_not_listen_ends_in_time(child: int) -> None:
    os.kill(child, signal.SIGSTOP)

    assert read_in_child(MAIL + b"x" * 20_000_000, seconds=0.3).limit is Limit.TIME


def test_a_child_that_was_killed_is_replaced_without_a_loss(child: int) -> None:
    os.kill(child, signal.SIGKILL)

    assert read_in_child(MAIL) == read_mail(MAIL)


def test_a_message_of_which_every_child_dies_is_answered_with_its_header(
    child: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "TRIES", 0)  # as after the last

    held = read_in_child(MAIL)

    assert (held.limit, held.subject, held.text) == (None, read_mail(MAIL).subject, "")
    assert held.damage


def test_where_no_child_starts_it_is_no_fault_of_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    apart._READER.end()
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(OSError, match="does not start"):
        read_in_child(MAIL)

    monkeypatch.undo()
    assert read_in_child(MAIL) == read_mail(MAIL)
    apart._READER.end()


def test_a_fork_has_a_child_of_its_own(child: int) -> None:
    """A web server or the queue may fork when its parent has read already."""
    pid = os.fork()
    if pid == 0:
        is_well = read_in_child(MAIL) == read_mail(MAIL)
        other = apart._READER.child
        os._exit(0 if is_well and other and other.process.pid != child else 1)

    assert os.waitpid(pid, 0)[1] == 0
    assert read_in_child(MAIL) == read_mail(MAIL)


def test_the_child_ends_with_its_parent() -> None:
    program = (
        "from tickets.mail import apart; from tickets.mail.reading import read_in_child; import os, signal;"
        "read_in_child(b'x'); print(apart._READER.child.process.pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=apart.ROOT, capture_output=True, check=False)
    pid = int(said.stdout)

    wait_until(lambda: not _lives(pid), "the child to end")


def test_the_child_needs_no_django() -> None:
    program = "import sys, tickets.mail.child; print([name for name in sys.modules if 'django' in name])"

    said = subprocess.run([sys.executable, "-c", program], cwd=apart.ROOT, capture_output=True, check=True)

    assert said.stdout.strip() == b"[]"


def test_what_crosses_the_line_is_the_same_on_the_other_side() -> None:
    for name in book():
        mail = read_mail(raw(name))
        assert wire.unpack(wire.pack(mail)) == mail
    assert wire.unpack(wire.pack(MailRead())) == MailRead()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 -- of the kernel
        return stat.read().rpartition(")")[2].split()[0] != "Z"
