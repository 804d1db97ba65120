"""Publishing a policy, and accepting what the holidays package has changed since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from contracts.calendar_rows import calendar_changed, local_day, policy_of
from contracts.calendars import holidays_of_year
from contracts.models import Contract, Holiday, PolicyVersion, User
from contracts.policy import Policy
from contracts.policy_diff import Difference, differences
from contracts.policy_file import read_policy
from contracts.refusals import Refused
from contracts.words import day_in_words

YEARS_FROZEN = 10
EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class PolicyPreview:
    """A text without faults: what it says, what to look at twice, what it changes.

    ``obstacle`` is why it cannot be published all the same; ``""`` for none.
    """

    policy: Policy
    previous: PolicyVersion | None
    warnings: tuple[str, ...]
    differences: tuple[Difference, ...]
    obstacle: str


@dataclass(frozen=True, slots=True)
class HolidayChange:
    """A day that the holidays package now sees otherwise than when the policy was published."""

    day: date
    before: str | None
    after: str | None

    def __str__(self) -> str:
        return f"{self.day.isoformat()}: {self.before or 'no holiday'} → {self.after or 'no holiday'}"


def preview_policy(text: str) -> PolicyPreview:
    """What publishing ``text`` would mean. Raises ``PolicyFaults``; changes nothing."""
    policy = read_policy(text)
    previous = _newest(policy.slug)
    changes = differences(policy_of(previous), policy) if previous else []
    return PolicyPreview(
        policy=policy,
        previous=previous,
        warnings=(*policy.warnings, *_late(policy)),
        differences=tuple(changes),
        obstacle=_obstacle(policy, previous, text),
    )


@transaction.atomic
def publish_policy(*, text: str, actor: User | None, at: datetime) -> PolicyVersion:
    """Publish a version and freeze its holidays.

    Raises ``PolicyFaults`` for a text that breaks the format, and ``Refused`` for one that is
    published already or is not in force later than every version of its slug.
    """
    policy = read_policy(text)
    newest = _newest(policy.slug, lock=True)
    _check_later(policy, newest, text)
    _check_day(policy, at)
    version = PolicyVersion.objects.create(
        slug=policy.slug,
        title=policy.title,
        vendor=policy.vendor,
        effective_from=policy.effective_from,
        text=text,
        published_at=at,
        published_by=actor,
        holidays_until=at.year + YEARS_FROZEN,
        calendar_revision=1,
    )
    days = _package_days(version, policy.effective_from)
    Holiday.objects.bulk_create([Holiday(version=version, day=day, name=name[:200]) for day, name in days])
    calendar_changed()
    return version


def holiday_changes(version: PolicyVersion, *, after: date | None = None) -> list[HolidayChange]:
    """Where the installed package differs from the frozen rows, on days later than ``after``."""
    start = version.effective_from
    frozen = {day: name for day, name in version.holidays.values_list("day", "name") if _later(day, after)}
    now = {day: name[:200] for day, name in _package_days(version, start) if _later(day, after)}
    days = sorted(frozen.keys() | now.keys())
    found = (HolidayChange(day, frozen.get(day), now.get(day)) for day in days)
    return [change for change in found if change.before != change.after]


@transaction.atomic
def accept_holidays(*, version: PolicyVersion, actor: User | None, at: datetime) -> list[HolidayChange]:
    """Take over what the installed package says of the days after today; those gone by stay as they were.

    Answers with what changed; the calendar's revision rises if anything did. Clocks are moved by
    the floor above. ``actor`` is who takes it upon them; the floor above keeps the record.
    """
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    changes = holiday_changes(version, after=local_day(version, at))
    version.holidays.filter(day__in=[change.day for change in changes]).delete()
    come = [Holiday(version=version, day=change.day, name=change.after) for change in changes if change.after]
    Holiday.objects.bulk_create(come)
    if changes:
        PolicyVersion.objects.filter(pk=version.pk).update(calendar_revision=F("calendar_revision") + 1)
        calendar_changed()
    return changes


def _newest(slug: str, *, lock: bool = False) -> PolicyVersion | None:
    versions = PolicyVersion.objects.select_for_update() if lock else PolicyVersion.objects.all()
    return versions.filter(slug=slug).order_by("-effective_from").first()


def _check_later(policy: Policy, newest: PolicyVersion | None, text: str) -> None:
    if newest is None:
        return
    if newest.text == text:
        raise Refused(f"This text is published already, as {newest}.", field="text")
    if policy.effective_from <= newest.effective_from:
        raise Refused(
            f"The newest version of {policy.slug} is in force from {day_in_words(newest.effective_from)};"
            f" set policy.effective_from, now {policy.effective_from.isoformat()}, to a later day.",
            field="text",
        )


def _obstacle(policy: Policy, newest: PolicyVersion | None, text: str) -> str:
    try:
        _check_later(policy, newest, text)
    except Refused as refusal:
        return str(refusal)
    return ""


def _check_day(policy: Policy, at: datetime) -> None:
    last = date(at.year + YEARS_FROZEN, 12, 31)
    if not EARLIEST <= policy.effective_from <= last:
        raise Refused(
            f"policy.effective_from, now {policy.effective_from.isoformat()}, must lie between"
            f" {day_in_words(EARLIEST)} and {day_in_words(last)}.",
            field="text",
        )


def _late(policy: Policy) -> Iterator[str]:
    """A version that reaches back does not reach the contracts signed meanwhile; say so."""
    bound = Contract.objects.filter(
        policy_version__slug=policy.slug, ordered_on__gte=policy.effective_from
    ).count()
    if bound:
        yield (
            f"Contracts signed on or after {day_in_words(policy.effective_from)} under an earlier version:"
            f" {bound}. A contract keeps its version, so this one does not govern them."
        )


def _package_days(version: PolicyVersion, start: date) -> Iterator[tuple[date, str]]:
    code = policy_of(version).hours.holidays
    for year in range(start.year, version.holidays_until + 1):
        yield from sorted(holidays_of_year(code, year).items())


def _later(day: date, after: date | None) -> bool:
    return after is None or day > after
