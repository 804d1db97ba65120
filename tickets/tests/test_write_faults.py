"""Every call of the database of every verb fails once: nothing has changed then, and the same call works afterwards."""

import errno
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from django.utils import timezone

import tickets.services
from contracts.files import Upload
from contracts.models import Closure, Contact, Contract, Deployment, Outage, Release, Team, User
from contracts.models.contracts import Standing
from contracts.models.products import ReleaseKind
from contracts.services import contracts as signing
from contracts.services.escalation_roles import name_people, read_people
from contracts.services.outages import report_outage
from contracts.services.staff import ensure_staff_groups
from contracts.tests.factories import ComponentFactory, ContactFactory, ReleaseFactory, UserFactory, published
from contracts.tests.faults import fail_each_query, rows_of, verbs_of
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.forum import ask as ask_in_public
from knowledgebase.tests.forum import under_vivvo
from tickets import rights
from tickets.models import Attachment, EnhancementRequest, Escalation, FileRemoval, KnownProblem, Ticket
from tickets.models.event import Kind
from tickets.models.relations import LinkKind
from tickets.services import (
    acknowledging,
    addresses,
    assignment,
    calls,
    conversation,
    dates,
    desk,
    drafts,
    endings,
    enhancements,
    exclusion,
    fixes,
    forum,
    handing_over,
    kept,
    lifecycle,
    linking,
    merging,
    noticing,
    outages,
    presence,
    problems,
    rebuilding,
    redaction,
    redaction_consultations,
    releases,
    saved_replies,
    severity,
    sharing,
    silence,
    splitting,
    spreading,
    tagging,
    watching,
    writing_up,
)
from tickets.services.filing import Request, file_ticket
from tickets.tests import faults_of_consultations, faults_of_inquiries, faults_of_mail
from tickets.tests.conftest import WHAT
from tickets.tests.pages import put_under
from tickets.tests.soundness import faults_of_all
from tickets.whence import Via, coming

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
# What the verbs are made of, what asks and writes nothing, and what is tried ticket by ticket in other tests.
PARTS = {
    "changing.changing",
    "changing.in_its_place",
    "checkpoint.take_checkpoint",
    "desk.moves_of_closure",
    "errands.run_batch",
    "errands.run_errands",
    "looking.look_at_each",
    "presence.look",
    "presence.others_at",
    "presence.others_at_each",
    "redaction.check",
    "redaction.may_remove",
    "redaction.take_out",
    "redaction_reach.send_to_all",
    "redaction_spreads.remove_batch",
    "redaction_spreads.remove_from_all",
    "spreading.post_batch",
    "spreading.post_replies",
    "walking.walk_all",
    "walking.walk_on",
    *faults_of_mail.PARTS,
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


def accept() -> object:
    return endings.accept_resolution(
        ticket=Rows().ticket, actor=Rows().contact.user, satisfied=True, words="Quick.", at=AT + HOUR
    )


def accept_without_a_word() -> None:
    """A resolution that was accepted, and nobody said how it was."""
    resolve()
    endings.accept_resolution(ticket=Rows().ticket, actor=Rows().contact.user, at=AT)


def close_the_desk_on_what_waits() -> None:
    ask()
    close_desk()


def redact(verb: Callable[..., object], **more: Any) -> Callable[[], Do]:
    """A verb of managers, who have got the right to it; of a file, it is about the first of the ticket."""

    def prepared() -> Do:
        ensure_staff_groups(rights.RIGHTS)
        what = {"file": Attachment.objects.earliest("pk").pk} if verb is redaction.redact_file else more
        return lambda: verb(
            ticket=Rows().ticket,
            actor=User.objects.get(name="Max Lead"),
            reason="Not meant for here",
            at=AT + HOUR,
            **what,
        )

    return prepared


def redact_the_file() -> None:
    """Both files have one content, so both go. Each deletion is a step of its own, so one is left to be done."""
    redact(redaction.redact_file)()()
    _, *others = FileRemoval.objects.order_by("pk").values_list("pk", flat=True)
    FileRemoval.objects.filter(pk__in=others).delete()


def reply_from_afar() -> None:
    with coming(Via.WEB, lambda: "192.0.2.7"):
        reply()


def file_under(slug: str, key: str, **more: str) -> Ticket:
    """A ticket of the contact under another policy."""
    put_under(Rows().contract, slug)
    asked: dict[str, Any] = {**WHAT, **more}
    return file_ticket(
        contact=Rows().contact,
        deployment=Rows().deployment,
        request=Request(**asked),
        submission_key=key,
        at=AT,
    )


def file_a_minor_one() -> Ticket:
    """Whose dates are to be agreed."""
    return file_under("viakoo", "minor", severity="minor", request_type="error")


def file_a_wish() -> Ticket:
    """For what the policy does not provide."""
    return file_under("vivvo", "wish", severity="non-critical", request_type="troubleshooting")


def propose() -> object:
    return dates.propose_date(
        ticket=Ticket.objects.get(submission_key="minor"),
        actor=Rows().agent,
        promise="resolution",
        due_at=AT + 100 * HOUR,
        reason="Then.",
        at=AT + HOUR,
    )


def propose_on_a_minor_one() -> None:
    file_a_minor_one()
    propose()


def accept_the_date() -> object:
    ticket = Ticket.objects.get(submission_key="minor")
    proposal = ticket.events.get(kind=Kind.DATE_PROPOSED).seq
    return dates.accept_date(ticket=ticket, actor=Rows().contact.user, proposal=proposal, at=AT + 2 * HOUR)


def exclude() -> object:
    return exclusion.exclude_ticket(
        ticket=Rows().ticket, actor=Rows().agent, clause="a", reason="Rooted.", at=AT
    )


def dispute() -> object:
    return exclusion.dispute_exclusion(
        ticket=Rows().ticket, actor=Rows().contact.user, reason="No.", at=AT + HOUR
    )


def exclude_and_dispute() -> None:
    exclude()
    dispute()


def ask_for_another_severity() -> object:
    return severity.request_severity(
        ticket=Rows().ticket, actor=Rows().contact.user, severity="P1", reason="Worse.", at=AT
    )


def decline() -> object:
    return enhancements.decline_ticket(
        ticket=Ticket.objects.get(submission_key="wish"),
        actor=Rows().agent,
        clause="training",
        reason="No training.",
        title="A course",
        text="A course on it.",
        publish=True,
        at=AT + HOUR,
    )


def decline_it() -> None:
    file_a_wish()
    decline()


def by_its_customer(verb: Callable[..., object]) -> object:
    """A vote of the ticket's own customer for the request that it became."""
    contact = Rows().contact
    return verb(
        request=EnhancementRequest.objects.get(),
        customer=contact.customer,
        actor=contact.user,
        at=AT + 2 * HOUR,
    )


def take_back_the_vote() -> None:
    decline_it()
    by_its_customer(enhancements.take_vote_back)


def name_fix() -> object:
    return fixes.name_fix(
        ticket=Rows().ticket, release=Release.objects.get(version="5.0"), actor=Rows().agent, at=AT + HOUR
    )


def plan_and_name() -> None:
    plan_release()
    name_fix()


def take_fix_back() -> object:
    return fixes.take_fix_back(ticket=Rows().ticket, reason="No.", actor=Rows().agent, at=AT + HOUR)


SAID = problems.Said("Sessions are lost", "Everybody is *signed out*.", "Sign in again.")


def known() -> KnownProblem:
    return KnownProblem.objects.get()


def open_problem() -> object:
    return problems.open_problem(product=Rows().deployment.product, said=SAID, actor=Rows().agent, at=AT)


def link_problem() -> object:
    return problems.link_problem(ticket=Rows().ticket, problem=known(), actor=Rows().agent, at=AT + HOUR)


def open_and_link() -> None:
    open_problem()
    link_problem()


def plan_and_open() -> object:
    plan_release()
    return open_problem()


def name_problem_fix() -> object:
    return problems.name_problem_fix(
        problem=known(), release=Release.objects.get(version="5.0"), actor=Rows().agent, at=AT + HOUR
    )


def close_problem() -> object:
    return problems.close_problem(problem=known(), reason="Not ours.", actor=Rows().agent, at=AT + HOUR)


def escalate() -> None:
    """A ticket under Viakoo's policy whose workaround was missed, and whose CTO was told."""
    contract = Rows().contract
    contract.policy_version = published("viakoo")
    contract.save()
    people = read_people("Ada Chief <ada@vendor.example>")
    name_people(policy_slug="viakoo", role="CTO", people=people, actor=None, at=AT)
    file_ticket(
        contact=Rows().contact,
        deployment=Rows().deployment,
        request=Request(subject="Down", text="All", severity="serious"),
        submission_key="escalated",
        at=AT,
    )
    noticing.record_misses(at=AT + 49 * HOUR)


def acknowledge_escalation() -> object:
    return acknowledging.acknowledge_escalation(
        escalation=Escalation.objects.get(role="CTO"), at=AT + 49 * HOUR
    )


def give_to_team() -> Do:
    Team.objects.create(name="Clouds")
    return lambda: assignment.give_to_team(
        ticket=Rows().ticket, actor=Rows().agent, team=Team.objects.get(), at=AT
    )


def call() -> object:
    return calls.log_call(
        ticket=Rows().ticket,
        actor=Rows().agent,
        contact=Rows().contact,
        direction=calls.Direction.IN,
        text="4.7",
        public=True,
        called_at=AT + HOUR,
        at=AT + 2 * HOUR,
    )


def on_another(verb: Callable[..., object], name: str, **more: Any) -> Do:
    """A verb on the ticket that names another one."""
    return lambda: verb(
        ticket=Rows().ticket,
        actor=Rows().agent,
        at=AT + HOUR,
        **{name: Ticket.objects.get(submission_key="another")},
        **more,
    )


link_another = on_another(linking.link_tickets, "other", kind=LinkKind.DUPLICATE)


def file_and_link() -> None:
    file_another()
    link_another()


def split() -> object:
    message = Rows().ticket.messages.latest("pk")
    return splitting.split_ticket(
        ticket=Rows().ticket, message=message, subject="More", actor=Rows().agent, at=AT + 2 * HOUR
    )


def add_colleague() -> None:
    """One who does not see the ticket."""
    Contract.objects.update(colleagues_see_tickets=False)
    ContactFactory.create(customer=Rows().contact.customer, user=UserFactory.create(name="Col"))


def add_named_colleague() -> None:
    add_colleague()
    Contact.objects.filter(user__name="Col").update(is_named=True)


def with_colleague(verb: Callable[..., object]) -> Do:
    def do() -> object:
        colleague = Contact.objects.get(user__name="Col")
        return verb(ticket=Rows().ticket, colleague=colleague, actor=Rows().contact.user, at=AT + HOUR)

    return do


def share() -> None:
    add_colleague()
    with_colleague(sharing.share_ticket)()


def watch(verb: Callable[..., object]) -> Do:
    return lambda: verb(
        ticket=Rows().ticket, user=User.objects.get(name="Max Lead"), actor=Rows().agent, at=AT + HOUR
    )


VERBS: dict[str, Callable[[], Do]] = {
    "addresses.forget_addresses": after(
        reply_from_afar,
        lambda: addresses.forget_addresses(at=timezone.now() + timedelta(days=91)),
    ),
    "dates.propose_date": after(file_a_minor_one, propose),
    "dates.accept_date": after(propose_on_a_minor_one, accept_the_date),
    "exclusion.exclude_ticket": lambda: exclude,
    "exclusion.dispute_exclusion": after(exclude, dispute),
    "exclusion.reinstate_ticket": after(
        exclude_and_dispute, by_staff(exclusion.reinstate_ticket, reason="So.")()
    ),
    "exclusion.uphold_exclusion": after(
        exclude_and_dispute, by_staff(exclusion.uphold_exclusion, reason="So.")()
    ),
    "severity.request_severity": lambda: ask_for_another_severity,
    "severity.grant_severity": after(
        ask_for_another_severity, by_staff(severity.grant_severity, reason="So.")()
    ),
    "severity.keep_severity": after(
        ask_for_another_severity, by_staff(severity.keep_severity, reason="So.")()
    ),
    "enhancements.decline_ticket": after(file_a_wish, decline),
    "enhancements.publish_enhancement": after(
        decline_it,
        lambda: enhancements.publish_enhancement(
            request=EnhancementRequest.objects.get(),
            actor=Rows().agent,
            title="A course",
            text="Another.",
            at=AT + 2 * HOUR,
        ),
    ),
    "enhancements.answer_enhancement": after(
        decline_it,
        lambda: enhancements.answer_enhancement(
            request=EnhancementRequest.objects.get(),
            actor=Rows().agent,
            state="planned",
            words="Soon.",
            at=AT + 2 * HOUR,
        ),
    ),
    "enhancements.vote": after(take_back_the_vote, lambda: by_its_customer(enhancements.vote)),
    "enhancements.take_vote_back": after(decline_it, lambda: by_its_customer(enhancements.take_vote_back)),
    "acknowledging.acknowledge_escalation": after(escalate, acknowledge_escalation),
    "assignment.give_to_team": give_to_team,
    "noticing.record_escalations": after(escalate, lambda: noticing.record_escalations(at=AT + 51 * HOUR)),
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
    "endings.accept_resolution": after(resolve, accept),
    "endings.rate_resolution": after(
        accept_without_a_word,
        lambda: endings.rate_resolution(
            ticket=Rows().ticket, actor=Rows().contact.user, satisfied=False, words="Slow.", at=AT + HOUR
        ),
    ),
    "endings.close_ticket": after(
        resolve,
        lambda: endings.close_ticket(
            ticket=Rows().ticket, actor=Rows().agent, reason="All quiet.", at=AT + HOUR
        ),
    ),
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
    "rebuilding.rebuild_ticket": after(
        lambda: Rows().ticket.clocks.update(due_at=None),
        lambda: rebuilding.rebuild_ticket(ticket=Rows().ticket, at=AT + HOUR),
    ),
    "redaction.redact_text": redact(redaction.redact_text, seq=1, is_message=True, instead="Out."),
    "redaction.redact_field": redact(redaction.redact_field, field="subject"),
    "redaction.redact_file": redact(redaction.redact_file),
    "redaction_consultations.redact_consultation": after(
        lambda: (ensure_staff_groups(rights.RIGHTS), faults_of_consultations.ask()),
        lambda: redaction_consultations.redact_consultation(
            consultation=faults_of_consultations.the_one(),
            actor=User.objects.get(name="Max Lead"),
            number=0,
            reason="No",
            at=AT + HOUR,
        ),
    ),
    "redaction.remove_files": after(redact_the_file, lambda: redaction.remove_files(at=AT + 2 * HOUR)),
    "spreading.spread": lambda: spread,
    "presence.come": lambda: come,
    "presence.forget_gone": after(come, lambda: presence.forget_gone(at=AT + HOUR)),
    "releases.plan_release": lambda: plan_release,
    "releases.publish_release": publish_release,
    "fixes.name_fix": after(plan_release, name_fix),
    "fixes.take_fix_back": after(plan_and_name, take_fix_back),
    "problems.open_problem": lambda: open_problem,
    "problems.edit_problem": after(
        open_problem,
        lambda: problems.edit_problem(
            problem=known(), said=replace(SAID, title="Sessions end"), actor=Rows().agent, at=AT
        ),
    ),
    "problems.update_problem": after(
        open_and_link,
        lambda: problems.update_problem(problem=known(), text="Found.", actor=Rows().agent, at=AT + HOUR),
    ),
    "problems.name_problem_fix": after(plan_and_open, name_problem_fix),
    "problems.withdraw_problem_fix": after(
        lambda: (plan_and_open(), name_problem_fix()),
        lambda: problems.withdraw_problem_fix(
            problem=known(), reason="No.", actor=Rows().agent, at=AT + HOUR
        ),
    ),
    "problems.close_problem": after(open_problem, close_problem),
    "problems.reopen_problem": after(
        lambda: (open_problem(), close_problem()),
        lambda: problems.reopen_problem(problem=known(), reason="Back.", actor=Rows().agent, at=AT + HOUR),
    ),
    "problems.link_problem": after(lambda: (plan_and_open(), name_problem_fix()), link_problem),
    "problems.unlink_problem": after(
        open_and_link,
        lambda: problems.unlink_problem(
            ticket=Rows().ticket, problem=known(), actor=Rows().agent, at=AT + HOUR
        ),
    ),
    "problems.render_problems_again": after(
        lambda: (open_problem(), KnownProblem.objects.update(renderer=0)),
        lambda: problems.render_problems_again(at=AT),
    ),
    "saved_replies.save_reply": lambda: save_reply,
    "severity.change_severity": by_staff(severity.change_severity, severity="P1", reason="Worse"),
    "severity.confirm_severity": by_staff(severity.confirm_severity),
    "silence.hear_silence": after(ask, lambda: silence.hear_silence(at=AT + 100 * HOUR)),
    "silence.count_silence_again": after(
        close_the_desk_on_what_waits, lambda: silence.count_silence_again(at=AT + HOUR)
    ),
    "writing_up.write_up_ticket": write_up,
    "calls.log_call": after(ask, call),
    "linking.link_tickets": after(file_another, link_another),
    "linking.unlink_tickets": after(file_and_link, on_another(linking.unlink_tickets, "other")),
    "merging.merge_tickets": after(
        file_another, on_another(merging.merge_tickets, "into", reason="The same fault.")
    ),
    "conversation.withdraw_question": after(
        ask, by_staff(conversation.withdraw_question, text="We found it.")()
    ),
    "handing_over.hand_over": after(
        add_named_colleague,
        lambda: handing_over.hand_over(
            ticket=Rows().ticket,
            contact=Contact.objects.get(user__name="Col"),
            reason="Nora has left.",
            actor=Rows().agent,
            at=AT + HOUR,
        ),
    ),
    "sharing.share_ticket": after(add_colleague, with_colleague(sharing.share_ticket)),
    "sharing.unshare_ticket": after(share, with_colleague(sharing.unshare_ticket)),
    "splitting.split_ticket": after(reply, split),
    "tagging.tag_ticket": by_staff(tagging.tag_ticket, tag="vpn"),
    "tagging.untag_ticket": after(
        lambda: tagging.tag_ticket(ticket=Rows().ticket, tag="vpn", actor=Rows().agent, at=AT),
        lambda: tagging.untag_ticket(ticket=Rows().ticket, tag="vpn", actor=Rows().agent, at=AT),
    ),
    "watching.add_watcher": lambda: watch(watching.add_watcher),
    "watching.remove_watcher": after(watch(watching.add_watcher), watch(watching.remove_watcher)),
    **faults_of_consultations.VERBS,
    **faults_of_inquiries.VERBS,
    **faults_of_mail.VERBS,
}


@pytest.fixture(autouse=True)
def _cast(contact: Contact, contract: Contract, agent: User, manager: User) -> None:
    """All that the verbs are about."""
    file_another("the one")


def test_no_verb_is_left_out() -> None:
    assert verbs_of(tickets.services) - PARTS == set(VERBS)


@pytest.mark.slow
@pytest.mark.faults
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


def test_a_database_that_fails_after_files_were_stored_leaves_none_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, file = files_on_disk(), Upload("log.txt", ContentFile(b"06:12 odd\n"))
    monkeypatch.setattr("tickets.services.changing.Change.finish", mock.Mock(side_effect=OperationalError))
    with pytest.raises(OperationalError):
        file_another()
    with pytest.raises(OperationalError):
        conversation.add_note(ticket=Rows().ticket, actor=Rows().agent, text="Odd.", files=[file], at=AT)
    assert files_on_disk() == before


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
