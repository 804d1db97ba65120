"""What is typed about consultations, on both sides. A form reads wall times of its reader's zone; the verbs decide."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict

from contracts.desk.instants import ZonedForm
from contracts.models import Contract, User
from contracts.verb_forms import WallTimeField
from tickets.consulting import LONGEST_JOIN, MINUTES, MOST_TIMES

LENGTHS = [(str(minutes), f"{minutes} minutes") for minutes in MINUTES]
PLACES = range(1, MOST_TIMES + 1)


def follow(form: ZonedForm, seen: int) -> None:
    """Makes a form that was overtaken follow upon what its page shows now, with all that was typed."""
    data = cast("QueryDict", form.data).copy()
    data["seen"] = str(seen)
    form.data = data


class ConsultationForm(ZonedForm):
    """A form in our own look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


class TimesForm(ConsultationForm):
    """Up to three times."""

    time_1 = WallTimeField(label="First time", error_messages={"required": "Name at least one time."})
    time_2 = WallTimeField(label="Second time", required=False)
    time_3 = WallTimeField(label="Third time", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the first says of the zone holds for all.
        for place in PLACES[1:]:
            self.fields[f"time_{place}"].help_text = ""

    @property
    def times(self) -> list[datetime]:
        """Those that were typed, in the order of their fields."""
        typed = (self.cleaned_data.get(f"time_{place}") for place in PLACES)
        return [time for time in typed if time]


class AskForm(TimesForm):
    """A consultation to be asked for. ``contracts`` are those to choose from; with a ticket there is no choice."""

    submission_key = forms.CharField(max_length=200, widget=forms.HiddenInput)
    contract = forms.ChoiceField(error_messages={"required": "Choose a contract."})
    topic = forms.CharField(
        label="What is it about?",
        max_length=200,
        help_text="In a few words, so that who knows it best talks with you.",
        error_messages={"required": "Say what it is about."},
    )
    minutes = forms.ChoiceField(label="How long", choices=LENGTHS, initial="30")
    field_order = ("contract", "topic", "minutes", "time_1", "time_2", "time_3")

    def __init__(self, *args: Any, contracts: Sequence[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contracts = {str(contract.pk): contract for contract in contracts}
        field = self.fields["contract"]
        if len(self.contracts) < 2:
            del self.fields["contract"]
        elif isinstance(field, forms.ChoiceField):
            field.choices = [
                (key, f"{contract.order_reference} · {contract.policy_version.title}")
                for key, contract in self.contracts.items()
            ]

    @property
    def chosen_contract(self) -> Contract | None:
        """The contract that was chosen, or the only one."""
        key = self.cleaned_data.get("contract", next(iter(self.contracts), ""))
        return self.contracts.get(key)


class MoveForm(TimesForm):
    """Other times, and why."""

    reason = forms.CharField(
        label="Why",
        max_length=1_000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say why; we read it."},
    )


class CancelForm(ConsultationForm):
    """Why it is cancelled."""

    reason = forms.CharField(
        label="Why",
        max_length=1_000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say why; the other side reads it."},
    )


class StaffForm(ZonedForm):
    """What staff say to each time of theirs."""

    minutes = forms.ChoiceField(label="How long", choices=LENGTHS)
    join = forms.CharField(
        label="How to join",
        max_length=LONGEST_JOIN,
        help_text="An address that begins with https://, or a number to call.",
    )
    text = forms.CharField(
        label="A word with it",
        max_length=5_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="The customer reads it.",
    )


class ConfirmForm(StaffForm):
    """The time: one of those that the customer proposed, or another."""

    asked = forms.ChoiceField(
        label="Time",
        required=False,
        error_messages={"invalid_choice": "This time is not proposed any more: choose another."},
    )
    starts_at = WallTimeField(label="Another time", required=False)
    host = forms.ChoiceField(label="Who talks with them")
    field_order = ("asked", "starts_at", "minutes", "host", "join", "text")

    def __init__(
        self, *args: Any, offered: Iterable[tuple[datetime, str]], staff: Iterable[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.staff = {str(user.pk): user for user in staff}
        choices = {
            "asked": [*((time.isoformat(), said) for time, said in offered), ("", "Another time, see below")],
            "host": [(key, str(user)) for key, user in self.staff.items()],
        }
        for name, known in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = known

    def clean(self) -> dict[str, Any]:
        """One time and its host."""
        typed = super().clean()
        if typed.get("asked") and not typed.get("starts_at"):
            typed["starts_at"] = datetime.fromisoformat(typed["asked"]).astimezone(UTC)
        if not typed.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", "Choose a time.")
        typed["host"] = self.staff.get(typed.get("host", ""))
        return typed


class OfferForm(StaffForm, TimesForm):
    """Other times that staff propose."""

    field_order = ("time_1", "time_2", "time_3", "minutes", "join", "text")


class StaffCancelForm(ZonedForm):
    """Why staff cancel it."""

    reason = forms.CharField(
        label="Why", max_length=1_000, widget=forms.Textarea({"rows": 2}), help_text="The customer reads it."
    )
