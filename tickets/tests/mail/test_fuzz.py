"""Messages of the corpus, mutated: whatever comes of them is read, in time, and nothing of it is lost."""

import random
import re
import time
from collections.abc import Callable

import pytest

from contracts.tests.endurance import Endurance
from tickets.mail.reading import read_mail
from tickets.tests.mail.book import book, raw

FULL = 50_000
MOST_SECONDS = 3.0
Mutation = Callable[[random.Random, bytes], bytes]


def flipped(chance: random.Random, message: bytes) -> bytes:
    found = bytearray(message)
    for _ in range(chance.choice((1, 3, 20))):
        if found:
            found[chance.randrange(len(found))] = chance.choice(
                (chance.randrange(256), 0, 10, 13, 34, 45, 61)
            )
    return bytes(found)


def cut(chance: random.Random, message: bytes) -> bytes:
    first, last = sorted(chance.randrange(len(message) + 1) for _ in range(2))
    return chance.choice((message[:first], message[first:], message[:first] + message[last:]))


def spliced(chance: random.Random, message: bytes) -> bytes:
    other = raw(chance.choice(NAMES))
    return message[: chance.randrange(len(message) + 1)] + other[chance.randrange(len(other) + 1) :]


def repeated(chance: random.Random, message: bytes) -> bytes:
    first, last = sorted(chance.randrange(len(message) + 1) for _ in range(2))
    return message[:last] + message[first:last] * chance.choice((1, 5, 60)) + message[last:]


def with_a_field(chance: random.Random, message: bytes) -> bytes:
    field = chance.choice(FIELDS)
    lines = message.split(b"\n")
    lines.insert(chance.randrange(min(len(lines), 12)), field)
    return b"\n".join(lines)


FIELDS = (
    b"From: <", b'From: "x', b"Content-Type: multipart/mixed; boundary=", b"Content-Type: multipart/mixed; boundary=b1",
    b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: x-uuencode",
    b"Content-Type: text/html; charset=utf-16", b"Content-Type: text/plain; charset=iso-2022-jp; format=flowed",
    b"Content-Disposition: attachment; filename*0*=utf-8''%", b"Subject: =?utf-7?Q?=ff=?=", b"\xff\xfe\x00:",
    b" folded", b"", b"Content-Type: multipart/report", b"Content-Type: message/delivery-status", b"Auto-Submitted: ",
)  # fmt: skip
MUTATIONS: tuple[Mutation, ...] = (flipped, cut, spliced, repeated, with_a_field)
# Lines between parts and in their headers: where a body has nothing else, nothing can be lost.
NO_WORDS = re.compile(rb"--|\s|[!-9;-~]+[ \t]*:")
NAMES = sorted(book())


def faults(message: bytes, name: str) -> list[str]:
    """What is wrong with the reading of ``message``."""
    started = time.process_time()
    try:
        mail = read_mail(message)
        again = read_mail(message)
    except Exception as problem:  # noqa: BLE001 -- it may raise nothing at all
        return [f"{name} raised {problem!r}"]
    found = []
    if time.process_time() - started > MOST_SECONDS:
        found.append(f"{name} took long")
    if mail != again or len(mail.digest) != 64:
        found.append(f"{name} is read in two ways")
    if any("could not be read: " in said for said in mail.damage):
        found.append(f"{name}: {mail.damage}")
    body = message.replace(b"\r", b"").lstrip(b"\n").partition(b"\n\n")[2]
    words = [line for line in body.split(b"\n") if line.strip() and not NO_WORDS.match(line)]
    if words and not (mail.text or mail.html or mail.parts or mail.damage or mail.limit):
        found.append(f"{name} was lost")
    return found + _unfit(mail.subject + mail.text + mail.new_text + mail.html, name)


def _unfit(text: str, name: str) -> list[str]:
    """What no database and no page can hold."""
    try:
        text.encode()
    except UnicodeError:
        return [f"{name} has surrogates"]
    return [f"{name} has control characters"] if any(c in text for c in "\0\x1d\x1e\x1b\r") else []


@pytest.mark.endurance
@pytest.mark.once
def test_mutated_messages_are_read_and_nothing_is_lost(endurance: Endurance) -> None:
    chance = random.Random(endurance.seed)
    number = endurance.number(FULL)
    found: list[str] = []
    for _ in range(number):
        name = chance.choice(NAMES)
        message = raw(name)
        for mutate in chance.sample(MUTATIONS, chance.choice((1, 1, 2, 3))):
            message = mutate(chance, message)
            name += f" {mutate.__name__}"
        found += faults(message, name)
    endurance.report(number, "mutated messages", found)
