"""What the README's performance table says, as programs: `make bench`.

A benchmark is a module `bench_NAME.py` with a function `run()` that yields measures. Each measures on data it makes
itself, in a temporary folder.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Measure:
    """One row of the table."""

    what: str
    seconds: tuple[float, ...]
    """One figure per repetition."""
    unit: str = "ms"
    """`s` or `ms`: what the figures are shown in."""

    def row(self) -> str:
        """Return the row: what was measured, median, worst, repetitions."""
        factor = 1000 if self.unit == "ms" else 1
        middle, worst = median(self.seconds) * factor, max(self.seconds) * factor
        return f"| {self.what} | {middle:,.1f} {self.unit} | {worst:,.1f} {self.unit} | {len(self.seconds)} |"


def timed(what: str, action: Callable[[], object], *, times: int = 5, unit: str = "ms") -> Measure:
    """Measure an action, after one run that is not counted."""
    action()
    seconds = []
    for _ in range(times):
        start = perf_counter()
        action()
        seconds.append(perf_counter() - start)
    return Measure(what, tuple(seconds), unit)
