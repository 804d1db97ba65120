"""What a contact says at the end: whether they accept, and how it was."""

from typing import Any

from django import forms

from tickets.forms import Plain
from tickets.services.endings import LONGEST_WORDS

SATISFIED = (("yes", "Yes"), ("no", "No"))


class RatingForm(Plain):
    """Whether they were satisfied, and why. ``seen`` is the last event that they had before them."""

    satisfied = forms.ChoiceField(
        label="Were you satisfied with how we dealt with it?",
        choices=SATISFIED,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no."},
    )
    words = forms.CharField(
        label="A word on it",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    @property
    def is_satisfied(self) -> bool | None:
        """What a valid form says; ``None`` where it was left open."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("satisfied", ""))


class AcceptanceForm(RatingForm):
    """An acceptance, with the same question, which may be left open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["satisfied"].required = False
