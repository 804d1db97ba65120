"""What staff type on the pages of the knowledge base. A form says what is missing; the services decide."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from contracts.files import Upload
from contracts.models import Product, Release, User
from knowledgebase.models import Article, Category
from knowledgebase.models.audience import Audience
from knowledgebase.services.placing import About, products_of
from knowledgebase.services.readiness import LONGEST_SUMMARY, LONGEST_TEXT, LONGEST_TITLE
from knowledgebase.tree import in_order


class DayInput(forms.DateInput):
    """A day, chosen from the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ButtonForm(forms.Form):
    """A verb that needs nothing but its button."""


class WritingForm(forms.Form):
    """What an article says; ``seen`` is the version that its writer began from."""

    title = forms.CharField(max_length=LONGEST_TITLE, help_text="What a reader would search for.")
    summary = forms.CharField(
        max_length=LONGEST_SUMMARY,
        required=False,
        help_text="One sentence. It stands in lists, in search results and in the feed.",
    )
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "true"}),
        help_text="In Markdown.",
    )
    comment = forms.CharField(
        label="What you changed", max_length=200, required=False, help_text="For colleagues; may stay empty."
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        max_length=300,
        required=False,
        label="What is to be changed",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ArchiveForm(forms.Form):
    """Why an article goes, for whoever looks for it later."""

    reason = forms.CharField(max_length=300, required=False, label="Why", help_text="May stay empty.")


class ReviewForm(forms.Form):
    """When an article is looked through again."""

    review_on = forms.DateField(label="Look through again on", widget=DayInput)


class AddressForm(forms.Form):
    """Another address of an article."""

    slug = forms.CharField(
        max_length=200,
        label="Address",
        help_text="Small letters, digits and hyphens. The old address leads here for ever.",
    )


class FileForm(forms.Form):
    """A picture or another file of an article."""

    file = forms.FileField(
        label="Picture or file",
        required=True,
        error_messages={"required": "Choose a file first.", "empty": "The file is empty."},
    )

    def upload(self) -> Upload:
        """The file of a valid form."""
        given: UploadedFile[bytes] = self.cleaned_data["file"]
        return Upload(given.name or "", given)


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product that can be chosen, with its fields on the form."""

    product: Product
    chosen: forms.BoundField
    first: forms.BoundField
    last: forms.BoundField


class PlaceForm(forms.Form):
    """Where an article stands, for whom, about what, and whose it is."""

    category = forms.ChoiceField()
    audience = forms.ChoiceField(label="Who may read it", choices=Audience.choices)
    owner = forms.ChoiceField(help_text="Looks it through when its review date has come.")
    review_on = forms.DateField(label="Look through on", required=False, widget=DayInput)

    def __init__(self, *args: Any, article: Article | None, actor: User, **kwargs: Any) -> None:
        kwargs["initial"] = {**_place_of(article, actor), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.categories = {str(category.pk): (category, depth) for category, depth in in_order()}
        self.people = {str(user.pk): user for user in _owners(article)}
        self.products = list(Product.objects.order_by("name"))
        self.releases = {str(release.pk): release for release in Release.objects.order_by("-pk")}
        _choose(self, "category", ((key, _indented(*found)) for key, found in self.categories.items()))
        _choose(self, "owner", ((key, str(user)) for key, user in self.people.items()))
        for product in self.products:
            self._add_product(product)

    def _add_product(self, product: Product) -> None:
        own = [
            (key, release.version)
            for key, release in self.releases.items()
            if release.product_id == product.pk
        ]
        self.fields[f"product-{product.pk}"] = forms.BooleanField(label=product.name, required=False)
        for name, label in (("from", "from"), ("until", "until")):
            self.fields[f"{name}-{product.pk}"] = forms.ChoiceField(
                label=f"{product.name} {label}", required=False, choices=[("", "any"), *own]
            )

    def product_rows(self) -> Iterator[ProductRow]:
        """The products with their fields, for the page."""
        for product in self.products:
            key = product.pk
            yield ProductRow(product, self[f"product-{key}"], self[f"from-{key}"], self[f"until-{key}"])

    def place(self) -> dict[str, Any]:
        """What a valid form says, by the names of the verb's parameters."""
        typed = self.cleaned_data
        return {
            "category": self.categories[typed["category"]][0],
            "audience": typed["audience"],
            "owner": self.people[typed["owner"]],
            "review_on": typed["review_on"],
            "products": [self._about(product) for product in self.products if typed[f"product-{product.pk}"]],
        }

    def _about(self, product: Product) -> About:
        first, last = (
            self.releases.get(self.cleaned_data[f"{name}-{product.pk}"]) for name in ("from", "until")
        )
        return About(product, first, last)


class CategoryForm(forms.Form):
    """A category and its place in the tree."""

    name = forms.CharField(max_length=120)
    parent = forms.ChoiceField(label="Below", required=False)
    slug = forms.CharField(
        label="Address", max_length=80, required=False, help_text="Left empty, it is made of the name."
    )
    position = forms.IntegerField(
        min_value=0, max_value=9_999, initial=0, help_text="Smaller ones stand first among their neighbours."
    )

    def __init__(self, *args: Any, category: Category | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(each.pk): (each, depth) for each, depth in in_order() if each != category}
        _choose(
            self,
            "parent",
            [("", "at the top"), *((key, _indented(*found)) for key, found in self.known.items())],
        )

    def above(self) -> Category | None:
        """Below what a valid form puts it."""
        found = self.known.get(self.cleaned_data["parent"])
        return found[0] if found else None


def _choose(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


def _indented(category: Category, depth: int) -> str:
    return f"{'– ' * depth}{category.name}"


def _owners(article: Article | None) -> list[User]:
    """Staff who can sign in, and the owner of today whatever became of them."""
    staff = list(User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk"))
    if article is not None and article.owner not in staff:
        staff.append(article.owner)
    return staff


def _place_of(article: Article | None, actor: User) -> dict[str, Any]:
    """How the form stands before anything is typed."""
    if article is None:
        return {"owner": str(actor.pk), "audience": Audience.PUBLIC}
    found: dict[str, Any] = {
        "category": str(article.category_id),
        "audience": article.audience,
        "owner": str(article.owner_id),
        "review_on": article.review_on,
    }
    for about in products_of(article):
        key = about.product.pk
        found[f"product-{key}"] = True
        found[f"from-{key}"] = str(about.from_release.pk) if about.from_release else ""
        found[f"until-{key}"] = str(about.until_release.pk) if about.until_release else ""
    return found
