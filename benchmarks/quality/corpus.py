"""A corpus of real documentation: the docstrings of Python's own modules and of the packages installed here.

An article is a module: its name and the first sentence of its docstring are the title, the names of what it
offers the headings, all docstrings the text. Nothing of it stands in the repository; the sources are read, not run.
"""

import ast
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path

import django

LEAST = 200
LEFT_OUT = {
    "test",
    "tests",
    "idlelib",
    "lib2to3",
    "turtledemo",
    "site-packages",
    "__pycache__",
    "migrations",
    "locale",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of the corpus; ``name`` is the module's."""

    name: str
    title: str
    headings: list[str]
    text: str


def corpus() -> list[Entry]:
    """Every module of the standard library and of Django that says enough about itself."""
    library = Path(sysconfig.get_paths()["stdlib"])
    return [
        *_modules(library, library),
        *_modules(Path(django.__file__).parent, Path(django.__file__).parents[1]),
    ]


def _modules(folder: Path, root: Path) -> Iterator[Entry]:
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        if LEFT_OUT & set(parts) or any(part.startswith("_") and part != "__init__" for part in parts):
            continue
        entry = _entry(name, file)
        if entry is not None:
            yield entry


def _entry(name: str, file: Path) -> Entry | None:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return None
    own = cleandoc(ast.get_docstring(tree) or "")
    inner = list(_inner(tree))
    text = "\n\n".join([own, *(f"{heading}\n{said}" for heading, said in inner if said)]).strip()
    if len(text) < LEAST:
        return None
    first = own.split("\n\n")[0].replace("\n", " ").split(". ")[0].strip(" .")
    title = f"{name}: {first}"[:200] if first else name
    return Entry(name, title, [heading for heading, _ in inner][:60], text)


def _inner(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a module offers: classes with their public methods, and functions, with what they say."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node.name, _said(node)
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, kinds) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", _said(inner)


def _said(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return cleandoc(ast.get_docstring(node) or "")


if __name__ == "__main__":
    for entry in corpus():
        sys.stdout.write(f"{len(entry.text):6} {entry.title}\n")
