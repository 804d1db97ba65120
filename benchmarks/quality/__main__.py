"""`python -m benchmarks.quality`: how often the right article is among the first three, beside plain `icontains`.

``questions.txt`` is what the search was tried and weighed with; ``fresh.txt`` was written when it was finished
and asked once. It works in a database in memory, which ends with it. `--misses` names the questions that went wrong.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

FIRST = 3
SETS = ("questions.txt", "fresh.txt", "fresh2.txt")


def questions(name: str) -> list[tuple[str, set[str]]]:
    """What is asked, and which articles are right."""
    lines = [
        line
        for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
        if line and line[0] != "#"
    ]
    pairs = [line.split("|") for line in lines]
    return [(asked.strip(), {name.strip() for name in right.split(",")}) for asked, right in pairs]


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from benchmarks.quality import asking

    known = asking.fill()
    ways: dict[str, Callable[[str], list[str]]] = {
        "our search": asking.ours,
        "icontains, all words": asking.all_words,
        "icontains, any word, the most words first": asking.any_word,
    }
    for file in SETS:
        asked = questions(file)
        print(
            f"\n{len(asked)} questions of {file} over {known} articles; the right one among the first {FIRST}"
        )
        for name, way in ways.items():
            report(name, way, asked, names_misses=given.misses and way is asking.ours)


def report(
    name: str, way: Callable[[str], list[str]], asked: list[tuple[str, set[str]]], *, names_misses: bool
) -> None:
    """Ask everything one way, and print how many were answered well."""
    answers = [(question, right, way(question)) for question, right in asked]
    good = [right & set(found[:FIRST]) for _, right, found in answers]
    first = [found[:1] and found[0] in right for _, right, found in answers]
    print(
        f"{name:<44}{sum(map(bool, good)) / len(asked):>6.0%}   the first {sum(map(bool, first)) / len(asked):.0%}"
    )
    for (question, right, found), hit in zip(answers, good, strict=True):
        if names_misses and not hit:
            print(f"    {question} -> {', '.join(sorted(right))}; found {found[:5]}")


main()
