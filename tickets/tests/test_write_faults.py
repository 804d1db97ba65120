"""Every call of the database of every verb fails once: nothing has changed then, and the same call works afterwards."""

import errno
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

import tickets.services
from contracts.files import Upload
from contracts.models import Closure, Contact, Contract, Deployment, Outage, User
from contracts.models.contracts import Standing
from contracts.models.products import ReleaseKind
from contracts.services import contracts as signing
from contracts.services.outages import report_outage
from contracts.tests.factories import ComponentFactory, ReleaseFactory
from contracts.tests.faults import fail_each_query, rows_of, verbs_of
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.forum import ask as ask_in_public
from knowledgebase.tests.forum import under_vivvo
from tickets.models import Attachment, Ticket
from tickets.services import (
    assignment,
    conversation,
    desk,
    drafts,
    forum,
    kept,
    lifecycle,
    noticing,
    outages,
    presence,
    releases,
    saved_replies,
    severity,
    spreading,
    writing_up,
)
from tickets.services.filing import Request, file_ticket
from tickets.tests.conftest import WHAT
from tickets.tests.soundness import faults_of_all

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
# What the verbs are made of, what asks and writes nothing, and what is tried ticket by ticket in test_spreading.
PARTS = {
    "changing.changing",
    "presence.look",
    "presence.others_at",
    "presence.others_at_each",
    "desk.moves_of_closure",
    "spreading.post_batch",
    "spreading.post_replies",
}


class Rows:
    """The cast and the ticket, read anew at every mention, as each request reads them."""

    @property
    def agent(self) -> User:
        return User.objects.get(email="agnes@desk.example")

    @property
    def contact(self) -> Contact:
        return Contact.objects.select_related("user").get(user__email="nora@harbour.example")

    @property
    def deployment(self) -> Deployment:
        return Deployment.objects.get()

    @property
    def contract(self) -> Contract:
        return Contract.objects.get()

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.get(submission_key="the one")


Do = Callable[[], object]


def by_staff(verb: Callable[..., object], **more: Any) -> Callable[[], Do]:
    """A verb of staff on the ticket, an hour after it was filed."""
    return lambda: lambda: verb(ticket=Rows().ticket, actor=Rows().agent, at=AT + HOUR, **more)


def after(first: Callable[[], object], then: Do) -> Callable[[], Do]:
    """``then``, once ``first`` has been done without a fault."""

    def prepared() -> Do:
        first()
        return then

    return prepared


def resolve() -> object:
    return lifecycle.resolve_ticket(ticket=Rows().ticket, actor=Rows().agent, text="Done.", at=AT)


def ask() -> object:
    return conversation.ask_customer(ticket=Rows().ticket, actor=Rows().agent, text="Which?", at=AT)


def reply() -> object:
    files = [Upload("log.txt", ContentFile(b"06:12 odd\n"))]
    contact = Rows().contact
    return conversation.reply_as_contact(
        ticket=Rows().ticket, actor=contact.user, text="This.", files=files, at=AT + HOUR
    )


def file_another(key: str = "another", at: datetime = AT) -> Ticket:
    files = [Upload(f"{name}.txt", ContentFile(b"06:12 odd\n")) for name in ("one", "two")]
    asked: dict[str, Any] = {**WHAT, "files": files}
    return file_ticket(
        contact=Rows().contact,
        deployment=Rows().deployment,
        request=Request(**asked),
        submission_key=key,
        at=at,
    )


def keep_one() -> None:
    """A request that waits for the contract to be put right."""
    set_standing(Standing.PAYMENT_DUE)
    file_another("kept")


def set_standing(standing: Standing) -> object:
    return signing.set_standing(contract=Rows().contract, standing=standing, reason="7", actor=None, at=AT)


def keep_one_put_right() -> None:
    keep_one()
    set_standing(Standing.CURRENT)


def change_standing() -> object:
    return kept.change_standing(
        contract=Rows().contract, standing=Standing.CURRENT, reason="Paid", actor=Rows().agent, at=AT + HOUR
    )


def close_desk() -> Closure:
    return desk.close_desk(
        policy_slug="atheer", starts_at=AT, ends_at=AT + HOUR, reason="Snow", actor=Rows().agent, at=AT
    )


def plan_release() -> object:
    return releases.plan_release(
        product=Rows().deployment.product,
        version="5.0",
        kind=ReleaseKind.MAINTENANCE,
        planned_at=AT + 100 * HOUR,
        actor=Rows().agent,
        at=AT,
    )


def publish_release() -> Do:
    release = ReleaseFactory.create(product=Rows().deployment.product, planned_at=AT + 100 * HOUR)
    releases.tell_tickets(product=release.product, actor=None, at=AT)
    return lambda: releases.publish_release(release=release, actor=Rows().agent, at=AT + HOUR)


def accept_holidays() -> Do:
    version = Rows().contract.policy_version
    version.holidays.filter(day__gt=date(2027, 1, 1)).first().delete()  # type: ignore[union-attr] # there are many
    return lambda: desk.accept_holidays(version=version, actor=Rows().agent, at=AT)


def reopen() -> object:
    return lifecycle.reopen_ticket(
        ticket=Rows().ticket, actor=Rows().contact.user, reason="No.", at=AT + HOUR
    )


def write_up() -> Do:
    category = CategoryFactory.create()
    return lambda: writing_up.write_up_ticket(
        ticket=Rows().ticket, category=category, actor=Rows().agent, at=AT + HOUR
    )


def file_from_question() -> Do:
    under_vivvo(Rows().contract)
    question = ask_in_public(Rows().contact.user, Rows().deployment.product, AT)
    request = Request(subject="Moving", text="How?", severity="non-critical", request_type="troubleshooting")
    return lambda: forum.file_from_question(
        question=question,
        deployment=Rows().deployment,
        request=request,
        submission_key="of a question",
        actor=Rows().contact.user,
        at=AT + HOUR,
    )


def report() -> Outage:
    return report_outage(
        title="Sign-in fails",
        components=[ComponentFactory.create(product=Rows().deployment.product)],
        started_at=AT,
        what_happened="Nobody can sign in.",
        actor=None,
        at=AT,
    )


def link() -> object:
    return outages.link_outage(
        ticket=Rows().ticket, outage=Outage.objects.get(), actor=Rows().agent, at=AT + HOUR
    )


def report_and_link() -> None:
    report()
    link()


def update() -> object:
    return outages.update_outage(outage=Outage.objects.get(), text="Found.", actor=Rows().agent, at=AT + HOUR)


def say_to_all() -> None:
    report_and_link()
    update()


def draft() -> None:
    drafts.keep_draft(owner=Rows().agent, ticket=Rows().ticket, verb="reply", text="So", at=AT)


def come() -> None:
    presence.come(user=Rows().agent, ticket=Rows().ticket, is_writing=True, at=AT)


def save_reply() -> object:
    return saved_replies.save_reply(
        actor=Rows().agent, title="Thanks", text="Thank you, {contact}.", is_shared=True, at=AT
    )


def spread() -> object:
    return spreading.spread(
        cause_kind="outage", cause_id=7, text="Found.", key="one", actor=Rows().agent, at=AT
    )


VERBS: dict[str, Callable[[], Do]] = {
    "assignment.assign_ticket": lambda: (
        lambda: assignment.assign_ticket(
            ticket=Rows().ticket, actor=Rows().agent, assignee=User.objects.get(name="Max Lead"), at=AT
        )
    ),
    "conversation.reply_as_contact": after(ask, reply),
    "conversation.reply_as_staff": by_staff(conversation.reply_as_staff, text="Hello."),
    "conversation.add_note": by_staff(conversation.add_note, text="Odd."),
    "conversation.ask_customer": by_staff(conversation.ask_customer, text="Which version?"),
    "desk.close_desk": lambda: close_desk,
    "desk.withdraw_closure": after(
        close_desk,
        lambda: desk.withdraw_closure(closure=Closure.objects.get(), actor=Rows().agent, at=AT),
    ),
    "desk.accept_holidays": accept_holidays,
    "desk.project_again": after(close_desk, lambda: desk.project_again(at=AT)),
    "drafts.keep_draft": lambda: draft,
    "drafts.forget_old_drafts": after(draft, lambda: drafts.forget_old_drafts(at=AT + 2_000 * HOUR)),
    "filing.file_ticket": lambda: file_another,
    "forum.file_from_question": file_from_question,
    "kept.change_standing": after(keep_one, change_standing),
    "kept.start_clocks": after(
        keep_one_put_right,
        lambda: kept.start_clocks(ticket=Ticket.objects.get(submission_key="kept"), at=AT),
    ),
    "kept.start_clocks_put_right": after(
        keep_one_put_right, lambda: kept.start_clocks_put_right(at=AT + HOUR)
    ),
    "lifecycle.acknowledge_ticket": by_staff(lifecycle.acknowledge_ticket),
    "lifecycle.start_work": by_staff(lifecycle.start_work),
    "lifecycle.provide_workaround": by_staff(lifecycle.provide_workaround, text="Restart it."),
    "lifecycle.resolve_ticket": by_staff(lifecycle.resolve_ticket, text="Solved."),
    "lifecycle.reopen_ticket": after(resolve, reopen),
    "noticing.record_misses": lambda: lambda: noticing.record_misses(at=AT + 100 * HOUR),
    "noticing.give_warnings": lambda: lambda: noticing.give_warnings(at=AT + 44 * HOUR),
    "outages.link_outage": after(report, link),
    "outages.unlink_outage": after(
        report_and_link,
        lambda: outages.unlink_outage(
            ticket=Rows().ticket, outage=Outage.objects.get(), actor=Rows().agent, at=AT + HOUR
        ),
    ),
    "outages.update_outage": after(report_and_link, update),
    "outages.end_outage": after(
        report_and_link,
        lambda: outages.end_outage(
            outage=Outage.objects.get(), what_was_done="Renewed.", actor=Rows().agent, at=AT + HOUR
        ),
    ),
    "spreading.spread": lambda: spread,
    "presence.come": lambda: come,
    "presence.forget_gone": after(come, lambda: presence.forget_gone(at=AT + HOUR)),
    "releases.plan_release": lambda: plan_release,
    "releases.publish_release": publish_release,
    "releases.tell_tickets": after(
        lambda: ReleaseFactory.create(product=Rows().deployment.product, planned_at=AT + 100 * HOUR),
        lambda: releases.tell_tickets(product=Rows().deployment.product, actor=None, at=AT),
    ),
    "saved_replies.save_reply": lambda: save_reply,
    "severity.change_severity": by_staff(severity.change_severity, severity="P1", reason="Worse"),
    "severity.confirm_severity": by_staff(severity.confirm_severity),
    "writing_up.write_up_ticket": write_up,
}


@pytest.fixture(autouse=True)
def _cast(contact: Contact, contract: Contract, agent: User, manager: User) -> None:
    """All that the verbs are about."""
    file_another("the one")


def test_no_verb_is_left_out() -> None:
    assert verbs_of(tickets.services) - PARTS == set(VERBS)


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_each_call_of_the_database_may_fail(verb: str) -> None:
    whole = rows_of("contracts", "knowledgebase", "tickets")
    do = VERBS[verb]()
    before = whole()
    assert fail_each_query(do, whole=whole) > 0
    assert whole() != before
    # The worker moves the clocks after a change of the calendar.
    desk.project_again(at=AT + HOUR)
    assert faults_of_all() == []


class FullDisk(FileSystemStorage):
    """Takes one file and then no more."""

    taken = 0

    def _save(self, name: str, content: Any) -> str:
        type(self).taken += 1
        if self.taken > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        saved: str = super()._save(name, content)  # type: ignore[misc] # the stubs leave it out
        return saved


def files_on_disk() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def test_a_disk_that_is_full_after_the_first_file_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, before = rows_of("contracts", "tickets"), files_on_disk()
    rows = whole()
    field = Attachment._meta.get_field("file")
    FullDisk.taken = 0
    with monkeypatch.context() as full:
        full.setattr(field, "storage", FullDisk())
        with pytest.raises(OSError, match="No space left"):
            file_another()
    assert (whole(), files_on_disk()) == (rows, before)
    assert file_another().messages.get().attachments.count() == 2
