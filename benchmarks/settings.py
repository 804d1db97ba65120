"""The portal's settings with three pages more: the empty ones that every other page is compared with."""

from portal.settings import *  # noqa: F403 -- the same settings, all of them

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0] |= {"DIRS": [BASE_DIR / "templates", BASE_DIR / "benchmarks" / "templates"]}  # noqa: F405 -- of the settings that are widened here
