"""What machines are told about the portal's health."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from contracts.models import OutboxMessage
from portal import health
from portal.models import JobRun

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def beat(at: datetime) -> None:
    JobRun.objects.update_or_create(name="heartbeat", defaults={"due_at": at, "succeeded_at": at})


def message(**when: datetime) -> OutboxMessage:
    return OutboxMessage.objects.create(
        kind="receipt", to="nora@customer.example", message_id="<1@x>", key="1", **when
    )


def test_alive_asks_nobody_else(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_ready_when_the_worker_has_just_beaten(client: Client) -> None:
    beat(timezone.now())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "worker": "ok",
        "mail": "ok",
    }


@pytest.mark.django_db
def test_not_ready_before_the_first_heartbeat(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "no heartbeat yet")


@pytest.mark.django_db
def test_a_heartbeat_is_good_for_a_minute() -> None:
    beat(NOW)
    assert health.worker(at=NOW + timedelta(seconds=60)) == "ok"
    assert health.worker(at=NOW + timedelta(seconds=61)) == "no heartbeat for 61 s"


@pytest.mark.django_db
def test_mail_that_has_waited_for_ten_minutes_is_told_and_takes_no_page_away(client: Client) -> None:
    now = timezone.now()
    beat(now)
    waiting = message(created_at=now - timedelta(hours=1), not_before=now - timedelta(minutes=12))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["mail"]) == (200, "a message has waited for 12 min")
    unreachable = "The mail server cannot be reached: away"
    OutboxMessage.objects.update(not_before=now + timedelta(seconds=20), last_error=unreachable)
    assert client.get("/readyz").json()["mail"] == "a message has waited for 60 min"
    for fine in ({"attempts": 1}, {"is_bulk": True}, {"status": "sent"}, {"last_error": ""}):
        kept = {key: getattr(waiting, key) for key in fine} | {"last_error": unreachable}
        OutboxMessage.objects.update(**fine)
        assert client.get("/readyz").json()["mail"] == "ok"
        OutboxMessage.objects.update(**kept)


@pytest.mark.django_db
def test_migrations_that_are_missing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", set())
    with patch("portal.health.MigrationExecutor.migration_plan", return_value=["0002"]):
        assert health.migrations() == "not applied"
    assert health.migrations() == "ok"


def test_a_database_that_is_away_is_told_without_its_address(client: Client) -> None:
    away = OperationalError("no route to db.internal")
    with (
        patch("portal.health.connection.cursor", side_effect=away),
        patch("portal.health.migrations", side_effect=away),
        patch("portal.recurring.last_heartbeat", side_effect=away),
    ):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "the database does not answer"
    assert b"internal" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_never_kept_and_sets_no_cookie(client: Client, path: str) -> None:
    answer = client.get(path)
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/theme.css"])
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
