"""Known problems as they are found, by their title, what happens and what helps."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from contracts.models import Product
from knowledgebase.models.audience import Audience, Visitor
from knowledgebase.search.sources import Document
from tickets.models import KnownProblem

KIND = "problem"


class Problems:
    """Known problems, for those who have a ticket on them or, where staff say so, all with the product."""

    kind = KIND
    label = "Known problem"
    plural = "Known problems"

    def indexed(self) -> QuerySet[KnownProblem]:
        return self._read(KnownProblem.objects.all())

    def visible(self, user: Visitor) -> QuerySet[KnownProblem]:
        """By the contracts and the tickets of today: a source is asked without an instant."""
        return self._read(KnownProblem.objects.visible_to(user, timezone.now()).order_by())

    def for_product(self, queryset: QuerySet[KnownProblem], product: Product) -> QuerySet[KnownProblem]:
        return queryset.filter(product=product)

    def documents(self, queryset: QuerySet[KnownProblem]) -> Iterable[Document]:
        """For the customers of the product, which bounds what is looked at; ``visible`` decides whose."""
        for problem in queryset:
            yield Document(
                key=problem.pk,
                audience=Audience.PRODUCT,
                product_ids=frozenset({problem.product_id}),
                title=problem.title,
                text=f"{problem.plain}\n{problem.environments}".strip(),
                changed_at=problem.changed_at,
            )

    def url(self, obj: KnownProblem) -> str:
        return reverse("problem", args=[obj.pk])

    def title(self, obj: KnownProblem) -> str:
        return obj.title

    def detail(self, obj: KnownProblem) -> str:
        return f"{obj.product}, {obj.state(timezone.now())}"

    def _read(self, problems: QuerySet[KnownProblem]) -> QuerySet[KnownProblem]:
        read = problems.select_related("product", "fixed_in")
        return read.defer("text", "workaround", "html", "workaround_html")
