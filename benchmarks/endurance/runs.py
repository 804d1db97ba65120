"""The runs on a whole portal: people file while processes are killed, and many people file at once."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from benchmarks.endurance.people import Diary, Person
from benchmarks.endurance.victim import Victim
from portal.tests.servers import Server, wait_until

FILERS = 6
# One kill in five meets a portal that is still coming back; the others one at which people file again.
AT_ONCE = 0.2


@dataclass
class Outcome:
    """What people saw and what the database held afterwards."""

    diary: Diary
    audit: dict[str, Any]

    def faults(self) -> Iterator[str]:
        """Acknowledged and lost or changed, there twice, unsound, or a person who got no answer."""
        yield from self.diary.faults
        yield from self.audit["faults"]
        kept: dict[str, str] = {}
        for number, subject in self.audit["tickets"]:
            if subject in kept:
                yield f"{subject} is there twice, as {kept[subject]} and {number}"
            kept[subject] = number
        for subject, number in self.diary.filed.items():
            if kept.get(subject) != number:
                yield f"{subject} was acknowledged as {number} and is {kept.get(subject, 'lost')}"

    def server_errors(self) -> int:
        """How many answers were 5xx."""
        return sum(count for status, count in self.diary.statuses.items() if status >= 500)


def kill_while_people_file(server: Server, *, number: int, seed: int) -> tuple[Outcome, Counter[str]]:
    """``number`` kills of drawn processes while some people file; the outcome, and how often each role died."""
    drawn, diary, enough = random.Random(seed), Diary(), threading.Event()
    people = people_of(server, FILERS, diary)
    victim, killed = Victim(server), Counter[str]()
    with ThreadPoolExecutor(FILERS) as pool:
        at_it = [pool.submit(person.file_until, enough) for person in people]
        try:
            for _ in range(number):
                wait_for_work(victim, diary, drawn)
                killed[victim.kill(drawn)] += 1
                time.sleep(drawn.uniform(0.0, 0.5))
            victim.wait_until_served()
        finally:
            enough.set()
        for each in at_it:
            each.result()
    return Outcome(diary, inside(server, "audit")), killed


def wait_for_work(victim: Victim, diary: Diary, drawn: random.Random) -> None:
    """Until some tickets more have been filed, mostly; then until a moment within a filing."""
    wanted = len(diary.filed) + (drawn.randint(1, FILERS) if drawn.random() >= AT_ONCE else 0)

    def at_work() -> bool:
        victim.revive()
        return len(diary.filed) >= wanted or bool(diary.faults)

    wait_until(at_work, "people to file tickets again")
    time.sleep(drawn.uniform(0.0, 0.3))


def many_file_at_once(server: Server, *, tickets: int, people: int) -> Outcome:
    """So many filings by so many people at once, each with a connection of their own."""
    diary, never = Diary(), threading.Event()
    everybody = people_of(server, people, diary)
    Victim(server)
    with ThreadPoolExecutor(people) as pool:
        at_it = [
            pool.submit(person.file_until, never, tickets // people + (place < tickets % people))
            for place, person in enumerate(everybody)
        ]
        for each in at_it:
            each.result()
    return Outcome(diary, inside(server, "audit"))


def people_of(server: Server, count: int, diary: Diary) -> list[Person]:
    """So many contacts of a new database, signed in."""
    staged = inside(server, "stage", str(count))
    return [
        Person(f"p{place}", server.port, {staged["cookie"]: who["session"]}, who["address"], diary)
        for place, who in enumerate(staged["people"])
    ]


def inside(server: Server, *arguments: str) -> dict[str, Any]:
    """What `benchmarks.endurance.inside` answers in the environment of this portal."""
    server.data_dir.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.endurance.inside", *arguments]
    done = subprocess.run(command, env=server.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
