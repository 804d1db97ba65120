"""What contacts choose, and staff type, about releases. The services decide."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from contracts.files import Upload
from contracts.models.products import UpdatePreference
from knowledgebase.services.release_notes import LONGEST_NOTES


class UpdatesForm(forms.Form):
    """How an agent gets releases."""

    preference = forms.ChoiceField(
        label="Releases are", choices=UpdatePreference.choices, widget=forms.RadioSelect
    )


class NotesForm(forms.Form):
    """What is written about a release; ``seen`` is the number of the notes that the writer began from."""

    text = forms.CharField(
        label="Notes",
        max_length=LONGEST_NOTES,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
        help_text="In Markdown.",
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ReleaseFileForm(forms.Form):
    """A file to be added."""

    file = forms.FileField(label="File", allow_empty_file=True)

    def upload(self) -> Upload:
        """The file as the service takes it."""
        sent: UploadedFile[Any] = self.cleaned_data["file"]
        return Upload(sent.name or "", sent)


class WithdrawalForm(forms.Form):
    """Why a file goes."""

    reason = forms.CharField(label="Why", max_length=300, required=False)
