"""How many cases Hypothesis tries: few in the daily run, ``HYPOTHESIS_PROFILE=deep`` for thousands."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=15, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "deep",
    max_examples=3000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
