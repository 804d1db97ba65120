"""What ``test_write_faults`` tries of mail: the verbs of staff about what was held, and the details by mail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from contracts.models import Contact, User
from tickets.mail.processing import take_in
from tickets.mail_text import Labelled
from tickets.models import IncomingMail, Ticket
from tickets.models.mail import Way
from tickets.services import details, mail_settling, mail_store
from tickets.tests.letters import letter

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
Do = Callable[[], object]

# What they are made of; ``processing.process`` is tried with them in ``test_mail_in``.
PARTS = {
    "mail_acts.accept_by_letter",
    "mail_acts.file_letter",
    "mail_acts.reopen_by_letter",
    "mail_acts.reply_letter",
}


def agent() -> User:
    return User.objects.get(email="agnes@desk.example")


def contact() -> Contact:
    return Contact.objects.select_related("user").get(user__email="nora@harbour.example")


def ticket() -> Ticket:
    return Ticket.objects.get(submission_key="the one")


def held(sender: str = "eve@nowhere.example") -> None:
    raw = letter("It is down again.", sender=sender, files=[("a.log", b"06:12 odd\n")])
    take_in(raw=raw, way=Way.PIPE, received_at=AT, at=AT)


def settle(
    verb: Callable[..., object], sender: str = "eve@nowhere.example", **more: Callable[[], object]
) -> Callable[[], Do]:
    """A verb of staff on a message that is held."""

    def prepared() -> Do:
        held(sender)
        return lambda: verb(
            mail=IncomingMail.objects.get(),
            actor=agent(),
            at=AT + HOUR,
            **{name: value() for name, value in more.items()},
        )

    return prepared


def store() -> object:
    return mail_store.store_mail(raw=b"one", way=Way.IMAP, received_at=AT, place="INBOX/1", at=AT)


def without_steps() -> Do:
    held("nora@harbour.example")
    filed = Ticket.objects.get(channel="email")

    def do() -> object:
        return details.give_details(
            ticket=Ticket.objects.get(pk=filed.pk),
            actor=contact().user,
            text="Steps: Sign in.\nSeverity: P1",
            details=Labelled(steps="Sign in.", severity="P1"),
            at=AT + HOUR,
        )

    return do


VERBS: dict[str, Callable[[], Do]] = {
    "details.give_details": without_steps,
    "mail_store.store_mail": lambda: store,
    "mail_settling.file_held": settle(mail_settling.file_held, contact=contact),
    "mail_settling.put_on_ticket": settle(mail_settling.put_on_ticket, ticket=ticket, contact=contact),
    "mail_settling.confirm_own_answer": settle(
        mail_settling.confirm_own_answer, "agnes@desk.example", ticket=ticket
    ),
    "mail_settling.discard_held": settle(mail_settling.discard_held, reason=lambda: "An advertisement."),
}
