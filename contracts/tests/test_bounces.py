"""Addresses to which mail does not arrive: marked once, told once, cleared by people."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from contracts.models import BouncedAddress, Contact, OutboxMessage, User
from contracts.models.bounces import is_for_good
from contracts.refusals import Refused
from contracts.services.bounces import clear_bounce, mark_bounced

NORA = "nora@harbour.example"
HOUR = timedelta(hours=1)


def bounce(at: datetime, status: str = "5.1.1", address: str = " Nora@Harbour.example") -> BouncedAddress:
    return mark_bounced(address=address, status=status, diagnostic="550 no such\r\nuser\x00", at=at)


def told() -> list[str]:
    return list(OutboxMessage.objects.filter(key__startswith="team/bounce/").values_list("to", flat=True))


@pytest.mark.parametrize("status", ["5.1.1", "5.0.0", "5.2.1", "5.4.4", "5.20.2"])
def test_codes_that_say_no_letter_will_arrive(status: str) -> None:
    assert is_for_good(status)


@pytest.mark.parametrize("status", ["", "4.2.2", "5.2.2", "5.3.4", "5.7.1", "55.1.1", "nonsense"])
def test_codes_that_say_less(status: str) -> None:
    assert not is_for_good(status)


def test_staff_are_told_once_until_it_is_cleared(
    contact: Contact, agent: User, manager: User, monday: datetime
) -> None:
    row = bounce(monday)
    assert (row.address, row.status, row.diagnostic, row.stops) == (NORA, "5.1.1", "550 no such user", True)
    again = bounce(monday + HOUR, status="")
    assert (again.pk, again.count, again.since, again.last_at) == (row.pk, 2, monday, monday + HOUR)
    assert again.status == "5.1.1"
    assert sorted(told()) == ["agnes@desk.example", "max@desk.example"]
    mail = OutboxMessage.objects.filter(key__startswith="team/bounce/")[0]
    assert "Nora Quay <nora@harbour.example> was returned (5.1.1): 550 no such user" in mail.text

    clear_bounce(address=NORA.upper(), actor=agent, at=monday + 2 * HOUR)
    assert not BouncedAddress.objects.standing().exists()
    once_more = bounce(monday + 3 * HOUR)
    assert (once_more.count, once_more.since, once_more.cleared_by) == (1, monday + 3 * HOUR, None)
    assert len(told()) == 4


def test_staff_and_whose_address_it_is_may_clear_it(
    contact: Contact, stranger: Contact, agent: User, monday: datetime
) -> None:
    with pytest.raises(Refused, match="has bounced; there is nothing to clear"):
        clear_bounce(address=NORA, actor=agent, at=monday)
    bounce(monday)
    with pytest.raises(Refused, match="Only staff, or the person"):
        clear_bounce(address=NORA, actor=stranger.user, at=monday)
    assert clear_bounce(address=NORA, actor=contact.user, at=monday).cleared_by == contact.user


def test_the_admin_shows_them_and_clears(client: Client, agent: User, monday: datetime) -> None:
    row = bounce(monday)
    client.force_login(agent)
    page = client.get("/admin/contracts/bouncedaddress/").content.decode()
    assert "only what cannot be turned off" in page
    done = {"action": "clear", "_selected_action": [str(row.pk)]}
    page = client.post("/admin/contracts/bouncedaddress/", done, follow=True).content.decode()
    assert "Mail to nora@harbour.example is sent again." in page
    assert client.get(f"/admin/contracts/bouncedaddress/{row.pk}/change/").status_code == 200
