"""The mailbox on a real IMAP server, in good and in bad hours: each message is stored once, and nothing is lost."""

import hashlib
import ssl
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from tickets import mail_reader
from tickets.mail import imap, mailbox
from tickets.mail.mailbox import BACK_OFF, fetch_mail
from tickets.mail_account import Account
from tickets.mail_read import MailRead
from tickets.models import IncomingMail, Mailbox
from tickets.services.mail_store import store_mail
from tickets.tests.imap_servers import PASSWORD, Box, Dovecot, Road

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.once, pytest.mark.django_db]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def message(number: int, size: int = 0) -> bytes:
    text = f"Text {number}\r\n" + "x" * 70 + "\r\n"
    return (
        f"From: Nora <nora@harbour.example>\r\nTo: support@desk.example\r\nSubject: Pump {number}\r\n"
        f"Message-ID: <{number}@harbour.example>\r\nDate: Mon, 2 Mar 2026 08:00:00 +0000\r\n\r\n"
        f"{text}\xe9\r\n"
    ).encode("latin-1") + (b"0123456789abcdef\r\n" * (size // 18))


FIVE = [message(number) for number in range(5)]


def hashes(messages: list[bytes]) -> list[str]:
    return sorted(hashlib.sha256(raw).hexdigest() for raw in messages)


def stored() -> list[str]:
    return sorted(IncomingMail.objects.values_list("sha256", flat=True))


def run_until_done(at: datetime) -> int:
    """Runs again as the worker would, until a run went well; how many it took."""
    for number in range(1, 10):
        at += max(BACK_OFF) + timedelta(seconds=1)
        if not fetch_mail(at=at).trouble:
            return number
    raise AssertionError("no run went well")


@pytest.fixture
def here(settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # What it says does not matter here.
    monkeypatch.setattr(mail_reader, "_readers", [lambda raw: MailRead()])
    settings.MEDIA_ROOT = tmp_path
    return settings


def test_mail_is_stored_as_it_is_then_seen_and_moved(dovecot: Dovecot, here: Settings) -> None:
    box = dovecot.mailbox(*FIVE)
    here.MAIL_IMAP = box.account()
    assert fetch_mail(at=NOW).stored == 5
    assert stored() == hashes(FIVE)
    first = IncomingMail.objects.get(sha256=hashlib.sha256(FIVE[0]).hexdigest())
    with first.raw.open() as raw:
        assert raw.read() == FIVE[0]
    # The server's stamp, not the Date of the message.
    assert first.received_at == datetime.fromtimestamp(1_700_000_001, UTC)
    assert (box.flags(), [set(flags) & {"S"} for flags in box.flags(".Processed")]) == ([], [{"S"}] * 5)
    state = Mailbox.objects.get()
    assert (state.fetched_at, state.failing_since, state.error, state.remark) == (NOW, None, "", "")
    assert fetch_mail(at=NOW + timedelta(minutes=1)).stored == 0


def test_what_somebody_read_before_us_is_fetched_but_not_what_was_old_when_the_mailbox_was_set_up(
    dovecot: Dovecot, here: Settings
) -> None:
    box = dovecot.mailbox(FIVE[0], FIVE[1])
    here.MAIL_IMAP = box.account()
    see(box)
    assert fetch_mail(at=NOW).stored == 0
    box.put(FIVE[2])
    see(box)
    assert fetch_mail(at=NOW + timedelta(minutes=1)).stored == 1
    assert stored() == hashes([FIVE[2]])
    assert len(box.flags()) == 2


def see(box: Box) -> None:
    for path in (box.path / "new").iterdir():
        path.rename(box.path / "cur" / f"{path.name}:2,S")


def cuts() -> Iterator[tuple[int, str]]:
    """Every step of the conversation, and three ways in which it may break there."""
    for number in range(STEPS):
        yield from ((number, "before"), (number, "after"), (number, "amid"))


# CAPABILITY, LOGIN, CAPABILITY, SELECT, SEARCH; of each INTERNALDATE, BODY, STORE, MOVE; LIST, CREATE, LOGOUT.
STEPS = 28


def test_wherever_the_connection_is_cut_each_message_is_stored_once(dovecot: Dovecot, here: Settings) -> None:
    found = {}
    for number, how in cuts():
        IncomingMail.objects.all().delete()
        box = dovecot.mailbox(*FIVE)
        is_cut = [False]

        def order(
            step: int, words: str, number: int = number, how: str = how, cut: list[bool] = is_cut
        ) -> str:
            if step == number and not cut[0]:
                cut[0] = True
                return how
            return "pass"

        with Road(dovecot.port, order) as road:
            here.MAIL_IMAP = box.account(road.port)
            fetch_mail(at=NOW)
            run_until_done(NOW)
        assert is_cut[0], f"there is no step {number}: {road.said}"
        ended = (stored() == hashes(FIVE), box.flags(), len(box.flags(".Processed")))
        if ended != (True, [], 5):
            found[number, how] = (ended, road.said)
    assert found == {}
    with Road(dovecot.port) as road:
        here.MAIL_IMAP = dovecot.mailbox(*FIVE).account(road.port)
        fetch_mail(at=NOW)
    assert len(road.said) == STEPS, road.said


def test_a_server_that_is_down_for_a_while_is_waited_for_longer_each_time_and_staff_can_see_since_when(
    dovecot: Dovecot, here: Settings
) -> None:
    box = dovecot.mailbox(*FIVE)
    here.MAIL_IMAP = box.account(1)
    assert "cannot be reached" in fetch_mail(at=NOW).trouble
    assert fetch_mail(at=NOW + timedelta(seconds=59)).trouble == ""
    assert fetch_mail(at=NOW + BACK_OFF[0]).trouble
    assert fetch_mail(at=NOW + BACK_OFF[0] + timedelta(seconds=61)).trouble == ""
    state = Mailbox.objects.get()
    assert (state.failing_since, state.failures, state.fetched_at) == (NOW, 2, None)
    here.MAIL_IMAP = box.account()
    assert fetch_mail(at=NOW + timedelta(minutes=5)).stored == 5
    state.refresh_from_db()
    assert (state.failing_since, state.failures, state.error) == (None, 0, "")


def test_a_wrong_password_is_tried_seldom_and_stands_nowhere(
    dovecot: Dovecot, here: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    box = dovecot.mailbox(FIVE[0])
    here.MAIL_IMAP = box.account(password="wrong-and-secret")
    with caplog.at_level("DEBUG"):
        done = fetch_mail(at=NOW)
    words = "[AUTHENTICATIONFAILED] Authentication failed."
    assert done.trouble == f"the server refuses the sign-in of {box.user}: {words}"
    state = Mailbox.objects.get()
    assert state.not_before == NOW + BACK_OFF[2]
    told = caplog.text + done.trouble + state.error + repr(here.MAIL_IMAP)
    assert "wrong-and-secret" not in told
    here.MAIL_IMAP = box.account()
    assert run_until_done(NOW) == 1
    assert len(stored()) == 1


def test_new_numbers_of_the_server_lose_nothing(dovecot: Dovecot, here: Settings, monkeypatch: Any) -> None:
    box = dovecot.mailbox(FIVE[0], FIVE[1])
    here.MAIL_IMAP = box.account()
    fetch_mail(at=NOW)
    box.put(FIVE[2])
    box.renumber()
    box.put(FIVE[3])
    assert fetch_mail(at=NOW + timedelta(minutes=1)).stored == 2
    assert stored() == hashes(FIVE[:4])


def test_a_folder_that_cannot_be_made_leaves_messages_marked_and_fetches_them_once(
    dovecot: Dovecot, here: Settings
) -> None:
    box = dovecot.mailbox(*FIVE)
    here.MAIL_IMAP, here.MAIL_IMAP_DONE = box.account(), "no//such"
    assert fetch_mail(at=NOW).stored == 5
    assert [flags[:1] for flags in box.flags()] == ["S"] * 5
    assert "cannot be moved" in Mailbox.objects.get().remark
    box.put(message(6))
    done = fetch_mail(at=NOW + timedelta(minutes=1))
    assert (done.stored, done.trouble) == (1, "")
    # Once the folder can be made they go there, all of them.
    here.MAIL_IMAP_DONE = "Done"
    assert fetch_mail(at=NOW + timedelta(minutes=2)).put_away == 6
    assert (box.flags(), len(box.flags(".Done")), Mailbox.objects.get().remark) == ([], 6, "")
    assert len(stored()) == 6


def test_a_server_without_move_loses_nothing_that_others_marked(
    dovecot: Dovecot, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = dovecot.mailbox(FIVE[0])
    trash = box.path / "cur" / "1600000000.M9.test:2,ST"
    trash.write_bytes(FIVE[1])
    box.put()
    plain = imap.Inbox.__init__

    def without(self: imap.Inbox, *arguments: Any) -> None:
        plain(self, *arguments)
        self._can.discard(b"MOVE")

    monkeypatch.setattr(imap.Inbox, "__init__", without)
    here.MAIL_IMAP = box.account()
    assert fetch_mail(at=NOW).stored == 1
    assert (box.flags(), len(box.flags(".Processed"))) == (["ST"], 1)


def test_fifty_messages_take_as_many_runs_as_a_run_is_short(
    dovecot: Dovecot, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [message(number) for number in range(50)]
    here.MAIL_IMAP = dovecot.mailbox(*many).account()
    monkeypatch.setattr(mailbox, "BATCH", 20)
    counts = [fetch_mail(at=NOW + timedelta(minutes=minute)).stored for minute in range(4)]
    assert counts == [20, 20, 10, 0]
    assert stored() == hashes(many)


def test_a_large_message_is_stored_in_pieces_and_of_a_huge_one_the_beginning_is_kept(
    dovecot: Dovecot, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = message(1, 25_000_000)
    here.MAIL_IMAP = dovecot.mailbox(large, FIVE[0]).account()
    # What reads it has it as a whole, later.
    monkeypatch.setattr(mailbox, "take_in", store_mail)
    tracemalloc.start()
    assert fetch_mail(at=NOW).stored == 2
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stored() == hashes([large, FIVE[0]])
    assert most < 12_000_000
    IncomingMail.objects.all().delete()
    monkeypatch.setattr(mailbox, "HARD_LIMIT", 5_000_000)
    box = dovecot.mailbox(large)
    here.MAIL_IMAP = box.account()
    fetch_mail(at=NOW + timedelta(minutes=1))
    assert IncomingMail.objects.get().size == 5_000_000
    (whole,) = (box.path / ".Processed" / "cur").iterdir()
    assert whole.stat().st_size == len(large)


def test_a_disk_that_is_full_leaves_the_mail_where_it_is(
    dovecot: Dovecot, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = dovecot.mailbox(*FIVE)
    here.MAIL_IMAP = box.account()

    def full(*arguments: Any, **named: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(mailbox, "take_in", full)
        assert "cannot be stored here" in fetch_mail(at=NOW).trouble
    assert (stored(), len(box.flags())) == ([], 5)
    assert run_until_done(NOW) == 1
    assert stored() == hashes(FIVE)


@pytest.mark.parametrize(("scheme", "kind"), [("imaps", "MailBox"), ("imap+starttls", "MailBoxStartTls")])
def test_a_server_must_show_a_certificate_that_is_valid_for_its_name(
    here: Settings, monkeypatch: pytest.MonkeyPatch, scheme: str, kind: str
) -> None:
    contexts: list[ssl.SSLContext] = []

    def connect(*, ssl_context: ssl.SSLContext, **where: Any) -> None:
        contexts.append(ssl_context)
        raise ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")

    monkeypatch.setattr(imap, kind, connect)
    here.MAIL_IMAP = Account(scheme, "mail.desk.example", 993, "desk", PASSWORD, "INBOX")
    trouble = fetch_mail(at=NOW).trouble
    assert trouble.startswith("mail.desk.example:993 cannot be reached: SSLCertVerificationError")
    assert [(each.verify_mode, each.check_hostname) for each in contexts] == [(ssl.CERT_REQUIRED, True)]


def test_the_password_is_not_in_a_traceback(dovecot: Dovecot) -> None:
    assert PASSWORD not in repr(dovecot.mailbox().account())
