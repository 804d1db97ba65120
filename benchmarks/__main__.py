"""`python -m benchmarks [name] …`: one of those below, or all without a word."""

import sys

from benchmarks.announcing import main as announcing
from benchmarks.availability import main as availability
from benchmarks.hours import main as hours
from benchmarks.mail import main as mail
from benchmarks.pages import main as pages
from benchmarks.reading import main as reading
from benchmarks.rebuild import main as rebuild
from benchmarks.search import main as search
from benchmarks.status import main as status

MEASURES = {
    "hours": hours,
    "availability": availability,
    "pages": pages,
    "announcing": announcing,
    "reading": reading,
    "search": search,
    "status": status,
    "rebuild": rebuild,
    "mail": mail,
}


def main() -> None:
    """Run what was asked for."""
    which, rest = (sys.argv[1:2] or ["all"])[0], sys.argv[2:]
    for name, measure in MEASURES.items():
        if which in ("all", name):
            measure(rest)


main()
