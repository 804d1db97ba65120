"""What staff type of windows and outages. A form says what is missing; the services say what cannot be."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms

from contracts.causes import known_causes
from contracts.desk.instants import ZonedForm
from contracts.generic import ModelMultipleChoiceField
from contracts.models import Component
from contracts.models.upkeep import WindowKind
from contracts.verb_forms import WallTimeField

READ = "Customers read it."
LONGEST_TEXT = 5_000


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _causes() -> list[tuple[str, str]]:
    return [("", "None: it counts as downtime"), *known_causes().items()]


class ComponentsField(ModelMultipleChoiceField[Component]):
    """Components to be ticked, those of one product together."""

    def __init__(self, **kwargs: Any) -> None:
        known = Component.objects.filter(retired_at=None).select_related("product")
        super().__init__(known.order_by("product__name", "position", "name"), **kwargs)

    def offer(self, kept: Iterable[Component]) -> None:
        """Offers those out of service, too, that the thing names already."""
        keys = [component.pk for component in kept]
        known = Component.objects.filter(retired_at=None) | Component.objects.filter(pk__in=keys)
        self.queryset = known.select_related("product").order_by("product__name", "position", "name")


class ComponentsForm(ZonedForm):
    """A form that names components."""

    components = ComponentsField(error_messages={"required": "Choose at least one component."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial.get("components") or ()
        field = self.fields["components"]
        if isinstance(field, ComponentsField):
            field.offer(kept)
            self.initial["components"] = [component.pk for component in kept]

    @property
    def offered(self) -> list[tuple[str, list[tuple[Component, bool]]]]:
        """Each product with its components, and whether each is ticked."""
        ticked = {str(key) for key in self["components"].value() or ()}
        field = self.fields["components"]
        known = field.queryset if isinstance(field, ComponentsField) else None
        rows = groupby(known or (), key=lambda component: component.product.name)
        return [(name, [(row, str(row.pk) in ticked) for row in of]) for name, of in rows]


class WindowForm(ComponentsForm):
    """A window to be announced."""

    title = forms.CharField(label="What is done", max_length=160, help_text=READ)
    reason = forms.CharField(label="Why", max_length=LONGEST_TEXT, widget=_area(3), help_text=READ)
    starts_at = WallTimeField(label="From")
    ends_at = WallTimeField(label="Until")
    interrupts = forms.BooleanField(
        label="The components are down meanwhile",
        required=False,
        help_text="Only time in which they are down uses up the month’s hours.",
    )
    kind = forms.ChoiceField(choices=WindowKind.choices, initial=WindowKind.SCHEDULED)
    emergency_reason = forms.CharField(
        label="Why it cannot wait",
        max_length=300,
        required=False,
        help_text="For an emergency alone, which needs no notice. " + READ,
    )
    field_order = (
        "components", "title", "reason", "starts_at", "ends_at", "interrupts", "kind", "emergency_reason",
    )  # fmt: skip


class MoveForm(ZonedForm):
    """Other times for a window."""

    starts_empty = ("reason",)
    starts_at = WallTimeField(label="From")
    ends_at = WallTimeField(label="Until")
    reason = forms.CharField(label="Why it is moved", max_length=LONGEST_TEXT, required=False, help_text=READ)
    field_order = ("starts_at", "ends_at", "reason")


class ChangeForm(ComponentsForm):
    """What a window says, but for its times."""

    title = forms.CharField(label="What is done", max_length=160, help_text=READ)
    reason = forms.CharField(label="Why", max_length=LONGEST_TEXT, widget=_area(3), help_text=READ)
    interrupts = forms.BooleanField(label="The components are down meanwhile", required=False)
    field_order = ("components", "title", "reason", "interrupts")


class BeginForm(ZonedForm):
    """When the work really began."""

    began_at = WallTimeField(label="Began", required=False, help_text="Empty: now.")


class FinishForm(ZonedForm):
    """When the work was really over."""

    finished_at = WallTimeField(label="Over", required=False, help_text="Empty: now.")


class ReasonForm(ZonedForm):
    """Why something is taken back."""

    starts_empty = ("reason",)
    reason = forms.CharField(label="Why", max_length=LONGEST_TEXT, widget=_area(2), help_text=READ)


class OutageForm(ComponentsForm):
    """An outage to be reported."""

    title = forms.CharField(label="What is down", max_length=160, help_text=READ)
    what_happened = forms.CharField(max_length=LONGEST_TEXT, widget=_area(4), help_text=READ)
    started_at = WallTimeField(label="Since")
    ended_at = WallTimeField(label="Until", required=False, help_text="Empty while it lasts.")
    what_was_done = forms.CharField(
        max_length=LONGEST_TEXT, required=False, widget=_area(3), help_text=READ + " Empty while it lasts."
    )
    cause = forms.ChoiceField(
        choices=_causes,
        required=False,
        help_text="One that a policy excludes. Whether it does, each contract’s own policy says.",
    )
    field_order = (
        "components", "title", "what_happened", "started_at", "ended_at", "what_was_done", "cause",
    )  # fmt: skip


class CorrectForm(OutageForm):
    """An entry to be put right."""

    reason = forms.CharField(
        label="Why it is corrected", max_length=LONGEST_TEXT, help_text="It stays beside the entry."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cause, field = self.initial.get("cause"), self.fields["cause"]
        known = _causes()
        if isinstance(field, forms.ChoiceField) and cause not in dict(known):
            field.choices = [*known, (cause, cause)]


class UpdateForm(ZonedForm):
    """How a running outage stands."""

    text = forms.CharField(label="How it stands", max_length=LONGEST_TEXT, widget=_area(4), help_text=READ)


class EndForm(ZonedForm):
    """A running outage is over."""

    what_was_done = forms.CharField(max_length=LONGEST_TEXT, widget=_area(3), help_text=READ)
    ended_at = WallTimeField(label="Over", required=False, help_text="Empty: now.")
