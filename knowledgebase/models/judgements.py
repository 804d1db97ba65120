"""What readers said of an article, and the requests that it made unnecessary."""

from __future__ import annotations

from django.db import models

from contracts.models import Product, User
from knowledgebase.models.articles import Article, ArticleVersion


class Feedback(models.Model):
    """Whether an article helped one reader. ``reader`` is a keyed hash that leads back to nobody."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="feedback")
    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="+")
    reader = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, related_name="+", null=True)
    is_helpful = models.BooleanField()
    reason = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "reader"], name="feedback_once")]
        ordering = ["-given_at"]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"{self.article}: {'helpful' if self.is_helpful else 'not helpful'}"


class Deflection(models.Model):
    """A contact found the answer in an article while writing a request, and sent none.

    ``form`` is the key of the form that was left, so that pressing twice counts once.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", null=True)
    form = models.CharField(max_length=64, unique=True)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ["-happened_at"]

    def __str__(self) -> str:
        return f"{self.article}"
