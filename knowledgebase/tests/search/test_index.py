"""The index follows what it shows: rows, full-text words, counts of words."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from knowledgebase.models import Article, ArticleVersion, SearchDocument, SearchTypo, SearchWord
from knowledgebase.models.audience import Audience
from knowledgebase.search import fulltext, index, keeping
from knowledgebase.search.keeping import refresh
from knowledgebase.tests.search.conftest import Writes

pytestmark = pytest.mark.django_db


def counts(word: str) -> tuple[int, int, int]:
    row = SearchWord.objects.filter(word=word).first()
    return (row.documents, row.for_customers, row.in_public) if row else (0, 0, 0)


def test_words_are_counted_by_who_may_read_them(writes: Writes) -> None:
    writes("Printers one", audience=Audience.PUBLIC)
    writes("Printers two", audience=Audience.CUSTOMERS)
    writes("Printers three", audience=Audience.PRODUCT)
    writes("Printers four", audience=Audience.STAFF)
    assert counts("printers") == (4, 2, 1)
    assert counts("") == (4, 2, 1)


def test_another_audience_moves_the_counts(writes: Writes) -> None:
    article = writes("Printers", audience=Audience.PUBLIC)
    Article.objects.filter(pk=article.pk).update(audience=Audience.STAFF)
    refresh("article", article.pk)
    assert counts("printers") == (1, 0, 0)


def test_another_text_replaces_the_words(writes: Writes) -> None:
    article = writes("Printers", "They jam.")
    ArticleVersion.objects.filter(article=article).update(plain="They burn.")
    refresh("article", article.pk)
    assert (counts("jam"), counts("burn")) == ((0, 0, 0), (1, 1, 1))
    assert keeping.faults() == []


def test_what_is_removed_leaves_nothing(writes: Writes) -> None:
    article = writes("Printers")
    index.remove("article", article.pk)
    assert not any(model.objects.exists() for model in (SearchDocument, SearchWord, SearchTypo))
    assert fulltext.faults() == []


def test_removing_what_is_not_there_does_nothing(db: None) -> None:
    index.remove("article", 1)
    assert keeping.faults() == []


def test_an_archived_article_is_forgotten(writes: Writes) -> None:
    article = writes("Printers")
    Article.objects.filter(pk=article.pk).update(archived_at=article.created_at)
    refresh("article", article.pk)
    assert not SearchDocument.objects.exists()


def test_the_command_finds_nothing_wrong_after_the_verbs(writes: Writes) -> None:
    writes("Printers jam", "Paper, paper, paper, paper.")
    writes("Screens flicker", audience=Audience.STAFF)
    call_command("searchindex", check=True, verbosity=0)


class TestOutOfStep:
    @pytest.fixture(autouse=True)
    def articles(self, writes: Writes) -> None:
        self.kept, self.other = writes("Printers jam"), writes("Screens flicker")

    def mended(self) -> None:
        with pytest.raises(CommandError, match="faults"):
            call_command("searchindex", check=True)
        call_command("searchindex")
        call_command("searchindex", check=True)

    def test_a_document_that_is_missing_is_written(self) -> None:
        SearchDocument.objects.filter(key=self.kept.pk).delete()
        self.mended()

    def test_a_document_that_should_not_be_there_is_taken_out(self) -> None:
        Article.objects.filter(pk=self.kept.pk).update(archived_at=self.kept.created_at)
        self.mended()

    def test_a_document_that_says_something_else_is_written_anew(self) -> None:
        ArticleVersion.objects.filter(article=self.kept).update(plain="Toner")
        self.mended()

    def test_counts_are_set_right(self) -> None:
        SearchWord.objects.filter(word="jam").update(documents=7)
        SearchWord.objects.filter(word="flicker").delete()
        self.mended()

    def test_full_text_words_are_set_right(self) -> None:
        SearchDocument.objects.filter(key=self.kept.pk).update(heads="  \n  \n  \n  ")
        self.mended()
