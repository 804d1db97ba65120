"""Who let whom in, and who ended it: append-only, beside the admin's own log, which sees the admin alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models

LONGEST = 200


class AccessChangeKind(models.TextChoices):
    """What happened to a person's access."""

    INVITED = "invited", "invited"
    INVITED_AGAIN = "again", "invited again"
    ACCEPTED = "accepted", "accepted the invitation"
    ROLES = "roles", "roles changed"
    ENDED = "ended", "access ended"
    GIVEN_BACK = "given_back", "access given back"


class AccessChange(models.Model):
    """One fact about a person's access; ``actor`` is nobody where the person did it by themselves."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_changes"
    )
    kind = models.CharField(max_length=10, choices=AccessChangeKind.choices)
    what = models.CharField(
        max_length=LONGEST, blank=True, help_text="For which customer, or which roles they have since."
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.at:%Y-%m-%d}"
