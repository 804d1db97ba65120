"""What a word is, and what makes two of them the same."""

import pytest

from knowledgebase.search.words import TOKEN, fold, forms, key, words_of


@pytest.mark.parametrize(
    "token",
    ["E1234-5", "config.toml", "2.4.1", "C++", "C#", ".NET", "os.path.join", "well-known", "snake_case"],
)
def test_a_code_a_name_or_a_version_is_one_word(token: str) -> None:
    assert TOKEN.findall(f"see {token}, please") == ["see", token, "please"]
    assert forms(token)[0] == token.lower()


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("config.toml", {"config", "toml"}),
        ("TemporaryDirectory", {"temporary", "directory"}),
        ("Wi-Fi", {"wi", "fi", "wifi"}),
        (".NET", {"net"}),
    ],
)
def test_a_compound_is_found_by_its_parts(token: str, parts: set[str]) -> None:
    assert parts <= set(forms(token))


@pytest.mark.parametrize(
    ("one", "other"), [("Straße", "STRASSE"), ("Café", "cafe"), ("Øre", "ore"), ("ﬁle", "file")]
)
def test_case_accents_and_the_sharp_s_are_folded(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller", "Mueller"), ("Lösung", "Loesung"), ("installing", "installed"), ("categories", "category")],
)
def test_umlauts_and_endings_share_a_key(one: str, other: str) -> None:
    assert key(fold(one)) == key(fold(other))


@pytest.mark.parametrize("code", ["e1234-5", "2.4.1", "c++", "x86_64"])
def test_codes_keep_their_endings(code: str) -> None:
    assert key(code) == code


def test_a_possessive_is_the_word_itself() -> None:
    assert list(words_of("the user's don’t")) == ["the", "user", "dont"]


def test_a_word_longer_than_its_column_is_cut() -> None:
    assert [len(word) for word in words_of("a" * 10_000)] == [60]
