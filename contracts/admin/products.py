"""Products and where customers run them; releases are planned on the floor above, since they move tickets."""

from datetime import datetime

from django.contrib import admin

from contracts.admin.base import ReadOnlyAdmin, Typed, VerbAdmin
from contracts.admin.forms import AddDeploymentForm, DeploymentForm, EnvironmentForm, ProductForm
from contracts.models import Deployment, Environment, Product, Release, User
from contracts.services.environments import save_environment
from contracts.services.products import add_deployment, save_deployment, save_product


@admin.register(Product)
class ProductAdmin(VerbAdmin[Product]):
    """What is sold."""

    add_form = form = ProductForm
    add_fields = change_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    list_display = ("name", "slug")
    search_fields = ("name",)

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Product:
        return save_product(name=typed["name"], slug=typed["slug"], actor=actor, at=at)

    def change(self, row: Product, typed: Typed, *, actor: User, at: datetime) -> Product:
        return save_product(product=row, name=typed["name"], slug=typed["slug"], actor=actor, at=at)


@admin.register(Deployment)
class DeploymentAdmin(VerbAdmin[Deployment]):
    """Where a customer runs a product; whose and of what stays."""

    add_form = AddDeploymentForm
    form = DeploymentForm
    add_fields = ("customer", "product", "name", "kind", "version")
    change_fields = ("name", "kind", "version")
    fixed_fields = ("customer", "product")
    autocomplete_fields = ("customer", "product")
    list_display = ("name", "customer", "product", "kind", "version")
    list_filter = ("kind", "product")
    list_select_related = ("customer", "product")
    search_fields = ("name", "customer__name", "product__name")

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Deployment:
        return add_deployment(
            customer=typed["customer"],
            product=typed["product"],
            name=typed["name"],
            kind=typed["kind"],
            version=typed["version"],
            actor=actor,
            at=at,
        )

    def change(self, row: Deployment, typed: Typed, *, actor: User, at: datetime) -> Deployment:
        return save_deployment(
            deployment=row,
            name=typed["name"],
            kind=typed["kind"],
            version=typed["version"],
            actor=actor,
            at=at,
        )


@admin.register(Environment)
class EnvironmentAdmin(VerbAdmin[Environment]):
    """What releases are supported on; of which product stays."""

    add_form = form = EnvironmentForm
    change_fields = ("kind", "name", "versions", "note", "from_release", "until_release", "ended_on")
    add_fields = ("product", *change_fields)
    fixed_fields = ("product",)
    list_display = ("name", "versions", "kind", "product", "from_release", "until_release", "ended_on")
    list_filter = ("product", "kind")
    list_select_related = ("product", "from_release__product", "until_release__product")
    search_fields = ("name", "versions", "product__name")

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Environment:
        return save_environment(**typed, actor=actor, at=at)

    def change(self, row: Environment, typed: Typed, *, actor: User, at: datetime) -> Environment:
        return save_environment(environment=row, product=row.product, **typed, actor=actor, at=at)


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin[Release]):
    """Releases, to look at; the floor above registers its own page in place of this one."""

    list_display = ("version", "product", "kind", "planned_at", "published_at")
    list_filter = ("product", "kind")
    list_select_related = ("product",)
    search_fields = ("version", "product__name")
