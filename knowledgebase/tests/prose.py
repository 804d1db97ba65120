"""A second judge of rendered Markdown, which shares nothing with the code that it judges."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

VOID = {"br", "hr", "img"}
EVERYWHERE = {
    "a",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
IN_ARTICLES = EVERYWHERE | {"figcaption", "figure", "h2", "h3", "h4", "img", "section", "sup"}
NAMES = {
    "a": {"href", "rel", "id", "class", "aria-label"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "pre": {"role", "tabindex", "aria-label"},
    "img": {"src", "alt", "loading", "decoding"},
    "span": {"class", "role", "aria-label"},
    "section": {"class", "aria-label"},
    "ol": {"start"},
    "li": {"id", "class"},
    **{name: {"class"} for name in ("p", "sup", "td", "th")},
    **{name: {"id"} for name in ("h2", "h3", "h4")},
}
CLASSES = re.compile(
    r"hl-[a-zA-Z0-9-]+( hl-[a-zA-Z0-9-]+)*|wide|titled|heading|anchor|task|box|note( note-\w+)?|note-title|"
    r"footnotes|footnote-(ref|back)|to-(left|right|centre)|"
)
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Judge(HTMLParser):
    """Reads HTML as a browser would, and writes down every fault of it."""

    def __init__(self, *, trusted: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.trusted = trusted
        self.faults: list[str] = []
        self.open: list[str] = []
        self.ids: set[str] = set()

    def fault(self, what: str) -> None:
        self.faults.append(what)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in (IN_ARTICLES if self.trusted else EVERYWHERE):
            self.fault(f"element {tag}")
        if tag == "a" and "a" in self.open:
            self.fault("a link within a link")
        names = [name for name, _ in attrs]
        for name in set(names) - NAMES.get(tag, set()):
            self.fault(f"attribute {name} of {tag}")
        if len(names) != len(set(names)):
            self.fault(f"attribute twice in {tag}")
        for name, value in attrs:
            self.judge_value(tag, name, value or "")
        self.judge_rel(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def judge_value(self, tag: str, name: str, value: str) -> None:
        match name:
            case "href":
                self.judge_link(value)
            case "src" if not re.fullmatch(r"/kb/files/[\w.~%/-]+", value) or ".." in value or "//" in value:
                self.fault(f"picture from {value}")
            case "id":
                if not self.trusted or not re.fullmatch(r"text-[a-z0-9_-]+", value) or value in self.ids:
                    self.fault(f"id {value}")
                self.ids.add(value)
            case "class" if not CLASSES.fullmatch(value):
                self.fault(f"class {value}")
            case "tabindex" if value != "0":
                self.fault(f"tabindex {value}")
            case "role" if value not in {"region", "group", "note", "img"}:
                self.fault(f"role {value}")

    def judge_link(self, value: str) -> None:
        # Browsers leave out these before they look for the scheme.
        bare = re.sub(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\ufeff]", "", value).lower()
        scheme = re.match(r"[^/?#]*?:", bare)
        if scheme and scheme[0] not in {"http:", "https:", "mailto:"}:
            self.fault(f"link to {value}")
        if bare.startswith(("//", "\\", "/\\")) or len(value) > 2_100 or bare != value.lower():
            self.fault(f"odd link {value[:80]}")

    def judge_rel(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag != "a" or "href" not in attrs:
            return
        rel = set((attrs.get("rel") or "").split())
        wanted: set[str] = set()
        if (attrs["href"] or "").lower().startswith("http"):
            wanted = {"noopener", "noreferrer"}
        if not self.trusted:
            wanted = {"nofollow", "ugc", "noopener", "noreferrer"}
        if wanted - rel:
            self.fault(f"link without {wanted - rel}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.fault(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.fault(f"comment {data[:40]}")

    def handle_decl(self, decl: str) -> None:
        self.fault(f"declaration {decl[:40]}")

    def unknown_decl(self, data: str) -> None:
        self.fault(f"section {data[:40]}")

    def handle_pi(self, data: str) -> None:
        self.fault(f"instruction {data[:40]}")


def faults(html: str, *, trusted: bool) -> list[str]:
    """What is wrong with ``html`` as an article, or as a post of the forum."""
    judge = Judge(trusted=trusted)
    judge.feed(html)
    judge.close()
    found = judge.faults + [f"{tag} stays open" for tag in judge.open]
    if INVISIBLE.search(html):
        found.append("a character that nobody sees")
    return found


def hostile() -> Iterator[str]:
    """The texts of ``hostile.txt``: JSON strings, or lists of (string, how often)."""
    for line in (Path(__file__).parent / "hostile.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            value = json.loads(line)
            yield value if isinstance(value, str) else "".join(text * times for text, times in value)
