"""Names are taken out of a text, and words that only look like them are not."""

import pytest

from knowledgebase.neutral import MARK, Names, Taken, neutral

NAMES = Names(
    customer="Harbour Freight Lines GmbH",
    people=["Nora Quay", "Li Wei", "Jürgen Müller", "Mila Petrović", "Will Page", "Anna-Lena Groß"],
    logins=["nquay"],
    domains=["harbour.example"],
    places=["Dock Rotterdam"],
    references=["A-1001"],
    ticket_prefix="VK",
)


def said(text: str) -> str:
    """The text with every mark as an underscore."""
    return MARK.sub("_", neutral(text, NAMES).text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nora Quay wrote", "_ wrote"),
        ("Quay, Nora", "_"),
        ("only Nora wrote", "only _ wrote"),
        ("NORA, nora and nOrA", "_, _ and _"),
        ("Nora's laptop, Nora’s phone, noras Rechner", "_'s laptop, _’s phone, _ Rechner"),
        ("nora_laptop NoraPC nora2 noraquay", "__laptop _PC _2 _"),
        ("Nora\nQuay", "_"),
        ("Anna-Lena, Anna and Lena Gross", "_, _ and _ _"),
    ],
)
def test_a_person_is_taken_out_however_it_is_written(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text", ["ignorance", "Honora", "the minora", "Antiquary", "Mullerian", "Wein", "the list of", "alibi"]
)
def test_a_name_inside_a_word_is_no_name(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    "text", ["Jürgen Müller", "JÜRGEN MÜLLER", "Juergen Mueller", "Jurgen Muller", "Ju\u0308rgen"]
)
def test_umlauts_are_found_in_every_spelling(text: str) -> None:
    assert said(text) == "_"


@pytest.mark.parametrize("text", ["Petrović", "PETROVIĆ", "petrovic", "Petrovićs"])
def test_so_are_accents(text: str) -> None:
    assert said(text) == "_"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Li wrote", "_ wrote"), ("LI wrote", "_ wrote"), ("<li> and list", "<li> and list"), ("Lis", "Lis")],
)
def test_a_name_of_two_letters_counts_where_it_is_written_as_one(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Will wrote", "_ wrote"), ("it will work", "it will work"), ("on the page", "on the page")],
)
def test_a_name_that_is_a_word_counts_where_it_is_written_as_a_name(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Harbour Freight Lines GmbH",
        "harbour freight lines",
        "HARBOUR FREIGHT",
        "Harbour",
        "HarbourFreightLines",
        "HFL",
        "https://cam.harbour.example:8443/x?user=nora#top",
        "cam1.dock.harbour.example",
        "harbour.example",
        "nora.quay+x@mail.harbour.example",
        "somebody@elsewhere.example",
        "VK-7F3K9Q",
        "vk-7f3k9q",
        "A-1001",
        "nquay",
        "dock rotterdam",
        "+49 30 1234567",
        "(030) 123 45 67",
        "0171/2345678",
        "555-123-4567",
        "10.20.30.40",
    ],
)
def test_what_leads_to_the_customer_is_taken_out(text: str) -> None:
    assert said(f"({text})") == "(_)"


@pytest.mark.parametrize(
    "text",
    [
        "the harbour",
        "the line",
        "version 6.2.1.44",
        "6.2.1.4",
        "127.0.0.1",
        "2026-11-23 06:12:00",
        "01.02.2026",
        "error 1234567",
        "0x80070005",
        "myharbour.example",
        "harbour.example.org",
        "port 8080, 500 rows",
        "VK-1",
    ],
)
def test_what_only_looks_so_is_left(text: str) -> None:
    assert said(text) == text


def test_what_was_taken_is_told_once_in_the_order_of_the_text() -> None:
    found = neutral("HFL: Nora, Nora", NAMES)
    assert found.text == "⟦the customer⟧: ⟦a person⟧, ⟦a person⟧"
    assert found.taken == [Taken("HFL", "the customer"), Taken("Nora", "a person")]


def test_without_names_addresses_and_numbers_go_nevertheless() -> None:
    assert neutral("Nora, a@b.example", Names()).text == "Nora, ⟦an e-mail address⟧"


@pytest.mark.parametrize("word", ["a.", "+1 ", "nora", "x@", "1.1.1.", "a-", "a://", "0 ", "0(", "Li "])
def test_a_text_made_to_take_time_takes_none(word: str) -> None:
    text = (word * 50_000)[:50_000]
    assert len(neutral(text, NAMES).text) >= 25_000
