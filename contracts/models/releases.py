"""What comes with a release: its notes, its files, and how agents get it."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from contracts.models.people import User
from contracts.models.products import Deployment, Release, UpdatePreference


class ReleaseNotes(models.Model):
    """What was written about a release at one time: as typed, and what the renderer of a numbered generation made.

    A row never changes what it says; ``Release.notes`` points at the one that is shown.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="all_notes")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True, help_text="In Markdown.")
    html = models.TextField(blank=True)
    headings = models.JSONField(default=list, blank=True)
    plain = models.TextField(blank=True)
    renderer = models.PositiveIntegerField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "number"], name="release_notes_once")]
        ordering = ["release", "-number"]
        verbose_name_plural = "release notes"

    def __str__(self) -> str:
        return f"Notes on {self.release}"


def random_path(file: ReleaseFile, filename: str) -> str:
    """A name on disk that says nothing; what the file is called is only a column."""
    return f"releases/{secrets.token_hex(2)}/{secrets.token_hex(16)}"


class ReleaseFile(models.Model):
    """A file that a release is installed from. One that was published and is withdrawn stays listed by its hash."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(upload_to=random_path, max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "name"], condition=Q(withdrawn_at=None), name="release_file_name_once"
            )
        ]
        ordering = ["release", "pk"]

    def __str__(self) -> str:
        return self.name


class UpdateChoice(models.Model):
    """How the releases of an agent were to be installed from then on, and who chose it (VK5)."""

    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="update_choices")
    preference = models.CharField(max_length=9, choices=UpdatePreference.choices)
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.deployment}: {self.get_preference_display()}"
