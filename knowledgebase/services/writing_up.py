"""An answer of the forum becomes the draft of an article."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from contracts.models import Customer, User
from knowledgebase.models import Answer, Article, Category, Question
from knowledgebase.neutral import Names, neutral
from knowledgebase.services.articles import create_article
from knowledgebase.services.changing import require_staff
from knowledgebase.services.forum import LONGEST_TITLE, locked
from knowledgebase.services.placing import About


@transaction.atomic
def write_up_answer(*, answer: Answer, category: Category, actor: User, at: datetime) -> Article:
    """A draft of what was asked and answered, marks in place of the names of who wrote; the same one afterwards."""
    require_staff(actor)
    question = locked(answer.question, actor)
    answer = question.answers.select_related("article").get(pk=answer.pk)
    if answer.article is not None:
        return answer.article
    names = list(_names_of(question))
    article = create_article(
        title=_without(names, question.title)[:LONGEST_TITLE],
        text=_without(names, f"{question.text}\n\n## Answer\n\n{answer.text}"),
        category=category,
        products=[About(question.product)],
        comment="Written up from the forum",
        actor=actor,
        at=at,
    )
    answer.article = article
    answer.save(update_fields=["article"])
    return article


def _without(names: list[Names], text: str) -> str:
    for some in names:
        text = neutral(text, some).text
    return text


def _names_of(question: Question) -> Iterator[Names]:
    """The people of the thread and their colleagues, then each of their customers."""
    authors = [question.asker_id, *question.answers.values_list("author", flat=True)]
    customers = list(
        Customer.objects.filter(contacts__user__in=authors)
        .distinct()
        .order_by("pk")
        .prefetch_related("domains", "contracts")
    )
    theirs = Q(pk__in=authors) | Q(contacts__customer__in=customers)
    people = list(User.objects.filter(theirs).distinct().order_by("pk").values_list("name", "email"))
    yield Names(
        people=[name for name, _ in people if name],
        logins=[email.partition("@")[0] for _, email in people],
        ticket_prefix=settings.TICKET_PREFIX,
    )
    for customer in customers:
        yield Names(
            customer=customer.name,
            domains=[row.domain for row in customer.domains.all()],
            references=[row.order_reference for row in customer.contracts.all()],
        )
