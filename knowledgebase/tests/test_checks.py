"""What stands against publishing a text."""

import pytest

from contracts.refusals import Refused
from knowledgebase.checks import Problem, problems


def found(text: str, *exist: str) -> list[tuple[int, str]]:
    """Line and first words of each problem, when only the addresses ``exist`` lead somewhere."""
    return [
        (problem.line, " ".join(problem.message.split()[:4]))
        for problem in problems(text, link_exists=lambda address: address in exist, site="https://us.example")
    ]


def test_a_text_without_faults_has_no_problems() -> None:
    text = (
        "## Cause\n\nSee [the ports](/kb/articles/ports/#text-list), [elsewhere](https://a.example),"
        " [below](#text-cause),"
        " <a@b.example>.\n\n### Detail\n\n![The panel](/kb/files/1/)\n\n## Cure\n\n|Port|Use|\n|-|-|\n|80|web|\n"
    )
    assert found(text, "/kb/articles/ports/#text-list", "/kb/files/1/") == []


def test_a_link_of_ours_that_leads_nowhere_is_named_with_its_line() -> None:
    text = "One\n[two](/kb/gone/)\n\n- three\n- [four](/kb/gone/)\n"
    message = "The link to /kb/gone/ leads nowhere for the readers of this article. Mend its address, or take it out."
    assert problems(text, link_exists=lambda _: False) == [Problem(2, message), Problem(5, message)]


def test_only_addresses_of_ours_are_looked_up() -> None:
    asked: list[str] = []

    def link_exists(address: str) -> bool:
        asked.append(address)
        return True

    problems("[a](https://b.example) [c](mailto:d@e.example) [f](/kb/) [g](#h)", link_exists=link_exists)
    assert asked == ["/kb/"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x\n\n![](/kb/files/1/)", [(3, "Say between the brackets")]),
        ("![x](/kb/files/2/)", [(1, "The picture /kb/files/2/ does")]),
        ("![x](https://a.example/b.png)", [(1, "The picture https://a.example/b.png would")]),
        ("# Cause", [(1, "Begin the heading “Cause”")]),
        ("#### Cause", [(1, "Begin the heading “Cause”")]),
        ("## Cause\n\n\n#### Detail\n\n##### Deeper", [(4, "Begin the heading “Detail”")]),
        ("## Cause\n\n### Detail\n\n## Cure", []),
        ("##\n", [(1, "Give the heading a")]),
        ("[](https://a.example)", [(1, "Give the link to")]),
        ("[x]()", [(1, "Give the link an")]),
        ("[x](articles/y)", [(1, "Begin the address articles/y")]),
        ("## Cause\n\n[x](#cause) [y](#text-cause)\n[z](#cure)", [(4, "The link to #cure")]),
        ("[x](https://us.example/kb/gone/)", [(1, "The link to /kb/gone/")]),
        ("[x](https://us.example.evil/kb/gone/)", []),
        ("| | |\n|-|-|\n|1|2|", [(1, "Name the columns of")]),
        ("x\n\n|1|2|\n|3|4|", [(3, "Put the names of")]),
        ("```\n# no heading\n[](no link)\n```", []),
    ],
)
def test_each_problem_has_its_line_and_says_what_to_do(text: str, expected: list[tuple[int, str]]) -> None:
    assert found(text, "/kb/files/1/") == expected


def test_a_skipped_level_is_told_which_one_is_meant() -> None:
    assert problems("## A\n\n#### B", link_exists=lambda _: True)[0].message == (
        "Begin the heading “B” with ###: it skips a level."
    )


def test_a_text_that_is_too_long_is_refused_here_too() -> None:
    with pytest.raises(Refused, match="are the most"):
        problems("a" * 100_001, link_exists=lambda _: True)
