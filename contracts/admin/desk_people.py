"""Teams and turns on call in the admin; what each member knows has a page of its own (``contracts.desk.people``)."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin

from contracts.admin.base import Typed, VerbAdmin
from contracts.forms import policies
from contracts.models import OnCall, Team, User
from contracts.services.desk_people import save_team, save_turn
from contracts.verb_forms import VerbForm


class TeamForm(VerbForm[Team]):
    """A team with its members and its products."""

    class Meta:
        model = Team
        fields = ("name", "members", "products")
        widgets = {"members": forms.CheckboxSelectMultiple, "products": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offers staff alone."""
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields.get("members"), forms.ModelMultipleChoiceField):
            field.queryset = User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk")


class TurnForm(VerbForm[OnCall]):
    """Who is on call from when to when; times are those of the admin."""

    policy_slug = forms.ChoiceField(label="Policy", required=False)

    class Meta:
        model = OnCall
        fields = ("user", "team", "policy_slug", "starts_at", "ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offers staff alone, and every policy."""
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields.get("user"), forms.ModelChoiceField):
            field.queryset = User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk")
        if isinstance(field := self.fields.get("policy_slug"), forms.ChoiceField):
            field.choices = [("", "Every policy"), *policies()]


@admin.register(Team)
class TeamAdmin(VerbAdmin[Team]):
    """Who answers for which products together."""

    add_form = form = TeamForm
    add_fields = change_fields = ("name", "members", "products")
    list_display = ("name",)
    search_fields = ("name",)

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Team:
        return save_team(**typed, actor=actor, at=at)

    def change(self, row: Team, typed: Typed, *, actor: User, at: datetime) -> Team:
        return save_team(team=row, **typed, actor=actor, at=at)


@admin.register(OnCall)
class OnCallAdmin(VerbAdmin[OnCall]):
    """Who is on call, from when to when."""

    add_form = form = TurnForm
    add_fields = change_fields = ("user", "team", "policy_slug", "starts_at", "ends_at")
    list_display = ("user", "team", "policy_slug", "starts_at", "ends_at")
    list_select_related = ("user", "team")

    def add(self, typed: Typed, *, actor: User, at: datetime) -> OnCall:
        return save_turn(**typed, actor=actor, at=at)

    def change(self, row: OnCall, typed: Typed, *, actor: User, at: datetime) -> OnCall:
        return save_turn(turn=row, **typed, actor=actor, at=at)
