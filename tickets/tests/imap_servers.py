"""A real IMAP server for tests, and a way to it that breaks where one says. A plug-in of the root ``conftest.py``."""

import contextlib
import grp
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from uuid import uuid4

import pytest

from portal.tests.ports import free_port
from portal.tests.servers import PATIENCE, wait_until
from tickets.mail_account import Account

PASSWORD = "hunter2-of-the-mailbox"
# Dovecot 2.3, of Debian 12; 2.4 has another syntax.
CONFIG = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_max_userip_connections = 1000
mail_fsync = never
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
mail_location = maildir:~/Maildir
{users}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service imap {{
  service_count = 0
}}
"""


@dataclass
class Dovecot:
    """A server in a folder of its own, with as many mailboxes as one likes, all empty and with one password."""

    folder: Path
    port: int
    program: str
    owner: tuple[int, int]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [self.program, "-F", "-c", str(self.folder / "conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, f"dovecot: {self.folder / 'log'}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as link:
                return link.recv(10).startswith(b"* OK")
        except OSError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None

    def mailbox(self, *messages: bytes) -> "Box":
        """A new mailbox with these messages, unseen."""
        box = Box(self, f"desk{uuid4().hex[:10]}")
        box.put(*messages)
        return box


@dataclass
class Box:
    """One mailbox of the server, seen from its files."""

    server: Dovecot
    user: str
    count: int = 0
    # When the first message arrived, in seconds since 1970; each other a second later.
    since: int = 1_700_000_000

    @property
    def path(self) -> Path:
        return self.server.folder / "mail" / self.user / "Maildir"

    def account(self, port: int | None = None, password: str = PASSWORD) -> Account:
        return Account("imap", "127.0.0.1", port or self.server.port, self.user, password, "INBOX")

    def put(self, *messages: bytes) -> None:
        """Delivers messages, as a mail server does."""
        for name in ("cur", "new", "tmp"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        for message in messages:
            self.count += 1
            # The time of the file is what the server says of its arrival.
            arrived = self.since + self.count
            path = self.path / "new" / f"{arrived}.M{self.count}.test"
            path.write_bytes(message)
            os.utime(path, (arrived, arrived))
        self._give_away()

    def _give_away(self) -> None:
        top = self.path.parent
        for path in (top, *top.rglob("*")):
            os.chown(path, *self.server.owner)

    def flags(self, folder: str = "") -> list[str]:
        """The letters of the flags of each message of a folder, "" for one that nobody has seen."""
        place = self.path / folder
        return sorted(
            path.name.partition(":2,")[2]
            for part in ("new", "cur")
            if (place / part).is_dir()
            for path in (place / part).iterdir()
        )

    def renumber(self) -> None:
        """The server forgets its numbers: the folder gets another UIDVALIDITY."""
        for path in self.path.glob("dovecot*"):
            path.unlink()
        listed = self.path / "dovecot-uidlist"
        listed.write_text(f"3 V{1_800_000_000 + self.count} N{self.count + 50} G{uuid4().hex}\n")
        self._give_away()


@contextlib.contextmanager
def dovecot_in(folder: Path, program: str) -> Iterator[Dovecot]:
    """A started server; as root its mail belongs to nobody."""
    is_root = os.geteuid() == 0
    mine = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
    group = grp.getgrgid(mine.pw_gid).gr_name
    users = (
        ""
        if is_root
        else f"default_internal_user = {mine.pw_name}\ndefault_login_user = {mine.pw_name}\n"
        f"default_internal_group = {group}\n"
    )
    server = Dovecot(folder, free_port(), program, (mine.pw_uid, mine.pw_gid))
    (folder / "mail").mkdir()
    os.chown(folder / "mail", *server.owner)
    config = CONFIG.format(
        folder=folder, password=PASSWORD, uid=mine.pw_uid, gid=mine.pw_gid, users=users, port=server.port
    )
    (folder / "conf").write_text(config)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A real IMAP server."""
    from conftest import require_tool

    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    require_tool(program, "An IMAP server (Debian: apt-get install dovecot-imapd)")
    assert program is not None
    # Not pytest's folder: the server's users must get in, and names of sockets must be short.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    try:
        with dovecot_in(folder, program) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# What the client said and what is to come of it: the number of its command and its words.
Order = Callable[[int, str], str]


@dataclass
class Road:
    """A way to a server that breaks where ``order`` says, command by command.

    "pass" lets it through, "before" cuts before the server hears of it, "after" when the server has answered but before
    the client hears of that, "amid" in the middle of the answer.
    """

    to: int
    order: Order = lambda number, words: "pass"
    said: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        # A blocked accept() is not woken by close().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                self._carry(client)

    def _carry(self, client: socket.socket) -> None:
        """One conversation, strictly in turn: the client says a line, the server answers up to that line's tag."""
        with (
            socket.create_connection(("127.0.0.1", self.to), PATIENCE) as server,
            client.makefile("rb") as mouth,
            server.makefile("rb") as ear,
        ):
            client.sendall(ear.readline())
            while line := mouth.readline():
                tag, _, words = line.decode("latin-1").strip().partition(" ")
                self.said.append(words)
                what = self.order(len(self.said) - 1, words)
                if what == "before":
                    return
                server.sendall(line)
                answer = _answer(ear, tag)
                if what == "after":
                    return
                if what == "amid":
                    client.sendall(answer[: max(len(answer) // 2, 1)])
                    return
                client.sendall(answer)


def _answer(ear: object, tag: str) -> bytes:
    """All that the server says up to the line that ends with the command's tag; literals as they are."""
    whole = b""
    while line := ear.readline():  # type: ignore[attr-defined]  # of the file behind the socket
        whole += line
        if literal := re.search(rb"\{(\d+)\}\r\n$", line):
            whole += ear.read(int(literal[1]))  # type: ignore[attr-defined]  # of the file behind the socket
        elif line.startswith(tag.encode() + b" "):
            break
    return whole
