"""Merging: both histories stay, and the merged ticket's clocks run until the survivor is resolved."""

from datetime import datetime, timedelta

import pytest

from contracts.models import Contact, Contract, OutboxMessage, User
from contracts.refusals import Refused
from contracts.sla.clock import State
from contracts.tests.factories import ComponentFactory, OutageFactory, ReleaseFactory
from tickets.escalation_story import has_ended
from tickets.models import Clock, Ticket, TicketShare, Watcher
from tickets.models.event import Kind
from tickets.models.ticket import NEVER, Status
from tickets.services import conversation, exclusion, lifecycle, severity
from tickets.services.acknowledging import acknowledge_escalation
from tickets.services.desk import close_desk, project_again
from tickets.services.endings import close_ticket
from tickets.services.enhancements import decline_ticket
from tickets.services.merging import merge_tickets
from tickets.services.noticing import record_escalations, record_misses
from tickets.services.outages import link_outage, update_outage
from tickets.services.problems import Said, link_problem, name_problem_fix, open_problem, update_problem
from tickets.services.silence import hear_silence
from tickets.services.splitting import split_ticket
from tickets.services.spreading import post_replies
from tickets.tests.conftest import Clocks, File
from tickets.tests.desk import desk_of
from tickets.tests.pages import client_of, put_under
from tickets.tests.soundness import faults_of_all
from tickets.watching import watchers_of

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


def merge(ticket: Ticket, into: Ticket, actor: User, at: datetime, **how: bool) -> Ticket:
    return merge_tickets(ticket=ticket, into=into, reason="The same fault.", actor=actor, at=at, **how)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("seq").values_list("kind", flat=True))


def test_both_histories_are_kept_and_the_contact_is_told(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket, into = file(), file()
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="More.", at=monday)
    merge(ticket, into, agent, monday + HOUR)
    gone, lives = ticket.events.last(), into.events.get(kind=Kind.MERGED_FROM)
    assert gone is not None
    assert (gone.kind, gone.text) == (Kind.MERGED_INTO, "The same fault.")
    assert (gone.data["number"], lives.data["number"]) == (into.number, ticket.number)
    assert ticket.messages.count() == 2
    assert fresh(ticket).status == Status.MERGED
    mail = OutboxMessage.objects.get(kind="merged")
    assert mail.to == contact.user.email
    assert into.number in mail.text
    assert faults_of_all() == []


def test_the_clocks_of_a_merged_ticket_run_until_the_survivor_is_resolved(
    file: File, agent: User, contact: Contact, clocks: Clocks, monday: datetime
) -> None:
    ticket, into = file(), file(monday + 3 * HOUR)
    before = clocks(ticket, monday + 4 * HOUR)["response"].due_at
    merge(ticket, into, agent, monday + 4 * HOUR)
    assert clocks(ticket, monday + 5 * HOUR)["response"].due_at == before
    assert fresh(into).queue_at == before == fresh(ticket).queue_at
    resolved = monday + 6 * HOUR
    lifecycle.resolve_ticket(ticket=into, actor=agent, text="Fixed.", at=resolved)
    assert clocks(ticket, resolved)["response"].stopped_at == resolved
    assert kinds(ticket)[-1] == Kind.RESOLVED
    assert ticket.events.latest("seq").data["carried"]["number"] == into.number
    assert (fresh(ticket).status, fresh(ticket).queue_at, fresh(into).queue_at) == (
        Status.MERGED,
        NEVER,
        NEVER,
    )
    lifecycle.reopen_ticket(ticket=into, actor=contact.user, reason="It is not.", at=resolved + HOUR)
    assert kinds(ticket)[-1] == Kind.REOPENED
    assert faults_of_all() == []


def test_what_is_done_for_the_survivor_is_done_for_what_was_merged_into_it_and_so_on(
    file: File, agent: User, contact: Contact, clocks: Clocks, monday: datetime
) -> None:
    first, second, third = file(), file(), file()
    conversation.ask_customer(ticket=first, actor=agent, text="Which version?", at=monday)
    merge(first, second, agent, monday)
    merge(second, third, agent, monday)
    at = monday + HOUR
    lifecycle.acknowledge_ticket(ticket=third, actor=agent, at=at)
    conversation.ask_customer(ticket=third, actor=agent, text="Since when?", at=at)
    conversation.reply_as_contact(ticket=third, actor=contact.user, text="4.7, since noon.", at=at)
    assert kinds(second)[-3:] == [Kind.MERGED_INTO, Kind.ACKNOWLEDGED, Kind.PUBLIC_REPLY]
    assert kinds(first)[-3:] == [Kind.ACKNOWLEDGED, Kind.PUBLIC_REPLY, Kind.CUSTOMER_REPLIED]
    lifecycle.resolve_ticket(ticket=third, actor=agent, text="Fixed.", at=at)
    assert {ticket.clocks.get(name="response").stopped_at for ticket in (second, third)} == {at}
    assert fresh(first).next_due_at is None
    assert faults_of_all() == []


def test_a_merged_ticket_is_missed_like_any_other(
    file: File, agent: User, manager: User, clocks: Clocks, monday: datetime
) -> None:
    ticket, into = file(severity="P1"), file()
    merge(ticket, into, agent, monday)
    due = clocks(ticket, monday)["response"].due_at
    assert due is not None
    record_misses(at=due + HOUR)
    assert ticket.events.get(kind=Kind.MISSED).happened_at == due
    assert OutboxMessage.objects.filter(kind="miss", ticket_number=ticket.number).exists()
    assert list(Ticket.objects.unfinished()) == [into]
    # The survivor stands in the queue where the missed one would.
    severity.confirm_severity(ticket=into, actor=agent, at=due + HOUR)
    assert fresh(into).queue_at == due


def test_a_closure_moves_the_clocks_of_a_merged_ticket_and_the_place_of_its_survivor(
    file: File, agent: User, manager: User, monday: datetime
) -> None:
    ticket, into = file(), file(monday + 3 * HOUR)
    merge(ticket, into, agent, monday + 3 * HOUR)
    before = fresh(ticket).queue_at
    at = monday + 3 * HOUR
    close_desk(policy_slug="atheer", starts_at=at, ends_at=at + 2 * HOUR, reason="Snow", actor=manager, at=at)
    project_again(at=at)
    assert fresh(ticket).queue_at == fresh(into).queue_at == before + 2 * HOUR
    assert not Clock.objects.filter(state=State.RUNNING).exclude(due_at__gt=before).exists()


def test_what_is_told_of_an_outage_behind_a_merged_ticket_comes_to_the_survivor(
    file: File, agent: User, monday: datetime
) -> None:
    ticket, into = file(), file()
    outage = OutageFactory.create(components=[ComponentFactory.create(product=ticket.product)])
    link_outage(ticket=ticket, outage=outage, actor=agent, at=monday)
    merge(ticket, into, agent, monday)
    assert into.events.get(kind=Kind.OUTAGE_LINKED).data["outage"] == outage.pk
    update_outage(outage=outage, text="Found.", actor=agent, at=monday + HOUR)
    assert post_replies(at=monday + HOUR) == 1
    # Said once, to the survivor; the merged ticket's updates count from it, too.
    assert [kinds(each)[-1] for each in (ticket, into)] == [Kind.PUBLIC_REPLY, Kind.PUBLIC_REPLY]
    assert faults_of_all() == []


def test_a_known_problem_and_a_fix_behind_a_merged_ticket_are_the_survivors_too(
    file: File, agent: User, monday: datetime
) -> None:
    ticket, into = file(), file()
    release = ReleaseFactory.create(product=ticket.product, version="9.1", planned_at=monday + WEEK)
    problem = open_problem(
        product=ticket.product, said=Said(title="Sessions end", text="They do."), actor=agent, at=monday
    )
    name_problem_fix(problem=problem, release=release, actor=agent, at=monday)
    link_problem(ticket=ticket, problem=problem, actor=agent, at=monday)
    merge(ticket, into, agent, monday)
    assert into.events.get(kind=Kind.PROBLEM_LINKED).data["problem"] == problem.pk
    assert into.events.get(kind=Kind.FIX_NAMED).data["problem"] == problem.pk
    update_problem(problem=problem, text="Found.", actor=agent, at=monday + HOUR)
    assert post_replies(at=monday + HOUR) == 1
    assert [kinds(each)[-1] for each in (ticket, into)] == [Kind.PUBLIC_REPLY, Kind.PUBLIC_REPLY]
    assert faults_of_all() == []


def test_what_a_merged_ticket_misses_escalates_until_the_survivor_is_done(
    file: File, agent: User, contract: Contract, clocks: Clocks, monday: datetime
) -> None:
    put_under(contract, "viakoo")
    ticket, into, other = (
        file(severity=severity, request_type="error") for severity in ("serious", "minor", "serious")
    )
    for each in (ticket, other):
        merge(each, into, agent, monday)
    due = clocks(ticket, monday)["workaround"].due_at
    assert due is not None
    record_misses(at=due + HOUR / 4)
    told = ticket.events.filter(kind=Kind.ESCALATED)
    assert {event.happened_at for event in told} == {due}
    first = ticket.escalations.order_by("pk")[0]
    assert not has_ended(fresh(ticket))
    record_escalations(at=due + 2 * HOUR)
    assert told.all().count() == 4
    acknowledge_escalation(escalation=first, at=due + 2 * HOUR)
    conversation.ask_customer(ticket=into, actor=agent, text="Since when?", at=due + 2 * HOUR)
    hear_silence(at=due + 9 * WEEK)
    hear_silence(at=due + 18 * WEEK)
    hear_silence(at=due + 27 * WEEK)
    close_ticket(ticket=into, actor=agent, reason="No answer.", at=due + 27 * WEEK)
    assert has_ended(fresh(ticket))
    assert kinds(ticket)[-1] == Kind.CLOSED
    assert not ticket.clocks.filter(state=State.RUNNING).exists()
    lifecycle.reopen_ticket(ticket=into, actor=agent, reason="They wrote.", at=due + 27 * WEEK)
    assert not has_ended(fresh(ticket))
    assert faults_of_all() == []


def test_nobody_writes_on_a_merged_ticket_and_everybody_is_told_where(
    file: File, agent: User, contact: Contact, monday: datetime
) -> None:
    ticket, into = file(), file()
    stale = fresh(ticket)
    merge(ticket, into, agent, monday)
    with pytest.raises(Refused, match=f"lives on in {into.number}"):
        conversation.reply_as_contact(ticket=stale, actor=contact.user, text="Hello?", at=monday)
    with pytest.raises(Refused, match="lives on in another"):
        conversation.reply_as_contact(ticket=fresh(ticket), actor=contact.user, text="Hello?", at=monday)
    with pytest.raises(Refused, match=f"lives on in {into.number}"):
        lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday)
    conversation.add_note(ticket=ticket, actor=agent, text="Odd.", at=monday)


def test_what_cannot_be_merged_is_refused_and_nothing_is_changed(
    file: File, agent: User, contact: Contact, stranger: Contact, contract: Contract, monday: datetime
) -> None:
    ticket, into, done, secret = file(), file(), file(), file(is_confidential=True)
    lifecycle.resolve_ticket(ticket=done, actor=agent, text="Done.", at=monday)
    foreign = file()
    Ticket.objects.filter(pk=foreign.pk).update(customer=stranger.customer)
    for one, other, why in (
        (ticket, ticket, "into itself"),
        (ticket, done, "cannot take it in"),
        (done, into, "Only an open ticket"),
        (ticket, foreign, "one customer"),
        (ticket, secret, "confidential"),
        (secret, into, "confidential"),
    ):
        with pytest.raises(Refused, match=why):
            merge(one, other, agent, monday)
    with pytest.raises(Refused, match="Only staff"):
        merge(ticket, into, contact.user, monday)
    merge(ticket, into, agent, monday)
    for one, other in ((ticket, into), (into, ticket), (ticket, done)):
        with pytest.raises(Refused):
            merge(one, other, agent, monday)
    assert merge(secret, file(is_confidential=True), agent, monday).is_confidential


def test_a_contact_who_may_not_read_the_survivor_is_let_in_only_if_staff_say_so(
    file: File, agent: User, contact: Contact, colleague: Contact, contract: Contract, monday: datetime
) -> None:
    put_under(contract, "vivvo", "premium")
    contract.colleagues_see_tickets = False
    contract.save()
    into = file(severity="non-critical")
    ticket = file(contact=colleague, severity="non-critical")
    with pytest.raises(Refused, match=f"Col Jetty may not read {into.number}"):
        merge(ticket, into, agent, monday)
    assert fresh(ticket).status == Status.NEW
    merge(ticket, into, agent, monday, shares=True)
    assert TicketShare.objects.get().contact == colleague
    assert Ticket.objects.visible_to(colleague.user).filter(pk=into.pk).exists()
    assert watchers_of(into) == [colleague.user]
    assert Watcher.objects.get().ticket == into
    lifecycle.resolve_ticket(ticket=into, actor=agent, text="Fixed.", at=monday + HOUR)
    told = OutboxMessage.objects.filter(kind="resolution", ticket_number=into.number)
    assert set(told.values_list("to", flat=True)) == {contact.user.email, colleague.user.email}


# What the customer was asked, asks or disputes when a ticket is merged


def test_a_merged_ticket_that_was_excluded_is_disputed_and_reinstated_on_its_own(
    file: File, contact: Contact, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket, into = file(severity="P1"), file()
    exclusion.exclude_ticket(ticket=ticket, actor=agent, clause="a", reason="Not ours.", at=monday)
    merge(ticket, into, agent, monday)
    page = client_of(contact.user).get(f"/tickets/{ticket.number}/").content.decode()
    assert f"/tickets/{ticket.number}/dispute/" in page
    exclusion.dispute_exclusion(ticket=ticket, actor=contact.user, reason="It is.", at=monday + HOUR)
    assert list(Ticket.objects.disputed()) == [ticket]
    exclusion.reinstate_ticket(ticket=ticket, actor=agent, reason="It is.", at=monday + 2 * HOUR)
    assert list(Ticket.objects.disputed()) == []
    assert clocks(ticket, monday + 2 * HOUR)["response"].state is State.RUNNING
    # The survivor stands in the queue by it again.
    assert fresh(into).queue_at == fresh(ticket).queue_at < NEVER
    assert faults_of_all() == []


def test_what_was_declined_with_the_survivor_is_judged_there_and_comes_back_with_it(
    file: File, contact: Contact, agent: User, contract: Contract, clocks: Clocks, monday: datetime
) -> None:
    put_under(contract, "vivvo")
    ticket, into = file(severity="critical"), file(severity="critical")
    merge(ticket, into, agent, monday)
    decline_ticket(
        ticket=into,
        actor=agent,
        clause="training",
        reason="No.",
        title="A course",
        text="A course.",
        at=monday,
    )
    assert {clock.state for clock in clocks(ticket, monday).values()} == {State.VOID}
    with pytest.raises(Refused, match=f"declined together with {into.number}. Do it there"):
        exclusion.dispute_exclusion(ticket=ticket, actor=contact.user, reason="Yes.", at=monday)
    exclusion.dispute_exclusion(ticket=into, actor=contact.user, reason="Yes.", at=monday)
    exclusion.reinstate_ticket(ticket=into, actor=agent, reason="Yes.", at=monday + HOUR)
    assert kinds(ticket).count(Kind.REINSTATED) == 1
    assert clocks(ticket, monday + HOUR)["response"].state is State.RUNNING
    assert faults_of_all() == []


def test_what_the_customer_asks_for_is_answered_before_the_ticket_is_merged(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket, into = file(), file()
    severity.request_severity(
        ticket=ticket, actor=contact.user, severity="P1", reason="It is worse.", at=monday
    )
    with pytest.raises(Refused, match=f"asks for another severity on {ticket.number}.*Grant it, or keep"):
        merge(ticket, into, agent, monday)
    severity.keep_severity(ticket=ticket, actor=agent, reason="There is a way round.", at=monday)
    merge(ticket, into, agent, monday)


def test_a_question_of_before_the_merge_stands_on_the_survivor_until_it_is_answered_there(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket, into = file(), file()
    conversation.ask_customer(ticket=ticket, actor=agent, text="Which version runs there?", at=monday)
    merge(ticket, into, agent, monday)
    pages = (
        (client_of(contact.user), f"/tickets/{into.number}/"),
        (desk_of(agent), f"/admin/queue/{into.number}/"),
    )
    for client, page in pages:
        assert "Which version runs there?" in client.get(page).content.decode()
    conversation.reply_as_contact(ticket=into, actor=contact.user, text="4.7", at=monday + HOUR)
    for client, page in pages:
        assert "Which version runs there?" not in client.get(page).content.decode()


def test_what_the_survivors_contact_is_told_the_merged_tickets_contact_is_told(
    file: File, contact: Contact, colleague: Contact, agent: User, contract: Contract, monday: datetime
) -> None:
    put_under(contract, "vivvo")
    ticket, into = file(severity="critical", contact=colleague), file(severity="critical")
    merge(ticket, into, agent, monday)
    decline_ticket(
        ticket=into,
        actor=agent,
        clause="training",
        reason="No.",
        title="A course",
        text="A course.",
        at=monday,
    )
    exclusion.reinstate_ticket(ticket=into, actor=agent, reason="Yes.", at=monday)
    lifecycle.resolve_ticket(ticket=into, actor=agent, text="Done.", at=monday)
    close_ticket(ticket=into, actor=agent, reason="No word came.", at=monday + WEEK)
    told = OutboxMessage.objects.filter(ticket_number=into.number, to=colleague.user.email)
    assert {"declined", "reinstated", "resolution", "closed"} <= set(told.values_list("kind", flat=True))


def test_a_merge_by_mistake_is_put_right_by_splitting_the_request_off_again(
    file: File, contact: Contact, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket, into = file(severity="P1", text="The other warehouse is dark."), file()
    due = clocks(ticket, monday)["response"].due_at
    request = ticket.messages.get()
    with pytest.raises(Refused, match="after the request itself"):
        split_ticket(ticket=ticket, message=request, subject="Dark", actor=agent, at=monday)
    merge(ticket, into, agent, monday + HOUR)
    assert (
        "Split its request off again" in desk_of(agent).get(f"/admin/queue/{ticket.number}/").content.decode()
    )
    again = split_ticket(
        ticket=ticket,
        message=request,
        subject="The other warehouse is dark",
        actor=agent,
        at=monday + 2 * HOUR,
    )
    assert (again.contact, again.severity, again.filed_at) == (contact, "P1", monday)
    assert clocks(again, monday + 2 * HOUR)["response"].due_at == due
    with pytest.raises(Refused, match=f"split off before: {again.number}"):
        split_ticket(ticket=ticket, message=request, subject="Twice", actor=agent, at=monday + 3 * HOUR)
    assert faults_of_all() == []
