"""For whom an article is, about what, and whose it is: what may be, and the rows of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.models import Product, Release, User
from contracts.refusals import Refused
from knowledgebase.models import Article, ArticleProduct
from knowledgebase.models.audience import Audience


@dataclass(frozen=True, slots=True)
class About:
    """A product that an article is about, from one release until another; both included, ``None``: no bound."""

    product: Product
    from_release: Release | None = None
    until_release: Release | None = None

    def __str__(self) -> str:
        first, last = self.from_release, self.until_release
        if first == last and first is not None:
            return f"{self.product} {first.version}"
        since = f" from {first.version}" if first else ""
        until = f" until {last.version}" if last else ""
        return f"{self.product}{since}{until}"


def check_audience(audience: str, products: Sequence[About]) -> None:
    """Raise ``Refused`` unless an article may be for ``audience`` and about ``products``."""
    if audience not in Audience:
        raise Refused(f"{audience!r} is no audience; choose one of the list.", field="audience")
    if audience == Audience.PRODUCT and not products:
        raise Refused("Choose the products whose customers may read it.", field="products")
    if len({about.product.pk for about in products}) < len(products):
        raise Refused("Each product can be chosen once.", field="products")
    for about in products:
        _check_releases(about)


def check_owner(owner: User) -> None:
    """Raise ``Refused`` unless ``owner`` is staff who can sign in: they are the one to look an article through."""
    if not (owner.is_staff and owner.is_active):
        raise Refused(f"{owner} is not staff, or cannot sign in. Choose somebody else.", field="owner")


def products_of(article: Article) -> list[About]:
    """What the article is about, by the products' names."""
    rows = article.article_products.select_related("product", "from_release", "until_release")
    return [About(row.product, row.from_release, row.until_release) for row in rows.order_by("product__name")]


def put_products(article: Article, products: Sequence[About]) -> None:
    """Have the article be about ``products`` and no others."""
    article.article_products.all().delete()
    ArticleProduct.objects.bulk_create(
        ArticleProduct(
            article=article,
            product=about.product,
            from_release=about.from_release,
            until_release=about.until_release,
        )
        for about in products
    )


def _check_releases(about: About) -> None:
    for release in (about.from_release, about.until_release):
        if release is not None and release.product_id != about.product.pk:
            raise Refused(f"{release} is no release of {about.product}.", field="products")
    first, last = about.from_release, about.until_release
    if first and last and first != last and _order(first) > _order(last):
        raise Refused(f"{first} is later than {last}; exchange the two.", field="products")


def _order(release: Release) -> tuple[tuple[int, int, str], ...]:
    """A release's place among those of its product: the parts of its version, numbers as numbers."""
    parts = release.version.replace("-", ".").split(".")
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
