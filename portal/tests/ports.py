"""Ports for servers of tests."""

import os
import random
import socket

# Each worker of a run takes its ports from a part of its own: two that drew the same at once would both find it free.
PORTS = range(20_000, 32_000)
PARTS = 12


def free_port() -> int:
    """A port that nobody uses at this moment; below those that the kernel hands to outgoing connections, which could
    take it before the server does.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in random.sample(PORTS[worker % PARTS :: PARTS], 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
