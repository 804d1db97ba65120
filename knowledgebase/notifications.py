"""Who is told what of the forum: messages for the outbox, in the verb's own transaction."""

from django.conf import settings

from contracts.outbox import writing
from knowledgebase.models import Answer
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
