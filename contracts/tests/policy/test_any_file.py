"""Whatever a file holds, it is read or refused with its faults: no other exception leaves the reader."""

import copy
import tomllib
from datetime import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.policy_file import PolicyFaults, decode_policy, read_policy
from contracts.tests.policy.documents import PUBLISHED, Document, as_toml, fullest

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    [
        "within 4 business hours",
        "every 1 week",
        "no promise",
        "22:00-06:00",
        "24:00-00:00",
        "US",
        "UTC",
        "web",
        "missed",
    ]
)
scalars = texts | st.booleans() | st.integers() | st.floats() | st.dates() | st.times()
KEYS = [
    "policy",
    "hours",
    "tiers",
    "severities",
    "clocks",
    "code",
    "name",
    "mon-fri",
    "sun",
    "tiers",
    "promises",
    "update",
]
keys = st.sampled_from(KEYS) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
)
documents = st.dictionaries(keys, values, max_size=6)


def refused_or_read(text: str) -> None:
    """Every fault of a refused text says where, what stands there and what may."""
    try:
        read_policy(text)
    except PolicyFaults as problem:
        assert problem.faults  # noqa: PT017 -- either may happen
        assert all(fault.path and fault.found and fault.allowed for fault in problem.faults)  # noqa: PT017 -- a spoilt file may be read or refused


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [place for key, inner in items for place in [(value, key), *places(inner)]]


@st.composite
def spoilt(draw: st.DrawFn, document: Document) -> Document:
    """The document with up to four values replaced or taken out, or keys put in."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 4))):
        container, key = draw(st.sampled_from(places(changed)))
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove":
                del container[key]
            case "add" if isinstance(container, dict):
                container[draw(keys)] = draw(values)
            case _:
                container[key] = draw(values)
    return changed


@given(documents)
def test_a_document_of_anything_is_refused_with_its_faults(document: Document) -> None:
    refused_or_read(as_toml(document))


@given(st.data(), st.sampled_from(sorted(PUBLISHED)))
def test_a_spoilt_policy_is_read_or_refused_with_its_faults(data: st.DataObject, slug: str) -> None:
    refused_or_read(as_toml(data.draw(spoilt(tomllib.loads(PUBLISHED[slug])))))


@given(spoilt(fullest()))
def test_a_spoilt_file_that_uses_every_key_is_read_or_refused_with_its_faults(document: Document) -> None:
    refused_or_read(as_toml(document))


@given(st.data(), st.sampled_from(sorted(PUBLISHED)))
def test_a_policy_with_a_hole_in_its_text_is_read_or_refused_with_its_faults(
    data: st.DataObject, slug: str
) -> None:
    text = PUBLISHED[slug]
    start = data.draw(st.integers(0, len(text)))
    refused_or_read(text[:start] + data.draw(texts) + text[start + data.draw(st.integers(0, 200)) :])


@given(st.text())
def test_any_text_is_refused_with_its_faults(text: str) -> None:
    refused_or_read(text)


@given(st.binary())
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    try:
        refused_or_read(decode_policy(content))
    except PolicyFaults as problem:
        assert "not UTF-8" in str(problem)  # noqa: PT017 -- either may happen


def test_what_the_documents_here_are_written_as_is_toml() -> None:
    assert tomllib.loads(as_toml(fullest() | {"at": time(9, 30)})) == fullest() | {"at": time(9, 30)}
