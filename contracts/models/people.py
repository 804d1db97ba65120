"""People: users who sign in, the customers they work for, and their membership, the contact."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


def check_time_zone(name: str) -> None:
    """Refuse what is no IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f'"{name}" is not a time zone; use a name such as Europe/Berlin.')


class UserManager(BaseUserManager["User"]):
    """Makes users; an address is kept in lower case, so that it signs in however it is typed."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user; without ``password`` one who cannot sign in until they set one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by email. Staff roles are groups; a customer's person has contacts."""

    email = models.EmailField("email address", unique=True, max_length=254)
    name = models.CharField(max_length=120)
    is_staff = models.BooleanField("staff", default=False, help_text="May work in the admin.")
    is_active = models.BooleanField("active", default=True, help_text="Unset to end access at once.")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]
        ordering = ["email"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()


class Customer(models.Model):
    """A company that has bought support."""

    name = models.CharField(max_length=160, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CustomerDomain(models.Model):
    """An e-mail domain of the customer's own; a named contact's address lies in one of them."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, help_text="As in example.com, without the @.")

    class Meta:
        constraints = [models.UniqueConstraint("customer", Lower("domain"), name="one_domain_once")]
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain


class ContactQuerySet(models.QuerySet["Contact"]):
    """Questions about contacts."""

    def active(self) -> ContactQuerySet:
        """Those who may sign in."""
        return self.filter(user__is_active=True)


class Contact(models.Model):
    """A user's membership in a customer; one person may have two."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="contacts")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    is_named = models.BooleanField("named contact", default=False)
    trained_on = models.DateField("support training on", null=True, blank=True)
    is_administrator = models.BooleanField(
        "administrator", default=False, help_text="Manages the customer's other contacts."
    )
    language = models.CharField(max_length=12, default="en")
    invited_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "customer"], name="one_contact_per_customer")]
        ordering = ["customer__name", "user__name"]

    def __str__(self) -> str:
        return f"{self.user} ({self.customer})"
