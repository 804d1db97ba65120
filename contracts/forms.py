"""Forms of the verbs that move tickets: closures, standing, releases. The floor above mounts their pages."""

from datetime import UTC
from typing import Any

from django import forms

from contracts.calendar_rows import policy_of
from contracts.models import PolicyVersion, Release
from contracts.models.contracts import Standing
from contracts.verb_forms import VerbForm, WallTimeField

IN_THE_ZONE = "In the zone that stands beside the policy."


def policies() -> list[tuple[str, str]]:
    """Every policy with its time zone, as choices."""
    return [(v.slug, f"{v.title} ({policy_of(v).hours.time_zone.key})") for v in _newest_versions()]


def _newest_versions() -> list[PolicyVersion]:
    by_slug = {version.slug: version for version in PolicyVersion.objects.order_by("effective_from")}
    return [by_slug[slug] for slug in sorted(by_slug)]


class ClosureForm(forms.Form):
    """The desk to be shut, in the local time of the policy's zone; gives instants."""

    policy_slug = forms.ChoiceField(label="Policy", choices=policies)
    starts_at = WallTimeField(label="Closed from", help_text=IN_THE_ZONE)
    ends_at = WallTimeField(label="Open again from", help_text=IN_THE_ZONE)
    reason = forms.CharField(max_length=200, help_text="Shown on every public page that names the policy.")

    def clean(self) -> dict[str, Any] | None:
        """Turns the wall times into instants."""
        typed = super().clean() or self.cleaned_data
        slug = typed.get("policy_slug")
        for version in _newest_versions():
            if version.slug == slug:
                zone = policy_of(version).hours.time_zone
                for name in ("starts_at", "ends_at"):
                    if typed.get(name):
                        typed[name] = typed[name].replace(tzinfo=zone, fold=0).astimezone(UTC)
        return typed


class StandingForm(forms.Form):
    """Whether a customer is current in its obligations under a contract."""

    standing = forms.ChoiceField(choices=Standing.choices)
    reason = forms.CharField(
        max_length=200,
        required=False,
        help_text="What is overdue; the customer reads it. Not needed when everything is current.",
    )


class ReleaseForm(VerbForm[Release]):
    """A release to be planned."""

    class Meta:
        model = Release
        fields = ("product", "version", "kind", "planned_at")
