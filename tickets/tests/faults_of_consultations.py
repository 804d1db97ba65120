"""The verbs of consultations, each prepared for the test that lets every query fail once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from contracts.models import Contact, User
from tickets.models import Consultation, Ticket
from tickets.services import consultations

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
TUESDAY = AT + timedelta(days=1)
WEDNESDAY = AT + timedelta(days=2)
JOIN = "https://meet.example/atlas"
Do = Callable[[], object]


def agent() -> User:
    return User.objects.get(email="agnes@desk.example")


def nora() -> Contact:
    return Contact.objects.select_related("user").get(user__email="nora@harbour.example")


def the_one() -> Consultation:
    return Consultation.objects.get()


def ask() -> object:
    return consultations.ask_consultation(
        contact=nora(),
        ticket=Ticket.objects.get(submission_key="the one"),
        contract=None,
        topic="Sites",
        times=[TUESDAY],
        minutes=30,
        submission_key="a call",
        at=AT,
    )


def confirm(starts_at: datetime = TUESDAY) -> object:
    return consultations.confirm_consultation(
        consultation=the_one(), starts_at=starts_at, minutes=30, host=agent(), join=JOIN, actor=agent(), at=AT
    )


def offer() -> object:
    return consultations.offer_times(
        consultation=the_one(), times=[WEDNESDAY], minutes=30, join=JOIN, actor=agent(), at=AT
    )


def take() -> object:
    return consultations.take_time(consultation=the_one(), starts_at=WEDNESDAY, actor=nora().user, at=AT)


def ask_to_move() -> object:
    return consultations.ask_to_move(
        consultation=the_one(), times=[WEDNESDAY], reason="Ill", actor=nora().user, at=AT
    )


def cancel() -> object:
    return consultations.cancel_consultation(consultation=the_one(), reason="Ill", actor=agent(), at=AT)


def after(*before: Do, then: Do) -> Callable[[], Do]:
    """``then``, once the others have been done without a fault."""

    def prepared() -> Do:
        for each in before:
            each()
        return then

    return prepared


VERBS: dict[str, Callable[[], Do]] = {
    "consultations.ask_consultation": lambda: ask,
    "consultations.confirm_consultation": after(ask, confirm, then=lambda: confirm(WEDNESDAY)),
    "consultations.offer_times": after(ask, then=offer),
    "consultations.take_time": after(ask, offer, then=take),
    "consultations.ask_to_move": after(ask, confirm, then=ask_to_move),
    "consultations.cancel_consultation": after(ask, confirm, then=cancel),
}
