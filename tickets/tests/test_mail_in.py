"""Mail that comes in, from the stored message to what it did (VK9 VK11 AT3 AT5 VV3)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from contracts.models import BouncedAddress, Contact, Contract, Deployment, OutboxMessage, Product, User
from contracts.models.contracts import Standing
from contracts.outbox.reply_addresses import reply_address
from contracts.outbox.writing import thread_id
from contracts.services.contracts import set_standing
from contracts.services.staff import ensure_staff_groups
from contracts.tests.factories import DeploymentFactory
from contracts.tests.faults import fail_each_query, rows_of
from portal.tests.servers import PATIENCE
from tickets import mail_reader, rights
from tickets.mail.processing import process, process_waiting
from tickets.models import Attachment, IncomingMail, Ticket
from tickets.models.event import Kind
from tickets.models.mail import Way
from tickets.models.ticket import Status
from tickets.services.conversation import ask_customer, reply_as_staff
from tickets.services.endings import accept_resolution
from tickets.services.lifecycle import resolve_ticket
from tickets.services.mail_store import store_mail
from tickets.services.merging import merge_tickets
from tickets.services.redaction import redact_field, redact_text, remove_files
from tickets.tests.conftest import Clocks, File
from tickets.tests.letters import letter, send_in
from tickets.tests.pages import client_of, put_under, words
from tickets.tests.soundness import faults_of_all

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
REPLY: dict[str, Any] = {"subject": "Re: your request"}


def told(mail: IncomingMail) -> tuple[str, str]:
    return mail.outcome, mail.reason


def sent(kind: str) -> OutboxMessage:
    return OutboxMessage.objects.filter(kind=kind).latest("pk")


@pytest.fixture
def nora(contact: Contact, deployment: Deployment, contract: Contract) -> Contact:
    """Nora, with Production under contract."""
    return contact


def test_vk9_vk11_an_email_of_a_contact_is_a_ticket_with_its_number_and_clock_and_a_receipt(
    nora: Contact, monday: datetime, clocks: Clocks
) -> None:
    came = monday - 2 * MINUTE
    raw = letter("After ten minutes everybody is signed out.", files=[("trace.har", b"{}"), ("empty", b"")])
    mail = send_in(raw, monday, received_at=came)
    ticket = Ticket.objects.get()
    assert (told(mail), mail.ticket) == (("new_ticket", "new"), ticket)
    assert (ticket.contact, ticket.channel, ticket.subject) == (nora, "email", "The camera list stays empty")
    # The receiving server's stamp counts, not when it was worked off.
    assert (ticket.filed_at, clocks(ticket, monday)["response"].started_at) == (came, came)
    message = ticket.messages.get()
    assert (message.text, message.written_at) == ("After ten minutes everybody is signed out.", came)
    assert (mail.message, mail.names) == (message, ["trace.har", "empty"])
    assert [event.data["via"] for event in ticket.events.all()] == ["email", "email"]
    receipt = sent("receipt")
    assert (receipt.to, ticket.number in receipt.subject) == (nora.user.email, True)
    assert receipt.in_reply_to == mail.header_id
    assert faults_of_all() == []


def test_files_of_any_kind_are_kept_and_handed_out_as_downloads_that_no_browser_runs(
    nora: Contact, monday: datetime
) -> None:
    send_in(letter("See.", files=[("evil.html", b"<script>alert(1)</script>"), ("nothing.bin", b"")]), monday)
    number = Ticket.objects.get().number
    for attachment in Attachment.objects.all():
        answer: Any = client_of(nora.user).get(f"/tickets/{number}/files/{attachment.pk}/")
        assert len(b"".join(answer.streaming_content)) == attachment.size
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_message_that_comes_twice_or_is_processed_twice_makes_one_ticket(
    nora: Contact, monday: datetime
) -> None:
    raw = letter("Down.")
    first, second = send_in(raw, monday), send_in(raw, monday + HOUR)
    assert (second.first, told(second), second.ticket) == (first, told(first), first.ticket)
    assert process(mail=first, at=monday + 2 * HOUR).processed_at == monday
    assert (Ticket.objects.count(), OutboxMessage.objects.filter(kind="receipt").count()) == (1, 1)


def test_a_copy_that_came_by_a_list_or_unconfirmed_does_not_swallow_the_one_that_came_straight(
    nora: Contact, monday: datetime, settings: LazySettings
) -> None:
    settings.MAIL_TRUSTED_SERVERS = ["mx.desk.example"]
    raw = letter("Down.")
    passed, failed = (
        f"Authentication-Results: mx.desk.example; dmarc={result}\r\n".encode() for result in ("pass", "fail")
    )
    ways = [b"List-Id: <ops.harbour.example>\r\n" + passed, failed, failed, passed, failed, passed]
    came = [send_in(way + raw, monday) for way in ways]
    assert [told(mail)[1] for mail in came] == [
        "list",
        "authentication",
        "authentication",
        "new",
        "new",
        "new",
    ]
    assert [mail.first for mail in came] == [None, None, came[1], None, came[3], came[3]]
    assert Ticket.objects.count() == 1


def test_a_copy_that_comes_once_a_secret_was_removed_does_not_bring_it_back(
    nora: Contact, manager: User, monday: datetime
) -> None:
    raw = letter("The password is hunter2.")
    ticket = send_in(raw, monday).ticket
    assert ticket is not None
    ensure_staff_groups(rights.RIGHTS)
    actor = User.objects.get(pk=manager.pk)
    reason: dict[str, Any] = {"actor": actor, "reason": "A password", "at": monday + HOUR}
    seq = ticket.events.earliest("seq").seq
    redact_text(ticket=ticket, seq=seq, is_message=True, **reason)
    redact_field(ticket=ticket, field="subject", instead="Camera list", **reason)
    copy = send_in(raw, monday + 2 * HOUR)
    assert (told(copy), copy.ticket, copy.subject) == (("new_ticket", "new"), ticket, "Camera list")
    assert remove_files(at=monday + 3 * HOUR) == 2
    assert not IncomingMail.objects.exclude(raw="").exists()


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_of_one_message_at_once_make_one_ticket(nora: Contact, monday: datetime) -> None:
    raw, meet = letter("Down."), threading.Barrier(2)

    def deliver(_: int) -> IncomingMail:
        try:
            meet.wait(PATIENCE)
            return send_in(raw, monday)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(deliver, range(2)))
    assert {mail.ticket for mail in both} == {Ticket.objects.get()}
    assert sorted(mail.first is None for mail in IncomingMail.objects.all()) == [False, True]


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"sender": "Eve <eve@nowhere.example>"}, ("held", "unknown_sender")),
        ({"sender": ""}, ("held", "no_sender")),
        ({"sender": "agnes@desk.example"}, ("held", "staff")),
        ({"Auto_Submitted": "auto-replied"}, ("ignored", "auto_reply")),
        ({"sender": "support@localhost"}, ("ignored", "own_mail")),
    ],
)
def test_what_nobody_known_wrote_touches_nothing_and_is_not_answered(
    headers: dict[str, Any], outcome: tuple[str, str], nora: Contact, agent: User, monday: datetime
) -> None:
    assert told(send_in(letter("Down.", **headers), monday)) == outcome
    assert not Ticket.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("local", ["\N{KELVIN SIGN}im", "k\N{LATIN SMALL LETTER DOTLESS I}m"])
def test_no_letter_of_an_address_stands_for_another_whatever_a_database_takes_for_the_same(
    local: str, nora: Contact, monday: datetime
) -> None:
    nora.user.email = "kim@harbour.example"
    nora.user.save()
    raw = letter("Down.", sender="X").replace(b"From: X", f"From: {local}@harbour.example".encode())
    assert told(send_in(raw, monday)) == ("held", "unknown_sender")
    assert told(send_in(letter("Down.", sender="KIM@Harbour.example"), monday)) == ("new_ticket", "new")


def test_what_is_held_or_refused_names_the_files_that_are_kept_with_it(
    nora: Contact, colleague: Contact, contract: Contract, file: File, monday: datetime
) -> None:
    contract.colleagues_see_tickets = True
    contract.save()
    number, files = file().number, [("trace.har", b"{}"), ("über.pdf", b"%PDF")]
    for sender, outcome in (("eve@nowhere.example", "held"), ("col@harbour.example", "refused")):
        mail = send_in(letter("Down.", sender=sender, subject=f"Re: [{number}]", files=files), monday + HOUR)
        assert (mail.outcome, mail.names) == (outcome, ["trace.har", "über.pdf"])


def test_a_sender_whom_the_receiving_server_could_not_confirm_is_held(
    nora: Contact, monday: datetime, settings: LazySettings
) -> None:
    settings.MAIL_TRUSTED_SERVERS = ["mx.desk.example"]
    forged = letter("Down.", Authentication_Results="mx.desk.example; dmarc=fail header.from=harbour.example")
    sound = letter("Down.", Authentication_Results="mx.desk.example; dmarc=pass header.from=harbour.example")
    assert told(send_in(forged, monday)) == ("held", "authentication")
    assert told(send_in(letter("Down."), monday)) == ("held", "not_authenticated")
    assert told(send_in(sound, monday)) == ("new_ticket", "new")


def test_more_than_so_many_an_hour_from_one_sender_are_held(
    nora: Contact, monday: datetime, settings: LazySettings
) -> None:
    settings.MAIL_SENDER_HOURLY = 2
    outcomes = [told(send_in(letter(f"Down {n}."), monday))[1] for n in range(3)]
    assert outcomes == ["new", "new", "too_many"]
    assert told(send_in(letter("Down again."), monday + HOUR + MINUTE)) == ("new_ticket", "new")


def test_a_program_that_answers_each_mail_anew_without_saying_what_it_is_is_held_soon(
    nora: Contact, monday: datetime
) -> None:
    told_so_far = 0
    for turn in range(20):
        send_in(letter("I am away.", subject="Away"), monday + turn * MINUTE)
        ours = OutboxMessage.objects.filter(to=nora.user.email).count()
        if ours == told_so_far:
            break
        told_so_far = ours
    assert (Ticket.objects.count(), IncomingMail.objects.held().get().reason) == (10, "too_many")
    assert told(send_in(letter("I am back.", subject="Away"), monday + HOUR / 2)) == ("new_ticket", "new")
    assert told(send_in(letter("I am away.", subject="Away"), monday + 2 * HOUR)) == ("new_ticket", "new")


def test_at3_by_email_who_is_not_named_is_answered_with_the_reason_and_the_request_kept(
    nora: Contact, colleague: Contact, file: File, monday: datetime
) -> None:
    mail = send_in(letter("Down.", sender="col@harbour.example"), monday)
    assert mail.ticket is not None
    assert told(mail) == ("refused", "not_named")
    assert (mail.ticket.contact, mail.ticket.runs_clocks) == (colleague, False)
    assert (sent("kept").to, OutboxMessage.objects.filter(kind="details").exists()) == (
        "col@harbour.example",
        False,
    )


def test_at3_by_email_who_may_only_read_a_ticket_gets_the_reason_three_times_an_hour(
    nora: Contact, colleague: Contact, contract: Contract, file: File, monday: datetime
) -> None:
    contract.colleagues_see_tickets = True
    contract.save()
    ticket = file()
    for turn in range(4):
        raw = letter(f"Me too {turn}", sender="col@harbour.example", subject=f"Re: [{ticket.number}] it")
        assert told(send_in(raw, monday + HOUR)) == ("refused", "not_named")
    assert ticket.messages.count() == 1
    answers = OutboxMessage.objects.filter(kind="mail_refused")
    assert {(each.to, each.ticket_number) for each in answers} == {("col@harbour.example", ticket.number)}
    assert answers.count() == 3
    assert "only named contacts" in answers[0].text


def test_who_is_not_entitled_is_refused_and_told_why_as_on_the_web(
    nora: Contact, contract: Contract, manager: User, stranger: Contact, monday: datetime
) -> None:
    set_standing(
        contract=contract, standing=Standing.PAYMENT_DUE, reason="Invoice 7", actor=manager, at=monday
    )
    mail = send_in(letter("Down."), monday)
    assert (told(mail), mail.ticket and mail.ticket.runs_clocks) == (("refused", "standing"), False)
    # Stan's company has no installation that a request could be kept for.
    assert told(send_in(letter("Down.", sender="stan@meridian.example"), monday)) == (
        "refused",
        "no_contract",
    )
    assert sent("mail_refused").to == "stan@meridian.example"


def by_address(ticket: Ticket, contact: Contact) -> dict[str, Any]:
    return {"to": reply_address(ticket.number, contact.user_id)}


def by_reply(ticket: Ticket, contact: Contact) -> dict[str, Any]:
    return {"In_Reply_To": OutboxMessage.objects.get(ticket_number=ticket.number, kind="receipt").message_id}


def by_thread(ticket: Ticket, contact: Contact) -> dict[str, Any]:
    return {"References": f"<x@y> {thread_id(ticket.number)}"}


def by_subject(ticket: Ticket, contact: Contact) -> dict[str, Any]:
    return {"subject": f"AW: [{ticket.number.lower()}] still so"}


WAYS: list[tuple[Callable[[Ticket, Contact], dict[str, Any]], str]] = [
    (by_address, "reply_address"),
    (by_reply, "reference"),
    (by_thread, "reference"),
    (by_subject, "number"),
]


@pytest.mark.parametrize(("how", "reason"), WAYS)
def test_a_reply_finds_its_ticket_for_who_may_see_it_and_nobody_else(
    how: Callable[[Ticket, Contact], dict[str, Any]],
    reason: str,
    nora: Contact,
    stranger: Contact,
    file: File,
    monday: datetime,
) -> None:
    ticket = file()
    raw = letter("It is version 4.7.", **{**REPLY, **how(ticket, nora)})
    mail = send_in(raw, monday + HOUR)
    assert (told(mail), mail.ticket, mail.message) == (
        ("reply", reason),
        ticket,
        ticket.messages.latest("pk"),
    )
    event = ticket.events.latest("seq")
    assert (event.kind, event.actor, event.happened_at) == (Kind.CUSTOMER_MESSAGE, nora.user, monday + HOUR)
    DeploymentFactory.create(customer=stranger.customer, name="Silo")
    raw = letter("Mine!", sender="stan@meridian.example", **{**REPLY, **how(ticket, nora)})
    other = send_in(raw, monday + HOUR)
    assert other.ticket not in (None, ticket)
    assert ticket.messages.count() == 2


def test_a_reply_to_a_message_that_came_in_finds_the_ticket_too(nora: Contact, monday: datetime) -> None:
    first = send_in(letter("Down.", message_id="<one@harbour.example>"), monday)
    again = send_in(letter("Still.", References="<one@harbour.example>", subject="Fwd"), monday + HOUR)
    assert (told(again), again.ticket) == (("reply", "reference"), first.ticket)


def test_an_id_that_another_customer_took_for_a_message_of_theirs_leads_nobody_away_from_their_own_ticket(
    nora: Contact, stranger: Contact, monday: datetime
) -> None:
    DeploymentFactory.create(customer=stranger.customer, name="Silo")
    one = "<one@harbour.example>"
    ours = send_in(letter("Down.", message_id=one), monday)
    theirs = send_in(letter("Ours.", message_id=one, sender="stan@meridian.example"), monday)
    again = send_in(letter("Still.", References=one, subject="Fwd"), monday + HOUR)
    assert (told(again), again.ticket) == (("reply", "reference"), ours.ticket)
    assert theirs.ticket not in (None, ours.ticket)


def test_an_answer_counts_from_when_it_came_and_only_for_what_was_asked_by_then(
    nora: Contact, file: File, agent: User, monday: datetime
) -> None:
    ticket = file()
    ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday + HOUR)
    early = letter("By the way", subject=ticket.number)
    send_in(early, monday + 3 * HOUR, received_at=monday + HOUR / 2)
    ticket.refresh_from_db()
    assert ticket.status == Status.WAITING
    send_in(letter("4.7", subject=ticket.number), monday + 3 * HOUR, received_at=monday + 2 * HOUR)
    ticket.refresh_from_db()
    kinds = list(ticket.events.order_by("seq").values_list("kind", "happened_at"))
    assert kinds[-2:] == [
        (Kind.CUSTOMER_MESSAGE, monday + HOUR / 2),
        (Kind.CUSTOMER_REPLIED, monday + 2 * HOUR),
    ]
    assert ticket.status == Status.OPEN
    assert faults_of_all() == []


def test_a_reply_to_a_merged_ticket_goes_to_where_it_lives_on(
    nora: Contact, file: File, agent: User, monday: datetime
) -> None:
    one, other = file(), file()
    merge_tickets(ticket=one, into=other, reason="One fault", actor=agent, at=monday)
    assert send_in(letter("And?", subject=one.number), monday + HOUR).ticket == other


def test_a_reply_on_a_closed_ticket_reopens_it_in_time_and_is_a_new_one_that_follows_it_later(
    nora: Contact, contract: Contract, deployment: Deployment, file: File, agent: User, monday: datetime
) -> None:
    put_under(contract, "viakoo")
    ticket = file(severity="critical", steps="Sign in.", effect="All")
    resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday + HOUR)
    accept_resolution(ticket=ticket, actor=nora.user, at=monday + 2 * HOUR)
    raw = letter("Again.", subject=ticket.number, files=[("a.log", b"x")])
    mail = send_in(raw, monday + 4 * HOUR, received_at=monday + 3 * HOUR)
    ticket.refresh_from_db()
    assert (told(mail), ticket.status, mail.names) == (("reply", "reopened"), Status.OPEN, ["a.log"])
    assert ticket.events.get(kind=Kind.REOPENED).happened_at == monday + 3 * HOUR
    resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday + 5 * HOUR)
    accept_resolution(ticket=ticket, actor=nora.user, at=monday + 6 * HOUR)
    late = monday + timedelta(days=400)
    mail = send_in(letter("Once more.", subject=ticket.number), late)
    assert mail.ticket is not None
    assert told(mail) == ("new_ticket", "follows")
    assert mail.ticket.events.earliest("seq").data["follows"] == ticket.number
    assert (mail.ticket.steps, mail.ticket.severity) == ("Sign in.", "critical")


def test_who_wrote_in_time_was_not_silent_however_late_it_is_worked_off(
    nora: Contact, contract: Contract, file: File, agent: User, monday: datetime
) -> None:
    put_under(contract, "viakoo")
    words_came, word_came, late = (monday + timedelta(days=days) for days in (1, 2, 60))
    spoken, accepted = file(severity="critical"), file(severity="critical")
    for ticket in (spoken, accepted):
        resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday + HOUR)
    send_in(letter("We are trying it.", subject=spoken.number), late, received_at=words_came)
    send_in(letter("Accept", subject=accepted.number), late, received_at=word_came)
    assert spoken.events.latest("seq").happened_at == words_came
    assert not spoken.events.filter(kind=Kind.ACCEPTED).exists()
    word = accepted.events.get(kind=Kind.ACCEPTED)
    assert (word.actor, word.happened_at) == (nora.user, word_came)


def test_at5_what_an_email_lacks_is_asked_for_once_and_the_answer_fills_it_in(
    nora: Contact, contract: Contract, product: Product, monday: datetime
) -> None:
    crane = DeploymentFactory.create(customer=nora.customer, product=product, name="Crane")
    contract.deployments.add(crane)
    DeploymentFactory.create(customer=nora.customer, product=product, name="Aerial")
    mail = send_in(letter("Everybody is signed out."), monday)
    ticket = mail.ticket
    assert ticket is not None
    filed = ticket.events.get(kind=Kind.FILED)
    assert filed.data["asked_for"] == ["product", "severity", "steps", "effect"]
    # The least one that is answered within a promised time, until the contact names one or staff do.
    assert (ticket.severity, ticket.runs_clocks) == ("P4", True)
    asked = sent("details")
    for word in ("Product:", "Severity:", "Steps:", "Effect:", "P1, Severe Business Impact"):
        assert word in asked.text
    # Those of other contracts, too, for it may be about one of them; then staff decide.
    assert "- Atlas Crane\n- Atlas Production\n- Atlas Aerial\n" in asked.text
    answer = "Product: Atlas Crane\nSeverity: P2\nSteps:\nSign in.\nWait.\nEffect: Nobody can work."
    reply = send_in(letter(answer, In_Reply_To=asked.message_id, **REPLY), monday + HOUR)
    ticket.refresh_from_db()
    assert told(reply) == ("reply", "reference")
    assert (ticket.steps, ticket.effect, ticket.deployment) == ("Sign in.\nWait.", "Nobody can work.", crane)
    assert reply.message is not None
    assert reply.message.text == answer
    said = ticket.events.get(message=reply.message).data["filled"]
    assert set(said) == {"steps", "effect", "product", "severity"}
    assert ticket.events.get(kind=Kind.SEVERITY_REQUESTED).data["severity"] == "P2"
    again = "Steps: others\nProduct: Atlas Production\nSeverity: P1"
    send_in(letter(again, subject=ticket.number), monday + 2 * HOUR)
    ticket.refresh_from_db()
    assert (ticket.steps, ticket.deployment) == ("Sign in.\nWait.", crane)
    assert OutboxMessage.objects.filter(kind="details").count() == 1
    assert faults_of_all() == []


def test_at5_an_installation_that_the_contract_does_not_cover_is_left_to_staff(
    nora: Contact, contract: Contract, deployment: Deployment, product: Product, monday: datetime
) -> None:
    DeploymentFactory.create(customer=nora.customer, product=product, name="Crane")
    ticket = send_in(letter("Down."), monday).ticket
    assert ticket is not None
    assert "product" in ticket.events.get(kind=Kind.FILED).data["asked_for"]
    reply = send_in(letter("Product: Atlas Crane", subject=ticket.number), monday + HOUR)
    ticket.refresh_from_db()
    assert ticket.deployment == deployment
    assert ticket.events.get(message=reply.message).data["left"] == ["product"]
    page = words(client_of(nora.user).get(f"/tickets/{ticket.number}/"))
    assert "asked by mail for the product, the severity, the steps and the effect" in page


def test_at5_an_installation_that_another_contract_covers_is_left_to_staff(
    nora: Contact, contract: Contract, deployment: Deployment, product: Product, monday: datetime
) -> None:
    DeploymentFactory.create(customer=nora.customer, product=product, name="Aerial")
    ticket = send_in(letter("Everybody is signed out."), monday).ticket
    assert ticket is not None
    for hours, said in ((1, "Atlas Aerial"), (2, "Atlas Production")):
        raw = letter(f"Product: {said}", subject=ticket.number)
        reply = send_in(raw, monday + hours * HOUR)
        told_of_it = ticket.events.get(message=reply.message).data
        assert (told_of_it.get("left"), "filled" in told_of_it) == (
            ["product"] if hours == 1 else None,
            False,
        )
    ticket.refresh_from_db()
    assert ticket.deployment == deployment


def test_at5_an_email_with_its_labels_is_asked_for_nothing(nora: Contact, monday: datetime) -> None:
    text = "Severity: P1\nSteps: Sign in.\nEffect: Nobody can work."
    ticket = send_in(letter(text), monday).ticket
    assert ticket is not None
    assert (ticket.severity, ticket.steps, ticket.effect) == ("P1", "Sign in.", "Nobody can work.")
    assert not OutboxMessage.objects.filter(kind="details").exists()
    assert "asked_for" not in ticket.events.get(kind=Kind.FILED).data


def test_vv3_by_email_round_the_clock_where_the_tier_has_it(
    nora: Contact, contract: Contract, file: File, monday: datetime
) -> None:
    put_under(contract, "vivvo")
    sunday_night = monday - timedelta(days=1, hours=10)
    mail = send_in(letter("Down.\nSeverity: critical"), sunday_night)
    assert mail.ticket is not None
    assert (told(mail), mail.ticket.filed_at) == (("new_ticket", "new"), sunday_night)
    assert mail.ticket.runs_clocks


def report(message_id: str, *addresses: str) -> bytes:
    """A delivery report as mail servers write them (RFC 3464)."""
    per_recipient = "".join(
        f"\nFinal-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 unknown\n"
        for address in addresses
    )
    text = f"""From: Mail Delivery System <mailer-daemon@harbour.example>
To: support@localhost
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@harbour.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.harbour.example
{per_recipient}
--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
From: support@localhost

--b--
"""
    return text.encode()


def test_a_bounce_marks_the_address_only_if_we_wrote_to_it(
    nora: Contact, file: File, monday: datetime
) -> None:
    file()
    ours = sent("receipt")
    mail = send_in(report(ours.message_id, ours.to, "max@desk.example"), monday + HOUR)
    assert told(mail) == ("ignored", "bounce")
    assert [row.address for row in BouncedAddress.objects.all()] == [ours.to]
    assert ours.to in mail.said


def test_a_conversation_wholly_by_email_from_the_first_message_to_the_acceptance(
    nora: Contact, agent: User, monday: datetime
) -> None:
    first = send_in(letter("Down.\nSeverity: P2\nSteps: Sign in.\nEffect: All."), monday)
    ticket = first.ticket
    assert ticket is not None
    reply_as_staff(ticket=ticket, actor=agent, text="We look.", at=monday + HOUR)
    ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday + 2 * HOUR)
    to = by_address(ticket, nora)
    send_in(letter("4.7", **REPLY, **to), monday + 3 * HOUR)
    resolve_ticket(ticket=ticket, actor=agent, text="Update.", at=monday + 4 * HOUR)
    assert "with the one word “accept”" in sent("resolution").text
    assert told(send_in(letter("Reopen, it is down again.", **REPLY, **to), monday + 5 * HOUR)) == (
        "reply",
        "reopened",
    )
    resolve_ticket(ticket=ticket, actor=agent, text="Update 2.", at=monday + 6 * HOUR)
    thanks = send_in(letter("Thank you, we try it.", **REPLY, **to), monday + 7 * HOUR)
    ticket.refresh_from_db()
    assert (told(thanks), ticket.status) == (("reply", "reply_address"), Status.RESOLVED)
    assert told(send_in(letter("Accepted.", **REPLY, **to), monday + 8 * HOUR)) == ("reply", "accepted")
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    assert ticket.events.get(kind=Kind.ACCEPTED).actor == nora.user
    assert faults_of_all() == []


def test_a_conversation_that_mixes_email_and_portal(nora: Contact, agent: User, monday: datetime) -> None:
    ticket = send_in(letter("Down."), monday).ticket
    assert ticket is not None
    client = client_of(nora.user)
    client.post(f"/tickets/{ticket.number}/replies/", {"text": "Since six."})
    ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday + HOUR)
    send_in(letter("4.7", **REPLY, **by_address(ticket, nora)), monday + 2 * HOUR)
    page = words(client.get(f"/tickets/{ticket.number}/"))
    assert all(said in page for said in ("Down.", "Since six.", "Which version?", "4.7"))


def test_a_process_that_is_killed_between_storing_and_processing_loses_nothing(
    nora: Contact, monday: datetime
) -> None:
    mail = store_mail(raw=letter("Down."), way=Way.PIPE, received_at=monday, at=monday)
    process_waiting(at=monday)
    assert not Ticket.objects.exists()  # whoever stored it may be at it
    process_waiting(at=monday + MINUTE)
    mail.refresh_from_db()
    assert mail.ticket is not None
    assert (told(mail), mail.ticket.filed_at) == (("new_ticket", "new"), monday)


def test_what_fails_is_tried_five_times_and_then_held(
    nora: Contact, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("tickets.mail.processing.reply_letter", fail)
    monkeypatch.setattr("tickets.mail.processing.file_letter", fail)
    mail = send_in(letter("Down."), monday)
    assert (mail.outcome, mail.error) == ("", "RuntimeError: out of order")
    for minute in (1, 6, 21, 81):
        process_waiting(at=monday + minute * MINUTE)
    mail.refresh_from_db()
    assert (told(mail), mail.attempts) == (("held", "failed"), 5)


@pytest.mark.django_db(transaction=True)
def test_each_call_of_the_database_may_fail_while_a_message_is_processed(
    nora: Contact, agent: User, monday: datetime
) -> None:
    mail = store_mail(
        raw=letter("Down.", files=[("a.txt", b"a")]), way=Way.PIPE, received_at=monday, at=monday
    )
    models = rows_of("contracts", "tickets")

    def whole() -> list[Any]:
        """All but what a message says of itself, which is noted first."""
        return [*models(), *IncomingMail.objects.values_list("outcome", "ticket", "message")]

    mail = IncomingMail.objects.get()
    process_note(mail)
    assert fail_each_query(lambda: process(mail=mail, at=monday), whole=whole) > 0
    assert Ticket.objects.count() == 1
    assert faults_of_all() == []


def process_note(mail: IncomingMail) -> None:
    from tickets.mail.processing import _note_read

    _note_read(mail, mail_reader.read_stored(mail))
