"""The public pages of supported environments: per product, what each of its releases runs on."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contracts.environments import every_version, products_with_environments, spans_of
from contracts.freshness import etag, not_modified, public_page, with_etag
from contracts.notices import closure_notices


@public_page
def environments(request: HttpRequest) -> HttpResponse:
    """The products whose supported environments are known."""
    now = timezone.now()
    products, closures = list(products_with_environments()), closure_notices(now)
    tag = etag(request, [(product.name, product.slug) for product in products], closures)
    context = {
        "products": products,
        "closures": closures,
        "canonical": settings.SITE_URL + reverse("environments"),
    }
    return not_modified(request, tag) or with_etag(
        render(request, "contracts/environments.html", context), tag
    )


@public_page
def product_environments(request: HttpRequest, slug: str) -> HttpResponse:
    """What each release of one product is supported on; 404 where nothing is known of it."""
    now = timezone.now()
    product = products_with_environments().filter(slug=slug).first()
    if product is None:
        raise Http404("No supported environments are known of such a product.")
    spans, closures = spans_of(product, now), closure_notices(now)
    tag = etag(request, product.name, spans, closures)
    context = {
        "product": product,
        "spans": spans,
        "versions": every_version(spans),
        "closures": closures,
        "canonical": settings.SITE_URL + reverse("product_environments", args=[product.slug]),
    }
    return not_modified(request, tag) or with_etag(
        render(request, "contracts/product_environments.html", context), tag
    )
