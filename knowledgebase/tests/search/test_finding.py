"""What is found, in which order, and how it is shown; the same on both databases."""

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.models import Product, User
from knowledgebase.search.finding import Found, like, search, suggest
from knowledgebase.search.synonyms import THESAURUS, synonyms
from knowledgebase.search.words import key
from knowledgebase.tests.factories import WRITTEN
from knowledgebase.tests.search.conftest import Writes

VISITOR = AnonymousUser()


def said(pieces: list[tuple[str, bool]]) -> str:
    return "".join(f"[{text}]" if is_marked else text for text, is_marked in pieces)


def plain(pieces: list[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in pieces)


def asked(query: str, page: int = 1, product: Product | None = None, kind: str = "") -> Found:
    return search(VISITOR, query, page=page, product=product, kind=kind, at=WRITTEN)


def titles(query: str, product: Product | None = None) -> list[str]:
    return [plain(result.title) for result in asked(query, product=product).results]


@pytest.fixture
def shelf(writes: Writes) -> None:
    writes(
        "Install the agent",
        "Run setup.exe of release 2.4.1 as an administrator. Error E1234-5 means no rights.",
    )
    writes("Reset a password", "Open the account page. Installing anything is not needed. Straße, Zürich.")
    writes(
        "Wi-Fi of the headset",
        "Write the name of the network into config.toml; C++ and .NET programs read it.",
    )


@pytest.mark.usefixtures("shelf")
class TestWords:
    @pytest.mark.parametrize(
        ("query", "title"),
        [
            ("passwords", "Reset a password"),
            ("PASSWORD", "Reset a password"),
            ("passw", "Reset a password"),
            ("reset passw", "Reset a password"),
            ("zurich", "Reset a password"),
            ("zuerich", "Reset a password"),
            ("strasse", "Reset a password"),
            ("E1234-5", "Install the agent"),
            ("e1234", "Install the agent"),
            ("2.4.1", "Install the agent"),
            ("setup.exe", "Install the agent"),
            ("config.toml", "Wi-Fi of the headset"),
            ("toml", "Wi-Fi of the headset"),
            ("wifi", "Wi-Fi of the headset"),
            ("wi-fi", "Wi-Fi of the headset"),
            ("c++", "Wi-Fi of the headset"),
            (".net", "Wi-Fi of the headset"),
            ("sign on to the headset network", "Wi-Fi of the headset"),
        ],
    )
    def test_is_found_by(self, query: str, title: str) -> None:
        assert titles(query)[:1] == [title]

    def test_the_title_weighs_more_than_the_text(self) -> None:
        assert titles("install") == ["Install the agent", "Reset a password"]

    @pytest.mark.parametrize(
        ("typed", "mended"),
        [
            ("pasword", "password"),
            ("headste", "headset"),
            ("acount page", "account page"),
            ("netwrok", "network"),
        ],
    )
    def test_a_typing_error_is_mended_and_said(self, typed: str, mended: str) -> None:
        found = asked(typed)
        assert found.mended == mended
        assert len(found.results) == 1

    def test_what_is_typed_right_is_not_mended(self) -> None:
        assert asked("password").mended == ""

    def test_nothing_found_mends_nothing(self) -> None:
        found = asked("zzzzzzzz")
        assert (found.results, found.mended, found.has_more) == ([], "", False)

    def test_words_are_marked_in_title_and_excerpt(self) -> None:
        (result,) = asked("password accounts").results
        assert said(result.title) == "Reset a [password]"
        assert said(result.excerpt).startswith("Open the [account] page.")
        assert (result.kind, result.label) == ("article", "Article")
        assert result.url == "/kb/articles/reset-a-password/"


@pytest.mark.usefixtures("shelf")
class TestWhateverIsTyped:
    @pytest.mark.parametrize(
        "query",
        [
            "", " ", "a" * 10_000, "word " * 2_000, '"', "'", "''", '"password', "NEAR(password, account)", "*",
            "pass*", "\0", "pass\0word", "😀", "the of and", "מה שלום", "\u202epassword", "'; DROP TABLE x; --",
            "NOT", "AND OR", "-password", "(((", "\\", "%", "_", ":*", "!|&", "<->", "<script>", "=password", "@public",
            "@k:article", "a.b.c.d.e.f", "+" * 300, "漢字", "ͨ̕" * 50, "\ud7ff", "\n\t", "§$%&/()=?",
            "''" * 200, "title:password",
        ],
    )  # fmt: skip
    def test_is_no_error(self, query: str) -> None:
        asked(query)
        suggest(VISITOR, query)

    @pytest.mark.parametrize("query", ["@k:article", "=p0", "@p0"])
    def test_signs_of_the_index_are_no_words(self, query: str) -> None:
        assert titles(query) == []

    def test_pages_that_are_not_there_are_empty(self) -> None:
        assert asked("password", page=10_000).results == []
        assert asked("password", page=-1).results != []

    def test_an_unknown_kind_is_empty(self) -> None:
        assert asked("password", kind="nonsense").results == []

    def test_many_words_cost_no_more_than_some(self, django_assert_max_num_queries: object) -> None:
        with django_assert_max_num_queries(20):  # type: ignore[operator]  # the plug-in's type is too narrow
            asked("passwrod netwrok headste acount " * 100)


def test_ten_stand_on_a_page(writes: Writes) -> None:
    for number in range(12):
        writes(f"Printer number {number}")
    first, second = asked("printer"), asked("printer", page=2)
    assert (len(first.results), first.has_more) == (10, True)
    assert (len(second.results), second.has_more) == (2, False)
    assert not {one.key for one in first.results} & {one.key for one in second.results}


def test_the_newer_of_equals_stands_first(writes: Writes) -> None:
    writes("Printer old", at=WRITTEN.replace(year=2020))
    writes("Printer new")
    assert titles("printer") == ["Printer new", "Printer old"]


def test_a_product_leaves_its_own_and_those_about_none(writes: Writes) -> None:
    ours, other = (Product.objects.create(name=name, slug=name) for name in ("ours", "other"))
    writes("Printer of ours", products=(ours,))
    writes("Printer of another", products=(other,))
    writes("Printer of all")
    assert set(titles("printer", product=ours)) == {"Printer of ours", "Printer of all"}


def test_a_long_query_finds_what_has_most_of_it(writes: Writes) -> None:
    writes("Printer jams", "Open the lid and take the paper out.")
    writes("Screen flickers", "Take another cable.")
    assert titles("my printer has eaten the paper and jams, what now")[0] == "Printer jams"


def test_a_synonym_finds_it(writes: Writes) -> None:
    writes("Delete a directory")
    assert titles("remove folder") == ["Delete a directory"]


def test_what_says_the_word_itself_stands_before_its_synonyms(writes: Writes) -> None:
    writes("Remove a folder", at=WRITTEN.replace(year=2020))
    for number in range(3):
        writes(f"Delete a directory {number}")
    assert titles("remove folder")[0] == "Remove a folder"


def test_a_word_in_no_document_is_found_by_its_synonyms_among_others(writes: Writes) -> None:
    for number in range(8):
        writes(f"Server {number}", "It answers questions.")
    writes("Extract archives", "The server sends them packed.")
    assert titles("how can I unzip it on the server")[0] == "Extract archives"


def test_every_search_stays_bounded_by_the_thesaurus() -> None:
    words = {word for line in THESAURUS.read_text(encoding="utf-8").splitlines() for word in line.split()}
    assert max(len(synonyms(key(word))) for word in words) <= 16


def test_suggestions_fit_the_rarest_words(writes: Writes) -> None:
    for number in range(8):
        writes(f"Server {number}", "The server answers.")
    writes("Certificate expired", "The server shows a warning about its certificate.")
    found = suggest(VISITOR, "Hello, our server shows a warning since today: the certificate has expired?")
    assert plain(found[0].title) == "Certificate expired"
    assert len(suggest(VISITOR, "server", limit=5)) == 5


def test_a_text_without_telling_words_suggests_nothing(writes: Writes) -> None:
    writes("Certificate expired")
    assert suggest(VISITOR, "Hello, and thank you for your help with this") == []


def test_like_names_the_articles_that_share_rare_words(writes: Writes, agent: User) -> None:
    one = writes("Certificate expired", "Renew the certificate of the gateway.")
    other = writes("Gateway certificate", "The certificate of a gateway lasts a year.")
    writes("Printer jams", "Open the lid.")
    assert like(one) == [other.pk]
