"""What a ticket has to do with other tickets and people: split, linked, watched, tagged, shared."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.files import Upload
from contracts.models import Contact, Contract, OutboxMessage, User
from contracts.refusals import Refused
from contracts.tests.factories import ContractFactory, published
from tickets.links import read_links
from tickets.models import Attachment, Message, Ticket, TicketLink, TicketShare, Watcher
from tickets.models.event import Kind
from tickets.models.relations import LinkKind
from tickets.models.ticket import Status
from tickets.services import conversation, lifecycle
from tickets.services.linking import link_tickets, unlink_tickets
from tickets.services.sharing import share_ticket, unshare_ticket
from tickets.services.splitting import split_ticket
from tickets.services.tagging import tag_ticket, untag_ticket
from tickets.services.watching import add_watcher, remove_watcher
from tickets.tags import normal
from tickets.tests.conftest import Clocks, File
from tickets.tests.pages import put_under
from tickets.tests.soundness import faults_of_all
from tickets.watching import watchers_of

HOUR = timedelta(hours=1)


@pytest.fixture
def alone(contract: Contract) -> Contract:
    """The contract, whose contacts do not see one another's tickets."""
    contract.colleagues_see_tickets = False
    contract.save()
    return contract


def sees(contact: Contact, ticket: Ticket) -> bool:
    return Ticket.objects.visible_to(contact.user).filter(pk=ticket.pk).exists()


# Split


def test_a_split_ticket_was_submitted_when_its_message_was(
    file: File, contact: Contact, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket, said_at = file(), monday + HOUR
    log = Upload("log.txt", ContentFile(b"06:12 odd\n"))
    message = conversation.reply_as_contact(
        ticket=ticket, actor=contact.user, text="By the way, exports stop.", files=[log], at=said_at
    )
    new = split_ticket(
        ticket=ticket, message=message, subject="Exports stop", actor=agent, at=monday + 9 * HOUR
    )
    assert (new.contact, new.deployment, new.tier) == (contact, ticket.deployment, ticket.tier)
    assert (new.filed_at, new.severity) == (said_at, "P2")
    submitted = new.events.get(kind=Kind.SUBMITTED)
    assert (submitted.happened_at, submitted.recorded_at > said_at) == (said_at, True)
    ticket_due, new_due = (clocks(each, monday + 9 * HOUR)["response"].due_at for each in (ticket, new))
    assert ticket_due is not None
    assert new_due == ticket_due + HOUR
    assert ticket.events.get(kind=Kind.SPLIT_OFF).data["number"] == new.number
    assert new.events.get(kind=Kind.SPLIT_FROM).data["number"] == ticket.number
    assert ticket.messages.count() == 2
    files = Attachment.objects.filter(name="log.txt")
    assert len({each.file.name for each in files}) == len(files) == 2
    assert len({each.sha256 for each in files}) == 1
    assert OutboxMessage.objects.filter(kind="receipt", ticket_number=new.number).count() == 1
    assert faults_of_all() == []


def test_what_cannot_be_split_off_is_refused(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file(is_confidential=True)
    request = ticket.messages.get()
    answer = conversation.reply_as_staff(ticket=ticket, actor=agent, text="Hello.", at=monday)
    more = conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="More.", at=monday)
    elsewhere = conversation.reply_as_contact(ticket=file(), actor=contact.user, text="More.", at=monday)

    def split(message: Message, actor: User = agent, **how: str) -> Ticket:
        how = {"subject": "More", **how}
        return split_ticket(ticket=ticket, message=message, actor=actor, at=monday, **how)

    for message in (request, answer, elsewhere):
        with pytest.raises(Refused, match="Choose a message"):
            split(message)
    with pytest.raises(Refused, match="Only staff"):
        split(more, contact.user)
    with pytest.raises(Refused, match="subject"):
        split(more, subject=" ")
    with pytest.raises(Refused, match="P9"):
        split(more, severity="P9")
    new = split(more, severity="P1")
    assert (new.severity, new.is_confidential) == ("P1", True)
    with pytest.raises(Refused, match=f"before: {new.number}"):
        split(more)


# The contract of the filing


def test_a_ticket_keeps_contract_tier_and_version_of_its_filing(
    file: File, contract: Contract, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket = file()
    before = clocks(ticket, monday)
    # An upgrade of the contract itself, a renewal under a new one, and the old one at its end.
    put_under(contract, "vivvo", "premium")
    renewed = ContractFactory.create(
        customer=contract.customer,
        deployments=list(contract.deployments.all()),
        policy_version=published("viakoo"),
        tier="standard",
        starts_on=date(2026, 11, 24),
    )
    contract.ends_on = date(2026, 11, 23)
    contract.save()
    at = monday + 20 * HOUR
    assert clocks(ticket, at)["response"].due_at == before["response"].due_at
    lifecycle.start_work(ticket=ticket, actor=agent, at=at)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.contract, kept.tier, kept.policy_version) == (contract, ticket.tier, ticket.policy_version)
    assert clocks(ticket, at)["response"].due_at == before["response"].due_at
    assert renewed.pk != contract.pk
    assert faults_of_all() == []


# Links


def test_a_link_stands_on_both_sides_and_no_customer_reads_it(
    file: File, agent: User, stranger: Contact, contact: Contact, monday: datetime
) -> None:
    cause, effect = file(), file()
    Ticket.objects.filter(pk=cause.pk).update(customer=stranger.customer, contact=stranger)
    link_tickets(ticket=effect, other=cause, kind=LinkKind.CAUSED_BY, actor=agent, at=monday)
    assert [(each.words, each.number) for each in read_links(effect.events.all())] == [
        ("caused by", cause.number)
    ]
    assert [(each.words, each.number) for each in read_links(cause.events.all())] == [
        ("causes", effect.number)
    ]
    with pytest.raises(Refused, match="linked already"):
        link_tickets(ticket=cause, other=effect, kind=LinkKind.RELATES, actor=agent, at=monday)
    with pytest.raises(Refused, match="itself"):
        link_tickets(ticket=cause, other=cause, kind=LinkKind.RELATES, actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff"):
        link_tickets(ticket=cause, other=effect, kind=LinkKind.RELATES, actor=contact.user, at=monday)
    unlink_tickets(ticket=cause, other=effect, actor=agent, at=monday)
    assert not TicketLink.objects.exists()
    assert read_links(effect.events.all()) == read_links(cause.events.all()) == []
    with pytest.raises(Refused, match="not linked"):
        unlink_tickets(ticket=cause, other=effect, actor=agent, at=monday)


# Watchers


def test_watchers_get_the_mails_while_they_may_see_the_ticket(
    file: File,
    agent: User,
    manager: User,
    contact: Contact,
    colleague: Contact,
    contract: Contract,
    monday: datetime,
) -> None:
    ticket = lifecycle.start_work(ticket=file(), actor=agent, at=monday)
    for user, actor in ((manager, agent), (colleague.user, colleague.user)):
        add_watcher(ticket=ticket, user=user, actor=actor, at=monday)
    conversation.reply_as_staff(ticket=ticket, actor=agent, text="Hello.", at=monday)
    told = OutboxMessage.objects.filter(kind="reply").values_list("to", flat=True)
    assert set(told) == {contact.user.email, colleague.user.email, manager.email}
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="Thanks.", at=monday)
    told = OutboxMessage.objects.filter(kind="customer_reply").values_list("to", flat=True)
    assert set(told) == {agent.email, manager.email}
    contract.colleagues_see_tickets = False
    contract.save()
    assert watchers_of(Ticket.objects.get(pk=ticket.pk)) == [manager]
    remove_watcher(ticket=ticket, user=manager, actor=manager, at=monday)
    assert watchers_of(Ticket.objects.get(pk=ticket.pk)) == []
    assert [event.text for event in ticket.events.filter(kind=Kind.WATCHER_ADDED)] == [
        manager.name,
        colleague.user.name,
    ]


def test_nobody_watches_what_they_may_not_see_or_has_others_watch(
    file: File, agent: User, contact: Contact, colleague: Contact, stranger: Contact, monday: datetime
) -> None:
    ticket = file(is_confidential=True)
    for user in (colleague.user, stranger.user):
        with pytest.raises(Refused, match="cannot see"):
            add_watcher(ticket=ticket, user=user, actor=agent, at=monday)
        with pytest.raises(Refused, match="Only staff"):
            add_watcher(ticket=ticket, user=user, actor=user, at=monday)
        with pytest.raises(Refused, match="Only staff"):
            add_watcher(ticket=ticket, user=user, actor=contact.user, at=monday)
    add_watcher(ticket=ticket, user=agent, actor=agent, at=monday)
    with pytest.raises(Refused, match="already"):
        add_watcher(ticket=ticket, user=agent, actor=agent, at=monday)
    with pytest.raises(Refused, match="does not watch"):
        remove_watcher(ticket=ticket, user=colleague.user, actor=agent, at=monday)
    assert Watcher.objects.get().user == agent


# Tags


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("VPN  Tunnel", "vpn-tunnel"),
        ("#vpn_tunnel ", "vpn-tunnel"),
        ("Größe", "grösse"),
        ("４Ｋ", "4k"),
        ("!?", ""),
        ("x" * 41, ""),
    ],
)
def test_a_tag_has_one_form(typed: str, stored: str) -> None:
    assert normal(typed) == stored


def test_tags_are_put_on_found_by_and_taken_away(
    file: File, agent: User, contact: Contact, monday: datetime
) -> None:
    ticket, other = file(), file()
    tag_ticket(ticket=ticket, tag="VPN Tunnel", actor=agent, at=monday)
    assert list(Ticket.objects.tagged("vpn-tunnel")) == [ticket]
    with pytest.raises(Refused, match="on the ticket already"):
        tag_ticket(ticket=ticket, tag="vpn tunnel", actor=agent, at=monday)
    with pytest.raises(Refused, match="Write a word"):
        tag_ticket(ticket=ticket, tag="…", actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff"):
        tag_ticket(ticket=ticket, tag="x", actor=contact.user, at=monday)
    with pytest.raises(Refused, match="not on the ticket"):
        untag_ticket(ticket=other, tag="vpn-tunnel", actor=agent, at=monday)
    untag_ticket(ticket=ticket, tag="vpn-tunnel", actor=agent, at=monday)
    assert not Ticket.objects.tagged("vpn-tunnel").exists()


# Shares


def test_a_contact_shares_one_ticket_with_one_colleague(
    file: File,
    contact: Contact,
    colleague: Contact,
    administrator: Contact,
    alone: Contract,
    monday: datetime,
) -> None:
    ticket, other = file(), file()
    assert not sees(colleague, ticket)
    share_ticket(ticket=ticket, colleague=colleague, actor=contact.user, at=monday)
    assert [sees(colleague, ticket), sees(colleague, other), sees(administrator, ticket)] == [
        True,
        False,
        False,
    ]
    assert OutboxMessage.objects.get(kind="shared").to == colleague.user.email
    with pytest.raises(Refused, match="only named contacts"):
        conversation.reply_as_contact(ticket=ticket, actor=colleague.user, text="Me too.", at=monday)
    with pytest.raises(Refused, match="sees this ticket already"):
        share_ticket(ticket=ticket, colleague=colleague, actor=contact.user, at=monday)
    with pytest.raises(Refused, match="Only who filed"):
        share_ticket(ticket=ticket, colleague=administrator, actor=colleague.user, at=monday)
    unshare_ticket(ticket=ticket, colleague=colleague, actor=colleague.user, at=monday)
    assert not sees(colleague, ticket)
    assert faults_of_all() == []


def test_vk2_a_confidential_ticket_is_never_shared(
    file: File, contact: Contact, colleague: Contact, stranger: Contact, alone: Contract, monday: datetime
) -> None:
    ticket, secret = file(), file(is_confidential=True)
    with pytest.raises(Refused, match="confidential"):
        share_ticket(ticket=secret, colleague=colleague, actor=contact.user, at=monday)
    # Not even by a row that should not be.
    TicketShare.objects.create(ticket=secret, contact=colleague, shared_at=monday)
    assert not sees(colleague, secret)
    with pytest.raises(Refused, match="your colleagues"):
        share_ticket(ticket=ticket, colleague=stranger, actor=contact.user, at=monday)
    TicketShare.objects.create(ticket=ticket, contact=stranger, shared_at=monday)
    assert not sees(stranger, ticket)


def test_what_a_contact_may_see_is_asked_in_two_queries_however_much_is_shared(
    file: File, contact: Contact, colleague: Contact, alone: Contract, monday: datetime
) -> None:
    for _ in range(3):
        share_ticket(ticket=file(), colleague=colleague, actor=contact.user, at=monday)
    with CaptureQueriesContext(connection) as queries:
        assert len(Ticket.objects.visible_to(colleague.user)) == 3
    assert len(queries) == 2
    assert Ticket.objects.visible_to(colleague.user).filter(status=Status.NEW).count() == 3
