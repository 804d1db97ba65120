"""What providers post of our mails: whom one did not reach is marked and told of, once, and nobody else."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client, RequestFactory
from pytest_django import Settings

from contracts.models import BouncedAddress, Contact, OutboxMessage, User
from contracts.outbox import writing
from contracts.outbox.delivery import deliver
from contracts.services.bounces import clear_bounce
from contracts.tests.cast import MONDAY
from contracts.tests.mail_servers import PaperServer
from tickets.mail import event_webhooks, undelivered, webhooks
from tickets.mail.posted import Malformed, Posted
from tickets.mail.providers import PROVIDERS
from tickets.mail.trackers import TRACKERS, Undelivered
from tickets.mail.trackers import undelivered as read
from tickets.mail_story import mails_about
from tickets.models import IncomingMail
from tickets.tests import mail_events as says
from tickets.tests.conftest import File
from tickets.tests.mail_events import BASIC, BOUNCES, EVENTS_KEY, KEY, NORA, body_of, proof_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def here(settings: Settings) -> Settings:
    settings.SITE_URL = "https://support.example.com"
    settings.MAIL_WEBHOOKS = {
        **dict.fromkeys(("brevo", "mailjet", "postmark", "sendgrid", "sparkpost"), BASIC),
        **dict.fromkeys(("mailersend", "mailgun", "mandrill"), KEY),
        "mailersend-events": EVENTS_KEY,
        "mandrill-events": EVENTS_KEY,
    }
    return settings


@pytest.fixture
def written(here: Settings, contact: Contact, agent: User, mail_server: type[PaperServer]) -> Contact:
    """Nora, to whom a mail went out on Monday."""
    writing.write(kind="password_changed", to=contact.user, at=MONDAY, context={"url": "https://x/"}, key="1")
    assert deliver(MONDAY).sent == 1
    return contact


def post(
    provider: str, *events: object, at: datetime = MONDAY + 10 * MINUTE, proof: dict[str, str] | None = None
) -> int:
    body, kind = body_of(provider, *events)
    headers = proof_of(provider, *events) if proof is None else proof
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    with time_machine.travel(at, tick=False):
        answer = client.post(f"/hooks/mail/{provider}/events/", body, content_type=kind, headers=headers)
    return answer.status_code


def reading(provider: str, *events: object) -> list[Undelivered]:
    """What is read of a post, whoever sent it."""
    body, kind = body_of(provider, *events)
    posted = Posted(RequestFactory().post("/", body, content_type=kind), body)
    return read(TRACKERS[provider], TRACKERS[provider].opened("a" * 20), posted)


def rows() -> list[tuple[str, str, int, bool]]:
    return [
        (row.address, row.status, row.count, row.stops) for row in BouncedAddress.objects.order_by("address")
    ]


def told() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(key__startswith="team/bounce/").order_by("pk"))


@pytest.mark.parametrize("provider", BOUNCES)
def test_a_hard_bounce_of_each_provider_is_read(here: Settings, provider: str) -> None:
    (found,) = reading(provider, BOUNCES[provider](MONDAY, "Nora@Harbour.example"))
    # They say in words alone what is no status.
    status = "" if provider in {"mailersend", "mailjet"} else "5.1.1"
    assert (found.address, found.status, found.happened_at) == (
        "Nora@Harbour.example".lower(),
        status,
        MONDAY,
    )
    assert not found.is_complaint
    assert found.diagnostic
    assert set(TRACKERS) == set(PROVIDERS) == set(BOUNCES)


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("brevo", says.brevo(MONDAY, event="spam")),
        ("mailersend", says.mailersend(MONDAY, type="spam_complaint", morph={"object": "spam_complaint"})),
        ("mailgun", says.mailgun(MONDAY, event="complained")),
        ("mailjet", says.mailjet(MONDAY, event="spam", source="JMRPP")),
        ("mandrill", says.mandrill(MONDAY, event="spam")),
        ("postmark", says.postmark(MONDAY, RecordType="SpamComplaint", Type="SpamComplaint")),
        ("sendgrid", says.sendgrid(MONDAY, event="spamreport")),
        ("sparkpost", says.sparkpost(MONDAY, type="spam_complaint", fbtype="abuse")),
    ],
)
def test_a_complaint_of_each_provider_is_read(here: Settings, provider: str, event: object) -> None:
    (found,) = reading(provider, event)
    assert (found.address, found.is_complaint) == (NORA, True)


@pytest.mark.parametrize(
    ("provider", "event", "status"),
    [
        ("brevo", says.brevo(MONDAY, event="soft_bounce"), ""),
        ("brevo", says.brevo(MONDAY, event="soft_bounce", reason="552 5.2.2 over quota"), "5.2.2"),
        ("brevo", says.brevo(MONDAY, event="blocked"), ""),
        ("mailersend", says.mailersend(MONDAY, type="soft_bounced"), ""),
        ("mailjet", says.mailjet(MONDAY, hard_bounce=False, smtp_reply="550 full"), ""),
        ("mandrill", says.mandrill(MONDAY, event="soft_bounce"), ""),
        ("postmark", says.postmark(MONDAY, Type="SoftBounce"), ""),
        ("postmark", says.postmark(MONDAY, Type="DMARCPolicy"), ""),
        ("sendgrid", says.sendgrid(MONDAY, type="blocked"), ""),
        ("sparkpost", says.sparkpost(MONDAY, bounce_class="20", raw_reason="450 4.2.0 later"), "4.2.0"),
        ("sparkpost", says.sparkpost(MONDAY, bounce_class="51", raw_reason="550 looks like spam"), ""),
    ],
)
def test_what_is_passing_or_not_of_the_mailbox_is_read_without_a_status_that_stops_mail(
    here: Settings, provider: str, event: object, status: str
) -> None:
    (found,) = reading(provider, event)
    assert (found.address, found.status, found.is_complaint) == (NORA, status, False)


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("brevo", says.brevo(MONDAY, event="delivered")),
        ("brevo", says.brevo(MONDAY, event="opened")),
        ("mailgun", says.mailgun(MONDAY, severity="temporary")),
        ("mailgun", says.mailgun(MONDAY, event="rejected", reason="", reject={"reason": "our template"})),
        ("mandrill", says.mandrill(MONDAY, event="deferral")),
        ("postal", says.postal(MONDAY, status="SoftFail")),
        ("postmark", says.postmark(MONDAY, RecordType="Open")),
        ("postmark", says.postmark(MONDAY, Type="TemplateRenderingFailed")),
        ("postmark", says.postmark(MONDAY, to="nobody at all")),
        ("sendgrid", says.sendgrid(MONDAY, event="click", url="https://desk.example/")),
        ("sendgrid", says.dropped(MONDAY, "Invalid SMTPAPI header")),
        ("sparkpost", {"msys": {}}),
    ],
)
def test_what_was_delivered_read_put_off_or_is_our_own_fault_marks_nobody(
    here: Settings, provider: str, event: object
) -> None:
    assert reading(provider, event) == []


def test_what_was_dropped_for_an_earlier_bounce_says_so_in_words(here: Settings) -> None:
    (found,) = reading("sendgrid", says.dropped(MONDAY, "Bounced Address"))
    assert (found.status, found.diagnostic) == ("5.0.0", "the provider says: rejected, bounced")


def test_one_event_that_cannot_be_read_hides_no_other(here: Settings) -> None:
    good = says.sendgrid(MONDAY)
    broken: list[object] = [1, None, "x", {}, {"event": ["bounce"]}, good | {"timestamp": 1e300}]
    assert [found.address for found in reading("sendgrid", *broken, good, *broken)] == [NORA]
    mixed = [{"event": "inbound", "msg": {"raw_msg": "Subject: -\n\n"}}, says.mandrill(MONDAY)]
    assert len(reading("mandrill", *mixed)) == 1
    with pytest.raises(Malformed):
        reading("sendgrid", *broken)
    assert reading("sendgrid") == []


def test_mailgun_posts_forms_too_as_of_old(here: Settings) -> None:
    fields = {
        "event": "bounced",
        "recipient": NORA,
        "code": "550",
        "error": says.SAID,
        "timestamp": "1772442000",
    }
    body = urlencode(fields).encode()
    request = RequestFactory().post("/", body, content_type="application/x-www-form-urlencoded")
    tracker = TRACKERS["mailgun"]
    (found,) = read(tracker, tracker.opened(KEY), Posted(request, body))
    assert (found.address, found.status) == (NORA, "5.1.1")


@pytest.mark.parametrize("provider", sorted(set(BOUNCES) - {"postal"}))
def test_only_the_right_proof_marks(written: Contact, here: Settings, provider: str) -> None:
    event = BOUNCES[provider](MONDAY + MINUTE)
    wrong = event | {"signature": event["signature"] | {"token": "x"}} if provider == "mailgun" else event
    assert post(provider, wrong, proof=proof_of(provider, event, secret="desk:wrong")) == 403
    assert post(provider, wrong, proof={}) == 403
    assert rows() == []
    assert post(provider, event) == 200
    assert [row[0] for row in rows()] == [NORA]
    here.MAIL_WEBHOOKS = {}
    assert post(provider, event) == 404


def test_a_bounce_marks_the_address_tells_staff_once_and_stands_on_the_ticket(
    file: File, written: Contact
) -> None:
    ticket = file()
    deliver(MONDAY)
    event = says.postmark(MONDAY + MINUTE)
    assert [post("postmark", event), post("postmark", event)] == [200, 200]
    assert rows() == [(NORA, "5.1.1", 1, True)]
    (mail,) = told()
    assert mail.to == "agnes@desk.example"
    assert f"was returned (5.1.1): smtp;{says.SAID}" in mail.text
    assert [each.bounced_at for each in mails_about(ticket) if each.to == NORA] == [MONDAY + 10 * MINUTE]


def test_what_is_cleared_stays_cleared_until_a_mail_bounces_again(written: Contact, agent: User) -> None:
    early, late = says.brevo(MONDAY + MINUTE), says.brevo(MONDAY + 40 * MINUTE)
    assert post("brevo", early) == 200
    clear_bounce(address=NORA, actor=agent, at=MONDAY + 30 * MINUTE)
    assert post("brevo", early, at=MONDAY + 35 * MINUTE) == 200
    assert not BouncedAddress.objects.standing().exists()
    assert post("brevo", late, at=MONDAY + 45 * MINUTE) == 200
    assert BouncedAddress.objects.standing().count() == 1
    assert len(told()) == 2


def test_a_bounce_for_good_counts_however_late_it_comes(written: Contact) -> None:
    soft, hard = says.sendgrid(MONDAY + 2 * MINUTE, type="blocked"), says.sendgrid(MONDAY + MINUTE)
    assert post("sendgrid", soft) == 200
    assert rows() == [(NORA, "", 1, False)]
    assert post("sendgrid", hard, soft, hard, at=MONDAY + 11 * MINUTE) == 200
    assert rows() == [(NORA, "5.1.1", 2, True)]
    # That it began, and that it stops mail.
    assert len(told()) == 2


def test_only_whom_we_wrote_to_is_marked(written: Contact, stranger: Contact) -> None:
    events = [says.sparkpost(MONDAY, to) for to in (stranger.user.email, "somebody@else.example", NORA)]
    assert post("sparkpost", *events) == 200
    assert [row[0] for row in rows()] == [NORA]


def test_a_complaint_stops_what_can_be_done_without_and_tells_staff(written: Contact) -> None:
    complaint = says.postmark(MONDAY + MINUTE, RecordType="SpamComplaint", Type="SpamComplaint")
    assert [post("postmark", complaint), post("postmark", complaint)] == [200, 200]
    assert rows() == [(NORA, "5.1.0", 1, True)]
    assert BouncedAddress.objects.get().diagnostic == "reported as spam"
    (mail,) = told()
    assert mail.subject.endswith(f"Mail to {NORA} is reported as spam")
    assert "Only what cannot be turned off is still sent there." in mail.text


def test_what_cannot_be_noted_is_to_be_posted_again(
    written: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**named: Any) -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(undelivered, "mark_bounced", fail)
        assert post("postmark", says.postmark(MONDAY + MINUTE)) == 503
    assert post("postmark", says.postmark(MONDAY + MINUTE)) == 200
    assert len(rows()) == 1


@pytest.mark.django_db
def test_what_is_no_event_is_refused_and_limits_hold(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    inbound = {"FromFull": {"Email": NORA}, "RawEmail": "Subject: -\n\n"}
    assert post("postmark", inbound) == 400
    assert post("postmark", ["no event"]) == 400
    assert post("mailgun", ["no event"], proof={}) == 403
    assert not IncomingMail.objects.exists()
    client = Client()
    assert client.head("/hooks/mail/postmark/events/").status_code == 200
    assert client.get("/hooks/mail/postmark/events/").status_code == 405
    for name in ("postal", "nobody", "mandrill-events"):
        assert client.post(f"/hooks/mail/{name}/events/").status_code == 404
    monkeypatch.setattr(event_webhooks, "MOST_BYTES", 100)
    assert post("postmark", says.postmark(MONDAY)) == 413
    monkeypatch.setattr(webhooks, "MOST_POSTS", 1)
    assert [post("postmark", says.postmark(MONDAY), at=MONDAY + timedelta(days=1)) for _ in range(2)] == [
        413,
        429,
    ]


def test_the_mailgun_hook_of_mail_does_not_stumble_over_a_proof_that_is_none(
    here: Settings, db: None
) -> None:
    client = Client()
    for body in (
        b"[]",
        b'{"signature": {"token": "\xc3\xa9", "timestamp": 1, "signature": 5}}',
        b"[" * 50_000,
    ):
        assert client.post("/hooks/mail/mailgun/", body, content_type="application/json").status_code == 403
