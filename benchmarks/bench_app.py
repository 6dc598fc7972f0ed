"""The application in a terminal, against the least that Textual can be asked for: first frame,
rows, a key to its paint.

``LEADTUI_BENCH_LEADS`` says how many leads the largest floor has (default 1,000,000). All of them
are one rep's, so the list is as long as the floor. A machine that does other things meanwhile
spoils these figures first."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import Measure, against
from benchmarks.floors import DANA, Share, desk_on, floor_of, room
from benchmarks.terminal import Terminal

LEADS = int(os.environ.get("LEADTUI_BENCH_LEADS", "1000000"))
STARTS, KEYS = 7, 60
EMPTY_KEY, OWN_KEY = (
    "worst key after the start, empty Textual app",
    "worst key while the rest is imported",
)
EMPTY = [sys.executable, "-m", "benchmarks.empty_app"]


def run() -> Iterator[Measure]:
    """Starts in turns with the empty application, then keys on lists of three lengths."""
    floors = [
        floor_of(leads, Share(everything=True))
        for leads in sorted({1_000, 100_000, LEADS})
        if leads <= LEADS
    ]
    cache = room() / "cache"
    for folder in floors:
        _first_start(folder, cache)
    starts = _starts(floors[-1], cache)
    worst = {name: starts.pop(name) for name in (EMPTY_KEY, OWN_KEY)}
    yield from against(starts)
    yield from against(worst)
    found = {"key to paint, empty Textual app": _keys(EMPTY, "ready", cache)}
    for folder in floors:
        size = int(folder.name.split("-")[1])
        found[f"key to paint, {size:,} rows"] = _keys(_ours(folder), _first_name(folder), cache)
    yield from against(found)


def _ours(folder: Path) -> list[str]:
    return [sys.executable, "-m", "leadtui", "--floor", str(folder), "--rep", DANA]


def _first_name(folder: Path) -> str:
    desk = desk_on(folder)
    row = desk.block.top(1)[0]
    desk.close()
    return row.name


def _first_start(folder: Path, cache: Path) -> None:
    """The start that keeps what the later ones begin with."""
    with Terminal(_ours(folder), cache=cache) as terminal:
        terminal.until(_first_name(folder))
        while not any(cache.rglob("hours-*.json")):
            terminal.drain(0.2)
        terminal.drain(2)


def _starts(folder: Path, cache: Path) -> dict[str, tuple[float, ...]]:
    name = _first_name(folder)
    empty, frame, rows, bare_key, own_key = [], [], [], [], []
    for _ in range(STARTS):
        with Terminal(EMPTY, cache=cache) as terminal:
            empty.append(terminal.until("ready"))
            bare_key.append(max(_presses(terminal, 40)))
        with Terminal(_ours(folder), cache=cache) as terminal:
            frame.append(terminal.first_frame())
            rows.append(terminal.until(name))
            own_key.append(max(_presses(terminal, 40)))
    size = folder.name.split("-")[1]
    return {
        "first frame, empty Textual app": tuple(empty),
        "first frame": tuple(frame),
        f"rows visible, floor of {int(size):,} leads": tuple(rows),
        EMPTY_KEY: tuple(bare_key),
        OWN_KEY: tuple(own_key),
    }


def _keys(argv: list[str], text: str, cache: Path) -> tuple[float, ...]:
    with Terminal(argv, cache=cache) as terminal:
        terminal.until(text)
        terminal.drain(4)
        _presses(terminal, 5)
        return tuple(_presses(terminal, KEYS))


def _presses(terminal: Terminal, times: int) -> list[float]:
    return [terminal.press("j") for _ in range(times)]
