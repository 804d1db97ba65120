"""The forms of the admin's own pages."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group

from contracts.calendar_rows import policy_of
from contracts.keys import key_in
from contracts.models import (
    Component,
    Contact,
    Contract,
    Customer,
    Deployment,
    Environment,
    PolicyVersion,
    Product,
    Release,
    User,
)
from contracts.services.staff import AGENTS, MANAGERS
from contracts.verb_forms import VerbForm

OFFERED = "Those of the customer; a deployment has one contract at a time."
OFFERED_LATER = "Once the contract is saved, the customer's deployments stand here to be chosen."


def plans() -> list[tuple[str, str]]:
    """Every tier of every policy as choices; one that a later version dropped included."""
    found: dict[str, str] = {}
    for version in PolicyVersion.objects.order_by("slug", "effective_from"):
        for tier in policy_of(version).tiers:
            found[f"{version.slug}/{tier.code}"] = f"{version.title}: {tier.name}"
    return list(found.items())


class CustomerForm(VerbForm[Customer]):
    """A customer with its domains."""

    domains = forms.CharField(
        label="E-mail domains",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line, as in example.com. Some policies want a named contact's address in one of them.",
    )

    class Meta:
        model = Customer
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Shows the domains that there are."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["domains"] = "\n".join(domain.domain for domain in self.instance.domains.all())


class InviteContactForm(VerbForm[Contact]):
    """A person of a customer, who comes in by invitation."""

    email = forms.EmailField(label="Email address", max_length=254)
    name = forms.CharField(max_length=120, help_text="Of somebody who signs in here already, the name stays.")

    class Meta:
        model = Contact
        fields = ("customer", "is_named", "trained_on", "is_administrator")


class ContactForm(VerbForm[Contact]):
    """What may change of a contact."""

    field_of = {"email": ""}

    class Meta:
        model = Contact
        fields = ("is_named", "trained_on", "is_administrator", "language")


class InviteStaffForm(VerbForm[User]):
    """A member of staff, who comes in by invitation. Whose the address is, the verb says."""

    email = forms.EmailField(label="Email address", max_length=254)
    role = forms.ChoiceField(choices=[(AGENTS, "agent"), (MANAGERS, "manager")])

    class Meta:
        model = User
        fields = ("name",)


class UserForm(VerbForm[User]):
    """What may change of an account."""

    roles = forms.ModelMultipleChoiceField(
        Group.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever has a role is staff and works in the admin; contacts of customers have none.",
    )

    class Meta:
        model = User
        fields = ("name", "email", "time_zone", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ticks the roles that the user has."""
        super().__init__(*args, **kwargs)
        self.initial["roles"] = self.instance.groups.all() if self.instance.pk else []


class AddComponentForm(VerbForm[Component]):
    """A part of a product that the vendor runs."""

    class Meta:
        model = Component
        fields = ("product", "name", "slug", "description", "carries_target", "audience", "position")


class ComponentForm(VerbForm[Component]):
    """What may change of a component; ``retire`` takes it out of service, and it stays so."""

    retire = forms.BooleanField(
        label="Retire it",
        required=False,
        help_text="For good: no window and no outage can name it any more. What was stays on record.",
    )

    class Meta:
        model = Component
        fields = ("name", "slug", "description", "carries_target", "audience", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ticks what is retired already."""
        super().__init__(*args, **kwargs)
        self.initial["retire"] = self.instance.retired_at is not None


class ProductForm(VerbForm[Product]):
    """A product."""

    class Meta:
        model = Product
        fields = ("name", "slug")


class AddDeploymentForm(VerbForm[Deployment]):
    """One customer's installation of a product."""

    class Meta:
        model = Deployment
        fields = ("customer", "product", "name", "kind", "version")


class DeploymentForm(VerbForm[Deployment]):
    """What may change of an installation."""

    class Meta:
        model = Deployment
        fields = ("name", "kind", "version")


class EnvironmentForm(VerbForm[Environment]):
    """A system that releases are supported on. Whose releases are offered depends on the product."""

    class Meta:
        model = Environment
        fields = (
            "product",
            "kind",
            "name",
            "versions",
            "note",
            "from_release",
            "until_release",
            "ended_on",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Of an environment that there is, offers the releases of its product."""
        super().__init__(*args, **kwargs)
        known = Release.objects.select_related("product")
        for name in ("from_release", "until_release"):
            field = self.fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                of_one = known.filter(product=self.instance.product_id) if self.instance.pk else known
                field.queryset = of_one


class AmendContractForm(VerbForm[Contract]):
    """What may change of a contract."""

    class Meta:
        model = Contract
        fields: tuple[str, ...] = (
            "ends_on",
            "deployments",
            "extra_named_contacts",
            "extra_named_contacts_order",
            "colleagues_see_tickets",
        )
        widgets = {"deployments": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offers the customer's own deployments."""
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields.get("deployments"), forms.ModelMultipleChoiceField):
            customer = self.customer_id()
            field.queryset = Deployment.objects.filter(customer=customer).select_related("product")
            field.help_text = OFFERED if customer else OFFERED_LATER

    def customer_id(self) -> int | None:
        """Whose deployments are offered."""
        return self.instance.customer_id


class SignContractForm(AmendContractForm):
    """A contract to be signed. Policy and tier are chosen as one, since each policy has its own tiers."""

    plan = forms.ChoiceField(label="Policy and tier", choices=plans)
    field_of = {"policy_slug": "plan", "tier": "plan"}

    class Meta(AmendContractForm.Meta):
        fields = (
            "customer",
            "order_reference",
            "ordered_on",
            "starts_on",
            *AmendContractForm.Meta.fields,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says what the order date is for."""
        super().__init__(*args, **kwargs)
        self.fields[
            "ordered_on"
        ].help_text = "Decides which version of the policy governs the contract, for good."

    def customer_id(self) -> int | None:
        """The customer as typed, or as the address of the page names it."""
        given = self.data.get("customer") or self.initial.get("customer")
        return key_in(str(given or ""))

    def clean_plan(self) -> tuple[str, str]:
        """The policy's slug and the tier's code."""
        slug, _, tier = self.cleaned_data["plan"].partition("/")
        return slug, tier


class PolicyTextForm(forms.Form):
    """A policy file, uploaded or pasted; what is uploaded wins."""

    file = forms.FileField(label="A .toml file", required=False)
    text = forms.CharField(
        label="or its text",
        required=False,
        strip=False,
        max_length=256 * 1024,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "vLargeTextField"}),
    )
    # What was looked at: only that text is published.
    previewed = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
