"""How long the program takes to answer, against a bare interpreter."""

import subprocess
import sys
from collections.abc import Iterator

from benchmarks import Measure, timed


def run() -> Iterator[Measure]:
    """Start fresh interpreters and wait for them."""
    yield timed("bare Python, for comparison", lambda: _start("-c", "pass"))
    yield timed("`leadtui --help`", lambda: _start("-m", "leadtui", "--help"))


def _start(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
