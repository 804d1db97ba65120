"""A list of requests for enhancement, the most wanted first: what an address asks for, and one page of it by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from contracts.models import Product
from tickets.models import EnhancementRequest
from tickets.models.enhancement import EnhancementQuerySet, Wish

ROWS = 25
SHOWS = {
    "": "All",
    Wish.OPEN.value: "Open",
    Wish.PLANNED.value: "Planned",
    Wish.DONE.value: "Done",
    Wish.DECLINED.value: "Declined",
}
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for. Names come from tables; anything else is the default."""

    products: Sequence[Product]
    product: Product | None
    show: str
    after: Key | None

    def address(self, **changed: str) -> str:
        """The query string of this list with something changed; from its first page unless that is given."""
        known = {"product": self.product.slug if self.product else "", "show": self.show, **changed}
        return "?" + urlencode({name: value for name, value in known.items() if value})

    @property
    def shows(self) -> list[tuple[str, str, str]]:
        """Each state with its word and its address."""
        return [(key, label, self.address(show=key)) for key, label in SHOWS.items()]

    @property
    def by_product(self) -> list[tuple[Product, str]]:
        """Each product with its address."""
        return [(product, self.address(product=product.slug)) for product in self.products]

    @property
    def every_product(self) -> str:
        return self.address(product="")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: its rows, and the query strings of the first and of the next one, ``""`` for none."""

    wanted: Wanted
    rows: Sequence[EnhancementRequest]
    first: str
    next: str


def listed(visible: EnhancementQuerySet, asked: QueryDict) -> Listed:
    """The page of ``visible`` that ``asked`` names: ``product``, ``show`` a state, ``after`` the row before."""
    wanted = _read(visible, asked)
    found = _page_of(visible, wanted)
    return Listed(
        wanted,
        found[:ROWS],
        first=wanted.address() if wanted.after else "",
        next=wanted.address(after=_key(found[ROWS - 1])) if len(found) > ROWS else "",
    )


def _read(visible: EnhancementQuerySet, asked: QueryDict) -> Wanted:
    with_some = visible.order_by().values("product")
    products = list(Product.objects.filter(pk__in=with_some).order_by("name"))
    return Wanted(
        products=products,
        product=next((each for each in products if each.slug == asked.get("product", "")), None),
        show=asked.get("show", "") if asked.get("show", "") in SHOWS else "",
        after=_read_key(asked.get("after", "")),
    )


def _page_of(visible: EnhancementQuerySet, wanted: Wanted) -> list[EnhancementRequest]:
    """The rows of the page, and one more where there is a next page."""
    found = visible.filter(state=wanted.show) if wanted.show else visible
    if wanted.product:
        found = found.filter(product=wanted.product)
    if wanted.after:
        votes, pk = wanted.after
        found = found.filter(votes__lte=votes).filter(Q(votes__lt=votes) | Q(pk__lt=pk))
    ordered = found.select_related("product", "release").most_wanted_first()
    return list(ordered[: ROWS + 1])


def _key(row: EnhancementRequest) -> str:
    return f"{row.votes}_{row.pk}"


def _read_key(key: str) -> Key | None:
    """The place that ``key`` names; ``None`` for the start, and for what was not made by ``_key``."""
    votes, _, pk = key.partition("_")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 9 for part in (votes, pk)):
        return None
    return int(votes), int(pk)
