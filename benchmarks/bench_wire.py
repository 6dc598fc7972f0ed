"""What the program sends its terminal, in bytes, at 120 × 36: at rest, for a cursor key with the
lead it shows, and for a change of the screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from benchmarks import Measure
from benchmarks.floors import DANA, Share, floor_of, room
from benchmarks.terminal import Terminal

LEADS = 1_000
REST = 5.0
"""Seconds between two looks of the call block: what is at rest is measured over so many."""
RESTS, KEYS = 3, "jjjjjjjjjjkkkkkkkkkk" * 2
SHOWN = 2.5
"""Seconds in which a screen comes up whole, on a busy machine too."""
ESC = "\x1b"
SCREENS = (
    ("why", "i"),
    ("… and back", ESC),
    ("keys", "?"),
    ("… and back", ESC),
    ("held", "h"),
    ("… and back", ESC),
    ("find", "/"),
    ("… and back", ESC),
    ("the first touch, started", " "),
)


def run() -> Iterator[Measure]:
    """Bytes; the program is the only one that can say them, so there is no ratio."""
    folder = floor_of(LEADS, Share(everything=True))
    argv = [sys.executable, "-m", "leadtui", "--floor", str(folder), "--rep", DANA]
    with Terminal(argv, cache=room() / "wire") as terminal:
        terminal.until("Due ")
        terminal.drain(2 * SHOWN)
        yield _bytes("first screen", [len(terminal.seen)])
        for what, seconds in (("a cursor key", 0.0), ("… and the lead it shows", 0.7)):
            keys = [_sent(terminal, key, seconds) for key in KEYS]
            yield _bytes(what, keys)
            yield _bytes("… the 95th of a hundred", [sorted(keys)[len(keys) * 95 // 100]])
        rests = [_sent(terminal, "", REST) / REST for _ in range(RESTS)]
        yield _bytes("a second at rest", rests)
        for what, key in SCREENS:
            yield _bytes(what, [_sent(terminal, key, SHOWN)])


def _sent(terminal: Terminal, key: str, seconds: float) -> int:
    before = len(terminal.seen)
    if key:
        terminal.press(key)
        terminal.settle()
    terminal.drain(seconds)
    return len(terminal.seen) - before


def _bytes(what: str, counted: Sequence[float]) -> Measure:
    return Measure(what, tuple(counted), "bytes")
