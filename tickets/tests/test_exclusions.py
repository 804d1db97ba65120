"""Tickets that carry no promise by a clause of the policy: excluded, disputed, reinstated or upheld."""

from datetime import datetime, timedelta

import pytest
import time_machine

from contracts.models import Contact, Contract, OutboxMessage, User
from contracts.refusals import Refused
from contracts.sla.clock import State
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services import conversation, noticing
from tickets.services.exclusion import dispute_exclusion, exclude_ticket, reinstate_ticket, uphold_exclusion
from tickets.tests.conftest import Clocks, File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, put_under, words

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OWN_EQUIPMENT = "Customer’s equipment, software, network connections, or other infrastructure"


@pytest.fixture
def ticket(file: File) -> Ticket:
    return file(severity="P1")


def told(person: User, kind: str) -> int:
    return OutboxMessage.objects.filter(to=person.email, kind=kind).count()


def misses(ticket: Ticket) -> list[tuple[str, datetime]]:
    kinds = (Kind.MISSED, Kind.JUDGED_AGAIN)
    return list(ticket.events.filter(kind__in=kinds).order_by("seq").values_list("kind", "happened_at"))


def test_at11_an_excluded_ticket_has_no_promise_until_it_is_reinstated_as_if_it_never_was(
    ticket: Ticket, agent: User, manager: User, contact: Contact, clocks: Clocks, monday: datetime
) -> None:
    exclude_ticket(ticket=ticket, actor=agent, clause="c", reason="Your router drops us.", at=monday + HOUR)
    assert clocks(ticket, monday + DAY)["response"].state is State.VOID
    assert Ticket.objects.get(pk=ticket.pk).next_due_at is None
    noticing.record_misses(at=monday + DAY)
    dispute_exclusion(ticket=ticket, actor=contact.user, reason="It is new.", at=monday + DAY)
    assert [found.pk for found in Ticket.objects.disputed()] == [ticket.pk]
    uphold_exclusion(ticket=ticket, actor=agent, reason="Its log says so.", at=monday + 2 * DAY)
    assert not Ticket.objects.disputed().exists()
    dispute_exclusion(ticket=ticket, actor=contact.user, reason="Not that one.", at=monday + 2 * DAY)
    reinstate_ticket(ticket=ticket, actor=manager, reason="You are right.", at=monday + 3 * DAY)
    assert not Ticket.objects.disputed().exists()
    found = clocks(ticket, monday + 3 * DAY)["response"]
    assert (found.state, found.due_at, found.missed_at) == (
        State.RUNNING,
        monday + 4 * HOUR,
        monday + 4 * HOUR,
    )
    assert misses(ticket) == [(Kind.MISSED, monday + 4 * HOUR)]
    assert [told(contact.user, kind) for kind in ("excluded", "upheld", "reinstated")] == [1, 1, 1]
    assert told(agent, "disputed") == 2
    mail = OutboxMessage.objects.get(to=contact.user.email, kind="excluded")
    assert f"Clause (c): {OWN_EQUIPMENT}" in mail.text
    assert "The reason: Your router drops us." in mail.text


def test_at11_what_was_missed_before_counts_again_once_the_ticket_is_reinstated(
    ticket: Ticket, agent: User, monday: datetime
) -> None:
    exclude_ticket(ticket=ticket, actor=agent, clause="a", reason="Rooted.", at=monday + 5 * HOUR)
    assert misses(ticket) == []
    reinstate_ticket(ticket=ticket, actor=agent, reason="Not so.", at=monday + 6 * HOUR)
    assert misses(ticket)[-1] == (Kind.MISSED, monday + 4 * HOUR)


def test_a_miss_that_was_recorded_is_judged_again_in_words_of_its_own(
    ticket: Ticket, agent: User, contact: Contact, monday: datetime
) -> None:
    noticing.record_misses(at=monday + 5 * HOUR)
    exclude_ticket(ticket=ticket, actor=agent, clause="a", reason="Rooted.", at=monday + 6 * HOUR)
    assert [kind for kind, _ in misses(ticket)] == [Kind.MISSED, Kind.JUDGED_AGAIN]
    with time_machine.travel(monday + DAY, tick=False):
        page = words(client_of(contact.user).get(f"/tickets/{ticket.number}/"))
    assert "Under the clause no promise holds: the response due" in page


def test_what_cannot_be_judged_is_refused_and_says_why(
    ticket: Ticket,
    file: File,
    contract: Contract,
    agent: User,
    contact: Contact,
    colleague: Contact,
    stranger: Contact,
    monday: datetime,
) -> None:
    asked = {"ticket": ticket, "at": monday}
    with pytest.raises(Refused, match="one of the policy's clauses"):
        exclude_ticket(**asked, actor=agent, clause="z", reason="So.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    with pytest.raises(Refused, match="nothing to dispute"):
        dispute_exclusion(**asked, actor=contact.user, reason="No.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    with pytest.raises(Refused, match="hold already"):
        reinstate_ticket(**asked, actor=agent, reason="No.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    with pytest.raises(Refused, match="Only staff"):
        exclude_ticket(**asked, actor=contact.user, clause="a", reason="So.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    exclude_ticket(**asked, actor=agent, clause="a", reason="So.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    with pytest.raises(Refused, match="excluded already"):
        exclude_ticket(**asked, actor=agent, clause="a", reason="So.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    with pytest.raises(Refused, match="Nobody disputes it"):
        uphold_exclusion(**asked, actor=agent, reason="So.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    for nobody, why in ((stranger, "no such ticket"), (colleague, "only named contacts")):
        with pytest.raises(Refused, match=why):
            dispute_exclusion(**asked, actor=nobody.user, reason="No.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    for _ in range(2):
        dispute_exclusion(**asked, actor=contact.user, reason="No.", seen=ticket.seq)  # type: ignore[arg-type]  # given by name, of the types that it takes
    assert ticket.events.filter(kind=Kind.DISPUTED).count() == 1
    with pytest.raises(Refused, match="disputed before"):
        dispute_exclusion(**asked, actor=contact.user, reason="And no.")  # type: ignore[arg-type]  # given by name, of the types that it takes
    kept = file(contact=colleague)
    with pytest.raises(Refused, match="No clock runs"):
        exclude_ticket(ticket=kept, actor=agent, clause="a", reason="So.", at=monday)
    put_under(contract, "viakoo")
    viakoo = file(severity="minor", request_type="error")
    with pytest.raises(Refused, match="excludes nothing"):
        exclude_ticket(ticket=viakoo, actor=agent, clause="a", reason="So.", at=monday)


def test_at11_the_contact_reads_clause_and_reason_and_disputes_and_staff_answer(
    ticket: Ticket, agent: User, contact: Contact, monday: datetime
) -> None:
    address, desk_address = f"/tickets/{ticket.number}/", f"/admin/queue/{ticket.number}/"
    with time_machine.travel(monday + HOUR, tick=False):
        nora, desk = client_of(contact.user), desk_of(agent)
        conversation.ask_customer(ticket=ticket, actor=agent, text="Which router?", at=monday)
        assert "Exclude under a clause" in words(desk.get(desk_address))
        empty = desk.post(f"{desk_address}exclusion/", {"act": "exclude", "clause": "c", "reason": ""})
        assert empty.status_code == 422
        assert '<option value="c" selected' in empty.content.decode()
        done = desk.post(
            f"{desk_address}exclusion/", {"act": "exclude", "clause": "c", "reason": "Your router."}
        )
        assert done.headers["Location"] == desk_address
        page = nora.get(address)
        assert f"Clause (c): “{OWN_EQUIPMENT}” Your router. Dispute it" in words(page)
        assert_nothing_inline(page)
        assert_nothing_inline(nora.get(f"{address}dispute/"))
        assert nora.post(f"{address}dispute/", {"act": "dispute", "reason": "No."}).status_code == 302
        assert Ticket.objects.get(pk=ticket.pk).status == "open"
        assert "Disputed by Nora Quay, Mon 23 Nov, 19:00 · 11:00 PST. We have not answered yet." in words(
            nora.get(address)
        )
        assert "Reinstate or uphold" in words(desk.get(desk_address))
        assert_nothing_inline(desk.get(f"{desk_address}exclusion/"))
        desk.post(f"{desk_address}exclusion/", {"act": "uphold", "reason": "It is."})
        upheld = words(nora.get(address))
        assert "Upheld by Agnes Desk" in upheld
        assert "Dispute it" in upheld
        desk.post(f"{desk_address}exclusion/", {"act": "reinstate", "reason": "Sorry."})
        assert "Excluded: no promise holds" not in words(nora.get(address))
        assert "put it back under the promises" in words(nora.get(address))
        gone = nora.post(f"{address}dispute/", {"act": "dispute", "reason": "Still."})
        assert gone.status_code == 422
        assert "nothing to dispute" in words(gone)
