"""The forum as a reader sees it: rows of the list, one question with its answers, and people by their names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from contracts.keys import written_place
from contracts.models import Contact, Product, User
from knowledgebase.models import Answer, Question
from knowledgebase.models.audience import Visitor, is_staff
from knowledgebase.models.forum import QuestionQuerySet
from knowledgebase.names import public_name
from knowledgebase.places import ANSWERS
from knowledgebase.services.forum import why_closed

OPEN, SOLVED = "open", "solved"
PEOPLE = ("name", "email")
OF_ROW = (
    "title",
    "asked_at",
    "changed_at",
    "answer_count",
    "solution",
    "closed_at",
    "hidden_at",
    "by_staff",
    "product__name",
    *(f"asker__{name}" for name in PEOPLE),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of a list asks for; names that mean nothing are left out."""

    product: Product | None = None
    show: str = ""
    after: tuple[datetime, int] | None = None


class Names:
    """What people are called: to everybody by ``public_name``, to staff by their whole name with their customers."""

    def __init__(self, reader: Visitor, people: Iterable[User]) -> None:
        self._customers: dict[int, list[str]] | None = None
        if is_staff(reader):
            self._customers = _customers_of(people)

    def of(self, user: User) -> str:
        """What the reader is told of who wrote."""
        if self._customers is None:
            return public_name(user)
        return ", ".join([str(user), *self._customers[user.pk]])


@dataclass(frozen=True, slots=True)
class Row:
    """A question in a list; ``key`` is its place, for the next page."""

    question: Question
    asker: str
    key: str

    def state(self) -> tuple[object, ...]:
        """Differs as soon as something that is shown of it does."""
        found = self.question
        marks = (found.solution_id, found.closed_at, found.hidden_at, found.by_staff)
        return (found.pk, found.title, found.product.name, found.answer_count, self.key, self.asker, marks)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer with the name of who gave it."""

    answer: Answer
    author: str
    is_solution: bool

    def state(self) -> tuple[object, ...]:
        """Differs as soon as something that is shown of it does."""
        found = self.answer
        edited = (found.edited_at, found.edited_by_id)
        return (
            found.pk,
            found.renderer,
            found.hidden_at,
            found.by_staff,
            self.author,
            self.is_solution,
            edited,
        )


@dataclass(frozen=True, slots=True)
class Thread:
    """A question with a page of its answers, the solution first. ``closed`` says why it takes no more of them."""

    question: Question
    asker: str
    answers: list[Said]
    closed: str
    next: int | None

    def state(self) -> tuple[object, ...]:
        """Differs as soon as something on the page does."""
        found = self.question
        marks = (found.solution_id, found.hidden_at, found.answer_count, found.by_staff, found.ticket_number)
        edited = (found.edited_at, found.edited_by_id)
        said = [answer.state() for answer in self.answers]
        shown = (found.product.name, self.asker, self.closed, self.next)
        return (found.pk, found.renderer, shown, marks, edited, said)


def products_with_questions(reader: Visitor) -> list[Product]:
    """What a list can be narrowed to."""
    visible = Question.objects.visible_to(reader).filter(product=OuterRef("pk"))
    return list(Product.objects.filter(Exists(visible)).order_by("name"))


def rows(reader: Visitor, wanted: Wanted, *, most: int) -> list[Row]:
    """Questions that ``reader`` may see, those with the newest activity first."""
    found = list(
        _narrowed(Question.objects.visible_to(reader), wanted)
        .select_related("product", "asker")
        .only(*OF_ROW)
        .order_by("-changed_at", "-pk")[:most]
    )
    names = Names(reader, [question.asker for question in found])
    return [Row(question, names.of(question.asker), key_of(question)) for question in found]


def thread(reader: Visitor, pk: int, *, after: int, at: datetime) -> Thread | None:
    """The question with the answers that follow ``after``, as ``reader`` sees it; ``None`` where they may not."""
    visible = Question.objects.visible_to(reader).select_related("product", "asker", "edited_by")
    question = visible.filter(pk=pk).first()
    if question is None:
        return None
    answers = (
        Answer.objects.visible_to(reader).filter(question=question).select_related("author", "edited_by")
    )
    others = answers.exclude(pk=question.solution_id) if question.solution_id else answers
    page = list(others.filter(pk__gt=after).order_by("pk")[: ANSWERS + 1])
    shown = page[:ANSWERS]
    if question.solution_id and not after:
        shown = [*answers.filter(pk=question.solution_id), *shown]
    names = Names(reader, [question.asker, *(answer.author for answer in shown)])
    return Thread(
        question=question,
        asker=names.of(question.asker),
        answers=[
            Said(answer, names.of(answer.author), answer.pk == question.solution_id) for answer in shown
        ],
        closed=why_closed(question, at=at, staff=is_staff(reader)),
        next=page[ANSWERS - 1].pk if len(page) > ANSWERS else None,
    )


def key_of(question: Question) -> str:
    """The place of a question in a list, for an address."""
    return written_place(question.changed_at, question.pk)


def _narrowed(questions: QuestionQuerySet, wanted: Wanted) -> QuestionQuerySet:
    if wanted.product is not None:
        questions = questions.filter(product=wanted.product)
    if wanted.show:
        # As an expression, so that SQLite walks the index of the order and sorts nothing.
        solved = questions.alias(solved_by=Coalesce("solution_id", 0))
        questions = solved.filter(solved_by=0) if wanted.show == OPEN else solved.filter(solved_by__gt=0)
    if wanted.after is not None:
        changed_at, pk = wanted.after
        questions = questions.filter(changed_at__lte=changed_at)
        questions = questions.filter(Q(changed_at__lt=changed_at) | Q(changed_at=changed_at, pk__lt=pk))
    return questions


def _customers_of(people: Iterable[User]) -> dict[int, list[str]]:
    """The names of the customers of each, in one query."""
    found: dict[int, list[str]] = defaultdict(list)
    contacts = Contact.objects.filter(user__in={person.pk for person in people}).order_by("customer__name")
    for user, customer in contacts.values_list("user", "customer__name"):
        found[user].append(customer)
    return found
