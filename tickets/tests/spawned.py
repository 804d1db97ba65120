"""The beginning of a spawned writer. It imports nothing of Django's before that is set up."""

import os
from collections.abc import Mapping
from typing import Any


def begin(database: Mapping[str, Any], keys: Mapping[str, str], barrier: Any) -> None:
    """Set Django up on the tests' own ``database`` and ``keys``, and say where this writer meets the other.

    ``keys`` are variables of the environment: a test run makes its keys anew in a folder of its own.
    """
    os.environ.update(keys)
    import django
    import pytest

    # By its being there the settings know that this is a test.
    assert pytest.__version__
    django.setup()
    from django.db import connections

    connections["default"].settings_dict.update(database)
    from tickets.tests import writers

    writers.prepare(barrier)
