"""The components of products (AT16): added, changed, retired; never deleted, for history names them."""

from datetime import datetime

from django.db import transaction

from contracts.models import Component, MaintenanceWindow, Outage, Product, User
from contracts.models.components import Audience
from contracts.models.upkeep import OPEN
from contracts.refusals import Refused
from contracts.services.rows import others


@transaction.atomic
def save_component(
    *,
    component: Component | None = None,
    product: Product,
    name: str,
    slug: str,
    description: str = "",
    carries_target: bool,
    audience: str,
    position: int = 0,
    actor: User | None,
    at: datetime,
) -> Component:
    """A component of ``product``, or ``component`` changed; of which product it is stays.

    Refused for a name or an address that the product has already. Whether it counts for availability stays once a
    window or an outage names it: months that were reported would come out otherwise.
    """
    name, description, slug = " ".join(name.split()), " ".join(description.split()), slug.strip()
    if component is not None:
        component = Component.objects.select_for_update(of=("self",)).get(pk=component.pk)
        if component.product_id != product.pk:
            raise Refused(f"It is one of {component.product}; add another for {product}.", field="product")
    rest = others(Component.objects.filter(product=product), component)
    for field, value in (("name", name), ("slug", slug)):
        if not value:
            raise Refused(f"Enter the component's {field}.", field=field)
        if rest.filter(**{f"{field}__iexact": value}).exists():
            raise Refused(
                f"Another component of {product} has the {field} {value} already; choose another.",
                field=field,
            )
    if audience not in Audience:
        raise Refused(f"{audience!r} is no audience; choose one of the list.", field="audience")
    if component is not None and carries_target != component.carries_target and _is_named(component):
        raise Refused(
            "Windows or outages name it, so this stays as it is: retire it, and add another that counts otherwise.",
            field="carries_target",
        )
    component = component or Component()
    component.product, component.name, component.slug = product, name, slug
    component.description, component.position = description, position
    component.carries_target, component.audience = carries_target, Audience(audience)
    component.save()
    return component


@transaction.atomic
def retire_component(*, component: Component, actor: User | None, at: datetime) -> Component:
    """Take a component out of service for good. Refused while it is down or a window of it is not over."""
    component = Component.objects.select_for_update(of=("self",)).get(pk=component.pk)
    if component.retired_at is not None:
        raise Refused(f"{component} is retired already.")
    if window := MaintenanceWindow.objects.filter(OPEN, components=component).order_by("starts_at").first():
        raise Refused(f"“{window}” is not over; finish or cancel it first.", field="retire")
    if outage := Outage.objects.running().filter(components=component).first():
        raise Refused(f"“{outage}” is not over; end it first.", field="retire")
    component.retired_at = at
    component.save(update_fields=["retired_at"])
    return component


def _is_named(component: Component) -> bool:
    return component.windows.exists() or component.outages.exists()
