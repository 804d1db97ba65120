"""Questions of the forum as they are found, with what was answered."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from contracts.models import Product
from knowledgebase.models import Answer, Question
from knowledgebase.models.audience import Audience, Visitor
from knowledgebase.search.sources import Document


class Questions:
    """Questions that are not hidden, by their title, their text and the answers that are not hidden."""

    kind = "question"
    label = "Question"
    plural = "Questions in the forum"

    def indexed(self) -> QuerySet[Question]:
        return self._with_answers(Question.objects.filter(hidden_at=None))

    def visible(self, user: Visitor) -> QuerySet[Question]:
        return self._with_answers(Question.objects.visible_to(user))

    def for_product(self, queryset: QuerySet[Question], product: Product) -> QuerySet[Question]:
        return queryset.filter(product=product)

    def documents(self, queryset: QuerySet[Question]) -> Iterable[Document]:
        for question in queryset:
            said = (question.plain, *(answer.plain for answer in question.answers.all()))
            yield Document(
                key=question.pk,
                audience=Audience.PUBLIC,
                product_ids=frozenset({question.product_id}),
                title=question.title,
                text="\n".join(said),
                changed_at=question.changed_at,
            )

    def url(self, obj: Question) -> str:
        return reverse("question", args=[obj.pk])

    def title(self, obj: Question) -> str:
        return obj.title

    def detail(self, obj: Question) -> str:
        return f"{obj.product}, solved" if obj.solution_id else str(obj.product)

    def _with_answers(self, questions: QuerySet[Question]) -> QuerySet[Question]:
        shown = Answer.objects.filter(hidden_at=None).only("pk", "question", "plain")
        found = questions.select_related("product").prefetch_related(Prefetch("answers", shown))
        return found.defer("html", "text")
