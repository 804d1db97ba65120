"""Another severity, asked for by the contact and granted or not by staff."""

from datetime import datetime, timedelta

import pytest
import time_machine

from contracts.models import Contact, OutboxMessage, User
from contracts.refusals import Refused
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services import lifecycle, severity
from tickets.tests.conftest import Clocks, File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def ask(
    ticket: Ticket, actor: User, at: datetime, *, wanted: str = "P1", reason: str = "All are out."
) -> None:
    severity.request_severity(ticket=ticket, actor=actor, severity=wanted, reason=reason, at=at)


def test_at9_what_the_contact_asks_for_changes_nothing_until_staff_grant_it(
    file: File, contact: Contact, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket = file(severity="P4")
    due = clocks(ticket, monday)["response"].due_at
    ask(ticket, contact.user, monday + HOUR)
    assert clocks(ticket, monday + HOUR)["response"].due_at == due
    assert OutboxMessage.objects.get(kind="severity_requested").to == agent.email
    granted = severity.grant_severity(ticket=ticket, actor=agent, reason="So it is.", at=monday + 2 * HOUR)
    assert (granted.severity, granted.severity_confirmed) == ("P1", True)
    assert clocks(ticket, monday + 2 * HOUR)["response"].due_at == monday + 6 * HOUR
    with pytest.raises(Refused, match="Nobody asks"):
        severity.grant_severity(ticket=ticket, actor=agent, reason="Again.", at=monday + 2 * HOUR)


def test_at9_staff_keep_the_severity_with_a_reason_that_the_contact_reads(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file(severity="P3")
    ask(ticket, contact.user, monday)
    with pytest.raises(Refused, match="Change it, or keep it with a reason"):
        severity.confirm_severity(ticket=ticket, actor=agent, at=monday)
    kept = severity.keep_severity(ticket=ticket, actor=agent, reason="Half can work.", at=monday + HOUR)
    assert (kept.severity, kept.severity_confirmed) == ("P3", True)
    mail = OutboxMessage.objects.get(kind="severity_kept", to=contact.user.email)
    assert "We keep Minor Impact." in mail.text
    assert "Half can work." in mail.text
    ask(ticket, contact.user, monday + 2 * HOUR, reason="Now all.")


def test_one_request_stands_open_at_a_time_and_ends_with_the_ticket(
    file: File, contact: Contact, colleague: Contact, agent: User, monday: datetime
) -> None:
    ticket = file(severity="P3")
    with pytest.raises(Refused, match="that severity already"):
        ask(ticket, contact.user, monday, wanted="P3")
    with pytest.raises(Refused, match="unknown severity"):
        ask(ticket, contact.user, monday, wanted="P9")
    with pytest.raises(Refused, match="only named contacts"):
        ask(ticket, colleague.user, monday)
    with pytest.raises(Refused, match="Nobody asks"):
        severity.keep_severity(ticket=ticket, actor=agent, reason="So.", at=monday)
    ask(ticket, contact.user, monday)
    with pytest.raises(Refused, match="asked for before"):
        ask(ticket, contact.user, monday, wanted="P2")
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday)
    with pytest.raises(Refused, match="Reopen it first"):
        ask(ticket, contact.user, monday)
    lifecycle.reopen_ticket(ticket=ticket, actor=contact.user, reason="No.", at=monday)
    ask(ticket, contact.user, monday, wanted="P2")


def test_both_pages_show_the_open_request(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file(severity="P4")
    address, desk_address = f"/tickets/{ticket.number}/", f"/admin/queue/{ticket.number}/"
    with time_machine.travel(monday, tick=False):
        nora, desk = client_of(contact.user), desk_of(agent)
        assert "Ask for another severity" in words(nora.get(address))
        assert_nothing_inline(nora.get(f"{address}severity/"))
        sent = {"act": "request", "severity": "P1", "reason": "All are out.", "seen": ticket.seq}
        assert nora.post(f"{address}severity/", {**sent, "severity": ""}).status_code == 422
        for _ in range(2):
            nora.post(f"{address}severity/", sent)
        assert ticket.events.filter(kind=Kind.SEVERITY_REQUESTED).count() == 1
        page = words(nora.get(address))
        assert "Nora Quay asked for the severity Severe Business Impact" in page
        assert "We have not answered yet; until then No Operational Impact holds." in page
        assert "Ask for another severity" not in page
        assert "Grant it or keep No Operational Impact" in words(desk.get(desk_address))
        assert_nothing_inline(desk.get(f"{desk_address}severity/request/"))
        done = desk.post(f"{desk_address}severity/request/", {"act": "grant", "reason": "Yes."})
        assert done.status_code == 302
        late = desk.post(f"{desk_address}severity/request/", {"act": "keep", "reason": "No."})
        assert late.status_code == 422
        assert "Nobody asks for another severity any more." in words(late)
    assert Ticket.objects.get(pk=ticket.pk).severity == "P1"
