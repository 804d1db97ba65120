"""What was written in the forum is put right by who wrote it, for a while, and by staff. The earlier text is kept."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.markdown import RENDERER
from knowledgebase.models import Answer, EarlierText, Question
from knowledgebase.search import keeping
from knowledgebase.services import forum
from knowledgebase.services.forum import GONE, KIND
from knowledgebase.services.pace import HOUR, Pace, require_pace, take_turns

Post = Question | Answer
ONLY_AUTHOR = "Only who wrote this, or staff, can change it."
BY_STAFF = "Staff have changed this text, so it stays as it is. To say more, write an answer."
ANSWERED = "Others have read and answered it by now, so it stays as it is. To put it right, write an answer."
SOLVED = "This answer is the solution by now, so it stays as it is. To put it right, write another answer."


@transaction.atomic
def edit_question(*, question: Question, title: str, text: str, actor: User, at: datetime) -> Question:
    """Let the question say something else; nothing happens where it says so already.

    For its asker until it is answered and within ``FORUM_EDIT_MINUTES``, for staff any time. Raises ``Refused`` for
    others, for who edits too often, and for what could not be asked either.
    """
    actor = take_turns(actor)
    question = forum.locked(question, actor)
    _require_editor(question, question, actor, at)
    title, text = forum.in_one_line(title), forum.in_lines(text)
    forum.check_title(title)
    if (title, text) != (question.title, question.text):
        _keep(EarlierText(question=question, title=question.title, text=question.text), actor, at)
        question.title = title
        _rewrite(question, text, actor, at)
        keeping.refresh(KIND, question.pk)
    return question


@transaction.atomic
def edit_answer(*, answer: Answer, text: str, actor: User, at: datetime) -> Answer:
    """Let the answer say something else; as ``edit_question``, and not once it is the solution."""
    actor = take_turns(actor)
    question = forum.locked(answer.question, actor)
    found = question.answers.visible_to(actor).select_for_update().filter(pk=answer.pk).first()
    if found is None:
        raise Refused(GONE)
    answer = found
    _require_editor(answer, question, actor, at)
    text = forum.in_lines(text)
    if text != answer.text:
        _keep(EarlierText(answer=answer, text=answer.text), actor, at)
        _rewrite(answer, text, actor, at)
        keeping.refresh(KIND, question.pk)
    return answer


def why_not_edit(post: Post, question: Question, *, newest: int, actor: User, at: datetime) -> str:
    """Why ``actor`` may not change ``post`` of ``question``; ``""`` if they may. ``newest`` is its newest answer."""
    if actor.is_staff:
        return ""
    author, written_at = _of(post)
    if actor.pk != author:
        return ONLY_AUTHOR
    if post.edited_by_id not in (None, actor.pk):
        return BY_STAFF
    if at > written_at + timedelta(minutes=settings.FORUM_EDIT_MINUTES):
        return _why_settled(post, question, newest) or forum.why_closed(question, at=at, staff=False)
    return forum.why_closed(question, at=at, staff=False)


def newest_answer(question: Question) -> int:
    """The number of the newest answer that readers see; 0 without one."""
    return question.answers.filter(hidden_at=None).aggregate(newest=Max("pk"))["newest"] or 0


def _of(post: Post) -> tuple[int, datetime]:
    """Who wrote it, and when."""
    if isinstance(post, Question):
        return post.asker_id, post.asked_at
    return post.author_id, post.written_at


def _why_settled(post: Post, question: Question, newest: int) -> str:
    """Why a post that is new no more stays as it is: what was said since builds on it."""
    if isinstance(post, Answer) and question.solution_id == post.pk:
        return SOLVED
    before = post.pk if isinstance(post, Answer) else 0
    return ANSWERED if newest > before else ""


def _require_editor(post: Post, question: Question, actor: User, at: datetime) -> None:
    newest = newest_answer(question)
    if refusal := why_not_edit(post, question, newest=newest, actor=actor, at=at):
        raise Refused(refusal)
    forum.require_writer(actor, question.product, at)


def _keep(earlier: EarlierText, actor: User, at: datetime) -> None:
    pace = Pace("changes", "replaced_at", settings.FORUM_EDITS_AN_HOUR, HOUR)
    require_pace(EarlierText.objects.filter(replaced_by=actor), pace, actor=actor, at=at)
    earlier.replaced_by, earlier.replaced_at = actor, at
    earlier.save()


def _rewrite(post: Post, text: str, actor: User, at: datetime) -> None:
    rendered = forum.written(text)
    post.text, post.html, post.plain = text, str(rendered.html), rendered.plain
    post.renderer, post.edited_at, post.edited_by = RENDERER, at, actor
    post.save()
