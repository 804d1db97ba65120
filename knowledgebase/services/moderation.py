"""What readers object to, and what staff do about it: closing, hiding, and taking both back."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase import notifications
from knowledgebase.models import Answer, Question, Report
from knowledgebase.services.changing import require_reason, require_staff
from knowledgebase.services.forum import GONE, locked, settle, why_closed
from knowledgebase.services.pace import DAY, Pace, require_pace, take_turns

Post = Question | Answer
WHY = "why"
# What a reporter wrote is for staff alone.
REPORTED = "A reader reported it, and staff agreed."


@transaction.atomic
def close_question(*, question: Question, reason: str, actor: User, at: datetime) -> Question:
    """Take no more answers; the question and its answers stay where they are."""
    require_staff(actor)
    question, reason = locked(question, actor), require_reason(reason, WHY)
    if question.closed_at is not None:
        raise Refused("The question is closed already.")
    question.closed_at, question.closed_because, question.closed_by = at, reason.rstrip("."), actor
    question.save(update_fields=["closed_at", "closed_because", "closed_by"])
    return question


@transaction.atomic
def reopen_question(*, question: Question, actor: User, at: datetime) -> Question:
    """Take answers again, from a quiet question, too."""
    require_staff(actor)
    question = locked(question, actor)
    if not why_closed(question, at=at, staff=False):
        raise Refused("The question is not closed.")
    question.closed_at, question.closed_because, question.closed_by = None, "", None
    question.changed_at = at
    settle(question)
    return question


@transaction.atomic
def hide_question(*, question: Question, reason: str, told: str = "", actor: User, at: datetime) -> Question:
    """Let nobody but staff see the question and its answers; open reports of it are handled by that.

    Its asker is told by mail, and why: for ``told``, or else the ``reason``.
    """
    require_staff(actor)
    question = locked(question, actor)
    _hide(question, require_reason(reason, WHY), told, actor, at)
    settle(question)
    return question


@transaction.atomic
def hide_answer(*, answer: Answer, reason: str, told: str = "", actor: User, at: datetime) -> Answer:
    """Let nobody but staff see the answer; the solution it is no more, and open reports of it are handled by that.

    Its author is told by mail, as by ``hide_question``.
    """
    require_staff(actor)
    answer, question = _locked_answer(answer, actor)
    _hide(answer, require_reason(reason, WHY), told, actor, at)
    answer.save()
    if question.solution_id == answer.pk:
        question.solution = None
    settle(question)
    return answer


@transaction.atomic
def show_question(*, question: Question, actor: User, at: datetime) -> Question:
    """Let everybody see a hidden question again."""
    require_staff(actor)
    question = locked(question, actor)
    _show(question)
    settle(question)
    return question


@transaction.atomic
def show_answer(*, answer: Answer, actor: User, at: datetime) -> Answer:
    """Let everybody see a hidden answer again."""
    require_staff(actor)
    answer, question = _locked_answer(answer, actor)
    _show(answer)
    answer.save()
    settle(question)
    return answer


@transaction.atomic
def report_question(*, question: Question, reason: str, actor: User, at: datetime) -> Report:
    """Tell staff that a question should not stand there; the same report again for who has reported it."""
    return _report(locked(question, actor), Q(question=question), reason, actor, at)


@transaction.atomic
def report_answer(*, answer: Answer, reason: str, actor: User, at: datetime) -> Report:
    """Tell staff that an answer should not stand there; the same report again for who has reported it."""
    found = Answer.objects.visible_to(actor).filter(pk=answer.pk).first()
    if found is None:
        raise Refused(GONE)
    return _report(found, Q(answer=answer), reason, actor, at)


@transaction.atomic
def handle_report(*, report: Report, hide: bool, reason: str = "", actor: User, at: datetime) -> Report:
    """Hide what was reported, for ``reason`` or else the reporter's, or leave it where it is.

    Who wrote it is told the ``reason`` of staff, never the reporter's.
    """
    require_staff(actor)
    found = Report.objects.select_related("question", "answer__question")
    report = found.select_for_update(of=("self",)).get(pk=report.pk)
    if report.handled_at is not None:
        raise Refused("Somebody has handled this report already.")
    if not hide:
        _handled(Q(pk=report.pk), actor, at)
    elif report.answer is not None:
        hide_answer(answer=report.answer, **_why(report, reason), actor=actor, at=at)
    elif report.question is not None:
        hide_question(question=report.question, **_why(report, reason), actor=actor, at=at)
    report.refresh_from_db()
    return report


def _report(post: Post, about: Q, reason: str, actor: User, at: datetime) -> Report:
    actor = take_turns(actor)
    own = Report.objects.filter(reporter=actor)
    if known := own.filter(about).first():
        return known
    if actor.pk == (post.asker_id if isinstance(post, Question) else post.author_id):
        raise Refused("You wrote this yourself. To have it taken away, file a ticket.")
    reason = require_reason(reason, "what is wrong with it")
    require_pace(own, Pace("reports", "reported_at", settings.FORUM_REPORTS_A_DAY, DAY), actor=actor, at=at)
    question, answer = (post, None) if isinstance(post, Question) else (None, post)
    return Report.objects.create(
        question=question, answer=answer, reporter=actor, reason=reason, reported_at=at
    )


def _why(report: Report, reason: str) -> dict[str, str]:
    """Why what was reported is hidden: for staff, and for who wrote it."""
    return {"reason": reason} if reason.strip() else {"reason": report.reason, "told": REPORTED}


def _hide(post: Post, reason: str, told: str, actor: User, at: datetime) -> None:
    if post.hidden_at is not None:
        raise Refused("It is hidden already.")
    post.hidden_at, post.hidden_because, post.hidden_by = at, reason, actor
    notifications.tell_hidden(post, reason=told or reason, at=at)
    _handled(Q(question=post) if isinstance(post, Question) else Q(answer=post), actor, at)


def _show(post: Post) -> None:
    if post.hidden_at is None:
        raise Refused("It is not hidden.")
    post.hidden_at, post.hidden_because, post.hidden_by = None, "", None


def _handled(about: Q, actor: User, at: datetime) -> None:
    Report.objects.filter(about, handled_at=None).update(handled_at=at, handled_by=actor)


def _locked_answer(answer: Answer, actor: User) -> tuple[Answer, Question]:
    """The answer and its question, as they stand once both are locked; the question first, as in every verb."""
    question = locked(answer.question, actor)
    return question.answers.select_for_update().get(pk=answer.pk), question
