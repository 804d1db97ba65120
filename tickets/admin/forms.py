"""What staff type on their pages. A form says what is missing; the services say what cannot be."""

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.keys import key_in
from contracts.models import User
from contracts.policy import Policy
from tickets.forms import LONGEST_TEXT, Plain, UploadsField

NOBODY = "nobody"


class ButtonForm(Plain):
    """A verb that needs nothing but its button."""


class ReasonForm(Plain):
    """Something said; ``seen`` is the last event that its writer had before them."""

    text = forms.CharField(
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write something first."},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)


class KeysField(forms.MultipleChoiceField):
    """The keys of chosen rows; whose they may be, the verb says."""

    def clean(self, value: object) -> list[int]:
        given = [str(key) for key in value] if isinstance(value, list | tuple) else []
        keys = [key for each in given if (key := key_in(each)) is not None]
        if len(keys) < len(given):
            raise forms.ValidationError("Choose from the list.")
        return keys


class TextForm(ReasonForm):
    """Something said, with files and articles."""

    files = UploadsField(required=False)  # type: ignore[assignment]  # a form's fields are no attributes of it
    articles = KeysField(required=False)
    field_order = ("text", "files", "articles", "seen")

    @property
    def chosen_articles(self) -> list[str]:
        """The keys that are ticked, as the form is shown."""
        return [str(key) for key in self["articles"].value() or ()]


class SeverityForm(Plain):
    """Another severity of the ticket's policy, and why."""

    severity = forms.ChoiceField(label="New severity")
    reason = forms.CharField(
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The customer reads it.",
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, policy: Policy | None, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = policy.severities if policy else ()
        choices = [(each.code, f"{each.code} · {each.name}") for each in known if each.code != current]
        field = self.fields["severity"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose …"), *choices]


class AssigneeForm(Plain):
    """Who works on the ticket from now on."""

    assignee = forms.ChoiceField(label="Assign to")
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, staff: Iterable[User], actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in staff}
        others = [(key, str(user)) for key, user in self.people.items() if user.pk != actor.pk]
        field = self.fields["assignee"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(actor.pk), f"{actor} (me)"), *others, (NOBODY, "Nobody")]

    def chosen(self) -> User | None:
        """Whom a valid form names."""
        return self.people.get(self.cleaned_data["assignee"])
