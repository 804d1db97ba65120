"""`python -m benchmarks [hours|pages] …`; both without a word."""

import sys


def main() -> None:
    """Run what was asked for."""
    which, rest = (sys.argv[1:2] or ["all"])[0], sys.argv[2:]
    if which in ("all", "hours"):
        from benchmarks import hours

        hours.main(rest)
    if which in ("all", "pages"):
        from benchmarks import pages

        pages.main(rest)


main()
