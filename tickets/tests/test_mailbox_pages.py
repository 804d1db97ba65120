"""What staff see of the mailbox."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import Settings

from contracts.models import User
from contracts.services.staff import ensure_staff_groups
from tickets import rights
from tickets.mail_account import Account
from tickets.models import Mailbox
from tickets.tests.pages import client_of, words

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACCOUNT = Account("imaps", "mail.desk.example", 993, "desk", "the-password", "INBOX")


@pytest.fixture
def row(settings: Settings) -> Mailbox:
    ensure_staff_groups(rights.RIGHTS)
    settings.MAIL_IMAP = ACCOUNT
    return Mailbox.objects.create(name=ACCOUNT.row_name, fetched_at=NOW)


def overview(user: User) -> str:
    return words(client_of(user).get("/admin/"))


def test_the_overview_says_when_mail_was_fetched_and_since_when_it_cannot_be(
    row: Mailbox, agent: User, settings: Any
) -> None:
    assert "Mailbox: last fetched 2 March, 09:00 UTC" in overview(agent)
    Mailbox.objects.update(failing_since=NOW, failures=1, error="the server refuses the sign-in of desk")
    shown = overview(agent)
    assert "No mail comes in: the mailbox cannot be fetched since 2 March, 09:00 UTC" in shown
    assert "the server refuses the sign-in of desk" in shown
    page = words(client_of(agent).get(f"/admin/tickets/mailbox/{row.pk}/change/"))
    assert "the server refuses" in page
    assert ACCOUNT.password not in shown + page
    settings.MAIL_IMAP = None
    assert "mailbox cannot" not in overview(agent)
