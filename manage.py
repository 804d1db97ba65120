#!/usr/bin/env python
"""Runs the portal's commands: `manage.py help` lists them."""

import os
import sys

TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h


def main() -> None:
    """Runs the command line; a fault of the settings is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 -- may be missing
    except ImportError:
        sys.exit("Django is not installed here: run `make setup`, then .venv/bin/python manage.py …")
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- after the environment is set

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        if sys.argv[1:2] == ["receive_mail"]:
            # With any other code a mail server sends back to their senders what comes while the settings are wrong.
            sys.stderr.write(f"Settings: {fault}\n")
            sys.exit(TRY_LATER)
        sys.exit(f"Settings: {fault}")


if __name__ == "__main__":
    main()
