"""What can be found: each kind of thing offers a source, which decides itself what a reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db.models import Model, QuerySet

from contracts.models import Product
from knowledgebase.models.audience import Audience, Visitor


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of one thing, in the words that its readers see."""

    key: int
    audience: Audience
    title: str
    changed_at: datetime
    headings: str = ""
    text: str = ""
    product_ids: frozenset[int] = field(default_factory=frozenset)


Thing = TypeVar("Thing", bound=Model)


class Source(Protocol[Thing]):
    """One kind of thing that is found. ``kind`` stands in addresses and is for good."""

    kind: str
    label: str
    plural: str

    def indexed(self) -> QuerySet[Thing]:
        """All that belongs into the index, whoever may read it."""

    def visible(self, user: Visitor) -> QuerySet[Thing]:
        """What ``user`` may read; nothing else is ever shown."""

    def for_product(self, queryset: QuerySet[Thing], product: Product) -> QuerySet[Thing]:
        """Those of ``queryset`` that are about ``product`` or about none in particular."""

    def documents(self, queryset: QuerySet[Thing]) -> Iterable[Document]:
        """The documents of ``queryset``, for the index and for excerpts."""

    def url(self, obj: Thing) -> str:
        """Where it is read."""

    def title(self, obj: Thing) -> str:
        """What it is called."""

    def detail(self, obj: Thing) -> str:
        """A few words on where it belongs: a category, a product."""


_sources: dict[str, Source[Any]] = {}


def register(source: Source[Any]) -> None:
    """Let ``source`` be searched; a later one of the same kind takes its place."""
    _sources[source.kind] = source


def sources() -> list[Source[Any]]:
    """Those that are searched, in the order of their registration."""
    return list(_sources.values())


def source_of(kind: str) -> Source[Any] | None:
    """The source of ``kind``, if there is one."""
    return _sources.get(kind)
