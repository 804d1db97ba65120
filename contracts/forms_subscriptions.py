"""The forms of subscriptions. They read what was typed; the verbs check it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django import forms
from django.http import QueryDict

from contracts.models import Component, MailChoice

ALL, SOME, NONE = "all", "some", "none"


@dataclass(frozen=True, slots=True)
class Tick:
    """A component with its box."""

    component: Component
    is_ticked: bool


class ComponentsForm(forms.Form):
    """All components, or those that are ticked; ``components`` are offered, each with its product, in their order."""

    which = forms.ChoiceField()

    def __init__(
        self, *args: Any, components: Sequence[Component], ticked: Iterable[int] = (), **kwargs: Any
    ) -> None:
        """``ticked`` are the keys of those that are ticked to begin with."""
        super().__init__(*args, **kwargs)
        self.offered = {str(component.pk): component for component in components}
        sent = cast("QueryDict", self.data).getlist("components") if self.is_bound else None
        self.ticked = (
            {key for key in self.offered if key in sent} if sent is not None else {*map(str, ticked)}
        )
        which = self.fields["which"]
        if isinstance(which, forms.ChoiceField):
            which.choices = self.choices
            which.error_messages |= {
                "required": "Choose one of these.",
                "invalid_choice": "Choose one of these.",
            }

    choices: Sequence[tuple[str, str]] = ((ALL, "All components"), (SOME, "Those ticked below"))

    @property
    def by_product(self) -> list[tuple[str, list[Tick]]]:
        """What is offered, by product."""
        products = groupby(self.offered.items(), key=lambda item: item[1].product)
        return [
            (product.name, [Tick(component, key in self.ticked) for key, component in group])
            for product, group in products
        ]

    @property
    def which_now(self) -> str:
        """The choice that stands."""
        return str(self["which"].value() or "")

    @property
    def chosen(self) -> list[Component]:
        return [self.offered[key] for key in self.offered if key in self.ticked]

    @property
    def left_out(self) -> list[Component]:
        return [self.offered[key] for key in self.offered if key not in self.ticked]


class MailForm(ComponentsForm):
    """What a contact is mailed of."""

    choices = (
        (ALL, "All that concerns us, also what is added later"),
        (SOME, "Those ticked below, and what is added later"),
        (NONE, "No mails about maintenance and outages"),
    )

    @classmethod
    def of(cls, stored: Iterable[MailChoice], components: Sequence[Component], *args: Any) -> "MailForm":
        """The form as the choices ``stored`` have it."""
        unwanted = {choice.component_id for choice in stored if not choice.wanted}
        which = NONE if None in unwanted else SOME if unwanted else ALL
        ticked = [component.pk for component in components if component.pk not in unwanted]
        return cls(*args, components=components, ticked=ticked, initial={"which": which})


class SubscribeForm(ComponentsForm):
    """A visitor's address, and what they want to know of."""

    email = forms.EmailField(
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "class": "form-control"}),
        error_messages={"required": "Enter your email address."},
    )
