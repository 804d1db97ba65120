"""Users, customers and contacts. People come in by invitation alone."""

from datetime import datetime

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from contracts.access_changes import access_told
from contracts.admin.base import Typed, VerbAdmin, actor_of
from contracts.admin.forms import ContactForm, CustomerForm, InviteContactForm, InviteStaffForm, UserForm
from contracts.models import BouncedAddress, Contact, Customer, User
from contracts.phrasing import long_date
from contracts.refusals import Refused
from contracts.services.contacts import change_contact
from contracts.services.customers import save_customer
from contracts.services.people import (
    disable_user,
    enable_user,
    invite_contact,
    invite_staff,
    resend_invitation,
)
from contracts.services.users import change_user


@admin.register(User)
class UserAdmin(VerbAdmin[User]):
    """Accounts; adding one invites a member of staff."""

    add_title = "Invite a member of staff"
    add_form = InviteStaffForm
    form = UserForm
    add_fields = ("email", "name", "role")
    change_fields = ("name", "email", "time_zone", "roles", "is_active")
    fixed_fields = ("access",)
    view_fields = ("name", "email", "time_zone", "groups", "is_active", "access")
    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "name")

    @admin.display(description="access")
    def access(self, user: User) -> str:
        """Who let the person in, and what happened since."""
        return "\n".join(access_told(user)) or "nothing is known"

    def add(self, typed: Typed, *, actor: User, at: datetime) -> User:
        return invite_staff(email=typed["email"], name=typed["name"], role=typed["role"], actor=actor, at=at)

    def change(self, row: User, typed: Typed, *, actor: User, at: datetime) -> User:
        user = change_user(
            user=row,
            name=typed["name"],
            email=typed["email"],
            time_zone=typed["time_zone"],
            roles=typed["roles"],
            actor=actor,
            at=at,
        )
        if typed["is_active"] != row.is_active:
            verb = enable_user if typed["is_active"] else disable_user
            user = verb(user=user, actor=actor, at=at)
        return user


@admin.register(Customer)
class CustomerAdmin(VerbAdmin[Customer]):
    """Customers with their domains."""

    add_form = form = CustomerForm
    add_fields = change_fields = ("name", "domains")
    view_fields = ("name", "shown_domains")
    list_display = ("name", "shown_domains")
    search_fields = ("name", "domains__domain")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return super().get_queryset(request).prefetch_related("domains")

    @admin.display(description="E-mail domains")
    def shown_domains(self, customer: Customer) -> str:
        return ", ".join(domain.domain for domain in customer.domains.all())

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Customer:
        return save_customer(name=typed["name"], domains=typed["domains"].split(), actor=actor, at=at)

    def change(self, row: Customer, typed: Typed, *, actor: User, at: datetime) -> Customer:
        return save_customer(
            customer=row, name=typed["name"], domains=typed["domains"].split(), actor=actor, at=at
        )


@admin.register(Contact)
class ContactAdmin(VerbAdmin[Contact]):
    """Contacts; adding one invites the person."""

    add_title = "Invite a contact"
    add_form = InviteContactForm
    form = ContactForm
    add_fields = ("customer", "email", "name", "is_named", "trained_on", "is_administrator")
    change_fields = ("is_named", "trained_on", "is_administrator", "language")
    fixed_fields = ("user", "email", "mail", "customer", "invited_at", "access")
    autocomplete_fields = ("customer",)
    list_display = ("user", "email", "customer", "is_named", "trained_on", "is_administrator", "may_sign_in")
    list_filter = ("is_named", "is_administrator", "user__is_active")
    list_select_related = ("user", "customer")
    search_fields = ("user__name", "user__email", "customer__name")
    actions = ("invite_again",)

    @admin.display(description="email address", ordering="user__email")
    def email(self, contact: Contact) -> str:
        return contact.user.email

    @admin.display(description="mail to it")
    def mail(self, contact: Contact) -> str:
        """Whether mail to the address bounced, and when."""
        bounce = BouncedAddress.objects.standing().among([contact.user.email]).first()
        if bounce is None:
            return "sent"
        return f"bounced on {long_date(bounce.last_at.date())}: {bounce.diagnostic or bounce.status}"

    @admin.display(description="access")
    def access(self, contact: Contact) -> str:
        """Who let the person in, and what happened since."""
        return "\n".join(access_told(contact.user)) or "nothing is known"

    @admin.display(description="may sign in", boolean=True)
    def may_sign_in(self, contact: Contact) -> bool:
        return contact.user.is_active

    @admin.action(description="Send the invitation again", permissions=["change"])
    def invite_again(self, request: HttpRequest, contacts: QuerySet[Contact]) -> None:
        """Says of each whether the mail goes out."""
        for contact in contacts.select_related("user"):
            try:
                resend_invitation(user=contact.user, actor=actor_of(request), at=timezone.now())
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
            else:
                self.message_user(request, f"The invitation goes out again to {contact.user.email}.")

    def add(self, typed: Typed, *, actor: User, at: datetime) -> Contact:
        return invite_contact(
            customer=typed["customer"],
            email=typed["email"],
            name=typed["name"],
            is_named=typed["is_named"],
            trained_on=typed["trained_on"],
            is_administrator=typed["is_administrator"],
            actor=actor,
            at=at,
        )

    def change(self, row: Contact, typed: Typed, *, actor: User, at: datetime) -> Contact:
        return change_contact(
            contact=row,
            is_named=typed["is_named"],
            trained_on=typed["trained_on"],
            is_administrator=typed["is_administrator"],
            language=typed["language"],
            actor=actor,
            at=at,
        )
