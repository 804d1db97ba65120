"""The public policy pages: what is promised, written from the data alone."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracts.access import contracts_visible_to
from contracts.calendar_rows import opening_hours, policy_of
from contracts.freshness import etag, not_modified, public_page, with_etag
from contracts.models import PolicyVersion, User
from contracts.notices import closure_notices
from contracts.opening import Opening, opening
from contracts.policy_page import all_channels, in_force, policy_page


@public_page
def policy_list(request: HttpRequest) -> HttpResponse:
    """The policies in force today, and when each desk is open."""
    now = timezone.now()
    desks = desks_now(now, reader_zone(request))
    closures = closure_notices(now)
    tag = etag(request, desks, closures)
    context = {"desks": desks, "closures": closures}
    return not_modified(request, tag) or with_etag(render(request, "contracts/policies.html", context), tag)


@public_page
def policy_current(request: HttpRequest, slug: str) -> HttpResponse:
    """The version of a policy that governs orders signed today."""
    now = timezone.now()
    versions = _versions(slug)
    return _version_page(request, versions, _current(versions, now) or versions[-1], now)


@public_page
def policy_version(request: HttpRequest, slug: str, effective_from: date) -> HttpResponse:
    """One version of a policy, in force or not."""
    versions = _versions(slug)
    version = next((one for one in versions if one.effective_from == effective_from), None)
    if version is None:
        raise Http404
    return _version_page(request, versions, version, timezone.now())


def reader_zone(request: HttpRequest) -> ZoneInfo | None:
    """The zone of who is signed in; a visitor's is not known."""
    return ZoneInfo(request.user.time_zone) if isinstance(request.user, User) else None


@dataclass(frozen=True, slots=True)
class Desk:
    """A policy in force: how its desk stands, and by what ways it is reached."""

    version: PolicyVersion
    opening: Opening
    channels: str

    @property
    def takes_inquiries(self) -> bool:
        """Whether strangers may ask under the policy."""
        return bool(policy_of(self.version).open_request_types)


def desks_now(at: datetime, zone: ZoneInfo | None) -> list[Desk]:
    """Every policy in force, and how its desk stands."""
    return _desks(PolicyVersion.objects.current(at.date()), at, zone)


def desks_of(user: User, at: datetime) -> list[Desk]:
    """The desks that serve a contact: those of their customers' contracts."""
    bound = contracts_visible_to(user).values("policy_version")
    return _desks(PolicyVersion.objects.filter(pk__in=bound), at, ZoneInfo(user.time_zone))


def _desks(versions: QuerySet[PolicyVersion], at: datetime, zone: ZoneInfo | None) -> list[Desk]:
    return [
        Desk(
            version,
            opening(opening_hours(version), at, reader_zone=zone),
            all_channels(policy_of(version)),
        )
        for version in versions.order_by("title", "-effective_from")
    ]


def _versions(slug: str) -> list[PolicyVersion]:
    """Every version of a policy, the newest first; 404 where there is none."""
    versions = list(PolicyVersion.objects.filter(slug=slug).order_by("-effective_from"))
    if not versions:
        raise Http404
    return versions


def _current(versions: list[PolicyVersion], at: datetime) -> PolicyVersion | None:
    return next((version for version in versions if version.effective_from <= at.date()), None)


def _version_page(
    request: HttpRequest, versions: list[PolicyVersion], version: PolicyVersion, now: datetime
) -> HttpResponse:
    page = policy_page(policy_of(version), opening_hours(version), at=now, reader_zone=reader_zone(request))
    closures = closure_notices(now)
    today = now.astimezone(page.policy.hours.time_zone).date()
    days = [one.effective_from for one in versions]
    tag = etag(request, version.pk, version.calendar_revision, days, today, page.opening, page.zone, closures)
    context = {
        "page": page,
        "version": version,
        "versions": versions,
        "current": _current(versions, now),
        "in_force": in_force(version.effective_from, days, today),
        "closures": closures,
    }
    return not_modified(request, tag) or with_etag(render(request, "contracts/policy.html", context), tag)
