"""What staff type on their pages. A form says what is missing; the services say what cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from contracts.models import User
from contracts.policy import Policy

NOBODY = "nobody"


class SeveralFiles(forms.ClearableFileInput):
    """A field for files that takes several at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files as a list. How many and which kinds, the service says."""

    widget = SeveralFiles

    def clean(self, data: object, initial: object = None) -> list[UploadedFile[bytes]]:
        single = super().clean
        given = data if isinstance(data, list) else [data] if data else []
        return [single(item, initial) for item in given]


class PlainForm(forms.Form):
    """A verb that needs nothing but its button."""


class TextForm(forms.Form):
    """Something said, with files; ``seen`` is the last event that its writer had before them."""

    text = forms.CharField(max_length=50_000, widget=forms.Textarea(attrs={"rows": 5}))
    attachments = FilesField(required=False, label="Files")
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)


class ReasonForm(forms.Form):
    """Why a ticket is reopened."""

    text = forms.CharField(label="Reason", max_length=5_000, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)


class SeverityForm(forms.Form):
    """Another severity of the ticket's policy, and why."""

    severity = forms.ChoiceField(label="New severity")
    reason = forms.CharField(
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The customer reads it.",
    )

    def __init__(self, *args: Any, policy: Policy | None, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = policy.severities if policy else ()
        choices = [(each.code, f"{each.code} · {each.name}") for each in known if each.code != current]
        field = self.fields["severity"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose …"), *choices]


class AssigneeForm(forms.Form):
    """Who works on the ticket from now on."""

    assignee = forms.ChoiceField(label="Assign to")

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
