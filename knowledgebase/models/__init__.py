"""The rows of the knowledge base: articles with their versions, readers' judgements, the forum, the search index."""

from knowledgebase.models.articles import (
    Article,
    ArticleEvent,
    ArticleFile,
    ArticleProduct,
    ArticleVersion,
    Category,
    OldAddress,
)
from knowledgebase.models.forum import Answer, EarlierText, Question, Report
from knowledgebase.models.index import FruitlessSearch, SearchDocument, SearchTypo, SearchWord
from knowledgebase.models.judgements import Deflection, Feedback
from knowledgebase.models.shelves import ShelfCount

__all__ = [
    "Answer",
    "Article",
    "ArticleEvent",
    "ArticleFile",
    "ArticleProduct",
    "ArticleVersion",
    "Category",
    "Deflection",
    "EarlierText",
    "Feedback",
    "FruitlessSearch",
    "OldAddress",
    "Question",
    "Report",
    "SearchDocument",
    "SearchTypo",
    "SearchWord",
    "ShelfCount",
]
