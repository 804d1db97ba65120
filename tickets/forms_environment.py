"""Where it happens: chosen from what the release is supported on, or told in words (VK2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms

from contracts.environments import is_among
from contracts.models import Environment

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Supported:
    """What a release is supported on; nothing is asked where nothing is listed."""

    release: str = ""
    environments: Sequence[Environment] = ()


NOT_ASKED = Supported()


class EnvironmentFields(forms.Form):
    """The part of the request's form that asks for the environment."""

    environment = forms.MultipleChoiceField(
        label="Where does it happen?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list, or write it below."},
    )
    other_environment = forms.CharField(
        label="Somewhere else",
        max_length=LONGEST,
        required=False,
        help_text="As in: Windows 7 with Internet Explorer 11.",
    )
    supported = NOT_ASKED

    def ask_for_environment(self, supported: Supported) -> None:
        """Offer what the release is supported on, or drop the question where nothing is known."""
        self.supported = supported
        field = self.fields["environment"]
        if isinstance(field, forms.MultipleChoiceField) and supported.environments:
            field.choices = [(str(each.pk), str(each)) for each in supported.environments]
        else:
            del self.fields["environment"], self.fields["other_environment"]

    @property
    def environment_given(self) -> tuple[str, ...]:
        """Where it happens, part by part, of a valid form."""
        chosen = set(self.cleaned_data.get("environment") or ())
        known = [str(each) for each in self.supported.environments if str(each.pk) in chosen]
        other = self.cleaned_data.get("other_environment", "")
        return (*known, *([other] if other else ()))

    @property
    def environment_chosen(self) -> list[str]:
        """The keys that are ticked, as the form is shown."""
        return [str(key) for key in self["environment"].value() or ()]

    @property
    def unlisted_environment(self) -> str:
        """What was told in words and is not on the list; "" for nothing."""
        if "other_environment" not in self.fields:
            return ""
        told = " ".join(str(self["other_environment"].value() or "").split())
        return "" if is_among(told, self.supported.environments) else told
