"""What is typed in the forum. A form says what is missing and keeps what was typed; the verbs decide."""

from typing import Any

from django import forms

from contracts.models import Product
from contracts.refusals import Refused
from knowledgebase.services.changing import LONGEST_REASON
from knowledgebase.services.forum import LONGEST_TEXT, LONGEST_TITLE

PUBLIC = "Everybody can read it: no passwords, no licence numbers, no names of people or companies."
MARKDOWN = "Markdown works: **bold**, `code`, lists with - and code between lines of ```."


class Typed(forms.Form):
    """A form in our own look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "%s", **kwargs})
        for field in self.fields.values():
            if not field.widget.is_hidden:
                is_select = isinstance(field, forms.ChoiceField)
                field.widget.attrs["class"] = "form-select" if is_select else "form-control"

    def refuse(self, refusal: Refused) -> None:
        """Show a verb's refusal at the field that it concerns."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class QuestionForm(Typed):
    """A question in public, about one of ``products``."""

    submission_key = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    product = forms.ChoiceField(
        error_messages={
            "required": "Choose a product.",
            "invalid_choice": "Choose one of the products that you may write about.",
        }
    )
    title = forms.CharField(
        label="Your question",
        max_length=LONGEST_TITLE,
        help_text="In one line, as in “How do I move a site to another server?”",
        error_messages={"required": "Write what you want to know, in one line."},
    )
    text = forms.CharField(
        label="More about it",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=f"What you tried, what you saw, your version. {PUBLIC} {MARKDOWN}",
        error_messages={"required": "Write what you tried and what you saw."},
    )

    def __init__(self, *args: Any, products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = {str(product.pk): product for product in products}
        field = self.fields["product"]
        if isinstance(field, forms.ChoiceField):
            names = [(key, product.name) for key, product in self.products.items()]
            field.choices = names if len(names) == 1 else [("", "Choose a product"), *names]

    @property
    def about(self) -> Product:
        """The product that was chosen."""
        return self.products[self.cleaned_data["product"]]


class AnswerForm(Typed):
    """An answer in public."""

    submission_key = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Your answer",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=f"{PUBLIC} {MARKDOWN}",
        error_messages={"required": "Write your answer."},
    )


class TextForm(Typed):
    """Another text of a question or an answer."""

    text = forms.CharField(
        label="Text",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=f"{PUBLIC} {MARKDOWN}",
        error_messages={"required": "Write what it should say."},
    )


class QuestionTextForm(TextForm):
    """Another text of a question."""

    title = forms.CharField(
        label="Question",
        max_length=LONGEST_TITLE,
        error_messages={"required": "Write what you want to know, in one line."},
    )
    field_order = ("title", "text")


class ReportForm(Typed):
    """Why something should not stand there."""

    reason = forms.CharField(
        label="What is wrong with it?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Staff read it; nobody else sees that you wrote.",
        error_messages={"required": "Write what is wrong with it."},
    )
