"""How much mail comes in and goes out, beside what the standard library takes for the like in the same run.

    python -m benchmarks mail                     # 300 messages each way, 25 MB
    python -m benchmarks mail --messages 100

In: messages of contacts as they are written (plain, HTML, quoted replies, files) are stored, read in a child process
and filed as tickets with clocks and receipts, one after the other; beside it the standard library parses the same.
Out: what the outbox holds goes to an SMTP server of another process that throws it away; beside it bare smtplib sends
as many finished messages. Memory: a process that takes in one message of 25 MB, and its child that reads.
"""

import argparse
import os
import random
import shutil
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path

from benchmarks.announcing import timed
from benchmarks.pages import FOLDER, ROOT
from portal import processes

LARGE = 25 * 1024 * 1024
SEED = 7
CHUNK = 50


def letter(number: int, sender: str, rng: random.Random) -> bytes:
    """A message as people write them: of ten six plain, two with HTML, one that quotes, one with a file."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, "support@localhost"
    mail["Subject"], mail["Message-ID"] = f"Pump {number} stops", f"<{number}.bench@example.com>"
    words = " ".join(rng.choice(("the", "pump", "stops", "über", "night", "again")) for _ in range(120))
    kind = number % 10
    if kind == 8:
        words += "\n\nOn Monday, 2 March 2026, the desk wrote:\n" + "\n".join(f"> {words}" for _ in range(20))
    mail.set_content(words)
    if kind in {6, 7}:
        mail.add_alternative(f"<html><body><p>{words}</p><p><b>Regards</b></p></body></html>", subtype="html")
    if kind == 9:
        mail.add_attachment(rng.randbytes(100_000), maintype="application", subtype="pdf", filename="log.pdf")
    return mail.as_bytes()


def come_in(people: list[str], messages: int) -> None:
    """Takes all in; prints the rate beside the standard library's."""
    from django.utils import timezone

    from tickets.mail.processing import take_in
    from tickets.models import IncomingMail
    from tickets.models.mail import Way

    rng = random.Random(SEED)
    raws = [letter(number, people[number % len(people)], rng) for number in range(messages + 1)]

    def take(raw: bytes) -> None:
        at = timezone.now()
        take_in(raw=raw, way=Way.PIPE, received_at=at, at=at)

    take(raws.pop())  # what the first message makes ready, the child among it
    ours = theirs = 0.0
    # In turn, so that what else the machine does meets both.
    for start in range(0, messages, CHUNK):
        some = raws[start : start + CHUNK]
        ours += timed(partial(each, take, some))
        theirs += timed(partial(each, parse, some))
    outcomes = sorted(set(IncomingMail.objects.values_list("outcome", "reason")))
    print(
        f"in: {messages / ours:.1f} messages a second, {ours / messages * 1000:.0f} ms each; "
        f"parsing alone {messages / theirs:.0f} a second, {ours / theirs:.0f} times that; {outcomes}"
    )


def each(do: Callable[[bytes], None], raws: list[bytes]) -> None:
    """Does it with one after the other."""
    for raw in raws:
        do(raw)


def parse(raw: bytes) -> None:
    """What the standard library does to have the texts and files of a message."""
    for part in message_from_bytes(raw, policy=policy.default).walk():
        if not part.is_multipart():
            part.get_content()


@contextmanager
def sink() -> Iterator[int]:
    """An SMTP server of its own process that throws away what it takes; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "aiosmtpd",
        "-n",
        "-c",
        "aiosmtpd.handlers.Sink",
        "-l",
        f"127.0.0.1:{port}",
    ]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def go_out(messages: int) -> None:
    """Delivers what the outbox holds; prints the rate beside bare smtplib's."""
    from django.conf import settings
    from django.utils import timezone

    from contracts.models import OutboxMessage, User
    from contracts.outbox.delivery import deliver
    from contracts.outbox.writing import write

    OutboxMessage.objects.all().delete()
    at, user = timezone.now(), User.objects.filter(is_staff=False).first()
    assert user is not None
    for number in range(messages):
        write(kind="password_changed", to=user, at=at, context={}, key=f"bench/{number}")
    with sink() as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

        def send_all() -> None:
            while deliver(timezone.now()).sent:
                pass

        ours = timed(send_all)
        sent = OutboxMessage.objects.filter(status="sent").count()
        raw = letter(0, "desk@localhost", random.Random(SEED))

        def bare() -> None:
            with smtplib.SMTP("127.0.0.1", port) as link:
                for _ in range(messages):
                    link.sendmail("desk@localhost", ["nora@example.com"], raw)

        theirs = timed(bare)
    print(
        f"out: {sent / ours:.1f} messages a second, {ours / messages * 1000:.0f} ms each; "
        f"bare smtplib {messages / theirs:.0f} a second, {ours / theirs:.1f} times that"
    )


def take_large() -> None:
    """In a process of its own: one message of 25 MB; prints the most memory of it and of its child, in MB."""
    import django

    django.setup()
    from django.utils import timezone

    from tickets.mail.processing import take_in
    from tickets.models.mail import Way

    before = most_memory(os.getpid())
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "somebody@example.com", "Large"
    mail["Message-ID"] = f"<{time.time_ns()}@example.com>"
    mail.set_content("See the file.")
    path = FOLDER / "mail" / "large.eml"
    boundary = "large"
    with path.open("wb") as file:
        head = mail.as_bytes().replace(b"text/plain", b"multipart/mixed; boundary=" + boundary.encode(), 1)
        file.write(head.partition(b"\n\n")[0] + b"\n\n--large\nContent-Type: application/zip\n")
        file.write(
            b'Content-Disposition: attachment; filename="a.zip"\nContent-Transfer-Encoding: base64\n\n'
        )
        while file.tell() < LARGE:
            file.write(b"UEsDBAoAAAAAAIdO4kAAAAAAAAAAAAAAAAAJABwAZG9jdW1lbnQvVVQJAAMAAAAAAAAAAHV4\n" * 1000)
        file.write(b"--large--\n")
    at = timezone.now()
    with path.open("rb") as file:
        taken = take_in(raw=file, way=Way.PIPE, received_at=at, at=at)
    most = most_memory(os.getpid())
    others = processes.family(os.getpid(), depth=2) - {os.getpid()}
    child = max(most_memory(pid) for pid in others)
    print(
        f"{before // 1024} {most // 1024} {child // 1024} {taken.outcome} {taken.reason} {taken.error[:100]}"
    )


def most_memory(pid: int) -> int:
    """The most that a living process has had in memory, in kB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0])


def main(arguments: list[str]) -> None:
    """Furnish a database of its own anew, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks mail", description=__doc__)
    parser.add_argument("--messages", type=int, default=300)
    messages = parser.parse_args(arguments).messages
    folder = FOLDER / "mail"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ |= {
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "MAIL_SENDER_HOURLY": "100000",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from benchmarks.filling import furnish

    call_command("migrate", verbosity=0)
    desk = furnish(at=timezone.now(), password="bench")  # noqa: S106 -- of a database that holds nothing
    come_in([contact.user.email for contact, _, _ in desk.people], messages)
    go_out(messages)
    large = subprocess.run(
        [sys.executable, "-m", "benchmarks.mail"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    before, most, child, *told = large.stdout.split()
    print(
        f"memory: {most} MB at most for a message of 25 MB, {before} MB before it, "
        f"and {child} MB of the child that reads; {' '.join(told)}"
    )
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    take_large()
