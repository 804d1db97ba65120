"""What staff type about known problems. A form says what is missing; the services decide."""

from typing import Any

from django import forms

from contracts.models import Product, Release
from contracts.refusals import Refused
from tickets.models import KnownProblem
from tickets.models.problem import ProblemAudience
from tickets.services.fixes import LONGEST_REASON
from tickets.services.problems import LONGEST_ENVIRONMENTS, LONGEST_TEXT, LONGEST_TITLE, Said


class ProblemForm(forms.Form):
    """What is said of a known problem; ``seen`` is the last event that its writer had before them.

    Of a new one the product is chosen, and its releases are typed by their version.
    """

    product = forms.ModelChoiceField(Product.objects.order_by("name"), empty_label="Choose …")
    title = forms.CharField(max_length=LONGEST_TITLE, help_text="What a reader would search for.")
    text = forms.CharField(
        label="What happens",
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "true"}),
        help_text="In Markdown. Name no customer and no ticket.",
    )
    workaround = forms.CharField(
        label="What helps meanwhile",
        max_length=LONGEST_TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "true"}),
        help_text="In Markdown. Leave it empty while there is no workaround.",
    )
    environments = forms.CharField(
        label="Where it happens",
        max_length=LONGEST_ENVIRONMENTS,
        required=False,
        help_text="In words, for instance: Windows Server 2019 with IPv6. Empty for everywhere.",
    )
    from_release = forms.CharField(
        label="From version", max_length=40, required=False, help_text="The first release that has it."
    )
    until_release = forms.CharField(
        label="Until version", max_length=40, required=False, help_text="The last release that has it."
    )
    audience = forms.ChoiceField(label="Who may read it", choices=ProblemAudience.choices)
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, problem: KnownProblem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = problem.product if problem else None
        if problem is not None:
            del self.fields["product"]

    @property
    def about(self) -> Product:
        """The one that a valid form is about."""
        found: Product = self.of or self.cleaned_data["product"]
        return found

    def said(self) -> Said:
        """What a valid form says. Raises ``Refused`` for a release that the product has not."""
        typed = self.cleaned_data
        return Said(
            title=typed["title"],
            text=typed["text"],
            workaround=typed["workaround"],
            environments=typed["environments"],
            from_release=self._release("from_release"),
            until_release=self._release("until_release"),
            audience=typed["audience"],
        )

    def _release(self, field: str) -> Release | None:
        version = self.cleaned_data[field].strip()
        if not version:
            return None
        found = Release.objects.filter(product=self.about, version=version).first()
        if found is None:
            raise Refused(f"{self.about} has no release {version}.", field=field)
        return found


def initial_of(problem: KnownProblem) -> dict[str, Any]:
    """The form of ``problem`` as it stands."""
    names = ("title", "text", "workaround", "environments", "audience")
    return {
        **{name: getattr(problem, name) for name in names},
        "from_release": problem.from_release.version if problem.from_release else "",
        "until_release": problem.until_release.version if problem.until_release else "",
        "seen": problem.seq,
    }


class UpdateForm(forms.Form):
    """How it stands, for everybody who has it."""

    text = forms.CharField(
        label="Update to all",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write the update first."},
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class WhyForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Customers read it.",
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
