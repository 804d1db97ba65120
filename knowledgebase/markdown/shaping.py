"""What the parser read, made into what we show: headings in their place, pictures of our own alone, marked links."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.text import slugify
from markdown_it.token import Token

from contracts.refusals import Refused
from knowledgebase.markdown.addresses import is_external, is_own_file
from knowledgebase.markdown.wording import shown, spoken

# Every id of a text begins so: none can take the place of an id or a name of the page.
PREFIX = "text-"
LONGEST_ID, LONGEST_TITLE = 60, 200
# What short references to long definitions may add up to.
MOST_ADDRESS_CHARACTERS = 300_000
DEEPEST_HEADING = 4
ALIGNED = {"text-align:left": "to-left", "text-align:center": "to-centre", "text-align:right": "to-right"}
TASK = re.compile(r"\[([ xX])\]\s+")
REL = "noopener noreferrer"
REL_OF_STRANGERS = "nofollow ugc noopener noreferrer"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of an article: its level from 2 to 4, its id on the page, its words."""

    level: int
    id: str
    title: str


def shape(tokens: list[Token], *, trusted: bool) -> tuple[Heading, ...]:
    """Change ``tokens`` in place; the headings among them. Raises ``Refused`` when its addresses are too long."""
    check_addresses(tokens)
    for index, token in enumerate(tokens):
        if token.type == "inline":
            token.children = list(_inline(token.children or [], trusted=trusted))
            if trusted:
                _mark_task(tokens, index)
                _frame_picture(tokens, index)
        elif token.type in {"th_open", "td_open"}:
            token.attrs = _aligned(token)
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            token.attrs = {name: value for name, value in token.attrs.items() if name == "start"}
        elif token.type in {"heading_open", "heading_close"} and not trusted:
            # The outline belongs to the page, which holds the posts of many.
            token.tag, token.attrs = "p", {"class": "heading"} if token.nesting == 1 else {}
    return _head(tokens) if trusted else ()


def check_addresses(tokens: Sequence[Token]) -> None:
    """Raise ``Refused`` when the text would grow many times by what its references stand for."""
    children = (child for token in tokens for child in token.children or [])
    total = sum(len(str(value)) for child in children for value in child.attrs.values())
    if total > MOST_ADDRESS_CHARACTERS:
        raise Refused(
            f"The addresses of links and pictures add up to {total:,} characters; {MOST_ADDRESS_CHARACTERS:,} are "
            "the most. Leave some of them out.",
            field="text",
        )


def _inline(children: Sequence[Token], *, trusted: bool) -> Iterator[Token]:
    """Links marked, and said where they have no words; strange pictures turned into links."""
    within: Token | None = None
    empty = False
    for child in children:
        if child.type == "link_open":
            within, empty = child, True
            _lead(child, trusted=trusted)
        elif child.type == "link_close":
            if within is not None and empty:
                yield _text(str(within.attrs["href"]))
            within = None
        elif child.type == "image" and not (trusted and is_own_file(str(child.attrs["src"]))):
            yield from _instead_of_picture(child, linked=within is not None, trusted=trusted)
            empty = False
            continue
        elif shown([child]).strip() or child.type == "image":
            empty = False
        yield child


def _lead(link: Token, *, trusted: bool) -> None:
    address = str(link.attrs["href"])
    if trusted and address.startswith("#") and not address.startswith(f"#{PREFIX}"):
        address = f"#{PREFIX}{address[1:]}"
    rel = {"rel": REL_OF_STRANGERS} if not trusted else {"rel": REL} if is_external(address) else {}
    link.attrs = {"href": address, **rel}


def _instead_of_picture(image: Token, *, linked: bool, trusted: bool) -> Iterator[Token]:
    address = str(image.attrs["src"])
    words = _text(shown(image.children or []).strip() or address)
    if linked:
        yield words
        return
    link = Token("link_open", "a", 1, attrs={"href": address})
    _lead(link, trusted=trusted)
    yield from (link, words, Token("link_close", "a", -1))


def _mark_task(tokens: Sequence[Token], index: int) -> None:
    """``[x]`` at the beginning of a list's item becomes a box. The plugin for this is quadratic, and makes forms."""
    children = tokens[index].children or []
    match = TASK.match(children[0].content) if children and children[0].type == "text" else None
    if match is None or [token.type for token in tokens[index - 2 : index]] != [
        "list_item_open",
        "paragraph_open",
    ]:
        return
    done = match[1] != " "
    children[0].content = children[0].content[match.end() :]
    children.insert(0, Token("task", "span", 0, meta={"done": done}))
    tokens[index - 2].attrSet("class", "task")


def _frame_picture(tokens: Sequence[Token], index: int) -> None:
    """A picture that stands alone and has a title becomes a figure with a caption."""
    around = tokens[index - 1]
    match tokens[index].children:
        case [Token(type="image") as image] if around.type == "paragraph_open" and not around.hidden:
            caption = str(image.attrs.get("title", "")).strip()
            if caption:
                around.tag = tokens[index + 1].tag = "figure"
                opening, closing = (
                    Token("caption_open", "figcaption", 1),
                    Token("caption_close", "figcaption", -1),
                )
                tokens[index].children = [image, opening, _text(caption), closing]


def _aligned(cell: Token) -> dict[str, str | int | float]:
    """Alignment as a class: the policy of our pages allows no style in an element."""
    name = ALIGNED.get(str(cell.attrs.get("style", "")))
    return {"class": name} if name else {}


def _head(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    """Give every heading its level and its id, unlike all before it."""
    found: list[Heading] = []
    used: set[str] = set()
    counts: dict[str, int] = {}
    for index, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        level = min(max(int(token.tag[1]), 2), DEEPEST_HEADING)
        title = spoken(tokens[index + 1].children or [])[:LONGEST_TITLE]
        heading = Heading(level, _fresh_id(title, used, counts), title)
        closing = tokens[index + 2]
        token.tag = closing.tag = f"h{level}"
        token.attrs = {"id": heading.id}
        closing.meta = {"id": heading.id, "title": title}
        found.append(heading)
    return tuple(found)


def _fresh_id(title: str, used: set[str], counts: dict[str, int]) -> str:
    base = PREFIX + (slugify(title)[:LONGEST_ID].strip("-_") or "section")
    found = base
    while found in used:
        counts[base] = counts.get(base, 1) + 1
        found = f"{base}-{counts[base]}"
    used.add(found)
    return found


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
