"""What the README's performance table says, as programs: `make bench`.

A benchmark is a module `bench_NAME.py` with a function `run()` that yields measures. Each measures
on data it makes itself, in a temporary folder. What counts is the ratio to a bare counterpart that
is measured in the same run, in turns with it: seconds belong to a machine."""

from collections.abc import Callable, Iterator
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
    """`s`, `ms` or `µs`: what the figures are shown in; of `bytes` there are no seconds."""
    ratio: float | None = None
    """Median of the ratios to the counterpart, run by run."""

    def row(self) -> str:
        """Return the row: what was measured, median, worst, repetitions, ratio."""
        factor = {"s": 1, "ms": 1000, "µs": 1_000_000, "bytes": 1}[self.unit]
        middle, worst = median(self.seconds) * factor, max(self.seconds) * factor
        digits = 1 if middle >= 0.1 else 3
        ratio = (
            ""
            if self.ratio is None
            else f"{self.ratio:,.1f}"
            if self.ratio < 100
            else f"{self.ratio:,.0f}"
        )
        return (
            f"| {self.what} | {middle:,.{digits}f} {self.unit} | {worst:,.{digits}f} "
            f"{self.unit} | "
            f"{len(self.seconds)} "
            f"| {ratio} |"
        )


def timed(what: str, action: Callable[[], object], *, times: int = 5, unit: str = "ms") -> Measure:
    """Measure an action, after one run that is not counted."""
    action()
    return Measure(what, tuple(seconds_of(action) for _ in range(times)), unit)


def compared(
    base: tuple[str, Callable[[], object]],
    *others: tuple[str, Callable[[], object]],
    times: int = 5,
    unit: str = "ms",
) -> Iterator[Measure]:
    """Measure actions in turns, after one run of each that is not counted; ratios are to the
    first."""
    actions = (base, *others)
    for _, action in actions:
        action()
    rounds = [[seconds_of(action) for _, action in actions] for _ in range(times)]
    yield from against(
        dict(zip((name for name, _ in actions), zip(*rounds, strict=True), strict=True)), unit
    )


def against(found: dict[str, tuple[float, ...]], unit: str = "ms") -> Iterator[Measure]:
    """Figures that were taken in turns as measures; ratios are to the first, run by run."""
    base = next(iter(found.values()))
    for place, (what, seconds) in enumerate(found.items()):
        ratio = (
            median(own / bare for own, bare in zip(seconds, base, strict=True)) if place else None
        )
        yield Measure(what, seconds, unit, ratio)


def seconds_of(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = perf_counter()
    action()
    return perf_counter() - start
