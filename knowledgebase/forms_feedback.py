"""The form of "Was this helpful?"."""

from django import forms

from knowledgebase.services.judgements import LONGEST_REASON

ANSWERS = (("yes", "Yes, it helped"), ("no", "No, it did not"))


class FeedbackForm(forms.Form):
    """Whether an article helped, and why, if the reader likes to say so."""

    helpful = forms.ChoiceField(
        choices=ANSWERS,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        label="Was this helpful?",
        error_messages={"required": "Choose yes or no.", "invalid_choice": "Choose yes or no."},
    )
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        label="What made it so, or what was missing?",
        help_text="If you like. The people who write the articles read it; please leave out names and passwords.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        error_messages={"max_length": f"Say it in {LONGEST_REASON} characters at most."},
    )

    @property
    def is_helpful(self) -> bool:
        """What was chosen."""
        return bool(self.cleaned_data["helpful"] == "yes")
