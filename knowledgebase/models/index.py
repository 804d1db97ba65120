"""What search reads: a row a document, the words in use, and what was searched in vain.

The full-text index of the database stands beside ``SearchDocument`` (migration 0002). Rows are written by
``knowledgebase.search.index`` alone, in the transaction of what they show.
"""

from __future__ import annotations

from django.db import connection, models
from django.db.models import Q

from contracts.models import Product


class SearchDocument(models.Model):
    """What search knows of an article, a question or a release: the keys of the words that it is found by.

    ``kind`` names the source, ``key`` the object's number there. ``heads`` are four lines: for whom and of what
    it is, the title's words marked with ``=``, those of title and headings, those that it is most about.
    ``body`` is the first of these and four lines of all its words, the most frequent first (``Ranking`` tells how).
    ``words`` are the words as they are written, for the counts of ``SearchWord``. What is shown is read from
    the object itself and decided by its source's ``visible``, always.
    """

    kind = models.CharField(max_length=20)
    key = models.PositiveBigIntegerField()
    audience = models.CharField(max_length=9)
    heads = models.TextField()
    body = models.TextField()
    words = models.TextField()
    length = models.PositiveIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="search_document_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SearchWordQuerySet(models.QuerySet["SearchWord"]):
    """Questions about words."""

    def starting_with(self, start: str) -> SearchWordQuerySet:
        """Words that begin so, by the index of each database (they compare texts differently)."""
        if connection.vendor == "postgresql":
            return self.filter(word__startswith=start)
        return self.filter(Q(word__gte=start) & Q(word__lt=start + "\U0010ffff"))


class SearchWord(models.Model):
    """A word in use, folded, and how many documents have it: all of them, customers' and public ones.

    A word that stands in no document that a reader may see must not be offered to them as a correction, nor
    may it decide what is corrected. The word ``""`` counts the documents themselves.
    """

    word = models.CharField(max_length=60, unique=True)
    stem = models.CharField(max_length=60, db_index=True)
    documents = models.PositiveIntegerField(default=0)
    for_customers = models.PositiveIntegerField(default=0)
    in_public = models.PositiveIntegerField(default=0)

    objects = SearchWordQuerySet.as_manager()

    def __str__(self) -> str:
        return self.word


class SearchTypo(models.Model):
    """A word as it is when a letter is left out, or none, as a number: how a mistyped word is found."""

    piece = models.BigIntegerField(db_index=True)
    word = models.ForeignKey(SearchWord, on_delete=models.CASCADE, related_name="typos")

    def __str__(self) -> str:
        return f"{self.word}: {self.piece}"


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
