"""`python -m benchmarks [hours|availability|pages|reading|search] …`; all without a word."""

import sys

from benchmarks.availability import main as availability
from benchmarks.hours import main as hours
from benchmarks.pages import main as pages
from benchmarks.reading import main as reading
from benchmarks.search import main as search
from benchmarks.status import main as status


def main() -> None:
    """Run what was asked for."""
    which, rest = (sys.argv[1:2] or ["all"])[0], sys.argv[2:]
    if which in ("all", "hours"):
        hours(rest)
    if which in ("all", "availability"):
        availability(rest)
    if which in ("all", "pages"):
        pages(rest)
    if which in ("all", "reading"):
        reading(rest)
    if which in ("all", "search"):
        search(rest)
    if which in ("all", "status"):
        status(rest)


main()
