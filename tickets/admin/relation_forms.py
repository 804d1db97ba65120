"""What staff type of a ticket's relations, of calls and for a customer. Forms read; the services decide."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from contracts.desk.instants import ZonedForm
from contracts.models import Contact
from contracts.policy import Policy
from contracts.verb_forms import WallTimeField
from tickets.forms import LONGEST_TEXT, Plain, UploadsField
from tickets.models import Ticket
from tickets.models.relations import LinkKind
from tickets.models.ticket import Channel
from tickets.services.calls import Direction
from tickets.services.filing import Request
from tickets.tags import LONGEST

Choices = Sequence[tuple[str, str]]
READ = "The customer reads it."
CALLED = "Empty: now. Up to 24 hours back; what was entered later says so."


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Offer ``choices`` in a field of ``form``."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


class Suggesting(Plain):
    """A form of which one field offers words while one types: ``suggests`` names it, ``suggestions`` are they."""

    suggests = ""

    def __init__(self, *args: Any, suggestions: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = suggestions
        self.fields[self.suggests].widget.attrs["list"] = f"{self.suggests}-list"


class NumberField(forms.CharField):
    """The number of a ticket, as it is typed."""

    def clean(self, value: object) -> str:
        return str(super().clean(value)).upper()


class MergeForm(Suggesting):
    """Into which ticket, and why."""

    suggests = "into"
    into = NumberField(
        label="Lives on in", max_length=16, help_text="The number of a ticket of this customer."
    )
    reason = forms.CharField(
        label="Why they are one", max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}), help_text=READ
    )
    shares = forms.BooleanField(
        label="Let its contact read that ticket, if they may not yet",
        required=False,
    )


class LinkForm(Suggesting):
    """Another ticket, and what this one is to it."""

    suggests = "other"
    kind = forms.ChoiceField(label="This ticket is", choices=LinkKind.choices)
    other = NumberField(label="Ticket", max_length=16, help_text="Its number; of whichever customer.")


class TagForm(Suggesting):
    """A tag."""

    suggests = "tag"
    tag = forms.CharField(max_length=LONGEST * 2, help_text="Letters and digits; only staff read it.")


class WatcherForm(Plain):
    """Somebody who gets the mails."""

    person = forms.ChoiceField(label="Who")

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "person", [("", "Choose …"), *people])


class HandingOverForm(Plain):
    """Who is the contact from now on, and why."""

    contact = forms.ChoiceField(label="Contact from now on")
    reason = forms.CharField(
        label="Why", max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}), help_text=READ
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "contact", [("", "Choose …"), *people])


class SplitForm(Plain):
    """Which message, and what it is about."""

    message = forms.ChoiceField(label="Message of the customer")
    subject = forms.CharField(max_length=200, help_text=READ)
    severity = forms.ChoiceField(required=False)
    request_type = forms.ChoiceField(label="What it is about", required=False)

    def __init__(
        self, *args: Any, messages: Choices, policy: Policy | None, ticket: Ticket, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"severity": ticket.severity, "request_type": ticket.request_type}
        super().__init__(*args, **kwargs)
        set_choices(self, "message", messages)
        offer_of_policy(self, policy)


class CallForm(ZonedForm):
    """A call on a ticket."""

    direction = forms.ChoiceField(
        label="Who called",
        choices=((Direction.IN.value, "They called us"), (Direction.OUT.value, "We called them")),
    )
    contact = forms.ChoiceField(label="Who of the customer")
    called_at = WallTimeField(label="When", required=False, help_text=CALLED)
    text = forms.CharField(
        label="What was said", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )
    public = forms.BooleanField(
        label="The customer reads it", required=False, help_text="Otherwise it is a note for staff."
    )
    answers = forms.BooleanField(
        label="It counts as our reply",
        required=False,
        help_text="For a call of ours that answered: the clocks take it as a reply at the time of the call.",
    )
    field_order = ("direction", "contact", "called_at", "text", "public", "answers")

    def __init__(self, *args: Any, contacts: Iterable[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "contact", [(str(each.pk), str(each.user)) for each in contacts])


class CustomerRequestForm(ZonedForm, Plain):
    """A request of a contact, filed by staff: what was said on the phone, or what we noticed ourselves (VK19)."""

    submission_key = forms.CharField(max_length=200, widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label="How it came",
        choices=(
            (Channel.PHONE.value, "They called us"),
            (Channel.WEB.value, "We noticed it, or were told otherwise"),
            (Channel.EMAIL.value, "By email"),
        ),
    )
    called_at = WallTimeField(label="When they called", required=False, help_text=CALLED)
    request_type = forms.ChoiceField(label="What it is about")
    subject = forms.CharField(max_length=200, help_text=READ)
    text = forms.CharField(
        label="What happens",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=READ,
    )
    steps = forms.CharField(
        label="Steps that lead to it",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    effect = forms.CharField(
        label="Effect on their work",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    environment = forms.CharField(label="Where it happens", max_length=200, required=False)
    severity = forms.ChoiceField(help_text="As they say it; confirm or change it on the ticket.")
    security = forms.BooleanField(
        label="It may raise the risk of a security breach",
        required=False,
        help_text="The ticket then stays between the contact and staff.",
    )
    uploads = UploadsField(label="Files", required=False)
    field_order = (
        "channel", "called_at", "request_type", "subject", "text", "steps", "effect", "environment", "severity",
        "security", "uploads", "submission_key",
    )  # fmt: skip

    def __init__(self, *args: Any, policy: Policy | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("steps", "effect"):
            self.fields[name].required = policy is not None and name in policy.asks
        offer_of_policy(self, policy)

    def request(self) -> Request:
        """The request that a valid form makes."""
        typed = self.cleaned_data
        environment = typed["environment"].strip()
        return Request(
            subject=typed["subject"],
            text=typed["text"],
            severity=typed.get("severity", ""),
            request_type=typed.get("request_type", ""),
            steps=typed["steps"],
            effect=typed["effect"],
            is_confidential=typed["security"],
            environment=(environment,) if environment else (),
            files=typed["uploads"],
        )


def offer_of_policy(form: forms.Form, policy: Policy | None) -> None:
    """The severities and request types that ``policy`` knows, none chosen; a field without any is dropped."""
    severities = [(each.code, each.name) for each in policy.severities] if policy else []
    kinds = [(each.code, each.name) for each in policy.request_types] if policy else []
    for name, choices in (("severity", severities), ("request_type", kinds)):
        if choices:
            set_choices(form, name, [("", "Choose …"), *choices])
        else:
            del form.fields[name]
