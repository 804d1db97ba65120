"""``manage.py receive_mail`` as a mail server calls it: a real process, a message on its standard input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from portal.tests.servers import PATIENCE, Server
from portal.tests.tables import MANAGE
from tickets.tests.letters import letter
from tickets.tests.mail.book import raw

pytestmark = [pytest.mark.server, pytest.mark.slow]

PEOPLE = """
from contracts.tests import factories as made
customer = made.CustomerFactory.create(name="Harbour Freight Lines")
user = made.UserFactory.create(email="nora@harbour.example", name="Nora Quay")
made.ContactFactory.create(user=user, customer=customer, is_named=True)
product = made.ProductFactory.create(name="Atlas")
deployment = made.DeploymentFactory.create(customer=customer, product=product, name="Production")
made.ContractFactory.create(customer=customer, deployments=[deployment])
"""
KEYS = ["outcome", "ticket", "reason", "attachments"]


def pipe(server: Server, message: bytes, **env: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [sys.executable, MANAGE, "receive_mail"],
        input=message,
        env={**server.env, **env},
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout, done.stderr


def test_each_message_is_answered_with_one_object_and_nothing_else(server: Server) -> None:
    done = server.manage("shell", "-c", PEOPLE)
    assert done.returncode == 0, done.stderr
    number = ""
    for message, outcome, files in (
        (letter("Down.", files=[("trace.har", b"{}")]), "new_ticket", ["trace.har"]),
        (b"", "held", []),
        (b"\xff\x00\n\r\n\x80", "held", []),
        (raw("auto-exchange-german"), "ignored", []),
        (letter("Still.", subject="Re: [{}]"), "reply", []),
        (letter("Hello", sender="eve@nowhere.example"), "held", []),
    ):
        code, out, err = pipe(server, message.replace(b"[{}]", f"[{number}]".encode()))
        said = json.loads(out)
        assert (code, err, list(said)) == (0, b"", KEYS)
        assert (said["outcome"], said["attachments"]) == (outcome, files)
        assert isinstance(said["reason"], str)
        assert (said["ticket"] is not None) == (outcome in ("new_ticket", "reply"))
        number = said["ticket"] or number
    assert len(server.query("SELECT id FROM tickets_incomingmail")) == 6


def test_what_cannot_be_stored_is_left_to_the_mail_server_to_try_again(
    server: Server, tmp_path: Path
) -> None:
    blocked = server.data_dir / "files"
    blocked.mkdir(parents=True, exist_ok=True)
    (blocked / "mail").write_text("in the way")
    code, out, _ = pipe(server, letter("Down."))
    assert (code, out) == (75, b"")
    (blocked / "mail").unlink()
    code, out, _ = pipe(server, letter("Down."), DATABASE_URL=f"sqlite:///{tmp_path / 'no' / 'such'}.sqlite3")
    assert (code, out) == (75, b"")
    code, out, err = pipe(server, letter("Down."), DATABASE_URL="nonsense")
    assert (code, out) == (75, b"")
    assert b"DATABASE_URL" in err
    assert server.query("SELECT id FROM tickets_incomingmail") == []


@pytest.mark.parametrize("nowhere", ["/dev/full", ">&-"])
def test_a_message_that_is_kept_is_never_sent_back_because_nobody_hears_what_became_of_it(
    server: Server, nowhere: str
) -> None:
    into = nowhere if nowhere == ">&-" else f">{nowhere}"
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" "$1" receive_mail {into}', sys.executable, MANAGE],
        input=letter("Down."),
        env=server.env,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(server.query("SELECT id FROM tickets_incomingmail")) == 1
