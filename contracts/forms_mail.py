"""The form by which people say how they want their mails. It reads what was typed; the verb checks it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from contracts.models.mail_wishes import How
from contracts.outbox.kinds import Group, groups_for

AT_ONCE = "now"
"""What the form sends where a group comes at once; nothing is stored of it."""


class WishesForm(forms.Form):
    """A choice for each group of mails of the reader's side of the desk."""

    def __init__(self, *args: Any, is_staff: bool, stored: Mapping[str, str], **kwargs: Any) -> None:
        """``stored`` is how the groups come that do not come at once."""
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for group in groups_for(is_staff=is_staff):
            self.fields[group.name] = _field(group, stored.get(group.name, AT_ONCE))

    @property
    def wishes(self) -> dict[str, str]:
        """What a valid form wishes, but what comes at once."""
        return {name: how for name, how in self.cleaned_data.items() if how != AT_ONCE}


def _field(group: Group, initial: str) -> forms.ChoiceField:
    hows = [(how.value, how.label) for how in How if group.may_wait or how is How.OFF]
    return forms.ChoiceField(
        choices=[(AT_ONCE, "At once"), *hows],
        initial=initial,
        label=group.label,
        help_text=group.explained,
        widget=forms.Select({"class": "form-select"}),
        error_messages={"required": "Choose one of these.", "invalid_choice": "Choose one of these."},
    )
