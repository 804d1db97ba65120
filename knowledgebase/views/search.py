"""/kb/search/?q=: articles, questions and releases, found by their words."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracts.freshness import asked_page
from contracts.models import Product
from knowledgebase.models.audience import Visitor
from knowledgebase.search.finding import Found, search
from knowledgebase.search.sources import sources
from knowledgebase.services.fruitless import record_fruitless

LONGEST = 200
# Nobody reads on for so long, and each page costs as much as those before it.
LAST_PAGE = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; names that mean nothing are left out."""

    q: str
    product: Product | None = None
    kind: str = ""
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether only a part of everything is looked at."""
        return self.product is not None or bool(self.kind)

    def address(self, **changed: str | int) -> str:
        """The query string of this search with something changed, from its first page unless that is given."""
        known = {
            "q": self.q,
            "product": self.product.slug if self.product else "",
            "kind": self.kind,
            **changed,
        }
        return "?" + urlencode({name: value for name, value in known.items() if value})


@asked_page
def search_page(request: HttpRequest) -> HttpResponse:
    """One page of what is found, or the box alone."""
    products = list(Product.objects.order_by("name"))
    wanted = read(request, products)
    context = {
        "wanted": wanted,
        "products": products,
        "kinds": sources(),
        **results(request.user, wanted, timezone.now()),
    }
    return render(request, "knowledgebase/search.html", context)


def read(request: HttpRequest, products: list[Product]) -> Wanted:
    """What the address asks for."""
    asked = request.GET
    kinds = {source.kind for source in sources()}
    return Wanted(
        q=asked.get("q", "").replace("\0", "").strip()[:LONGEST],
        product=next((product for product in products if product.slug == asked.get("product")), None),
        kind=asked["kind"] if asked.get("kind") in kinds else "",
        page=_page(asked.get("page", "")),
    )


def results(user: Visitor, wanted: Wanted, at: datetime) -> dict[str, object]:
    """What ``user`` finds, with the addresses of the pages before and after; what is found in vain is counted."""
    found = _found(user, wanted, at)
    is_last = wanted.page >= LAST_PAGE
    return {
        "found": found,
        "before": wanted.address(page=wanted.page - 1) if wanted.page > 1 else "",
        "after": wanted.address(page=wanted.page + 1) if found.has_more and not is_last else "",
    }


def _found(user: Visitor, wanted: Wanted, at: datetime) -> Found:
    if not wanted.q:
        return Found()
    found = search(user, wanted.q, product=wanted.product, kind=wanted.kind, page=wanted.page, at=at)
    if not found.results and wanted.page == 1 and not wanted.is_narrowed:
        record_fruitless(words=wanted.q, product=None, at=at)
    return found


def _page(typed: str) -> int:
    return min(max(int(typed), 1), LAST_PAGE) if typed.isdecimal() and len(typed) <= 4 else 1
