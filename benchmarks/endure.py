"""The figures of endurance: the tests that are marked so, each many times as often as in CI.

    make endure                          # 50 times as often: hours
    make endure N=5 SEED=7               # a tenth of that, drawn from seed 7
    make endure ARGS="-k killed"         # some of them
    DATABASE_URL=postgres://… make endure

Each figure is printed with its number and its seed, and all of them stand at the end, ready for docs/endurance.md.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "var" / "endurance.txt"


def main() -> int:
    """Run them and print the figures; how pytest ended."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endure", description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="how many times as often as in CI")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what is drawn follows from it")
    given, rest = parser.parse_known_args()
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text("")
    env = {
        **os.environ,
        "SLOW": "1",
        "ENDURE": str(given.times),
        "SEED": str(given.seed),
        "ENDURE_FIGURES": str(FIGURES),
    }
    print(f"{given.times} times as often as in CI, seed {given.seed}", flush=True)
    command = [sys.executable, "-m", "pytest", "-m", "endurance", "-s", *rest]
    ended = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    print(f"\n{FIGURES.read_text()}")
    return ended


if __name__ == "__main__":
    sys.exit(main())
