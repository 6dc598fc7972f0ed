"""How long the program takes to answer, against a bare interpreter."""

import subprocess
import sys
from collections.abc import Iterator

from benchmarks import Measure, compared


def run() -> Iterator[Measure]:
    """Start fresh interpreters and wait for them."""
    yield from compared(
        ("bare Python", lambda: _start("-c", "pass")),
        ("`leadtui --help`", lambda: _start("-m", "leadtui", "--help")),
        times=15,
    )


def _start(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
