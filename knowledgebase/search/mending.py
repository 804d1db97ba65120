"""Typing errors: the words in use that a mistyped one may stand for, found by index alone.

Every word is kept as it is and with each of its letters left out; a mistyped word is looked up likewise. That
finds a letter too many, too few, wrong or changed with its neighbour, and most that have two such errors.
Two letters too few are looked for among the words that begin alike.
"""

from zlib import crc32

from knowledgebase.models import SearchTypo, SearchWord

SHORTEST, LONGEST = 4, 30
SHORTEST_FOR_TWO = 7
START = 3
MOST_TRIED = 400


def is_mendable(word: str) -> bool:
    """Whether errors of typing are looked for: not in numbers, codes and names of files."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def without_one(word: str) -> set[str]:
    """``word`` with each of its letters left out."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def pieces(word: str) -> list[int]:
    """What a word is looked up by."""
    return sorted(crc32(piece.encode()) for piece in {word, *without_one(word)})


def mend(word: str, count: str) -> str:
    """The word in use that ``word`` most likely stands for, "" for none.

    ``count`` names the count of documents that the reader may see; words without any are not looked at.
    """
    if not is_mendable(word):
        return ""
    most = 2 if len(word) >= SHORTEST_FOR_TWO else 1
    found = _nearest(word, _alike(word, count), most)
    if not found and most > 1:
        found = _nearest(word, _beginning_alike(word, count), most)
    return found


def distance(one: str, other: str) -> int:
    """How many letters must be taken out, put in, changed or swapped with a neighbour.

    >>> distance("instalation", "installation"), distance("paswrod", "password")
    (1, 2)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != against))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _alike(word: str, count: str) -> list[tuple[str, int]]:
    """Words in use that share a piece with ``word``, and how many documents have them."""
    near = {word, *without_one(word)}
    if len(word) > SHORTEST_FOR_TWO:
        near |= {shorter for piece in without_one(word) for shorter in without_one(piece)}
    looked_up = [crc32(piece.encode()) for piece in near]
    shared = SearchTypo.objects.filter(piece__in=looked_up, **{f"word__{count}__gt": 0})
    return list(shared.values_list("word__word", f"word__{count}").distinct())


def _beginning_alike(word: str, count: str) -> list[tuple[str, int]]:
    alike = SearchWord.objects.starting_with(word[:START]).filter(**{f"{count}__gt": 0})
    return list(alike.order_by(f"-{count}", "word").values_list("word", count)[:MOST_TRIED])


def _nearest(word: str, found: list[tuple[str, int]], most: int) -> str:
    letters = set(word)
    near = [
        (away, other[0] != word[0], -documents, other)
        for other, documents in found
        if abs(len(other) - len(word)) <= most
        and len(letters ^ set(other)) <= 2 * most
        and is_mendable(other)
        if (away := distance(word, other)) <= most and other != word
    ]
    return min(near)[-1] if near else ""
