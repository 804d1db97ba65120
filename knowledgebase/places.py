"""Where an answer of the forum is read."""

from django.urls import reverse

from knowledgebase.models import Answer

# How many answers stand on a page of their question.
ANSWERS = 50


def answer_place(answer: Answer) -> str:
    """The address of the answer: the question's page, from this answer on where there are several pages."""
    question = answer.question
    begins = f"?after={answer.pk - 1}" if question.answer_count > ANSWERS else ""
    return f"{reverse('question', args=[question.pk])}{begins}#answer-{answer.pk}"
