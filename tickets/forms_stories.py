"""What either side types in the stories of a ticket. A form says what is missing; the services say what cannot be."""

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.desk.instants import ZonedForm
from contracts.models import Release
from contracts.policy import Clause, Policy
from contracts.verb_forms import WallTimeField
from contracts.words import clause_in_words
from tickets.forms import LONGEST_TEXT, Plain
from tickets.models.enhancement import Wish

LONGEST_REASON = 5_000


def _words(label: str, help_text: str = "", *, rows: int = 3, most: int = LONGEST_REASON) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
        error_messages={"required": "Write this first."},
    )


def _choice(label: str, choices: Iterable[tuple[str, str]], help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", "Choose …"), *choices],
        help_text=help_text,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the list."},
    )


class SeenForm(Plain):
    """``seen`` is the last event that its writer had before them."""

    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class WhyForm(SeenForm):
    """A verb that needs a reason; ``label`` asks for it."""

    reason = _words("Why")

    def __init__(self, *args: Any, label: str = "Why", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = label, hint


class DateForm(ZonedForm, Plain):
    """A date that is proposed, in the zone of who types it, and a word of why."""

    due_at = WallTimeField(
        label="Date and time",
        error_messages={
            "required": "Choose a date and a time.",
            "invalid": "Write date and time as in 2026-11-24T18:00.",
        },
    )
    reason = _words("A word of why", "The other side reads it.")
    field_order = ("due_at", "reason", "seen")


class AcceptanceForm(SeenForm):
    """Yes to the proposal with that number."""

    proposal = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class SeverityRequestForm(WhyForm):
    """Another severity of the ticket's policy, and why."""

    severity = forms.ChoiceField()
    field_order = ("severity", "reason", "seen")

    def __init__(self, *args: Any, policy: Policy | None, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = policy.severities if policy else ()
        choices = [(each.code, each.name) for each in known if each.code != current]
        self.fields["severity"] = _choice("Severity", choices)
        self.order_fields(self.field_order)


class ClauseForm(WhyForm):
    """A clause of the policy, and why it applies."""

    clause = forms.ChoiceField()
    field_order: tuple[str, ...] = ("clause", "reason", "seen")

    def __init__(self, *args: Any, clauses: Iterable[Clause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(clause.code, _offered(clause)) for clause in clauses]
        self.fields["clause"] = _choice("Clause of the policy", choices)
        self.order_fields(self.field_order)


def _offered(clause: Clause) -> str:
    """A clause in a list: its letter, where the policy gave it one, and how it begins."""
    named = clause_in_words(clause.code).removeprefix("clause ")
    return f"{named} {_short(clause.text)}" if named.startswith("(") else _short(clause.text)


class DeclineForm(ClauseForm):
    """Under which clause it is not provided, and the words in which other customers may read the wish."""

    title = forms.CharField(
        max_length=160,
        help_text="Of the enhancement request. Other customers may read it: no names, nothing that is this customer’s.",
    )
    text = _words(
        "What is wished for",
        "In your own words, for all customers of the product. The request as it was written, with its files, stays "
        "with its customer.",
        rows=5,
        most=LONGEST_TEXT,
    )
    publish = forms.BooleanField(
        label="Publish it at once",
        required=False,
        help_text="Else only staff and this customer see it, until you publish it on its own page.",
    )
    field_order = ("clause", "reason", "title", "text", "publish", "seen")


class PublishForm(Plain):
    """The words in which all customers of the product read a request for enhancement."""

    title = forms.CharField(max_length=160)
    text = _words("What is wished for", rows=6, most=LONGEST_TEXT)


class AnswerForm(Plain):
    """What becomes of a request for enhancement."""

    state = forms.ChoiceField()
    release = forms.ChoiceField()
    words = _words("In words that customers read", rows=4)
    field_order = ("state", "release", "words")

    def __init__(self, *args: Any, releases: Iterable[Release], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.releases = {str(release.pk): release for release in releases}
        self.fields["state"] = _choice("What becomes of it", Wish.choices)
        named = [
            (key, f"{release.version}, {release.get_kind_display()}")
            for key, release in self.releases.items()
        ]
        self.fields["release"] = _choice("Release", named, "Where it is planned for one, or done in one.")
        self.fields["release"].required = False
        self.order_fields(self.field_order)

    @property
    def release_chosen(self) -> Release | None:
        """The release that a valid form names."""
        return self.releases.get(self.cleaned_data["release"])


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"
