"""The corpus through the whole pipeline: each message ends in the right outcome, and nothing of it is lost."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from contracts.models import Contract, Deployment, User
from contracts.tests.factories import ContactFactory, UserFactory
from tickets.mail.processing import process, take_in
from tickets.models import IncomingMail, Ticket
from tickets.models.mail import Way
from tickets.tests.mail.book import EMPTY, book, raw
from tickets.tests.soundness import faults_of_all

pytestmark = pytest.mark.slow

NORA = "nora@customer.example"


def wanted(said: Mapping[str, Any]) -> tuple[str, str]:
    """What becomes of a message that says this, where Nora is a contact and nobody else is known."""
    if said["limit"]:
        return "held", said["limit"]
    if said["automatic"]:
        return "ignored", said["automatic"]
    if len(said["senders"]) != 1:
        return "held", "several_senders" if said["senders"] else "no_sender"
    if said["senders"][0][0] != NORA:
        return "held", "unknown_sender"
    in_subject = said["subject"] and not said["damage"] and not said["subject"].startswith(("Re:", "AW:"))
    if said["new_text"].strip() or said["text"].strip() or said["parts"] or in_subject:
        return "new_ticket", "new"
    return "held", "unreadable" if said["damage"] else "empty"


@pytest.fixture
def nora_by_mail(deployment: Deployment, contract: Contract) -> User:
    """Who wrote most of the corpus, as a named contact with Production."""
    user = UserFactory.create(email=NORA, name="Nora Lind")
    ContactFactory.create(user=user, customer=deployment.customer, is_named=True)
    return user


def test_each_message_of_the_corpus_ends_in_the_right_outcome_and_processing_it_again_changes_nothing(
    nora_by_mail: User, monday: datetime, settings: LazySettings
) -> None:
    settings.MAIL_SENDER_HOURLY = 10_000
    wrong: dict[str, object] = {}
    for number, name in enumerate(sorted(book())):
        at = monday + timedelta(seconds=number)
        mail = take_in(raw=raw(name), way=Way.PIPE, received_at=at, at=at)
        said = {"text": "", **EMPTY, **read_as(mail, name)}
        found = (mail.outcome, mail.reason)
        again = process(mail=mail, at=at)
        if mail.first is None and found != wanted(said):
            wrong[name] = (found, wanted(said), mail.error)
        if (again.outcome, again.reason, again.ticket_id) != (*found, mail.ticket_id):
            wrong[name] = ("not the same the second time",)
        if mail.ticket and mail.first is None and (lost := missing(mail, said)):
            wrong[name] = (lost,)
    assert wrong == {}
    copies = IncomingMail.objects.exclude(first=None)
    assert all(copy.outcome == copy.first.outcome for copy in copies.select_related("first") if copy.first)
    assert (
        Ticket.objects.count() == IncomingMail.objects.filter(outcome="new_ticket", first=None).count() > 300
    )
    assert faults_of_all() == []


def read_as(mail: IncomingMail, name: str) -> dict[str, Any]:
    """What the book says of the message; of its senders, where it says nothing of them, what was read."""
    said = dict(book()[name])
    said.setdefault(
        "senders", [[said.get("sender", mail.sender), ""]] if said.get("sender", mail.sender) else []
    )
    return said


def missing(mail: IncomingMail, said: Mapping[str, Any]) -> str:
    """What of the message is not on its ticket."""
    message = mail.message
    if message is None:
        return "the message"
    stored = sorted(message.attachments.values_list("name", "size", "sha256"))
    if stored != sorted((name, size, sha) for name, size, sha, _ in said["parts"]):
        return f"files: {stored}"
    with mail.raw.open("rb") as kept:
        if hashlib.sha256(kept.read()).hexdigest() != mail.sha256:
            return "the raw message"
    return "" if said["new_text"].strip() in message.text else f"text: {message.text[:80]!r}"
