"""Licences of a contract (VV1), who says that one is theirs, and what a customer asks to be changed of its people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.models.contracts import Contract
from contracts.models.people import Contact, Customer


class LicenceQuerySet(models.QuerySet["Licence"]):
    """Questions about licences."""

    def standing(self) -> LicenceQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class Licence(models.Model):
    """A number on a contract, as :func:`contracts.licence_numbers.plain_number` writes it.

    One that is withdrawn stays as a row; its number may then stand on another contract.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="licences")
    number = models.CharField(max_length=60)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_because = models.CharField(max_length=200, blank=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(withdrawn_at=None), name="one_standing_licence"
            ),
        ]
        ordering = ["number", "pk"]

    def __str__(self) -> str:
        return self.number


class LicenceClaimQuerySet(models.QuerySet["LicenceClaim"]):
    """Questions about claims."""

    def open(self) -> LicenceClaimQuerySet:
        """Those that nobody has decided, of licences that still stand."""
        return self.filter(decided_at=None, licence__withdrawn_at=None)

    def held(self) -> LicenceClaimQuerySet:
        """Those by which somebody holds a licence now."""
        return self.filter(agreed=True, ended_at=None)


class LicenceClaim(models.Model):
    """A person's word that a licence is theirs, their address confirmed; and what the customer said to it.

    ``key`` names the link by which it was confirmed, so that a link opened twice makes one claim. ``agreed`` is
    ``None`` until it is decided; ``ended_at`` is set once its holder has it no longer.
    """

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="claims")
    key = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    claimed_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="licence_claims"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LicenceClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["licence"], condition=Q(agreed=True, ended_at=None), name="one_holder_a_licence"
            ),
            models.UniqueConstraint(
                fields=["licence", "email"], condition=Q(decided_at=None), name="one_open_claim_a_person"
            ),
        ]
        ordering = ["claimed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.licence}: {self.email}"


class TeamRequestKind(models.TextChoices):
    """What a customer's administrator asks of staff."""

    NAMING = "naming", "make a named contact"
    ENDING = "ending", "end the access"


class TeamRequest(models.Model):
    """What a customer asks to be changed of its people, and what staff said to it. Decided once, never changed."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="team_requests")
    kind = models.CharField(max_length=8, choices=TeamRequestKind.choices)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    trained_on = models.DateField(null=True, blank=True, help_text="As the customer says; staff check it.")
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind"], condition=Q(decided_at=None), name="one_open_request_a_contact"
            ),
        ]
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.contact.user}"

    @property
    def is_naming(self) -> bool:
        return self.kind == TeamRequestKind.NAMING
