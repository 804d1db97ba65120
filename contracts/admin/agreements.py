"""Contracts, and the record of their standing. Standing is changed on the floor above, since it moves tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Field, ManyToManyField
from django.http import HttpRequest

from contracts.admin.base import ReadOnlyAdmin, Typed, VerbAdmin
from contracts.admin.forms import AmendContractForm, SignContractForm
from contracts.calendar_rows import policy_of
from contracts.generic import TabularInline
from contracts.models import Contract, StandingChange, User
from contracts.services.contracts import amend_contract, sign_contract


class StandingInline(TabularInline[StandingChange, Contract]):
    """How the standing has changed, below its contract."""

    model = StandingChange
    fields = readonly_fields = ("changed_at", "standing", "reason", "changed_by")
    extra = 0
    can_delete = False
    verbose_name_plural = "changes of standing"

    def has_add_permission(self, request: HttpRequest, obj: Contract | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Contract | None = None) -> bool:
        return False


@admin.register(Contract)
class ContractAdmin(VerbAdmin[Contract]):
    """Contracts: signed, amended; their policy version stays for good."""

    add_title = "Sign a contract"
    add_form = SignContractForm
    form = AmendContractForm
    change_fields = AmendContractForm.Meta.fields
    add_fields = ("customer", "plan", "order_reference", "ordered_on", "starts_on", *change_fields)
    fixed_fields = (
        "customer",
        "policy_version",
        "tier_name",
        "order_reference",
        "ordered_on",
        "starts_on",
        "standing",
        "standing_reason",
        "standing_since",
    )
    autocomplete_fields = ("customer",)
    list_display = (
        "order_reference",
        "customer",
        "policy_version",
        "tier",
        "starts_on",
        "ends_on",
        "standing",
    )
    list_filter = ("standing", "policy_version")
    list_select_related = ("customer", "policy_version")
    search_fields = ("order_reference", "customer__name")

    def get_inlines(
        self, request: HttpRequest, obj: Contract | None
    ) -> list[type[InlineModelAdmin[Any, Any]]]:
        return [StandingInline] if obj else []

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Boxes to tick, without the signs that open another window."""
        if isinstance(db_field, ManyToManyField):
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="tier")
    def tier_name(self, contract: Contract) -> str:
        return policy_of(contract.policy_version).tier(contract.tier).name

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Contract:
        policy_slug, tier = typed["plan"]
        return sign_contract(
            customer=typed["customer"],
            policy_slug=policy_slug,
            tier=tier,
            order_reference=typed["order_reference"],
            ordered_on=typed["ordered_on"],
            starts_on=typed["starts_on"],
            **_agreed(typed),
            actor=actor,
            at=at,
        )

    def change(self, row: Contract, typed: Typed, *, actor: User, at: datetime) -> Contract:
        return amend_contract(contract=row, **_agreed(typed), actor=actor, at=at)


@admin.register(StandingChange)
class StandingChangeAdmin(ReadOnlyAdmin[StandingChange]):
    """The record of standing."""

    list_display = ("contract", "changed_at", "standing", "reason", "changed_by")
    list_filter = ("standing",)
    list_select_related = ("contract__customer", "changed_by")
    search_fields = ("contract__order_reference", "contract__customer__name", "reason")
    date_hierarchy = "changed_at"


def _agreed(typed: Typed) -> Typed:
    return {name: typed[name] for name in AmendContractForm.Meta.fields}
