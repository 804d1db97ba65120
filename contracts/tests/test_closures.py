"""The desk shut against its hours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.forms import ClosureForm
from contracts.models import Closure, PolicyVersion, User
from contracts.refusals import Refused
from contracts.services.closures import enter_closure, withdraw_closure
from contracts.services.policies import publish_policy
from contracts.tests.factories import policy_text, published

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


def enter(**changes: Any) -> Closure:
    given: dict[str, Any] = {
        "policy_slug": "atheer",
        "starts_at": AT,
        "ends_at": AT + HOUR,
        "reason": "Snow",
        "actor": None,
        "at": AT,
    }
    return enter_closure(**given | changes)


def test_a_closure_is_kept_with_who_and_when(manager: User) -> None:
    published("atheer")

    closure = enter(actor=manager, reason="  Snow ")

    closure.refresh_from_db()
    assert (closure.reason, closure.entered_at, closure.entered_by) == ("Snow", AT, manager)
    assert list(Closure.objects.standing()) == [closure]


def test_a_closure_gives_every_version_of_its_policy_a_new_calendar() -> None:
    published("atheer")
    published("vivvo")
    later = policy_text("atheer").replace("effective_from = 2023-08-05", "effective_from = 2027-01-01")
    publish_policy(text=later, actor=None, at=AT)

    enter()

    revisions = PolicyVersion.objects.order_by("slug", "effective_from").values_list(
        "slug", "calendar_revision"
    )
    assert list(revisions) == [("atheer", 2), ("atheer", 2), ("vivvo", 1)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"ends_at": AT}, "ends_at"),
        ({"starts_at": AT - 24 * HOUR - timedelta(seconds=1)}, "starts_at"),
        ({"policy_slug": "nobody"}, "policy_slug"),
    ],
)
def test_what_cannot_be_entered_is_said_at_its_field(changes: dict[str, Any], field: str) -> None:
    published("atheer")

    with pytest.raises(Refused) as caught:
        enter(**changes)
    assert caught.value.field == field
    assert not Closure.objects.exists()


def test_a_closure_may_start_24_hours_back() -> None:
    published("atheer")

    assert enter(starts_at=AT - 24 * HOUR).pk


def test_a_withdrawn_closure_stays_on_record(manager: User) -> None:
    published("atheer")
    closure = enter()

    withdraw_closure(closure=closure, actor=manager, at=AT + HOUR)

    closure.refresh_from_db()
    assert (closure.withdrawn_at, closure.withdrawn_by) == (AT + HOUR, manager)
    assert not Closure.objects.standing().exists()
    with pytest.raises(Refused, match="already"):
        withdraw_closure(closure=closure, actor=manager, at=AT + 2 * HOUR)


def closure_form(starts: str, ends: str) -> ClosureForm:
    return ClosureForm({"policy_slug": "atheer", "starts_at": starts, "ends_at": ends, "reason": "Snow"})


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-11-24T09:00", "2026-11-24T17:00:00+00:00"),
        ("2026-07-01T09:00", "2026-07-01T16:00:00+00:00"),
        ("2026-03-08T02:30", "2026-03-08T10:30:00+00:00"),  # skipped by the clock change: 03:30 summer time
        ("2026-11-01T01:30", "2026-11-01T08:30:00+00:00"),  # repeated: the earlier
    ],
)
def test_times_are_typed_in_the_policys_zone(typed: str, instant: str) -> None:
    published("atheer")

    form = closure_form(typed, "2027-01-01T00:00")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["starts_at"] == datetime.fromisoformat(instant)


def test_the_form_names_the_zone_and_keeps_what_was_typed() -> None:
    published("atheer")

    page = closure_form("2026-11-24T09:00", "never").as_p()

    assert "America/Los_Angeles" in page
    assert 'value="2026-11-24T09:00"' in page
