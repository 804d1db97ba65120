"""Makes support policies as TOML text, in the format of policy-format.md §1."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .policy_file import CLOCKS

ZONES = (
    "Africa/Casablanca",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Etc/GMT-1",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
)
HOLIDAYS = (
    "",
    "",
    "AU-NSW",
    "BR-SP",
    "CA-NL",
    "DE-BY",
    "GB-SCT",
    "IE",
    "JP",
    "MA",
    "NO",
    "NZ-CIT",
    "US",
    "US-CA",
    "WS",
)

Week = dict[str, list[str]]
Cells = dict[str, str]
# Hours with the length of a business day; between them they try every shape. No span overlaps another, nor the
# tail of a night shift.
WEEKS: tuple[tuple[Week, str], ...] = (
    ({"mon-fri": ["09:00-17:00"]}, "8 hours"),
    ({"mon-sun": ["00:00-24:00"]}, "24 hours"),
    ({"mon-fri": ["00:00-24:00"]}, "8 hours"),
    (
        {"mon-thu": ["08:30-12:00", "13:00-17:15"], "fri": ["08:30-12:00"]},
        "450 minutes",
    ),  # lunch, a short Friday
    ({"mon-fri": ["22:00-06:00"]}, "8 hours"),
    ({"mon-thu": ["09:00-12:30", "22:00-06:00"], "sun": ["22:00-06:00"]}, "10 hours"),
    ({"mon-sun": ["22:00-06:00", "06:00-14:00"]}, "7 hours"),  # a night shift that the next span adjoins
    (
        {"mon": ["23:30-01:15"], "wed": ["20:00-03:00"], "fri-sun": ["00:00-02:30", "18:00-24:00"]},
        "150 minutes",
    ),
    ({"mon-fri": ["09:00-17:00"], "sat": ["22:00-06:00"]}, "8 hours"),  # Sunday's clock change in the tail
    ({"mon-sat": ["07:00-19:00"], "sun": ["00:30-01:45", "02:10-02:50", "03:00-03:20"]}, "12 hours"),
    ({"tue": ["10:00-16:00"], "thu-sat": ["23:00-02:00"], "sun": ["02:00-03:30"]}, "3 hours"),
    ({"mon-sun": ["01:30-02:15"]}, "45 minutes"),
)
IMMEDIATELY = ("15 business minutes", "1 business hour", "30 minutes", "2 hours", "1 day", "1 business day")
UNITS = {
    "business minutes": (10, 300),
    "business hours": (1, 30),
    "business days": (1, 5),
    "minutes": (5, 2000),
    "hours": (1, 90),
    "days": (1, 20),
    "weeks": (1, 3),
    "months": (1, 2),
}
SMALLER = {"hour": ("minutes", 60), "week": ("days", 7)}
WITHOUT_LENGTH = ("as mutually agreed", "next maintenance release", "best effort")


@dataclass(frozen=True)
class MadePolicy:
    """A made policy's text, and what scenarios under it may name."""

    text: str
    time_zone: str
    tiers: tuple[str, ...]
    severities: tuple[str, ...]


def make_policy(rng: random.Random) -> MadePolicy:
    """A policy with hours, tiers, severities and pauses drawn at random."""
    time_zone = rng.choice(ZONES)
    tiers = ("standard", "premium", "elite")[: rng.randint(1, 3)]
    severities = ("P1", "P2", "P3", "P4")[: rng.randint(2, 4)]
    parts = [
        head(),
        hours(rng, time_zone),
        *(tier(code) for code in tiers),
        *severity_tables(rng, severities, tiers),
        clocks(rng),
    ]
    return MadePolicy("\n".join(parts), time_zone, tiers, severities)


def head() -> str:
    """The part that no clock depends on."""
    return """[policy]
slug = "made"
title = "Made support"
vendor = "Maker"
effective_from = 2011-01-01
languages = ["en"]
assumptions = []
"""


def hours(rng: random.Random, time_zone: str) -> str:
    """`[hours]`."""
    week, business_day = rng.choice(WEEKS)
    spans = "\n".join(f"{days} = {array(spans)}" for days, spans in week.items())
    return f"""[hours]
time_zone = "{time_zone}"
{spans}
holidays = "{rng.choice(HOLIDAYS)}"
business_day = "{business_day}"
"""


def tier(code: str) -> str:
    """One of `[[tiers]]`."""
    return f"""[[tiers]]
code = "{code}"
name = "{code.title()}"
channels = ["web", "email"]
"""


def severity_tables(rng: random.Random, severities: tuple[str, ...], tiers: tuple[str, ...]) -> list[str]:
    """All of `[[severities]]`; one in a few promises repeats the severity before it in other words: a tie."""
    tables, before = [], Cells()
    for code in severities:
        promises = {clock: promise(rng, clock) for clock in CLOCKS if rng.random() < 0.85}
        for clock, text in before.items():
            if rng.random() < 0.2:
                promises[clock] = in_other_words(text)
        tables.append(severity(rng, code, promises, tiers))
        before = promises
    return tables


def in_other_words(text: str) -> str:
    """The same length in a smaller unit, where there is one."""
    kind, _, length_text = text.partition(" ")
    for unit, (smaller, factor) in SMALLER.items():
        if unit in length_text:
            number = int(length_text.split()[0]) * factor
            return f"{kind} {number} {'business ' if 'business' in length_text else ''}{smaller}"
    return text


def severity(rng: random.Random, code: str, promises: Cells, tiers: tuple[str, ...]) -> str:
    """One of `[[severities]]`: drawn apart from its neighbours, so that a lesser one is often the stricter."""
    tables = {"promises": promises}
    for better in tiers[1:]:
        tables[f"tiers.{better}"] = {
            clock: "no promise" if clock in promises and rng.random() < 0.15 else promise(rng, clock)
            for clock in CLOCKS
            if rng.random() < 0.4
        }
    return f"""[[severities]]
code = "{code}"
name = "{code}"
definition = "Made."
{"".join(table(f"severities.{name}", cells) for name, cells in tables.items())}"""


def table(name: str, cells: Cells) -> str:
    """A table of promises."""
    return f"[{name}]\n" + "".join(f'{clock} = "{text}"\n' for clock, text in cells.items())


def promise(rng: random.Random, clock: str) -> str:
    """A promise that this clock may hold."""
    if clock == "update":
        return "best effort" if rng.random() < 0.1 else f"every {length(rng)}"
    choice = rng.random()
    if choice < 0.12:
        return "immediately"
    return rng.choice(WITHOUT_LENGTH) if choice < 0.35 else f"within {length(rng)}"


def length(rng: random.Random) -> str:
    """A number and a unit, in the right one of singular and plural."""
    unit = rng.choice(tuple(UNITS))
    number = rng.randint(*UNITS[unit])
    return f"{number} {unit.removesuffix('s') if number == 1 else unit}"


def clocks(rng: random.Random) -> str:
    """`[clocks]`: any of the four may pause."""
    pauses = [clock for clock in CLOCKS if rng.random() < 0.6]
    return f"""[clocks]
response_stops_at = "{rng.choice(("acknowledged", "work_started"))}"
immediately = "{rng.choice(IMMEDIATELY)}"
paused_while_waiting_on_customer = {array(pauses)}
"""


def array(texts: list[str]) -> str:
    """An array of strings, as TOML writes it."""
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"
