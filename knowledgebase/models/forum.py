"""The forum: public questions and answers. No clock runs on it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.models import Product, User
from knowledgebase.models.articles import Article
from knowledgebase.models.audience import Visitor, is_staff


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions about questions."""

    def visible_to(self, user: Visitor) -> QuestionQuerySet:
        """All but the hidden ones; those too for staff."""
        if is_staff(user):
            return self
        return self.filter(hidden_at=None)


class Question(models.Model):
    """A question in public, per product. ``html`` and ``plain`` are made of ``text`` by ``renderer``.

    ``changed_at`` is when readers last saw something new in it, which an edited text is not; ``ticket_number`` names
    the request that its asker made of it, for its asker and staff alone.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="questions")
    asker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="questions")
    by_staff = models.BooleanField(default=False)
    title = models.CharField(max_length=160)
    text = models.TextField()
    html = models.TextField()
    plain = models.TextField()
    renderer = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    answer_count = models.PositiveIntegerField(default=0)
    solution = models.OneToOneField(
        "Answer", on_delete=models.PROTECT, related_name="solved_question", null=True
    )
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=300, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    hidden_at = models.DateTimeField(null=True)
    hidden_because = models.CharField(max_length=300, blank=True)
    hidden_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ticket_number = models.CharField(max_length=16, blank=True)
    submission_key = models.CharField(max_length=64, unique=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["product", "-changed_at"], name="question_product"),
            models.Index(fields=["-changed_at"], name="question_changed"),
        ]
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Questions about answers."""

    def visible_to(self, user: Visitor) -> AnswerQuerySet:
        """Those of questions that ``user`` sees, but the hidden ones; those too for staff."""
        if is_staff(user):
            return self
        return self.filter(Q(hidden_at=None) & Q(question__hidden_at=None))


class Answer(models.Model):
    """An answer in public. ``by_staff`` is how its author stood when it was written."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="answers")
    by_staff = models.BooleanField(default=False)
    text = models.TextField()
    html = models.TextField()
    plain = models.TextField()
    renderer = models.PositiveSmallIntegerField()
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    hidden_at = models.DateTimeField(null=True)
    hidden_because = models.CharField(max_length=300, blank=True)
    hidden_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, related_name="+", null=True)
    submission_key = models.CharField(max_length=64, unique=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.question}: {self.author}"


class EarlierText(models.Model):
    """What a question or an answer said until somebody changed it, for staff alone; one of the two is set.

    ``title`` is that of a question. Never changed.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="earlier", null=True)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="earlier", null=True)
    title = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    replaced_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=False, answer__isnull=True)
                | Q(question__isnull=True, answer__isnull=False),
                name="earlier_text_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["replaced_by", "replaced_at"], name="earlier_text_pace")]
        ordering = ["replaced_at", "pk"]

    def __str__(self) -> str:
        return self.title or self.text[:60]


class Report(models.Model):
    """A reader says that a question or an answer should not stand there; one of the two is set."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="reports", null=True)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="reports", null=True)
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    reported_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "reporter"], name="question_reported_once"),
            models.UniqueConstraint(fields=["answer", "reporter"], name="answer_reported_once"),
            models.CheckConstraint(
                condition=Q(question__isnull=False, answer__isnull=True)
                | Q(question__isnull=True, answer__isnull=False),
                name="report_of_one_thing",
            ),
        ]
        ordering = ["reported_at", "pk"]

    def __str__(self) -> str:
        return self.reason
