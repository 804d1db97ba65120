"""How much stands in each category: a projection, so that lists need not count what they lead to."""

from __future__ import annotations

from django.db import models

from knowledgebase.models.articles import Category
from knowledgebase.models.audience import Audience


class ShelfCount(models.Model):
    """How many live articles a category has for one audience, those of the categories below it not among them.

    Written by ``knowledgebase.services.shelving`` in the transaction of what changes it.
    """

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="counts")
    audience = models.CharField(max_length=9, choices=Audience.choices)
    articles = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "audience"], name="shelf_counted_once")]

    def __str__(self) -> str:
        return f"{self.category}, {self.get_audience_display()}: {self.articles}"
