"""What a contact types. A form says what is missing and keeps what was typed; the services decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from contracts import files
from contracts.files import Upload
from contracts.policy import Policy, RequestType
from contracts.refusals import Refused
from tickets.forms_environment import NOT_ASKED, EnvironmentFields, Supported
from tickets.models import Ticket
from tickets.services.filing import Request

LONGEST_TEXT = 50_000
EVERYONE, SOME, NOBODY = "everyone", "some", "nobody"
AFFECTED = ((EVERYONE, "Everyone"), (NOBODY, "Nobody"), (SOME, "Some of us"))
WORKAROUND = (("yes", "Yes"), ("no", "No"))


class SeveralFiles(forms.ClearableFileInput):
    """A field for files that takes several at once."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class UploadsField(forms.Field):
    """Files that come with a message, within the limits. ``left_out`` are those not even taken in."""

    widget = SeveralFiles
    left_out: Sequence[str] = ()

    def clean(self, value: object) -> list[Upload]:
        uploads = [Upload(file.name or "", file) for file in _uploaded(value)]
        problems = list(self.left_out)
        try:
            files.check(uploads)
        except Refused as refusal:
            problems.append(str(refusal))
        if problems:
            raise forms.ValidationError(problems)
        return uploads


def _uploaded(value: object) -> list[UploadedFile[bytes]]:
    given = value if isinstance(value, list | tuple) else [value]
    return [file for file in given if isinstance(file, UploadedFile)]


BOXES = (forms.TextInput, forms.NumberInput, forms.Textarea, SeveralFiles)


def limits_in_words() -> str:
    """Which files are taken: how many, how large, of which kinds."""
    most, size = settings.ATTACHMENT_MAX_COUNT, files.in_megabytes(settings.ATTACHMENT_MAX_BYTES)
    return f"Up to {most} files of {size} each: {', '.join(settings.ATTACHMENT_TYPES)}."


class Plain(forms.Form):
    """A form in our own look; ``left_out`` are the files that were too large to be taken in."""

    required_css_class = "required"

    def __init__(self, *args: Any, left_out: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            if isinstance(field.widget, BOXES):
                field.widget.attrs["class"] = "form-control"
            if isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
                field.widget.attrs["class"] = "form-check-input"
            if isinstance(field, UploadsField):
                field.left_out = left_out
                field.help_text = limits_in_words()

    @property
    def chosen_files(self) -> list[str]:
        """The names of the files that came with the form; a browser forgets them, so they are listed."""
        given = self.files.getlist("uploads") if self.files else []
        return [files.clean_name(file.name or "") for file in given]

    def refuse(self, refusal: Refused) -> None:
        """Show a verb's refusal at the field that it concerns."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class FilingForm(EnvironmentFields, Plain):
    """A request. What it asks for follows from the policy of the contract and from what the release runs on.

    ``looked`` is set once its writer was shown what may answer it before it is sent; ``follows`` is the number of the
    ticket that it takes up again.
    """

    looked = forms.CharField(max_length=1, required=False, widget=forms.HiddenInput)
    submission_key = forms.CharField(max_length=200, widget=forms.HiddenInput)
    follows = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    request_type = forms.ChoiceField(
        label="What is it about?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is about."},
    )
    subject = forms.CharField(
        max_length=200,
        help_text="In a few words, as in “The camera list stays empty”.",
        error_messages={"required": "Write a subject."},
    )
    text = forms.CharField(
        label="What happens",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What you see, since when, and what you expected. Never a password.",
        error_messages={"required": "Write what happens."},
    )
    steps = forms.CharField(
        label="Steps that lead to it",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line, so that we can see it ourselves.",
        error_messages={"required": "Write the steps that lead to it; your support policy asks for them."},
    )
    effect = forms.CharField(
        label="Effect on your work",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you cannot do while it lasts.",
        error_messages={"required": "Write what its effect is; your support policy asks for it."},
    )
    affected = forms.ChoiceField(
        label="Who is affected?", choices=AFFECTED, widget=forms.RadioSelect, required=False
    )
    percent = forms.IntegerField(
        label="About how many, in per cent",
        min_value=1,
        max_value=99,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "min_value": "Write a number from 1 to 99; or choose nobody.",
            "max_value": "Write a number from 1 to 99; or choose everyone.",
            "invalid": "Write a whole number from 1 to 99.",
        },
    )
    workaround = forms.ChoiceField(
        label="Is there a workaround?",
        choices=WORKAROUND,
        widget=forms.RadioSelect,
        required=False,
        help_text="A way to go on with your work, even if it is slower.",
    )
    security = forms.BooleanField(
        label="It may raise the risk of a security breach",
        required=False,
        help_text="The ticket then stays between you and our staff: your colleagues do not see it.",
    )
    severity = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose a severity."}, required=False
    )
    uploads = UploadsField(label="Files", required=False)

    OF_A_POLICY: ClassVar[tuple[str, ...]] = ("request_type", "severity")

    def __init__(
        self, *args: Any, policy: Policy | None, supported: Supported = NOT_ASKED, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        self.policy = policy
        self.ask_for_environment(supported)
        self.fields["steps"].required = policy is not None and "steps" in policy.asks
        if policy is None or "effect" not in policy.asks:
            del self.fields["effect"]
        if policy is None:
            for name in self.OF_A_POLICY:
                del self.fields[name]
            return
        _set_choices(self.fields["severity"], [(each.code, each.name) for each in policy.severities])
        _set_choices(
            self.fields["request_type"], [(each.code, _request_type(each)) for each in policy.request_types]
        )
        if len(policy.request_types) == 1:
            self.fields["request_type"].initial = policy.request_types[0].code
        if not policy.request_types:
            del self.fields["request_type"]

    def clean(self) -> dict[str, Any]:
        """What concerns two fields at once."""
        cleaned = super().clean() or {}
        if cleaned.get("affected") in (EVERYONE, NOBODY):
            self.errors.pop("percent", None)
        elif cleaned.get("affected") == SOME and not (cleaned.get("percent") or "percent" in self.errors):
            self.add_error("percent", "Write about how many of you, in per cent.")
        if self.policy and not cleaned.get("severity") and "severity" not in self.errors:
            self._settle_severity(cleaned, self.policy)
        return cleaned

    def _settle_severity(self, cleaned: dict[str, Any], policy: Policy) -> None:
        """Where no clock runs a severity need not be chosen: the least one stands."""
        wanted = cleaned.get("request_type", "")
        if wanted and not policy.request_type(wanted).clocks:
            cleaned["severity"] = policy.severities[-1].code
        else:
            self.add_error("severity", "Choose a severity.")

    def request(self) -> Request:
        """The request that a valid form makes."""
        typed = self.cleaned_data
        return Request(
            subject=typed["subject"],
            text=typed["text"],
            severity=typed.get("severity", ""),
            request_type=typed.get("request_type", ""),
            steps=typed["steps"],
            effect=typed.get("effect", ""),
            affected_percent=affected_percent(typed),
            has_workaround=has_workaround(typed),
            is_confidential=typed["security"],
            environment=self.environment_given,
            files=typed["uploads"],
        )


class ReplyForm(Plain):
    """What a contact writes on a ticket, with files."""

    text = forms.CharField(
        label="Your reply",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write your reply."},
    )
    uploads = UploadsField(label="Files", required=False)
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class ReopeningForm(Plain):
    """Why a resolution does not hold."""

    reason = forms.CharField(
        label="What is not solved?",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why the ticket is reopened."},
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class SharingForm(Plain):
    """With which colleague a ticket is shared."""

    colleague = forms.ChoiceField(label="With whom", widget=forms.Select(attrs={"class": "form-select"}))

    def __init__(self, *args: Any, colleagues: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self.fields["colleague"], list(colleagues))


def affected_percent(typed: Mapping[str, Any]) -> int | None:
    """Which share is affected, from the answers as they were typed; ``None`` where they do not say."""
    match typed.get("affected"):
        case "everyone":
            return 100
        case "nobody":
            return 0
        case "some" | "" | None:
            return _percent(str(typed.get("percent") or ""))
    return None  # an answer that the form does not offer


def taken_from(ticket: Ticket | None) -> dict[str, Any]:
    """What a form begins with that follows ``ticket``: what was said there, save for what happens now."""
    if ticket is None:
        return {}
    share, workaround = ticket.affected_percent, ticket.has_workaround
    return {
        "follows": ticket.number,
        "subject": ticket.subject,
        "request_type": ticket.request_type,
        "severity": ticket.severity,
        "steps": ticket.steps,
        "effect": ticket.effect,
        "affected": {None: "", 0: NOBODY, 100: EVERYONE}.get(share, SOME),
        "percent": share if share and share < 100 else None,
        "workaround": {None: "", True: "yes", False: "no"}[workaround],
        "security": ticket.is_confidential,
    }


def has_workaround(typed: Mapping[str, Any]) -> bool | None:
    """Whether there is a workaround; ``None`` where nothing was answered."""
    return {"yes": True, "no": False}.get(str(typed.get("workaround", "")))


def _percent(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 2 and int(text) else None


def _request_type(each: RequestType) -> str:
    return each.name if each.clocks else f"{each.name} (best effort, no clock runs)"


def _set_choices(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
