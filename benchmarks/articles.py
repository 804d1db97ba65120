"""A knowledge base of many articles, and what people look for in it: made up, and always the same.

The words are drawn as in a language: the second commonest stands half as often as the commonest, and so on
(Zipf). Titles have three to nine words, articles some hundred, a few of them thousands, as in a real one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import accumulate, islice
from random import Random

from django.db import connection, transaction
from django.db.models import OuterRef

from contracts.models import User
from knowledgebase.models import Article, ArticleVersion, Category, SearchDocument
from knowledgebase.search import fulltext, index, keeping
from knowledgebase.search.articles import Articles
from knowledgebase.services import shelving

VOCABULARY = 60_000
EXPONENT = 1.0
USUAL_WORDS, SPREAD, MOST_WORDS = 350, 0.7, 4_000
CATEGORIES = 60
BATCH = 1_000
COMMON = 100
WITH_SYNONYMS = 2_000
THESAURUS = "thesaurus.txt"
STARTS = ("b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr", "pl")
SYLLABLES = [start + end for start in STARTS for end in ("a", "e", "i", "o", "u", "an", "er", "on")]


class Language:
    """Made-up words, and a choice of them as in a text."""

    def __init__(self, seed: int = 7) -> None:
        self.random = Random(seed)
        self.words = list(islice(self._made_up(), VOCABULARY))
        self.sums = list(accumulate(1 / (rank + 2) ** EXPONENT for rank in range(VOCABULARY)))

    def _made_up(self) -> Iterator[str]:
        seen: set[str] = set()
        while True:
            word = "".join(self.random.choices(SYLLABLES, k=self.random.choice((2, 3, 3, 4))))
            if word not in seen:
                seen.add(word)
                yield word

    def drawn(self, count: int) -> list[str]:
        """So many words, the common ones often."""
        return self.random.choices(self.words, cum_weights=self.sums, k=count)

    def between(self, common: int, rare: int) -> str:
        """A word of a rank between the two."""
        return self.words[self.random.randrange(common, rare)]


def text_of(language: Language) -> tuple[str, list[str], str]:
    """A title, headings and a text; each article has some words of its own that it repeats."""
    draw = language.random
    topic = [language.between(COMMON, 20_000) for _ in range(5)]
    count = min(int(draw.lognormvariate(0, SPREAD) * USUAL_WORDS) + 40, MOST_WORDS)
    words = language.drawn(count)
    for _ in range(count // 12):
        words[draw.randrange(count)] = draw.choice(topic)
    headings = [" ".join([draw.choice(topic), *language.drawn(2)]) for _ in range(1 + count // 120)]
    title = " ".join([*draw.sample(topic, 2), *language.drawn(draw.randint(1, 7))])
    return title.capitalize(), headings, " ".join(words)


def fill(owner: User, count: int, at: datetime) -> None:
    """Write so many live articles, all public, and their index, in bulk."""
    language = Language()
    categories = Category.objects.bulk_create(
        Category(name=f"Category {number}", slug=f"category-{number}") for number in range(CATEGORIES)
    )
    for start in range(0, count, BATCH):
        with transaction.atomic():
            _write(language, owner, categories, range(start, min(start + BATCH, count)), at)
    with _indexed_afterwards():
        fulltext.rebuild()
    keeping.recount()
    shelving.recount()


@contextmanager
def _indexed_afterwards() -> Iterator[None]:
    """Have PostgreSQL index the words when all are written: entry by entry, it takes many times as long."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%_words)'")
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _, how in indexes:
            cursor.execute(how)
        cursor.execute("VACUUM ANALYZE")


def _write(language: Language, owner: User, categories: list[Category], numbers: range, at: datetime) -> None:
    articles = Article.objects.bulk_create(
        Article(
            slug=f"article-{number}",
            category=categories[number % CATEGORIES],
            owner=owner,
            created_at=at,
            first_published_at=at,
            changed_at=at - timedelta(minutes=number),
        )
        for number in numbers
    )
    ArticleVersion.objects.bulk_create(_version(language, article, at) for article in articles)
    mine = ArticleVersion.objects.filter(article=OuterRef("pk")).values("pk")
    Article.objects.filter(pk__gte=articles[0].pk).update(latest=mine, published=mine)
    source = Articles()
    documents = source.documents(source.indexed().filter(pk__in=[article.pk for article in articles]))
    SearchDocument.objects.bulk_create(index.made(source.kind, document) for document in documents)


def _version(language: Language, article: Article, at: datetime) -> ArticleVersion:
    title, headings, text = text_of(language)
    return ArticleVersion(
        article=article,
        number=1,
        title=title,
        text=text,
        html=f"<p>{text}</p>",
        headings=[[2, f"h{number}", heading] for number, heading in enumerate(headings)],
        plain=text,
        renderer=1,
        author=article.owner,
        saved_at=at,
    )


def thesaurus() -> str:
    """Synonyms for the commonest words: six each, which is more than most words of the real thesaurus have."""
    common = Language().words[:WITH_SYNONYMS]
    return "\n".join(
        " ".join([word, *(common[(place + step) % WITH_SYNONYMS] for step in (7, 31, 101))])
        for place, word in enumerate(common)
    )


def queries(count: int, seed: int = 11) -> list[str]:
    """What is searched: a fifth are of the hundred commonest words, a fifth have one mistyped."""
    language = Language()
    draw = language.random = Random(seed)
    return [_query(language, draw, number) for number in range(count)]


def _query(language: Language, draw: Random, number: int) -> str:
    if number % 5 == 0:
        return " ".join(language.between(0, COMMON) for _ in range(draw.randint(1, 2)))
    words = [language.between(0, 20_000 if place else 5_000) for place in range(draw.randint(1, 4))]
    if number % 5 == 1:
        words[0] = mistyped(language.between(COMMON, 5_000), draw)
    return " ".join(words)


def mistyped(word: str, draw: Random) -> str:
    """``word`` with a letter left out, doubled, wrong or changed with the next."""
    place = draw.randrange(1, len(word) - 1)
    before, char, next_one, rest = word[:place], word[place], word[place + 1], word[place + 2 :]
    return draw.choice(
        (
            before + next_one + rest,
            before + char + char + next_one + rest,
            before + draw.choice("aeinrst") + next_one + rest,
            before + next_one + char + rest,
        )
    )


def requests(count: int, seed: int = 13) -> list[str]:
    """Texts of tickets to be: a subject and some sentences, with words that few others have."""
    language = Language()
    draw = language.random = Random(seed)
    return [
        " ".join([*language.drawn(draw.randint(8, 60)), language.between(COMMON, 20_000)])
        for _ in range(count)
    ]
