"""Makes further scenarios, each under a policy of its own: other zones, years, hours, holidays and promises.

    policy_text, scenario = make(seed)

The same seed gives the same pair for good, as long as `holidays` and tzdata stay. Events are legal, in strict time
order and at whole minutes. Some are aimed: at the very instant of a due date, or a minute to either side of it.
"""

from __future__ import annotations

import random
from typing import Any

from .clocks_by_the_minute import answer_under
from .open_minutes import print_instant, read_instant
from .policy_maker import MadePolicy, make_policy
from .when_maker import make_closures, make_start

DAY = 1440
LONGEST = 45 * DAY  # from submission to now
Scenario = dict[str, Any]
Event = dict[str, Any]

# What may happen to an open ticket, and how often.
OPEN_EVENTS = {
    "acknowledged": 5,
    "work_started": 4,
    "public_reply": 7,
    "waiting_on_customer": 7,
    "customer_replied": 1,
    "workaround_provided": 3,
    "resolved": 4,
    "severity_changed": 7,
    "excluded": 1,
    "agreed": 3,
    "release_planned": 2,
}


def make(seed: int) -> tuple[str, Scenario]:
    """A policy as TOML text and one scenario under it."""
    rng = random.Random(seed)
    policy = make_policy(rng)
    start = make_start(rng, policy.time_zone)
    scenario: Scenario = {
        "policy": f"policies/made-{seed}.toml",
        "tier": rng.choice(policy.tiers),
        "closures": make_closures(rng, policy.time_zone, start),
        "now": print_instant(start),
        "events": [],
    }
    Story(rng, policy, scenario, start).tell()
    return policy.text, scenario


class Story:
    """What happens to one ticket; it keeps what decides which event may come next."""

    def __init__(self, rng: random.Random, policy: MadePolicy, scenario: Scenario, start: int) -> None:
        self.rng = rng
        self.policy = policy
        self.scenario = scenario
        self.start = self.last = start
        self.pace = rng.choice(("minutes", "hours", "hours", "days", "mixed", "mixed"))
        self.waiting = self.excluded = self.resolved = False
        self.dates: list[int] = []

    def tell(self) -> None:
        """Fill in the events and `now`."""
        self.add("submitted", self.start)
        for _ in range(self.rng.choice((0, 2, 3, 4, 5, 6, 8, 10, 12, 15))):
            at = self.next_instant()
            if at - self.start > LONGEST:
                break
            self.add(self.next_name(), at)
        self.scenario["now"] = print_instant(self.now())

    def now(self) -> int:
        """Mostly later than the last event; at its very instant, or even before it, at times."""
        choice = self.rng.random()
        if choice < 0.08:
            return self.last
        if choice < 0.13:
            return self.rng.randint(self.start, self.last)
        return min(self.next_instant(), max(self.last, self.start + LONGEST))

    def next_instant(self) -> int:
        """A while after the last event, or aimed at a date or a due instant that lies ahead."""
        if self.rng.random() < 0.2:
            aims = [due + self.rng.choice((-1, 0, 0, 0, 1)) for due in self.dates + self.due_instants()]
            ahead = [aim for aim in aims if self.last < aim <= self.start + LONGEST]
            if ahead:
                return self.rng.choice(ahead)
        pace = self.rng.choice(("minutes", "hours", "days")) if self.pace == "mixed" else self.pace
        return self.last + self.rng.randint(1, {"minutes": 45, "hours": 900, "days": 4 * DAY}[pace])

    def due_instants(self) -> list[int]:
        """When the clocks are due as the story stands, by the reference's own word."""
        so_far = {**self.scenario, "now": print_instant(self.last)}
        clocks = answer_under(self.policy.text, so_far)["clocks"]
        return [read_instant(clock["due_at"]) for clock in clocks if clock["due_at"]]

    def next_name(self) -> str:
        """An event that may come now; after a resolution only the customer's reply, if awaited, and reopening."""
        if self.resolved:
            return "customer_replied" if self.waiting and self.rng.random() < 0.3 else "reopened"
        if self.excluded and self.rng.random() < 0.6:
            return "reinstated"
        if self.waiting and self.rng.random() < 0.45:
            return "customer_replied"
        names = [name for name in OPEN_EVENTS if not (name == "excluded" and self.excluded)]
        return self.rng.choices(names, [OPEN_EVENTS[name] for name in names])[0]

    def add(self, name: str, at: int) -> None:
        """Write the event down, with what belongs to it."""
        event: Event = {"at": print_instant(at), "event": name, **self.details(name, at)}
        self.scenario["events"].append(event)
        self.last = at
        if name in ("waiting_on_customer", "customer_replied"):
            self.waiting = name == "waiting_on_customer"
        elif name in ("excluded", "reinstated"):
            self.excluded = name == "excluded"
        elif name in ("resolved", "reopened"):
            self.resolved = name == "resolved"

    def details(self, name: str, at: int) -> Event:
        """The further keys of an event (policy-format.md §4)."""
        if name in ("submitted", "severity_changed"):
            return {"severity": self.rng.choice(self.policy.severities)}
        if name == "excluded":
            return {"code": "a"}
        if name == "agreed":
            promise = self.rng.choice(("response", "workaround", "resolution", "resolution"))
            return {"promise": promise, "due": self.date(at)}
        return {"due": self.date(at)} if name == "release_planned" else {}

    def date(self, at: int) -> str:
        """A date to keep: seldom in the past, often soon enough to be missed."""
        due = at + self.rng.choice(
            (self.rng.randint(-DAY, 0), self.rng.randint(1, 2 * DAY), 12 * DAY, 6 * DAY)
        )
        self.dates.append(due)
        return print_instant(due)
