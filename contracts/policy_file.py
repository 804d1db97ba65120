"""From the TOML text of a policy file to a :class:`~contracts.policy.Policy`, or to its faults.

Every section is read (:mod:`contracts.policy_sections`), whatever is wrong in those before it, so that one reading
lists every fault of the file.
"""

import tomllib
from collections.abc import Iterable
from functools import lru_cache

from contracts.policy import Policy
from contracts.policy_reader import CODE, Fault, Table, unique
from contracts.policy_sections import (
    CLOCKS,
    STAND_IN,
    read_availability,
    read_clauses,
    read_contacts,
    read_escalation,
    read_hours,
    read_maintenance,
    read_request_types,
    read_severity,
    read_terms,
    read_tier,
)
from contracts.policy_sense import check_open_time, warnings_of
from contracts.sla.events import ClockName, EventKind
from contracts.sla.promises import LENGTH_HINT, read_length

WORDINGS = ("target", "commitment")


class PolicyFaults(ValueError):  # noqa: N818 -- carries many
    """A file that breaks the format, with every fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@lru_cache(maxsize=64)
def read_policy(text: str) -> Policy:
    """The policy of a TOML text. Raises :class:`PolicyFaults` listing every fault of the file."""
    root = Table("", _parsed(text), [])
    policy = _policy(root)
    if not root.faults:
        check_open_time(root, policy)
    if root.faults:
        raise PolicyFaults(root.faults)
    return policy


def decode_policy(content: bytes) -> str:
    """The text of an uploaded file. Raises :class:`PolicyFaults` when it is not UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        fault = Fault("(file)", f"byte {problem.start} that is not UTF-8", "a text file saved as UTF-8")
        raise PolicyFaults([fault]) from None


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        raise PolicyFaults(
            [Fault("(file)", f"text that is not TOML: {problem}", "a TOML document")]
        ) from None


def _policy(root: Table) -> Policy:
    head = root.table("policy", required=True)
    tiers = root.tables("tiers", required=True)
    severities = root.tables("severities", required=True)
    tier_codes = _codes(tiers)
    severity_codes = _codes(severities)
    clocks = root.table("clocks", required=True)
    acceptance = root.table("acceptance")
    form = root.table("form")
    standing = root.table("standing")
    unique(tiers, "code")
    unique(severities, "code")
    severities_read = tuple(read_severity(table, tier_codes) for table in severities)
    policy = Policy(
        slug=head.code("slug"),
        title=head.text("title"),
        vendor=head.text("vendor"),
        effective_from=head.day("effective_from"),
        languages=head.texts("languages", required=True, least=1, allowed='languages, as in ["en"]'),
        assumptions=head.texts("assumptions", required=True),
        wording=head.choice("wording", WORDINGS),
        hours=read_hours(root.table("hours", required=True)),
        tiers=tuple(read_tier(table) for table in tiers),
        severities=severities_read,
        response_stops_at=EventKind(
            clocks.choice(
                "response_stops_at", ("acknowledged", "work_started"), "acknowledged", required=True
            )
        ),
        immediately=clocks.parsed("immediately", read_length, LENGTH_HINT, required=True) or STAND_IN,
        paused_while_waiting=frozenset(
            ClockName(name)
            for name in clocks.texts("paused_while_waiting_on_customer", CLOCKS, required=True)
            if name in CLOCKS
        ),
        escalations=tuple(read_escalation(t, severity_codes) for t in root.tables("escalations")),
        exclusions=read_clauses(root.tables("exclusions")),
        not_provided=read_clauses(root.tables("not_provided")),
        terms=read_terms(root.tables("terms")),
        request_types=read_request_types(root.tables("request_types")),
        asks=form.texts("asks", ("steps", "effect")),
        contacts=read_contacts(root.table("contacts")),
        requires_current_payment=standing.flag("requires_current_payment"),
        maintenance=read_maintenance(root.table("maintenance")),
        availability=read_availability(root),
        silence_accepts_after=acceptance.parsed("silence_accepts_after", read_length, LENGTH_HINT),
        reopen_within=acceptance.parsed("reopen_within", read_length, LENGTH_HINT),
        warnings=warnings_of(severities_read, tier_codes),
    )
    for table in (root, head, clocks, acceptance, form, standing):
        table.finish()
    return policy


def _codes(tables: list[Table]) -> frozenset[str]:
    found = (table.values.get("code") for table in tables)
    return frozenset(code for code in found if isinstance(code, str) and CODE.fullmatch(code))
