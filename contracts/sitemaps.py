"""Parts of the sitemap; each app offers its own, the roof lists them."""

from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from contracts.environments import products_with_environments
from contracts.generic import Sitemap
from contracts.models import PolicyVersion

Item = TypeVar("Item")


class Part(Sitemap[Item]):
    """Addresses of this site, named by the setting and not by the request."""

    # Far below the fifty thousand that are allowed, so that one answer stays small.
    limit = 5_000

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class Policies(Part[str]):
    """The policies, each at the address of its version in force."""

    def items(self) -> list[str]:
        slugs = PolicyVersion.objects.order_by("slug").values_list("slug", flat=True).distinct()
        return [reverse("policies"), *(reverse("policy", args=[slug]) for slug in slugs)]

    def location(self, item: str) -> str:
        return item


class Environments(Part[str]):
    """What each product is supported on."""

    def items(self) -> list[str]:
        slugs = products_with_environments().values_list("slug", flat=True)
        return [reverse("environments"), *(reverse("product_environments", args=[slug]) for slug in slugs)]

    def location(self, item: str) -> str:
        return item


PARTS: dict[str, type[Part[Any]]] = {"policies": Policies, "environments": Environments}
