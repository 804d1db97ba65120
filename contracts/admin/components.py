"""The parts of products that the vendor runs; retired, never deleted."""

from datetime import datetime

from django.contrib import admin

from contracts.admin.base import Typed, VerbAdmin
from contracts.admin.forms import AddComponentForm, ComponentForm
from contracts.models import Component, User
from contracts.services.components import retire_component, save_component


@admin.register(Component)
class ComponentAdmin(VerbAdmin[Component]):
    """What can be down; of which product it is stays."""

    add_form = AddComponentForm
    form = ComponentForm
    add_fields = ("product", "name", "slug", "description", "carries_target", "audience", "position")
    change_fields = ("name", "slug", "description", "carries_target", "audience", "position", "retire")
    fixed_fields = ("product",)
    view_fields = (*add_fields, "retired_at")
    prepopulated_fields = {"slug": ("name",)}
    list_display = ("name", "product", "carries_target", "audience", "position", "retired_at")
    list_filter = ("product", "audience", "carries_target")
    list_select_related = ("product",)
    search_fields = ("name", "product__name")

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Component:
        return save_component(**typed, actor=actor, at=at)

    def change(self, row: Component, typed: Typed, *, actor: User, at: datetime) -> Component:
        retire = typed.pop("retire")
        saved = save_component(component=row, product=row.product, **typed, actor=actor, at=at)
        if retire and saved.retired_at is None:
            return retire_component(component=saved, actor=actor, at=at)
        return saved
