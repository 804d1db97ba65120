"""Each person chooses which mails come at once, in a digest, or not at all; nothing is lost by it."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from contracts.models import Contact, MailWish, OutboxMessage, User
from contracts.models.mail_wishes import How
from contracts.opt_out_links import opt_out_link
from contracts.outbox import writing
from contracts.outbox.delivery import deliver
from contracts.outbox.digests import digest_instant, gather
from contracts.outbox.kinds import FOR_CONTACTS, FOR_STAFF, group_of
from contracts.outbox.redacting import take_out
from contracts.outbox.services import send_again
from contracts.refusals import Refused
from contracts.services.bounces import mark_bounced
from contracts.services.mail_wishes import choose_mails, stop_mails
from contracts.tests.mail_servers import PaperServer
from contracts.tests.test_outbox_templates import ALL

HOUR = timedelta(hours=1)
NUMBER = "VK-7F3K9Q"
TICKET = SimpleNamespace(number=NUMBER, subject="Login fails")
# The Monday of the cast is 19:00 in Belgrade.
MORNING = datetime(2026, 11, 24, 6, tzinfo=UTC)


def write(user: User, at: datetime, kind: str = "reply", text: str = "Try this.") -> OutboxMessage:
    key = f"{kind}/{user.pk}/{OutboxMessage.objects.count()}"
    said = {"ticket": TICKET, "text": text, "url": "http://desk.example/"}
    return writing.write(kind=kind, to=user, at=at, context=said, key=key, ticket_number=NUMBER)


def wish(user: User, at: datetime, **wishes: str) -> None:
    choose_mails(user=user, wishes=wishes, actor=user, at=at)


def status(message: OutboxMessage) -> str:
    return OutboxMessage.objects.get(pk=message.pk).status


@pytest.fixture
def nora(contact: Contact) -> User:
    User.objects.filter(pk=contact.user.pk).update(time_zone="Europe/Belgrade")
    contact.user.refresh_from_db()
    return contact.user


@pytest.mark.parametrize(
    ("how", "zone", "at", "then"),
    [
        (How.HOURLY, "Asia/Kolkata", "2026-11-23T18:00:00", "2026-11-23T19:00:00"),
        (How.HOURLY, "UTC", "2026-11-23T18:59:59", "2026-11-23T19:00:00"),
        (How.DAILY, "Europe/Belgrade", "2026-11-23T18:00:00", "2026-11-24T06:00:00"),
        (How.DAILY, "Europe/Belgrade", "2026-11-24T05:59:59", "2026-11-24T06:00:00"),
        (How.DAILY, "Europe/Belgrade", "2026-11-24T06:00:00", "2026-11-25T06:00:00"),
        (How.DAILY, "Asia/Tokyo", "2026-11-23T18:00:00", "2026-11-23T22:00:00"),
        # The nights on which the clocks change there.
        (How.DAILY, "Europe/Belgrade", "2026-03-28T12:00:00", "2026-03-29T05:00:00"),
        (How.DAILY, "Europe/Belgrade", "2026-10-24T12:00:00", "2026-10-25T06:00:00"),
    ],
)
def test_a_digest_comes_at_the_next_full_hour_or_at_seven_where_its_reader_is(
    how: How, zone: str, at: str, then: str
) -> None:
    instant = digest_instant(how, ZoneInfo(zone), datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert instant == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_receipts_escalations_and_what_keeps_an_account_safe_are_in_no_group() -> None:
    always = {"receipt", "kept", "escalation", "invitation", "password_reset", "password_changed", "digest"}
    for groups in (FOR_CONTACTS, FOR_STAFF):
        kinds = [kind for group in groups for kind in group.kinds]
        assert len(kinds) == len(set(kinds))
        assert not always & set(kinds)
        assert set(kinds) <= {*ALL, "closure"}
    assert group_of("anything new", is_staff=False) is None


def test_each_kind_comes_as_it_is_wished(
    nora: User, agent: User, mail_server: type[PaperServer], monday: datetime
) -> None:
    wish(nora, monday, answers="daily", progress="off")
    wish(agent, monday, miss="off")
    waits, off, missed = (
        write(nora, monday),
        write(nora, monday, "work_started"),
        write(agent, monday, "miss"),
    )
    sent = [write(nora, monday, "receipt"), write(agent, monday, "warning")]
    assert deliver(monday).sent == 2
    assert mail_server.ids() == [message.message_id for message in sent]
    assert (status(waits), status(off), status(missed)) == ("digest", "unwanted", "unwanted")
    assert OutboxMessage.objects.get(pk=waits.pk).not_before == MORNING


def test_what_waits_comes_in_one_mail_made_of_the_messages_as_they_are_then(
    nora: User, mail_server: type[PaperServer], monday: datetime
) -> None:
    wish(nora, monday, answers="daily", dates="daily")
    kept = [write(nora, monday), write(nora, monday + HOUR, "date_proposed", "By Friday?")]
    secret = write(nora, monday + HOUR, "question", "Is it hunter2?")
    deliver(monday + HOUR)
    assert gather(MORNING - timedelta(seconds=1)) == 0
    assert (gather(MORNING), gather(MORNING)) == (1, 0)
    take_out(ticket_number=NUMBER, secret="hunter2", keys=[], notice="Removed.", url="http://desk.example/")
    assert deliver(MORNING).sent == 1
    (mail,) = mail_server.taken
    assert mail["Subject"] == "3 messages from Support, Tue 24 Nov"
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()  # type: ignore[union-attr]  # it is there, or the test fails
        assert re.search(r"Try this\..*By Friday\?.*Removed\.", text, re.DOTALL)
        assert "hunter2" not in text
        assert "Mon 23 Nov, 19:00 CET" in text
    assert "/account/mail/endings/" in str(mail["List-Unsubscribe"])
    digest = OutboxMessage.objects.get(kind="digest")
    assert {status(message) for message in [*kept, secret]} == {"digested"}
    assert set(digest.digested.all()) == {*kept, secret}


def test_nothing_is_lost_where_the_digest_is_turned_off_meanwhile(
    nora: User, mail_server: type[PaperServer], monday: datetime
) -> None:
    wish(nora, monday, answers="daily", ends="daily", dates="hourly")
    answer, end, date = write(nora, monday), write(nora, monday, "closed"), write(nora, monday, "date_agreed")
    assert deliver(monday).sent == 0
    wish(nora, monday, ends="off", dates="daily")
    assert deliver(monday).sent == 1
    assert (status(answer), status(end), status(date)) == ("sent", "unwanted", "digest")
    assert OutboxMessage.objects.get(pk=date.pk).not_before == MORNING


def test_a_digest_that_another_worker_took_is_not_written_twice(
    nora: User, mail_server: type[PaperServer], monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(nora, monday, answers="hourly")
    write(nora, monday)
    deliver(monday)

    def taken(**_: object) -> OutboxMessage:
        OutboxMessage.objects.filter(status="digest").update(status="queued")
        return OutboxMessage.objects.create(kind="digest", to="-", created_at=monday, not_before=monday)

    monkeypatch.setattr(writing, "write_secret", taken)
    assert gather(monday + HOUR) == 0
    assert not OutboxMessage.objects.filter(kind="digest").exists()


def test_wishes_are_ones_own_and_of_the_list(nora: User, agent: User, monday: datetime) -> None:
    with pytest.raises(Refused, match="Everybody chooses their own mails"):
        choose_mails(user=nora, wishes={}, actor=agent, at=monday)
    for wrong in ({"receipt": "off"}, {"answers": "now"}, {"new_ticket": "off"}):
        with pytest.raises(Refused, match="choose from the list"):
            wish(nora, monday, **wrong)
    with pytest.raises(Refused, match="do not wait for a digest"):
        wish(agent, monday, warning="daily")


def test_the_page_shows_and_keeps_what_is_chosen(client: Client, nora: User, agent: User) -> None:
    client.force_login(nora)
    page = client.get("/account/mail/").content.decode()
    assert "Resolutions and endings" in page
    assert "New tickets" not in page
    sent = {group.name: "now" for group in FOR_CONTACTS} | {"answers": "daily", "forum": "off"}
    assert client.post("/account/mail/", sent).status_code == 302
    assert set(nora.mail_wishes.values_list("kind", "how")) == {("answers", "daily"), ("forum", "off")}
    refused = client.post("/account/mail/", sent | {"consultations": "daily"})
    assert refused.status_code == 422
    assert '<option value="daily" selected>' in refused.content.decode()
    client.force_login(agent)
    assert "New tickets" in client.get("/account/mail/").content.decode()


def test_the_link_in_a_mail_turns_off_its_like_by_one_post_without_a_sign_in(nora: User) -> None:
    link = opt_out_link(nora, "answers").removeprefix("http://testserver")
    path = link[link.index("/account/") :]
    client = Client(enforce_csrf_checks=True)
    assert "Replies and questions" in client.get(path).content.decode()
    assert not MailWish.objects.exists()
    for _ in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(nora.mail_wishes.values_list("kind", "how")) == [("answers", "off")]
    assert client.post(path.replace("endings/", "endings/x")).status_code == 404
    assert client.post(reverse("mail_ending", args=["nothing"])).status_code == 404


def test_a_digest_stops_as_a_whole_and_maintenance_by_its_own_choice(nora: User, monday: datetime) -> None:
    wish(nora, monday, answers="daily", dates="hourly", forum="off")
    stop_mails(user=nora, group="digest", at=monday)
    assert set(nora.mail_wishes.values_list("kind", "how")) == {
        ("answers", "off"),
        ("dates", "off"),
        ("forum", "off"),
    }
    stop_mails(user=nora, group="maintenance", at=monday)
    assert nora.mail_choices.get().wanted is False
    stop_mails(user=nora, group="of an older release", at=monday)


def test_to_an_address_that_bounced_only_goes_what_cannot_be_turned_off(
    client: Client, nora: User, agent: User, mail_server: type[PaperServer], monday: datetime
) -> None:
    mark_bounced(address=nora.email, status="5.1.1", diagnostic="no such user", at=monday)
    OutboxMessage.objects.all().delete()
    reply, _ = write(nora, monday), write(nora, monday, "receipt")
    assert deliver(monday).sent == 1
    reply.refresh_from_db()
    assert reply.status == "bounced"
    assert reply.last_error == "Mail to this address bounced on Monday, 23 Nov 2026 (5.1.1): no such user"
    with pytest.raises(Refused, match="say first, among bounced addresses"):
        send_again(message=reply, actor=agent, at=monday)
    client.force_login(nora)
    assert "Mail to your address was returned" in client.get("/account/mail/").content.decode()
    assert client.post("/account/mail/address/").status_code == 302
    send_again(message=reply, actor=agent, at=monday)
    assert deliver(monday).sent == 1
    mark_bounced(address=nora.email, status="4.2.2", diagnostic="full", at=monday)
    later = write(nora, monday)
    deliver(monday)
    assert status(later) == "sent"
