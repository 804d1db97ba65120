"""Instants as staff type them: the time on a wall of their own zone."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms

from contracts.verb_forms import WallTimeField

HINT = "In your time zone, {zone}. Of a time that a clock change repeats, the earlier is meant."


def to_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a naive local time, of one that is repeated the earlier.

    Raises ``ValidationError`` for one that a clock change skips, naming the next that there is, and for one too far
    away to be an instant at all.
    """
    try:
        instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        there = instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise forms.ValidationError("No clock shows this time; choose a nearer year.") from None
    if there != wall:
        raise forms.ValidationError(
            f"The clocks of {zone.key} go forward then, and {wall:%H:%M} is skipped: choose {there:%H:%M}, or another "
            "time."
        )
    return instant


def is_repeated(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock change shows the naive local time twice."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second


class ZonedForm(forms.Form):
    """A form whose wall times become instants.

    An instant that a thing has already, down to its seconds, stays that instant while the wall time is left as shown.
    ``seen`` is the number of the last fact that its reader had before them.
    """

    # What is never filled in with how the thing stands.
    starts_empty: ClassVar[tuple[str, ...]] = ()
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        known = kwargs.pop("initial", None) or {}
        given = {name: value for name, value in known.items() if name not in self.starts_empty}
        self.known = {name: value for name, value in given.items() if isinstance(value, datetime)}
        shown = {name: self._wall(value, zone) for name, value in self.known.items()}
        super().__init__(*args, **{"label_suffix": "", **kwargs, "initial": {**given, **shown}})
        self.zone = zone
        # What was read of wall times that are shown twice.
        self.readings: list[str] = []
        for field in self.fields.values():
            if isinstance(field, WallTimeField):
                field.help_text = f"{field.help_text} {HINT.format(zone=zone.key)}".strip()

    def clean(self) -> dict[str, Any]:
        """Turns the wall times into instants; one that does not exist is refused at its field."""
        typed = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, WallTimeField) and typed.get(name):
                try:
                    typed[name] = self._instant(name, typed[name])
                except forms.ValidationError as fault:
                    self.add_error(name, fault)
        return typed

    def _instant(self, name: str, wall: datetime) -> datetime:
        known = self.known.get(name)
        if known is not None and self._wall(known, self.zone) == wall:
            return known
        instant = to_instant(wall, self.zone)
        if is_repeated(wall, self.zone):
            self.readings.append(
                f"{wall:%H:%M} comes twice in that night; the first one is meant, {instant:%H:%M} UTC."
            )
        return instant

    @staticmethod
    def _wall(at: datetime, zone: ZoneInfo) -> datetime:
        return at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
