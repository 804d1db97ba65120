"""What search reads: a row a document, the words in use, and what was searched in vain.

The full-text index of the database stands beside ``SearchDocument`` (migrations 0002 and following). Rows are
written by ``knowledgebase.search.index`` alone, in the transaction of what they show.
"""

from __future__ import annotations

from django.db import models

from contracts.models import Product
from knowledgebase.models.audience import Audience


class SearchDocument(models.Model):
    """What search knows of an article, a question or a release, in the words that it is found by.

    ``kind`` names the source, ``key`` the object's number there. ``audience`` bounds what is looked at;
    what is shown is decided by the source's ``visible_to``, always.
    """

    kind = models.CharField(max_length=20)
    key = models.PositiveBigIntegerField()
    audience = models.CharField(max_length=9, choices=Audience.choices)
    products = models.ManyToManyField(Product, related_name="+")
    title = models.TextField()
    headings = models.TextField(blank=True)
    text = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="search_document_once")]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word in use, folded, and how many documents have it: all of them, customers' and public ones.

    A word that stands in no document that a reader may see must not be offered to them as a correction.
    """

    word = models.CharField(max_length=60, unique=True)
    stem = models.CharField(max_length=60, db_index=True)
    documents = models.PositiveIntegerField(default=0)
    for_customers = models.PositiveIntegerField(default=0)
    in_public = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.word


class FruitlessSearch(models.Model):
    """Words that were searched and not found, for staff to write about; nobody's name stands beside them."""

    words = models.CharField(max_length=200)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", null=True)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, help_text="When staff took care of it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["words", "product"], name="fruitless_search_once"),
            models.UniqueConstraint(
                fields=["words"], condition=models.Q(product=None), name="fruitless_search_once_of_all"
            ),
        ]
        ordering = ["-times", "-last_at"]
        verbose_name_plural = "fruitless searches"

    def __str__(self) -> str:
        return self.words
