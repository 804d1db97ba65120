"""What is done inside a portal's own environment: `python -m benchmarks.endurance.inside stage 6`, or `audit`.

Run as a process of its own, with the DATA_DIR and the DATABASE_URL of the portal that is tried; answers in JSON.
"""

import json
import os
import sys


def main(arguments: list[str]) -> None:
    """Do what is asked for and print the answer."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from django.utils import timezone

    from benchmarks.endurance import staging

    what, *numbers = arguments
    answer = staging.stage(int(numbers[0]), at=timezone.now()) if what == "stage" else staging.audit()
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
