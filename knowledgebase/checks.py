"""What stands against publishing a text: pure, judged from the text as typed."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it.token import Token

from knowledgebase.markdown.addresses import is_external, is_own_file
from knowledgebase.markdown.parsing import parsed
from knowledgebase.markdown.shaping import PREFIX, shape
from knowledgebase.markdown.wording import shown

ROWS = re.compile(r"(?:\|[^\n]*\|[ \t]*(?:\n|$))+")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: the line of the text, counted from 1, and what to do there."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Leads:
    """Where links may lead: ``exists`` is asked for addresses of our own, which may begin with ``site``, too;
    ``anchors`` are the ids of the text's own headings.
    """

    exists: Callable[[str], bool]
    site: str
    anchors: frozenset[str]


def problems(text: str, *, link_exists: Callable[[str], bool], site: str = "") -> list[Problem]:
    """What to mend in ``text`` before readers see it, by line. ``link_exists`` is asked for addresses of our own, those
    that begin with ``site``, our address in the web, among them.

    Raises ``Refused`` for a text that is not rendered either.
    """
    tokens = parsed(text, trusted=True)
    found = [*_headings(tokens), *_tables(tokens)]
    leads = Leads(link_exists, site, _anchors(text) if _leads_within(tokens) else frozenset())
    for line, children in _lines(tokens):
        found += [Problem(line, message) for message in _of_line(children, leads)]
    return sorted(set(found))


def _leads_within(tokens: Sequence[Token]) -> bool:
    children = (child for token in tokens for child in token.children or [])
    return any(str(child.attrs.get("href", "")).startswith("#") for child in children)


def _anchors(text: str) -> frozenset[str]:
    """The ids of its headings as an author may write them, without what each begins with."""
    return frozenset(
        heading.id.removeprefix(PREFIX) for heading in shape(parsed(text, trusted=True), trusted=True)
    )


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[int, list[Token]]]:
    """The parts of each line of prose, with its number; a link that goes over two lines is of the first."""
    line = 1
    for token in tokens:
        if token.map:
            line = token.map[0] + 1
        if token.type == "inline":
            part: list[Token] = []
            depth = 0
            for child in token.children or []:
                depth += child.nesting
                part.append(child)
                if child.type in {"softbreak", "hardbreak"} and depth == 0:
                    yield line, part
                    line, part = line + 1, []
            yield line, part


def _of_line(children: Sequence[Token], leads: Leads) -> Iterator[str]:
    opened: int | None = None
    for index, child in enumerate(children):
        if child.type == "link_open":
            opened = index
            yield from _address(str(child.attrs["href"]), leads)
        elif child.type == "link_close" and opened is not None:
            if not shown(children[opened + 1 : index]).strip():
                yield f"Give the link to {children[opened].attrs['href']} a text that says where it leads."
        elif child.type == "image":
            yield from _picture(child, leads)


def _address(address: str, leads: Leads) -> Iterator[str]:
    if leads.site and address.startswith(f"{leads.site}/"):
        address = address.removeprefix(leads.site)
    own = address.startswith("/")
    if not address:
        yield "Give the link an address, or take it out."
    elif own and not leads.exists(address):
        yield f"The link to {address} leads nowhere for the readers of this article. Mend its address, or take it out."
    elif address.startswith("#") and unquote(address[1:]).removeprefix(PREFIX) not in leads.anchors:
        yield f"The link to {address} leads to no heading of this text. Mend its address, or take it out."
    elif not own and not address.startswith(("#", "mailto:")) and not is_external(address):
        yield f"Begin the address {address} with / for a page of ours, or with https:// for another."


def _picture(image: Token, leads: Leads) -> Iterator[str]:
    address = str(image.attrs["src"])
    if not is_own_file(address):
        yield f"The picture {address} would be a mere link. Add it to the files of the article, and name its address."
    elif not leads.exists(address):
        yield f"The picture {address} does not exist. Add the file to the article again, or take the picture out."
    if not shown(image.children or []).strip():
        yield f"Say between the brackets what the picture {address} shows, for readers who do not see it."


def _headings(tokens: Sequence[Token]) -> Iterator[Problem]:
    """The article's title is the heading of level 1, so those of the text begin with 2."""
    before = 1
    for index, token in enumerate(tokens):
        if token.type != "heading_open" or not token.map:
            continue
        line, level = token.map[0] + 1, int(token.tag[1])
        title = " ".join(shown(tokens[index + 1].children or []).split())
        if not title:
            yield Problem(line, "Give the heading a text, or take it out.")
        if level == 1:
            yield Problem(line, f"Begin the heading “{title}” with ##: # is the title of the article.")
        elif level > before + 1:
            marks = "#" * (before + 1)
            yield Problem(line, f"Begin the heading “{title}” with {marks}: it skips a level.")
        before = max(level, 2)


def _tables(tokens: Sequence[Token]) -> Iterator[Problem]:
    """Tables whose columns have no names, and rows that are no table for want of a header."""
    head: list[str] | None = None
    line = 1
    for token in tokens:
        if token.type == "inline" and token.map and ROWS.fullmatch(token.content):
            advice = "Put the names of the columns and a line |---|---| above these rows, so that they become a table."
            yield Problem(token.map[0] + 1, advice)
        if token.type == "thead_open":
            head, line = [], (token.map or [0])[0] + 1
        elif token.type == "thead_close":
            if head is not None and not any(head):
                yield Problem(line, "Name the columns of the table in its first row.")
            head = None
        elif token.type == "inline" and head is not None:
            head.append(shown(token.children or []).strip())
