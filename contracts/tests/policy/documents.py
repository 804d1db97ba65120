"""Policy files to break: the smallest one that is whole, the three published ones, and how to write one as TOML."""

import json
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from contracts.policy import Policy
from contracts.policy_file import PolicyFaults, read_policy
from contracts.policy_reader import Fault

PUBLISHED = {
    path.stem: path.read_text(encoding="utf-8")
    for path in (Path(__file__).parents[2] / "policies").glob("*.toml")
}
REMOVED = object()
Document = dict[str, Any]


def smallest() -> Document:
    """Everything that the format requires, and nothing else."""
    return {
        "policy": {
            "slug": "small", "title": "Small support", "vendor": "Small", "effective_from": date(2026, 1, 1),
            "languages": ["en"], "assumptions": [],
        },
        "hours": {"time_zone": "UTC", "mon-fri": ["09:00-17:00"], "holidays": "", "business_day": "8 hours"},
        "tiers": [{"code": "all", "name": "All", "channels": ["web"]}],
        "severities": [
            {"code": "A", "name": "Stopped", "definition": "Work stops.",
             "promises": {"response": "within 4 business hours", "update": "every 1 day"}},
            {"code": "B", "name": "Slow", "definition": "Work is slow."},
        ],
        "clocks": {
            "response_stops_at": "acknowledged", "immediately": "15 minutes", "paused_while_waiting_on_customer": [],
        },
    }  # fmt: skip


def fullest() -> Document:
    """Every key that the format knows."""
    document = smallest()
    document["policy"] |= {"wording": "target"}
    document["severities"][0] |= {
        "tiers": {"all": {"response": "no promise", "resolution": "best effort"}},
        "suggest": {"affected_percent_at_least": 20, "workaround": False},
    }
    return document | {
        "escalations": [
            {"when": "75% used", "severities": ["A"], "promises": ["response"], "to": ["CTO"],
             "acknowledge_within": "1 hour", "then": ["CEO"], "notify": "in support hours"}
        ],
        "exclusions": [{"code": "a", "text": "Misuse."}],
        "not_provided": [{"code": "training", "text": "Training."}],
        "terms": [{"word": "Error", "text": "What fails."}],
        "request_types": [{"code": "question", "name": "A question", "clocks": False, "needs_contract": False}],
        "contacts": {
            "named_contacts": 1, "only_named_contacts": True, "training_required": True, "internal_only": True,
        },
        "standing": {"requires_current_payment": True},
        "form": {"asks": ["steps", "effect"]},
        "acceptance": {"silence_accepts_after": "5 business days", "reopen_within": "30 days"},
        "maintenance": {"notice": "3 days", "monthly_limit": "8 hours", "standing_windows": [{"sun": ["02:00-04:00"]}]},
        "availability": {"target_percent": 98.5, "excluded": [{"code": "network", "text": "The internet."}]},
    }  # fmt: skip


def changed(document: Document, path: str, value: object) -> Document:
    """The document with another value at ``severities.0.code``, or without it."""
    container: Any = document
    *way, last = path.split(".")
    for step in way:
        container = container[int(step)] if isinstance(container, list) else container[step]
    if isinstance(container, list):
        container[int(last)] = value
    elif value is REMOVED:
        del container[last]
    else:
        container[last] = value
    return document


def read(document: Document) -> Policy:
    return read_policy(as_toml(document))


def faults_of(document: Document | str) -> dict[str, Fault]:
    """The faults by path; none for a policy that is whole."""
    try:
        read_policy(document if isinstance(document, str) else as_toml(document))
    except PolicyFaults as problem:
        return {fault.path: fault for fault in problem.faults}
    return {}


def published(slug: str) -> Document:
    return tomllib.loads(PUBLISHED[slug])


def as_toml(document: Document) -> str:
    return "".join(f"{_text(key)} = {_value(value)}\n" for key, value in document.items())


def _value(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{_text(key)} = {_value(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(_value(item) for item in value) + "]"
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case date() | datetime() | time():
            return value.isoformat()
    return str(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
