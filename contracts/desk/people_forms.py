"""The forms of the pages about the people of the desk. They read what was typed; the verbs check it."""

from typing import Any

from django import forms

from contracts.models import Product


class Labelled(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AbsenceForm(Labelled):
    """Days on which somebody is away."""

    first_day = forms.DateField(
        label="Away from", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label="Until, that day included", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class KnowledgeForm(Labelled):
    """The products that somebody knows."""

    products = forms.ModelMultipleChoiceField(
        Product.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, label="Knows"
    )


class PeopleForm(Labelled):
    """Who a role is, one person a line; which role of which policy goes with it."""

    policy_slug = forms.CharField(max_length=60, widget=forms.HiddenInput)
    role = forms.CharField(max_length=80, widget=forms.HiddenInput)
    people = forms.CharField(
        label="People, in the order in which they are told",
        required=False,
        max_length=8_000,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text="One a line, as in Ada Chief <ada@desk.example>. An address of staff means that account.",
    )
