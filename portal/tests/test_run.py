"""`manage.py run`: one command from an empty folder to a portal that answers, and back."""

import os
import signal
import socket
import stat
from functools import partial
from pathlib import Path

import pytest

from portal.tests.ports import free_port
from portal.tests.servers import PATIENCE, Server, gone, wait_until

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]

READY = "Ctrl-C stops it."


def run(server: Server) -> int:
    """Starts the portal and waits for its last line; the process's id."""
    process = server.start("run")

    def ready() -> bool:
        assert process.poll() is None, server.output()
        return server.output().rstrip().endswith(READY)

    wait_until(ready, "the portal")
    return process.pid


@pytest.mark.untouched
def test_it_serves_and_ends_without_a_trace(server: Server) -> None:
    pid = run(server)
    assert server.get("/healthz") == (200, "alive\n")
    assert wait_until(lambda: server.get("/readyz")[0] == 200, "the worker")
    assert server.get("/static/bootstrap/css/bootstrap.min.css")[0] == 200
    everything = server.family(pid)
    os.kill(pid, signal.SIGINT)
    assert server.started[0].wait(PATIENCE) == 0
    # Those that were killed with their session are gone when the machine comes to it.
    wait_until(partial(gone, everything), "the end of all processes")
    assert server.get("/healthz")[0] == 0


@pytest.mark.slow
def test_an_empty_portal_says_how_to_make_the_first_manager_and_they_sign_in(server: Server) -> None:
    run(server)
    assert "createmanager" in server.output()
    done = server.manage(
        "createmanager",
        "--email=mia@vendor.example",
        "--name=Mia",
        "--password-from-stdin",
        input="a-long-enough-word\n",
    )
    assert "Mia <mia@vendor.example> may now sign in as a manager." in done.stdout, done.stderr


@pytest.mark.slow
def test_a_second_start_keeps_the_data_and_builds_nothing(server: Server) -> None:
    run(server)
    os.kill(server.started[0].pid, signal.SIGTERM)
    server.started[0].wait(PATIENCE)
    first = server.output()
    run(server)
    assert "Static files are built." in first
    assert "built" not in server.output()[len(first) :]


def test_a_port_in_use_is_one_line(server: Server) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", server.port))
        other.listen()
        done = server.manage("run")
    assert done.returncode != 0
    assert done.stderr == (
        f"CommandError: Port {server.port} is in use on 127.0.0.1. "
        f"Stop what uses it, or take another: PORT={server.port + 1} make run\n"
    )


@pytest.mark.parametrize("change", [{"HOST": "0.0.0.0"}, {"SITE_URL": "https://support.example.com"}])  # noqa: S104 -- what is to be refused
def test_the_demo_is_refused_where_others_could_reach_it(server: Server, change: dict[str, str]) -> None:
    server.env.update(change, DEMO="1")
    done = server.manage("run")
    assert done.returncode != 0
    assert "DEMO=0" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_folder_that_another_copy_uses_is_refused(server: Server) -> None:
    run(server)
    server.env["PORT"] = str(free_port())
    assert "Another copy runs with" in server.manage("run").stderr


@pytest.mark.slow
def test_when_the_web_server_dies_so_does_the_command_with_its_log(server: Server) -> None:
    pid = run(server)
    master = int(
        (server.data_dir / "logs" / "web.log")
        .read_text()
        .rpartition("Listening at:")[2]
        .split("(")[1]
        .split(")")[0]
    )
    os.kill(master, signal.SIGKILL)
    assert server.started[0].wait(PATIENCE) == 1
    assert "The web server ended" in server.output()
    assert server.family(pid) == {pid}


@pytest.mark.slow
def test_when_the_worker_dies_it_is_started_again(server: Server) -> None:
    pid = run(server)
    wait_until(lambda: server.get("/readyz")[0] == 200, "the worker")
    [worker] = [
        child
        for child in server.family(pid)
        if Path(f"/proc/{child}/cmdline").read_text().endswith("\0work\0")
    ]
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: "The worker ended and is started again" in server.output(), "another worker")


def test_the_secrets_are_for_their_owner_alone(server: Server) -> None:
    server.manage("check")
    for name in ("secret-key", "record-key"):
        assert stat.S_IMODE((server.data_dir / name).stat().st_mode) == 0o600
