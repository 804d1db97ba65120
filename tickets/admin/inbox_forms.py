"""What staff type to settle a mail that is held. Every key is looked up among what its reader may see."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q

from contracts.access import contacts_visible_to, deployments_visible_to
from contracts.models import Contact, Deployment, User
from tickets.finding import number_in
from tickets.forms import Plain
from tickets.models import IncomingMail, Ticket

MOST_OFFERED = 25
MOST_INSTALLATIONS = 100
LONGEST_WORDS = 100


def offered_contacts(actor: User, mail: IncomingMail, words: str) -> list[Contact]:
    """The contacts with ``words`` in name, address or customer; without words those of the sender's own domain."""
    people = contacts_visible_to(actor).filter(user__is_active=True).select_related("user", "customer")
    domain = mail.sender.rpartition("@")[2]
    if words:
        fitting = Q(user__name__icontains=words) | Q(user__email__icontains=words)
        people = people.filter(fitting | Q(customer__name__icontains=words))
    elif domain:
        people = people.filter(Q(customer__domains__domain=domain) | Q(user__email=mail.sender))
    else:
        people = people.none()
    return list(people.distinct().order_by("customer__name", "user__name", "pk")[:MOST_OFFERED])


class Settling(Plain):
    """What settles a mail. ``words`` are those by which its contacts were looked for."""

    def __init__(
        self, *args: Any, actor: User, mail: IncomingMail, offered: Sequence[Contact], **kwargs: Any
    ) -> None:
        self.actor, self.mail, self.offered = actor, mail, offered
        super().__init__(*args, **kwargs)
        contact = self.fields.get("contact")
        if isinstance(contact, forms.ModelChoiceField):
            contact.queryset = contacts_visible_to(actor).filter(user__is_active=True)
            nobody = "Choose …" if contact.required else "Who filed the ticket"
            contact.choices = [("", nobody), *((str(each.pk), _named(each)) for each in offered)]


class FilingForm(Settling):
    """Whose request it is, and for which installation."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), error_messages={"required": "Choose whose request it is."}
    )
    deployment = forms.ModelChoiceField(
        Deployment.objects.none(),
        label="Installation",
        required=False,
        help_text="Without a choice it is the one that the message names, or the contact’s first under contract.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deployment"]
        if isinstance(field, forms.ModelChoiceField):
            known = deployments_visible_to(self.actor)
            field.queryset = known
            customers = {each.customer_id: each.customer.name for each in self.offered}
            shown = known.filter(customer__in=customers).select_related("product").order_by("customer", "pk")
            places = [
                (str(each.pk), f"{customers[each.customer_id]}: {each}")
                for each in shown[:MOST_INSTALLATIONS]
            ]
            field.choices = [("", "As the message says"), *places]

    def clean(self) -> dict[str, Any] | None:
        typed = super().clean() or {}
        contact, deployment = typed.get("contact"), typed.get("deployment")
        if contact and deployment and deployment.customer_id != contact.customer_id:
            self.add_error(
                "deployment", f"That is no installation of {contact.customer}. Choose one of theirs."
            )
        return typed


class NumberForm(Settling):
    """The ticket that it belongs to."""

    ticket = forms.CharField(
        label="Ticket", max_length=20, error_messages={"required": "Enter the number of the ticket."}
    )

    def clean_ticket(self) -> Ticket:
        number = number_in(self.cleaned_data["ticket"])
        found = Ticket.objects.visible_to(self.actor).filter(number=number).first() if number else None
        if found is None:
            raise forms.ValidationError("There is no ticket of this number.")
        return found


class TicketForm(NumberForm):
    """The ticket, and who says it there."""

    contact = forms.ModelChoiceField(Contact.objects.none(), label="Said by", required=False)
    field_order = ("ticket", "contact")


class DiscardForm(Settling):
    """Why nothing comes of it."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For your colleagues. The message stays here, and its sender is told nothing.",
        error_messages={"required": "Write why it is discarded."},
    )


def _named(contact: Contact) -> str:
    user = contact.user
    who = f"{user.name} <{user.email}>" if user.name else user.email
    return f"{who}, {contact.customer.name}{' (named contact)' if contact.is_named else ''}"
