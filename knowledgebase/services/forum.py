"""The forum's own verbs: asking, answering, and saying which answer helped. No clock runs on any of it.

What staff do about what was written stands in ``knowledgebase.services.moderation``.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from contracts.models import Product, User
from contracts.refusals import Refused
from contracts.words import day_in_words
from knowledgebase import notifications
from knowledgebase.access import why_not_write
from knowledgebase.markdown import RENDERER, Rendered, render
from knowledgebase.models import Answer, Question
from knowledgebase.search import keeping
from knowledgebase.services.pace import HOUR, Pace, require_pace, take_turns

KIND = "question"
LONGEST_TITLE, LONGEST_TEXT = 160, 20_000
GONE = "This is not there any more. Go back to the forum."


@transaction.atomic
def ask_question(
    *, product: Product, title: str, text: str, submission_key: str, actor: User, at: datetime
) -> Question:
    """A new question about ``product`` in public; the same one again for the same ``submission_key``.

    Raises ``Refused`` for who may not write about the product (VV3), asks too often, or leaves something out.
    """
    actor = take_turns(actor)
    if known := Question.objects.filter(submission_key=submission_key, asker=actor).first():
        return known
    require_writer(actor, product, at)
    pace = Pace("questions", "asked_at", settings.FORUM_QUESTIONS_AN_HOUR, HOUR)
    require_pace(Question.objects.filter(asker=actor), pace, actor=actor, at=at)
    title, text = in_one_line(title), in_lines(text)
    check_title(title)
    rendered = written(text)
    question = Question.objects.create(
        product=product,
        asker=actor,
        by_staff=actor.is_staff,
        title=title,
        text=text,
        html=str(rendered.html),
        plain=rendered.plain,
        renderer=RENDERER,
        asked_at=at,
        changed_at=at,
        submission_key=submission_key,
    )
    keeping.refresh(KIND, question.pk)
    return question


@transaction.atomic
def answer_question(
    *, question: Question, text: str, submission_key: str, actor: User, at: datetime
) -> Answer:
    """A new answer in public, of which the asker is told; the same one again for the same ``submission_key``."""
    actor = take_turns(actor)
    if known := Answer.objects.filter(submission_key=submission_key, author=actor).first():
        return known
    question = locked(question, actor)
    require_writer(actor, question.product, at)
    if refusal := why_closed(question, at=at, staff=actor.is_staff):
        raise Refused(refusal)
    pace = Pace("answers", "written_at", settings.FORUM_ANSWERS_AN_HOUR, HOUR)
    require_pace(Answer.objects.filter(author=actor), pace, actor=actor, at=at)
    text = in_lines(text)
    rendered = written(text)
    answer = Answer.objects.create(
        question=question,
        author=actor,
        by_staff=actor.is_staff,
        text=text,
        html=str(rendered.html),
        plain=rendered.plain,
        renderer=RENDERER,
        written_at=at,
        submission_key=submission_key,
    )
    question.changed_at = at
    settle(question)
    notifications.tell_asker(answer)
    return answer


@transaction.atomic
def mark_solution(*, answer: Answer, actor: User, at: datetime) -> Question:
    """Say which answer helped; another one takes its place. For the asker and for staff."""
    question = _to_be_judged(answer.question, actor)
    if not question.answers.filter(pk=answer.pk, hidden_at=None).exists():
        raise Refused("This answer is hidden. Show it first, or choose another one.")
    if question.solution_id != answer.pk:
        question.solution = answer
        question.changed_at = at
        settle(question)
    return question


@transaction.atomic
def unmark_solution(*, question: Question, actor: User, at: datetime) -> Question:
    """Say that no answer has helped yet. For the asker and for staff."""
    question = _to_be_judged(question, actor)
    question.solution = None
    settle(question)
    return question


@transaction.atomic
def note_ticket(*, question: Question, number: str, actor: User, at: datetime) -> Question:
    """Keep the number of the ticket that its asker made of the question."""
    question = locked(question, actor)
    if question.asker_id != actor.pk:
        raise Refused("Only who asked the question can make a ticket of it.")
    if question.ticket_number:
        raise Refused(f"The ticket {question.ticket_number} was made of this question already.")
    question.ticket_number = number
    question.save(update_fields=["ticket_number"])
    return question


def why_closed(question: Question, *, at: datetime, staff: bool) -> str:
    """Why the question takes no more answers at ``at``; ``""`` while it does. Quiet ones still take those of staff."""
    if question.closed_at is not None:
        return f"This question is closed: {question.closed_because}. Ask a new one that names it."
    if not staff and question.changed_at <= at - timedelta(days=settings.FORUM_QUIET_DAYS):
        since = day_in_words(question.changed_at.date())
        return f"Nothing was said here since {since}, so the question is closed. Ask a new one that names it."
    return ""


def locked(question: Question, actor: User) -> Question:
    """The question, changed by nobody else until the end of the transaction. Raises ``Refused`` where it is hidden
    from ``actor``.
    """
    visible = Question.objects.visible_to(actor).select_related("product", "asker")
    found = visible.select_for_update(of=("self",)).filter(pk=question.pk).first()
    if found is None:
        raise Refused(GONE)
    return found


def settle(question: Question) -> None:
    """Save the question, its answers counted anew, and have search know what readers see of it now."""
    question.answer_count = question.answers.filter(hidden_at=None).count()
    question.save()
    keeping.refresh(KIND, question.pk)


def written(text: str) -> Rendered:
    """``text`` rendered. Raises ``Refused`` for none, for too much, and for what is no text."""
    if len(text) > LONGEST_TEXT:
        raise Refused(f"Say it in {LONGEST_TEXT} characters; these are {len(text)}.", field="text")
    try:
        rendered = render(text, trusted=False)
    except Refused as refusal:
        raise Refused(str(refusal), field="text") from None
    if not rendered.plain.strip():
        raise Refused("Write what you want to say first.", field="text")
    return rendered


def in_one_line(text: str) -> str:
    """``text`` without line breaks and NUL, which PostgreSQL does not keep."""
    return " ".join(text.replace("\0", " ").split())


def in_lines(text: str) -> str:
    """``text`` with line feeds alone, and without NUL."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").rstrip()


def require_writer(actor: User, product: Product, at: datetime) -> None:
    """Raise ``Refused``, saying why, for who may not write about the product."""
    if refusal := why_not_write(actor, product, at=at):
        raise Refused(refusal)


def check_title(title: str) -> None:
    """Raise ``Refused`` for none and for one that is too long."""
    if not title:
        raise Refused("Write what you want to know, in one line.", field="title")
    if len(title) > LONGEST_TITLE:
        raise Refused(f"Say it in {LONGEST_TITLE} characters; these are {len(title)}.", field="title")


def _to_be_judged(question: Question, actor: User) -> Question:
    question = locked(question, actor)
    if actor.pk != question.asker_id and not actor.is_staff:
        raise Refused("Only who asked, or staff, can say which answer helped.")
    return question
