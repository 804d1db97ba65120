"""Who is told what of the forum: messages for the outbox, in the verb's own transaction."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from contracts.outbox import writing
from knowledgebase.models import Answer, Question
from knowledgebase.names import public_name
from knowledgebase.places import answer_place


def tell_asker(answer: Answer) -> None:
    """Who asked, of an answer that somebody else gave; once for each answer."""
    question, asker = answer.question, answer.question.asker
    if answer.author_id == asker.pk or not asker.is_active:
        return
    writing.write(
        kind="forum_answer",
        to=asker,
        at=answer.written_at,
        context={
            "question": question.title,
            "url": settings.SITE_URL + answer_place(answer),
            "text": answer.text,
            "actor": f"{public_name(answer.author)} (Support)"
            if answer.by_staff
            else public_name(answer.author),
        },
        key=f"forum/{question.pk}/answer/{answer.pk}",
    )


def tell_hidden(post: Question | Answer, *, reason: str, at: datetime) -> None:
    """Who wrote a post that staff hide at ``at``, why, and how to object.

    Not staff, who see it where it stands.
    """
    is_question = isinstance(post, Question)
    author = post.asker if isinstance(post, Question) else post.author
    if author.is_staff or not author.is_active:
        return
    writing.write(
        kind="post_hidden",
        to=author,
        at=at,
        context={
            "what": "question" if is_question else "answer",
            "question": str(post) if isinstance(post, Question) else str(post.question),
            "text": post.text,
            "reason": reason,
            "url": settings.SITE_URL + reverse("file_ticket"),
        },
        key=f"forum/{'question' if is_question else 'answer'}/{post.pk}/hidden/{at.isoformat()}",
    )
