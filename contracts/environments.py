"""What a product's releases are supported on (VK2): for its page, and to measure a reported environment against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from contracts.models import Environment, Product, Release
from contracts.models.products import EnvironmentKind
from contracts.phrasing import short_date
from contracts.versions import place_of

KINDS = [kind.value for kind in EnvironmentKind]


@dataclass(frozen=True, slots=True)
class Row:
    """One environment in words. ``until`` is the last day of support, "" while none is set."""

    name: str
    versions: str
    note: str
    until: str


@dataclass(frozen=True, slots=True)
class Group:
    """The environments of one kind."""

    kind: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring releases that are supported on the same, the newest first; no version: releases do not matter."""

    versions: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def title(self) -> str:
        """As in "6.1 to 6.3"."""
        return " to ".join(dict.fromkeys([self.versions[-1], self.versions[0]])) if self.versions else ""

    @property
    def anchor(self) -> str:
        return f"release-{self.versions[0]}" if self.versions else ""


def products_with_environments() -> QuerySet[Product]:
    """Those whose supported environments were ever listed, by name."""
    return Product.objects.filter(Exists(Environment.objects.filter(product=OuterRef("pk")))).order_by("name")


def spans_of(product: Product, at: datetime) -> list[Span]:
    """What each published release of ``product`` is supported on, the newest first."""
    known = list(Environment.objects.filter(product=product).at(at))
    versions = published_versions(product, at)
    if not versions:
        return [Span((), grouped(known))]
    found: list[Span] = []
    for version in versions:
        groups = grouped(row for row in known if row.holds_for(version))
        if found and found[-1].groups == groups:
            found[-1] = Span((*found[-1].versions, version), groups)
        else:
            found.append(Span((version,), groups))
    return found


def published_versions(product: Product, at: datetime) -> list[str]:
    """The versions of ``product`` that are out, the newest first."""
    out = Release.objects.filter(product=product, published_at__lte=at).order_by()
    return sorted(out.values_list("version", flat=True), key=place_of, reverse=True)


def environments_for(product: Product, version: str, at: datetime) -> tuple[str, list[Environment]]:
    """The version that is measured, and what it is supported on; nothing where nothing is known of ``product``.

    Where an installation's version is not known, as of hosted ones, it is the newest that is out.
    """
    known = list(Environment.objects.filter(product=product).at(at))
    if known and not version:
        version = next(iter(published_versions(product, at)), "")
    found = [row for row in known if row.holds_for(version)]
    return version, sorted(found, key=lambda row: KINDS.index(row.kind))


@dataclass(frozen=True, slots=True)
class Measured:
    """An environment that was reported, against the list for a release; ``None`` where there is no list."""

    said: str
    release: str = ""
    is_supported: bool | None = None
    unlisted: tuple[str, ...] = ()


def measured(names: Iterable[str], *, product: Product, version: str, at: datetime) -> Measured:
    """What was given, each part against what ``version`` of ``product`` is supported on at ``at`` (VK2)."""
    given = tuple(dict.fromkeys(filter(None, (" ".join(name.split()) for name in names))))
    if not given:
        return Measured("")
    release, known = environments_for(product, version, at)
    if not known:
        return Measured(", ".join(given))
    unlisted = tuple(name for name in given if not is_among(name, known))
    return Measured(", ".join(given), release, not unlisted, unlisted)


def is_among(name: str, environments: Iterable[Environment]) -> bool:
    """Whether what somebody typed is one of ``environments``, written alike but for case and white space."""
    typed = _alike(name)
    return any(
        typed in {_alike(each.name), _alike(str(each)), _alike(_spoken(each))} for each in environments
    )


def grouped(environments: Iterable[Environment]) -> tuple[Group, ...]:
    """``environments`` by their kind."""
    rows = list(environments)
    found = ((kind.label, tuple(_row(row) for row in rows if row.kind == kind)) for kind in EnvironmentKind)
    return tuple(Group(kind, rows_of) for kind, rows_of in found if rows_of)


def every_version(spans: Sequence[Span]) -> list[tuple[str, str]]:
    """Each version with the place on the page where it stands."""
    return [(version, span.anchor) for span in spans for version in span.versions]


def _row(row: Environment) -> Row:
    return Row(row.name, row.versions, row.note, short_date(row.ended_on) if row.ended_on else "")


def _spoken(row: Environment) -> str:
    """As people write it, as in "Windows Server 2019"."""
    return f"{row.name} {row.versions}"


def _alike(text: str) -> str:
    return " ".join(text.casefold().split())
