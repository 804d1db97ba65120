"""What search engines find of the roof's own pages: status, maintenance, and the public windows that are not over."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from contracts.models import MaintenanceWindow
from contracts.models.upkeep import OPEN
from contracts.sitemaps import Part


class Upkeep(Part[str]):
    """What works, and what will stop; what is over leads nobody anywhere."""

    def items(self) -> list[str]:
        windows = MaintenanceWindow.objects.visible_to(AnonymousUser()).filter(OPEN).order_by("pk")
        addresses = [
            reverse("maintenance_window", args=[key]) for key in windows.values_list("pk", flat=True)
        ]
        return [reverse("status"), reverse("maintenance"), *addresses]

    def location(self, item: str) -> str:
        return item


PARTS: dict[str, type[Part[Any]]] = {"upkeep": Upkeep}
