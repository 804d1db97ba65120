"""Escalation: at the exact instant, to named people, acknowledged by them, else on to the next in line."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from contracts.models import Contact, Contract, OutboxMessage, User
from contracts.outbox.mail import email
from contracts.outbox.sealed import NotNeeded
from contracts.services.closures import enter_closure
from contracts.services.desk_people import save_turn
from contracts.services.escalation_roles import name_people, read_people
from contracts.services.policies import publish_policy
from contracts.tests.factories import PUBLISHED_AT, policy_text, published
from tickets import record
from tickets.escalation import Told, read_escalations
from tickets.escalation_links import escalation_token, read_escalation
from tickets.models import Clock, Escalation, Ticket
from tickets.models.event import Kind
from tickets.services.acknowledging import acknowledge_escalation
from tickets.services.conversation import ask_customer, reply_as_contact
from tickets.services.desk import project_again
from tickets.services.lifecycle import acknowledge_ticket, provide_workaround, resolve_ticket
from tickets.services.noticing import record_escalations, record_misses
from tickets.services.severity import change_severity
from tickets.tests.conftest import File

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DUE = 48 * HOUR
ADA, CAL, EVE = (
    "Ada Chief <ada@vendor.example>",
    "Cal Safe <cal@vendor.example>",
    "Eve Top <eve@vendor.example>",
)

Policy = Callable[[str], None]


@pytest.fixture
def viakoo(contract: Contract, manager: User) -> Contract:
    """The contract under Viakoo's policy: Ada is its CTO, Cal its CISO."""
    contract.policy_version = published("viakoo")
    contract.save()
    for role, person in (("CTO", ADA), ("CISO", CAL)):
        name(manager, role, person)
    return contract


@pytest.fixture
def rule(contract: Contract, manager: User) -> Policy:
    """Puts the contract under Viakoo's policy with another rule of escalation."""

    def _rule(text: str) -> None:
        begin, end = "[[escalations]]", "# VK17"
        whole = policy_text("viakoo")
        before, after = whole.split(begin)[0], whole[whole.index(end) :]
        contract.policy_version = publish_policy(
            text=f"{before}{begin}\n{text}\n{after}", actor=None, at=PUBLISHED_AT
        )
        contract.save()

    return _rule


def name(manager: User, role: str, *people: str) -> None:
    name_people(
        policy_slug="viakoo", role=role, people=read_people("\n".join(people)), actor=manager, at=PUBLISHED_AT
    )


def told(ticket: Ticket) -> list[Told]:
    return read_escalations(ticket.events.order_by("seq"))


def steps(ticket: Ticket, since: datetime) -> list[tuple[str, str, float]]:
    """Which role was told by which names, how many hours after ``since``."""
    return [(step.role, ", ".join(step.people), (step.happened_at - since) / HOUR) for step in told(ticket)]


def addresses() -> list[str]:
    return sorted(OutboxMessage.objects.filter(kind="escalation").values_list("to", flat=True))


def of(role: str) -> Escalation:
    return Escalation.objects.filter(role=role).latest("pk")


def test_vk16_a_serious_error_not_resolved_in_time_goes_at_once_to_the_cto_and_the_ciso_who_acknowledge_it(
    file: File, viakoo: Contract, agent: User, monday: datetime
) -> None:
    ticket = file(severity="serious")
    record_misses(at=monday + DUE)
    assert told(ticket) == []
    for minutes in (1, 2, 200):  # however late and however often the worker runs
        record_misses(at=monday + DUE + minutes * MINUTE)
    assert steps(ticket, monday) == [("CTO", "Ada Chief", 48), ("CISO", "Cal Safe", 48)]
    assert addresses() == ["ada@vendor.example", "cal@vendor.example"]
    message = OutboxMessage.objects.get(to="ada@vendor.example")
    assert (message.subject, message.text) == ("", "")  # its link opens a door, so it is made when it is sent
    text = str(email(message, at=monday + DUE + MINUTE).body)
    token = escalation_token(of("CTO"))
    assert f"/escalations/{token}/" in text
    assert "within 48 hours" in text
    assert "After ten minutes everybody is signed out." in text

    row = read_escalation(token)
    assert row is not None
    acknowledge_escalation(escalation=row, at=monday + DUE + 30 * MINUTE)
    acknowledge_escalation(escalation=row, at=monday + DUE + 40 * MINUTE)
    cto, ciso = told(ticket)
    assert cto.acknowledged is not None
    assert (cto.acknowledged.name, cto.acknowledged.at) == ("Ada Chief", monday + DUE + 30 * MINUTE)
    assert ciso.acknowledged is None
    assert ticket.events.filter(kind=Kind.ESCALATION_ACKNOWLEDGED).count() == 1
    assert record.verify(Ticket.objects.get(pk=ticket.pk), list(ticket.events.order_by("seq"))) == []


def test_vk16_a_major_error_that_is_late_is_not_escalated_until_it_is_raised(
    file: File, viakoo: Contract, agent: User, monday: datetime
) -> None:
    minor = file(severity="minor")
    late = file(severity="major")
    record_misses(at=monday + 40 * 24 * HOUR)
    assert late.events.filter(kind=Kind.MISSED, data__clock="workaround").exists()
    assert (told(late), told(minor)) == ([], [])
    raised = monday + 41 * 24 * HOUR
    change_severity(ticket=late, actor=agent, severity="serious", reason="Data is lost.", at=raised)
    assert {(step.clock, step.happened_at) for step in told(late)} == {("workaround", raised)}


def test_a_verb_escalates_without_the_worker(
    file: File, viakoo: Contract, agent: User, monday: datetime
) -> None:
    ticket = file(severity="critical")
    acknowledge_ticket(ticket=ticket, actor=agent, at=monday + 50 * HOUR)
    assert steps(ticket, monday) == [("CTO", "Ada Chief", 48), ("CISO", "Cal Safe", 48)]
    assert {step.told_at for step in told(ticket)} == {monday + 50 * HOUR}


def test_not_acknowledged_it_goes_to_the_next_of_the_role_then_is_repeated_with_the_managers(
    file: File, viakoo: Contract, manager: User, monday: datetime
) -> None:
    name(manager, "CTO", ADA, EVE)
    ticket = file(severity="serious")
    told_at = monday + DUE + MINUTE
    record_misses(at=told_at)
    acknowledge_escalation(escalation=of("CISO"), at=told_at)
    for at in (told_at + HOUR - MINUTE, told_at + HOUR, told_at + 2 * HOUR, told_at + 9 * HOUR):
        record_escalations(at=at)
    late = MINUTE / HOUR
    assert steps(ticket, monday) == [
        ("CTO", "Ada Chief", 48),
        ("CISO", "Cal Safe", 48),
        ("CTO", "Eve Top", 49 + late),
        ("CTO", "Eve Top", 50 + late),
    ]
    assert [step.is_reminder for step in told(ticket)] == [False, False, False, True]
    assert addresses().count("max@desk.example") == 1


def test_then_names_whom_all_lines_go_on_to_once(
    file: File, rule: Policy, manager: User, agent: User, monday: datetime
) -> None:
    rule(
        'when = "missed"\nto = ["CTO", "CISO"]\nacknowledge_within = "2 hours"\nthen = ["CEO"]\n'
        'promises = ["workaround"]'
    )
    for role, person in (("CTO", ADA), ("CISO", CAL), ("CEO", EVE)):
        name(manager, role, person)
    ticket = file(severity="serious")
    record_misses(at=monday + DUE + MINUTE)
    record_escalations(at=monday + DUE + 3 * HOUR)
    assert [step.role for step in told(ticket)] == ["CTO", "CISO", "CEO"]
    record_escalations(at=monday + DUE + 6 * HOUR)
    assert [(step.role, step.is_reminder) for step in told(ticket)[3:]] == [("CEO", True)]


def test_a_share_used_escalates_at_its_exact_instant_even_where_a_verb_comes_between(
    file: File, rule: Policy, manager: User, agent: User, monday: datetime
) -> None:
    rule('when = "75% used"\nto = ["CTO"]\npromises = ["response"]\nseverities = ["serious"]')
    name(manager, "CTO", ADA)
    save_turn(user=agent, starts_at=monday, ends_at=monday + 9 * HOUR, actor=manager, at=monday)
    told_by_worker, told_by_verb, in_time = (file(severity="serious") for _ in range(3))
    acknowledge_ticket(ticket=in_time, actor=agent, at=monday + 2 * HOUR)
    record_escalations(at=monday + 3 * HOUR - MINUTE)
    acknowledge_ticket(ticket=told_by_verb, actor=agent, at=monday + 3.5 * HOUR)
    for _ in range(2):
        record_escalations(at=monday + 3.5 * HOUR)
    for ticket in (told_by_worker, told_by_verb):
        assert steps(ticket, monday) == [("CTO", "Ada Chief", 3)]  # of 4 business hours
    assert told(in_time) == []
    assert (
        OutboxMessage.objects.filter(kind="warning", to=agent.email, key__contains="escalated").count() == 2
    )
    # The response came: nobody further is told.
    record_escalations(at=monday + 6 * HOUR)
    assert len(told(told_by_verb)) == 1


def test_a_share_of_an_update_that_was_used_under_another_severity_is_looked_for_no_more(
    file: File, rule: Policy, agent: User, monday: datetime
) -> None:
    rule('when = "50% used"\nto = ["CTO"]\npromises = ["update"]\nseverities = ["serious"]')
    ticket = file(severity="critical")
    acknowledge_ticket(ticket=ticket, actor=agent, at=monday)
    used = ticket.clocks.get(name="update")
    assert used.due_at is not None
    half = monday + (used.due_at - monday) / 2
    change_severity(ticket=ticket, actor=agent, severity="serious", reason="Less", at=half + HOUR)
    record_escalations(at=half + HOUR)
    assert told(ticket) == []
    assert not Clock.objects.to_escalate(half + HOUR).exists()


def test_in_support_hours_it_is_told_at_the_next_opening_and_recorded_at_its_instant(
    file: File, rule: Policy, manager: User, monday: datetime
) -> None:
    rule('when = "missed"\nto = ["CTO"]\npromises = ["workaround"]\nnotify = "in support hours"')
    name(manager, "CTO", ADA)
    filed = monday + 9 * HOUR  # 19:00 in Los Angeles
    ticket = file(severity="serious", at=filed)
    record_misses(at=filed + DUE + MINUTE)
    # Thursday is Thanksgiving; the desk opens on Friday at 8:00 in Los Angeles.
    opening = monday + 94 * HOUR
    assert steps(ticket, filed) == [("CTO", "Ada Chief", 48)]
    assert told(ticket)[0].told_at == opening
    message = OutboxMessage.objects.get(kind="escalation")
    ready = [
        OutboxMessage.objects.ready(at).filter(kind="escalation").exists()
        for at in (opening - MINUTE, opening)
    ]
    assert (message.not_before, ready) == (opening, [False, True])
    assert of("CTO").next_at == opening + HOUR


def test_a_role_without_people_is_told_to_the_managers_and_said(
    file: File, viakoo: Contract, manager: User, monday: datetime
) -> None:
    name(manager, "CTO")
    ticket = file(severity="serious")
    record_misses(at=monday + DUE + MINUTE)
    cto = told(ticket)[0]
    assert (cto.role, cto.people, cto.is_stand_in) == ("CTO", ("Max Lead",), True)
    assert addresses() == ["cal@vendor.example", "max@desk.example"]


def test_nobody_further_is_told_while_the_customer_is_awaited_or_after_the_resolution(
    file: File, viakoo: Contract, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file(severity="serious")
    start = monday + DUE + MINUTE
    record_misses(at=start)
    ask_customer(ticket=ticket, actor=agent, text="Which version?", at=start + 30 * MINUTE)
    record_escalations(at=start + 5 * HOUR)
    assert len(told(ticket)) == 2
    reply_as_contact(ticket=ticket, actor=contact.user, text="Seven.", at=start + 6 * HOUR)
    record_escalations(at=start + 6.5 * HOUR)
    assert len(told(ticket)) == 2
    record_escalations(at=start + 7 * HOUR)  # an hour after the answer, both are reminded
    assert [step.is_reminder for step in told(ticket)] == [False, False, True, True]
    resolve_ticket(ticket=ticket, actor=agent, text="Solved.", at=start + 8 * HOUR)
    assert not Escalation.objects.exclude(next_at=None).exists()
    # Resolved, one may still say that one knows; closed, the link and the mail have ended.
    acknowledge_escalation(escalation=of("CTO"), at=start + 9 * HOUR)
    Ticket.objects.filter(pk=ticket.pk).update(status="closed")
    with pytest.raises(NotNeeded):
        email(OutboxMessage.objects.filter(kind="escalation").latest("pk"), at=start + 9 * HOUR)


def test_an_escalation_stays_where_its_miss_is_judged_away_and_goes_no_further(
    file: File, rule: Policy, manager: User, agent: User, monday: datetime
) -> None:
    rule('when = "missed"\nto = ["CTO"]\npromises = ["response"]')
    name(manager, "CTO", ADA)
    ticket = file(severity="serious")
    late = monday + 4 * HOUR + MINUTE
    record_misses(at=late)
    enter_closure(
        policy_slug="viakoo",
        starts_at=monday + 3 * HOUR,
        ends_at=monday + 5 * HOUR,
        reason="Snow",
        actor=agent,
        at=late,
    )
    project_again(at=late)
    record_escalations(at=late + 90 * MINUTE)
    (step,) = told(ticket)
    assert step.judged_away


def test_a_workaround_in_time_escalates_nothing(
    file: File, viakoo: Contract, agent: User, monday: datetime
) -> None:
    ticket = file(severity="serious")
    provide_workaround(ticket=ticket, actor=agent, text="Restart it.", at=monday + HOUR)
    record_misses(at=monday + DUE + HOUR)
    record_escalations(at=monday + DUE + HOUR)
    assert told(ticket) == []
    assert Escalation.objects.count() == 0


def test_a_forged_link_opens_nothing(file: File, viakoo: Contract, monday: datetime) -> None:
    file(severity="serious")
    record_misses(at=monday + DUE + MINUTE)
    token = escalation_token(of("CTO"))
    assert read_escalation(token) == of("CTO")
    assert read_escalation(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    Escalation.objects.update(email="other@vendor.example")
    assert read_escalation(token) is None
