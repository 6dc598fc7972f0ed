"""How long a rep's memo waits for the lock while another process imports 20,000 rows and takes them
back, against a memo on a floor where nobody else works."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from benchmarks import Measure
from benchmarks.bench_import import rows
from benchmarks.floors import MIRA, desk_on, floor_of
from leadtui.desk.intake.files.options import ImportOptions

ROWS = 20_000
ALONE = 50
EVERY = 0.05
"""Seconds between two memos."""


def run() -> Iterator[Measure]:
    """A memo alone, during the import, during its undo; what the two take in all."""
    folder = floor_of(1_000)
    desk = desk_on(folder)
    alone = tuple(_memo(desk, number) for number in range(ALONE))
    desk.close()
    yield Measure("a memo, nobody else at work", alone)
    bringing = _beside(folder, _bring)
    yield from _measures(f"while {ROWS:,} rows are imported", bringing, alone)
    yield from _measures("while they are taken back", _beside(folder, _take_back), alone)


def _measures(
    when: str, found: tuple[float, tuple[float, ...]], alone: tuple[float, ...]
) -> Iterator[Measure]:
    whole, waits = found
    yield Measure(f"a memo {when}", waits, "ms", max(waits) / max(alone))
    yield Measure(f"the same, in all, {when}", (whole,), "s")


def _memo(desk: object, number: int) -> float:
    began = perf_counter()
    desk.block.note(1, f"memo {number}")  # type: ignore[attr-defined]
    return perf_counter() - began


def _beside(
    folder: Path, work: Callable[[Path, Connection], None]
) -> tuple[float, tuple[float, ...]]:
    """How long a process works, and how long each memo took meanwhile."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=work, args=(folder, theirs))
    desk = desk_on(folder)
    process.start()
    ours.recv()
    waits: list[float] = []
    began = perf_counter()
    while not ours.poll():
        waits.append(_memo(desk, len(waits)))
        time.sleep(EVERY)
    whole = perf_counter() - began
    process.join()
    desk.close()
    return whole, tuple(waits)


def _bring(folder: Path, tell: Connection) -> None:
    desk = desk_on(folder, MIRA)
    data = rows(ROWS, seed=3)
    tell.send("begin")
    desk.intake.import_file(data, ImportOptions(name="show.csv", event_zone="America/Chicago"))
    tell.send("done")


def _take_back(folder: Path, tell: Connection) -> None:
    desk = desk_on(folder, MIRA)
    tell.send("begin")
    desk.intake.undo(desk.intake.imports()[0].id)
    tell.send("done")
