"""What a customer's people type about their team and licences. The verbs check it."""

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.models import Contact


class TeamForm(forms.Form):
    """A form in our own look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


class ClaimForm(TeamForm):
    """A licence number, by somebody who is signed in."""

    number = forms.CharField(
        label="Licence number",
        max_length=120,
        help_text="As on your order or in the product. Spaces and small letters do not matter.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the licence number."},
    )


class StrangerClaimForm(ClaimForm):
    """The same by somebody whom nobody knows yet."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Enter your name."},
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        help_text="A link goes there, once a day at most.",
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": "Enter your email address."},
    )


class InvitationForm(TeamForm):
    """A colleague to be invited."""

    email = forms.EmailField(
        label="Their email address",
        max_length=254,
        error_messages={"required": "Enter the email address of your colleague."},
    )
    name = forms.CharField(
        label="Their name", max_length=120, error_messages={"required": "Enter the name of your colleague."}
    )


class NamingForm(TeamForm):
    """A named contact to be asked for. ``named`` are those that there are."""

    instead_of = forms.ChoiceField(label="In the place of", required=False)
    trained_on = forms.DateField(
        label="Day of their support training",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="If your support policy asks for a training. We check it.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why; staff read it."},
    )

    def __init__(self, *args: Any, named: Iterable[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named = {str(contact.pk): contact for contact in named}
        field = self.fields["instead_of"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", "Nobody: one more"),
                *((key, str(contact.user)) for key, contact in self.named.items()),
            ]

    def clean_instead_of(self) -> Contact | None:
        """The contact that was chosen."""
        return self.named.get(self.cleaned_data["instead_of"])


class WhyForm(TeamForm):
    """A reason alone."""

    reason = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why."},
    )
