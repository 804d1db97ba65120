"""The process that reads messages: ``python -m tickets.mail.child``, its standard input a socket (see ``apart``).

It imports no Django and opens nothing; what a message does to it harms nobody else.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import socket

from tickets.mail import wire
from tickets.mail.reading import read_mail

# A message of 35 MB is held four times at most while it is read.
MOST_MEMORY = 768 * 1024 * 1024
# Who waits for nothing ends: a line that a fork of the parent keeps open never says that the parent is gone.
IDLE_SECONDS = 60


def main() -> None:
    """Answer message after message until the parent is gone or has been silent for a while."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the line
    with socket.socket(fileno=0) as line, contextlib.suppress(OSError):
        line.settimeout(IDLE_SECONDS)
        wire.send(line.sendall, b"")  # ready
        while seconds := wire.receive(line.recv):
            raw = wire.receive(line.recv)
            if raw is None:
                return
            # Should the parent be gone meanwhile, nobody else would end a reading that never ends.
            signal.alarm(wire.LENGTH.unpack(seconds)[0])
            answer = wire.pack(read_mail(raw))
            signal.alarm(0)
            wire.send(line.sendall, answer)


if __name__ == "__main__":
    main()
