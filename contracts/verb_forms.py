"""Forms for verbs: they read what was typed, each verb checks it.

What the verb refuses stands at the field that it concerns, and what was typed stays.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, TypeVar

from django import forms
from django.db.models import Model
from django.utils import timezone

from contracts.generic import ModelForm
from contracts.refusals import Refused

Row = TypeVar("Row", bound=Model)
WALL_TIME = "%Y-%m-%dT%H:%M"


def show_refusal(form: forms.BaseForm, refusal: Refused, field_of: Mapping[str, str]) -> None:
    """Put a refusal among the errors of ``form``, at the field that it concerns if there is one."""
    field = field_of.get(refusal.field, refusal.field)
    form.add_error(field if field in form.fields else None, str(refusal))


class VerbForm(ModelForm[Row]):
    """A form whose verb may refuse; the admin then makes the form anew with ``refusal`` set."""

    refusal: ClassVar[Refused | None] = None
    # Where a parameter of the verb is typed into a field of another name.
    field_of: ClassVar[Mapping[str, str]] = {}

    def clean(self) -> dict[str, Any] | None:
        """Adds the refusal of the first attempt."""
        typed = super().clean()
        if self.refusal:
            show_refusal(self, self.refusal, self.field_of)
        return typed


class WallTimeField(forms.DateTimeField):
    """A date and a time of day as a clock on a wall shows them; in which zone, the form says."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL_TIME)

    def to_python(self, value: str | datetime | date | None) -> datetime | None:
        """A naive datetime, whichever zone the reader has chosen."""
        with timezone.override(UTC):
            found = super().to_python(value)
        return found.replace(tzinfo=None) if found else None

    def prepare_value(self, value: object) -> object:
        """As it is: it has no zone to be moved into."""
        return value
