"""Pages of the admin that call verbs, and pages that only show."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django import forms
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from contracts.desk_pages import actor_of
from contracts.generic import ModelAdmin, ModelForm
from contracts.models import User
from contracts.refusals import Refused
from contracts.verb_forms import VerbForm

Row = TypeVar("Row", bound=Model)
Typed = dict[str, Any]
_REFUSAL = "verb_refusal"

__all__ = ["ReadOnlyAdmin", "VerbAdmin", "actor_of"]


class VerbAdmin(ModelAdmin[Row]):
    """A model that is changed by verbs alone, and never deleted.

    A verb's refusal rolls everything back, and the page comes again with the refusal at the field
    that it concerns and with all that was typed.
    """

    add_form: ClassVar[type[VerbForm[Any]]]
    form: type[VerbForm[Any]]
    add_fields: ClassVar[tuple[str, ...]]
    change_fields: ClassVar[tuple[str, ...]]
    # What those see who may not change it, and what those who may see without changing it.
    view_fields: ClassVar[tuple[str, ...]] = ()
    fixed_fields: ClassVar[tuple[str, ...]] = ()
    # What adding one is called, where "Add …" does not say it.
    add_title: ClassVar[str] = ""

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Row:
        """Calls the verb that makes a row."""
        raise NotImplementedError

    def change(self, row: Row, typed: Typed, *, actor: User, at: datetime) -> Row:
        """Calls the verb that changes ``row``."""
        raise NotImplementedError

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Tries, and shows what was refused."""
        if object_id is None and self.add_title:
            extra_context = {"title": self.add_title, **(extra_context or {})}
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            setattr(request, _REFUSAL, refusal)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self,
        request: HttpRequest,
        obj: Row | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's
        **kwargs: Any,
    ) -> type[ModelForm[Row]]:
        """The form of adding or of changing, told of a refusal."""
        if obj is None and "form" not in kwargs:
            kwargs["form"] = self.add_form
        form = super().get_form(request, obj, change, **kwargs)
        # Django makes the class for this request alone.
        setattr(form, "refusal", getattr(request, _REFUSAL, None))  # noqa: B010 -- of the class above it
        return form

    def get_fields(self, request: HttpRequest, obj: Row | None = None) -> tuple[str, ...]:
        """By what the reader may do."""
        if obj is None:
            return self.add_fields
        if not self.has_change_permission(request, obj):
            return self.view_fields or (*self.fixed_fields, *self.change_fields)
        return (*self.fixed_fields, *self.change_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Row | None = None) -> tuple[str, ...]:
        """What stays as it was made."""
        return self.fixed_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Row, form: ModelForm[Row], change: bool) -> None:  # noqa: FBT001 -- Django's
        """Calls the verb; ``obj`` then stands for the row that it gave."""
        actor, at = actor_of(request), timezone.now()
        if change:
            row = self.model._default_manager.get(pk=obj.pk)
            made = self.change(row, form.cleaned_data, actor=actor, at=at)
        else:
            made = self.add(form.cleaned_data, actor=actor, at=at)
        obj.pk = made.pk
        obj.refresh_from_db()

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[Row],
        formsets: object,
        change: bool,  # noqa: FBT001 -- Django's
    ) -> None:
        """The verb has saved what belongs to it."""

    def construct_change_message(
        self,
        request: HttpRequest,
        form: forms.Form,
        formsets: object,
        add: bool = False,  # noqa: FBT001, FBT002 -- Django's
    ) -> list[dict[str, Any]]:
        """What was typed; the lists below a form only show."""
        return super().construct_change_message(request, form, [], add)

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class ReadOnlyAdmin(ModelAdmin[Row]):
    """A model to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False
