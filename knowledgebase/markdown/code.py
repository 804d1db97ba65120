"""Code in colours: classes alone, from a list of languages whose lexers were tried on hostile text."""

from functools import cache
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

# Lexers are regular expressions by many hands, and many take time that grows with the square of a block's length:
# no block longer than this is coloured, and no more than this of one text.
LONGEST_COLOURED, MOST_COLOURED = 3_000, 8_000
PREFIX = "hl-"
CLASSES = frozenset(PREFIX + name for name in STANDARD_TYPES.values() if name)

# The name that an author writes, and the lexer and the word for it that readers hear.
LANGUAGES = {
    "bash": ("bash", "shell"),
    "conf": ("ini", "configuration"),
    "console": ("bash", "console"),
    "css": ("css", "CSS"),
    "diff": ("diff", "changes"),
    "docker": ("docker", "Dockerfile"),
    "dockerfile": ("docker", "Dockerfile"),
    "go": ("go", "Go"),
    "html": ("html", "HTML"),
    "http": ("http", "HTTP"),
    "ini": ("ini", "configuration"),
    "javascript": ("javascript", "JavaScript"),
    "js": ("javascript", "JavaScript"),
    "json": ("json", "JSON"),
    "nginx": ("nginx", "nginx configuration"),
    "patch": ("diff", "changes"),
    "php": ("php", "PHP"),
    "powershell": ("powershell", "PowerShell"),
    "py": ("python", "Python"),
    "python": ("python", "Python"),
    "ruby": ("ruby", "Ruby"),
    "rust": ("rust", "Rust"),
    "sh": ("bash", "shell"),
    "shell": ("bash", "shell"),
    "sql": ("sql", "SQL"),
    "toml": ("toml", "TOML"),
    "ts": ("javascript", "TypeScript"),
    "typescript": ("javascript", "TypeScript"),
    "xml": ("xml", "XML"),
    "yaml": ("yaml", "YAML"),
    "yml": ("yaml", "YAML"),
}


def coloured(code: str, language: str) -> str:
    """``code`` as HTML, its parts in spans with classes; escaped alone when the language is none of ours."""
    known = LANGUAGES.get(language.lower())
    if known is None:
        return escape(code)
    return str(highlight(code, _lexer(known[0]), _formatter()))


def label(language: str) -> str:
    """What the block is called for those who do not see it."""
    known = LANGUAGES.get(language.lower())
    return f"Code, {known[1]}" if known else "Code"


@cache
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, stripnl=False)


@cache
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True, classprefix=PREFIX)
