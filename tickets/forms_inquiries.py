"""The form of a stranger who asks before they buy. It reads what was typed; the verb checks it."""

from typing import Any, cast

from django import forms

from tickets.forms import Plain
from tickets.inquiring import Offered
from tickets.services.inquiries import LONGEST_SUBJECT, LONGEST_TEXT, Asked


class InquiryForm(Plain):
    """Who asks, about which product, and what. What there is no choice of is not asked."""

    request_type = forms.ChoiceField(
        label="What is it about?", error_messages={"required": "Choose what it is about."}
    )
    product = forms.ChoiceField(error_messages={"required": "Choose a product."})
    subject = forms.CharField(
        max_length=LONGEST_SUBJECT,
        help_text="In a few words, as in “Licences for five editors”.",
        error_messages={"required": "Write a subject."},
    )
    text = forms.CharField(
        label="What do you want to know?",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write what you want to know."},
    )
    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Enter your name."},
    )
    company = forms.CharField(
        label="Your company",
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        help_text="A link goes there, once a day at most. We read your inquiry once you confirmed it.",
        widget=forms.EmailInput({"autocomplete": "email", "class": "form-control"}),
        error_messages={"required": "Enter your email address."},
    )

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        """``offered`` are the kinds and products to choose from."""
        super().__init__(*args, **kwargs)
        self.offered = offered
        self._choose_from("request_type", [(kind.code, kind.name) for kind in offered.kinds])
        self._choose_from("product", [(str(each.pk), each.name) for each in offered.products])
        if len(offered.kinds) == 1:
            del self.fields["request_type"]

    def _choose_from(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = choices if len(choices) == 1 else [("", "Choose one"), *choices]
        field.error_messages["invalid_choice"] = "Choose one of these."
        field.widget.attrs["class"] = "form-select"

    def asked(self) -> Asked:
        """What a valid form asks."""
        typed = {"request_type": self.offered.kinds[0].code, **self.cleaned_data}
        typed["product"] = next(each for each in self.offered.products if str(each.pk) == typed["product"])
        return Asked(**typed)
