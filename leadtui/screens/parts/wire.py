"""What goes over the wire: of all that is painted, the cells that differ from what stands there.

Textual sends whatever it draws anew, each piece with its whole style, and a line of text that gets
longer draws the whole screen anew."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Any, ClassVar, NamedTuple

from rich.cells import cell_len
from textual.app import App, ReturnType
from textual.binding import Binding, BindingType
from textual.driver import Driver

Cell = tuple[str, str]
"""A character and its style; of a text with other widths than one all of it, and '' behind."""

PAINTING = re.compile(r"(\x1b\[[\d;]*[mH]|\n)")
"""What stands between the texts of a painting: styles, places, and the end of a line."""
SILENT = re.compile(r"(?:\x1b\[[?<>=][\d;]*[$\w]+|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x07)+")
"""Modes, questions, the clipboard and the bell: they leave what is shown as it is."""
OTHER_SCREEN = "\x1b[?1049"
BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
"""What is written between them is shown at once."""
OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""Marks of a style, and what ends them."""
SEEN = {"4", "5", "7", "9", "21", "53"}
"""Marks that one sees on a blank."""
NEAR = 6
"""So many cells that are right already are written again rather than jumped over."""


class Run(NamedTuple):
    """Cells of one style beside each other: where, and which."""

    style: str
    y: int
    x: int
    cells: list[Cell]


class Wire:
    """What stands on a terminal, by what was written to it."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell]] = {}
        self._begun = ""
        self._forgotten = False

    def forget(self) -> None:
        """Nobody knows what stands there: whatever is painted next goes out whole."""
        self._forgotten = True

    def shortened(self, data: str) -> str:
        """What must be written so that ``data`` stands there: of a painting what differs, of
        anything else all of it."""
        if data == BEGIN:
            self._begun = BEGIN
            return ""
        if data == END and self._begun:
            self._begun = ""
            return ""
        if SILENT.fullmatch(data):
            if OTHER_SCREEN in data:
                self.forget()
        else:
            data = self._painted(data)
        begun, self._begun = (self._begun, "") if data else ("", self._begun)
        return begun + data

    def _painted(self, data: str) -> str:
        pieces = PAINTING.split(data)
        if any("\x1b" in text for text in pieces[::2]):
            self.forget()
            return data
        if self._forgotten:
            self._rows, self._forgotten = {}, False
        painted = self._laid(pieces)
        runs = [
            run
            for y, row in sorted(painted.items())
            for run in _runs(y, row, _wrong(self._rows.get(y, []), row))
        ]
        self._rows |= painted
        # A whole screen is shorter colour by colour, a few lines are shorter line by line.
        return min(_written(runs), _written(sorted(runs, key=itemgetter(0))), key=len)

    def _laid(self, pieces: list[str]) -> dict[int, list[Cell]]:
        """The lines that a painting touches, as they look after it."""
        rows: dict[int, list[Cell]] = {}
        x, y, style = 0, 0, ""
        for text, control in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
            if text:
                row = rows.setdefault(y, list(self._rows.get(y, [])))
                cells = _cells(text, style)
                _put(row, x, cells)
                x += len(cells)
            if control.endswith("m"):
                style = control[2:-1].removeprefix("0")
            elif control.endswith("H"):
                down, right = control[2:-1].split(";")
                x, y = int(right) - 1, int(down) - 1
            elif control:
                x, y = 0, y + 1
        return rows


_UNKNOWN: Cell = ("", "?")


def _cells(text: str, style: str) -> list[Cell]:
    width = cell_len(text)
    if width != len(text) or (not text.isascii() and any(cell_len(char) != 1 for char in text)):
        return [(text, style), *[("", style)] * (width - 1)] if width else []
    blank = _of_blanks("", style)
    return [(char, blank if char == " " else style) for char in text]


def _put(row: list[Cell], x: int, cells: list[Cell]) -> None:
    """Write over a line; of a text that is only partly written over nobody knows what is left."""
    row += [_UNKNOWN] * (x + len(cells) - len(row))
    left, right = x, x + len(cells)
    while left and not row[left][0] and row[left] != _UNKNOWN:
        left -= 1
    while right < len(row) and not row[right][0]:
        right += 1
    row[left:right] = [_UNKNOWN] * (right - left)
    row[x : x + len(cells)] = cells


def _wrong(old: list[Cell], new: list[Cell]) -> list[int]:
    """Where a line must be written to become another."""
    if old == new:
        return []
    known = [x for x, cell in enumerate(new) if cell != _UNKNOWN]
    if any(len(new[x][0]) != 1 for x in known) or any(len(char) > 1 for char, _ in old):
        # How wide a terminal draws such a character is its own affair: none of the line is left.
        return known
    return [x for x in known if x >= len(old) or new[x] != old[x]]


def _runs(y: int, row: list[Cell], wrong: list[int]) -> Iterator[Run]:
    """The cells to be written of a line, those of one style beside each other together."""
    start, end, pen = 0, -1, ""
    for x in wrong:
        style = row[x][1]
        if end >= 0 and x - end <= NEAR and _UNKNOWN not in row[end:x]:
            # Blanks at its beginning have the style of what follows, where that looks the same.
            pen = _of_blanks(style, pen) if _blank(row[start:end]) else pen
            if all(
                its == pen or (char == " " and _of_blanks(pen, its) == pen)
                for char, its in row[end : x + 1]
            ):
                end = x + 1
                continue
        if end >= 0:
            yield Run(pen, y, start, row[start:end])
        start, end, pen = x, x + 1, style
    if end >= 0:
        yield Run(pen, y, start, row[start:end])


def _written(runs: Iterable[Run]) -> str:
    """What writes these cells."""
    found, pen, at = [], "", (-1, -1)
    for style, y, x, cells in runs:
        if at != (y, x):
            found.append(f"\x1b[{y + 1};{x + 1}H")
        wanted = _of_blanks(pen, style) if _blank(cells) else style
        found.append(_turned(pen, wanted))
        found += (char for char, _ in cells)
        pen, at = wanted, (y, x + len(cells))
    return "".join(found) + _turned(pen, "")


def _blank(cells: list[Cell]) -> bool:
    return all(char == " " for char, _ in cells)


@lru_cache(4096)
def _of_blanks(pen: str, style: str) -> str:
    """A style that blanks have of another, as near to what is written with now as can be: without
    lines and reversal only what is behind them is seen."""
    (marks, colour, _), behind = _parts(pen), _parts(style)[2]
    if SEEN & {*marks.split(";"), *_parts(style)[0].split(";")}:
        return style
    return ";".join(filter(None, (marks, colour, behind)))


@lru_cache(4096)
def _turned(old: str, new: str) -> str:
    """The shortest sequence that makes one style of another."""
    if old == new or not new:
        return "" if old == new else "\x1b[m"
    (marks, *colours), (wanted, *others) = _parts(old), _parts(new)
    before, after = ({*each.split(";")} - {""} for each in (marks, wanted))
    codes = sorted({OFF.get(mark, "0") for mark in before - after})
    if "0" in codes:
        return f"\x1b[0;{new}m"
    codes += sorted(after if "22" in codes else after - before)
    for default, one, other in zip(("39", "49"), colours, others, strict=True):
        if one != other:
            codes.append(other or default)
    return f"\x1b[{';'.join(codes)}m"


@lru_cache(4096)
def _parts(style: str) -> tuple[str, str, str]:
    """Of the codes of a style: marks (bold, reverse …), the colour of the text, and that behind
    it."""
    codes, marks, colours = style.split(";") if style else [], [], {"3": "", "4": ""}
    while codes:
        code = codes.pop(0)
        if code in ("38", "48"):
            length = 4 if codes[0] == "2" else 2
            colours[code[0]] = ";".join([code, *codes[:length]])
            del codes[:length]
        elif len(code) > 1 and code[:-1] in ("3", "4", "9", "10"):
            colours["3" if code[:-1] in ("3", "9") else "4"] = code
        else:
            marks.append(code)
    return ";".join(marks), colours["3"], colours["4"]


class Outlet:
    """The file of a terminal. One that is gone ends the program in order, as its hangup would: the
    thread that writes would die of it, and the program wait for ever to hand it the next frame,
    deaf to the signal."""

    def __init__(self, file: Any) -> None:
        self._file, self._gone = file, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> None:
        """Write, or lose what nobody sees."""
        try:
            self._file.write(text)
        except OSError:
            self._hang_up()

    def flush(self) -> None:
        """Write what is held back, or lose it."""
        try:
            self._file.flush()
        except OSError:
            self._hang_up()

    def _hang_up(self) -> None:
        if not self._gone:
            self._gone = True
            os.kill(os.getpid(), getattr(signal, "SIGHUP", signal.SIGTERM))


class QuietDriver(Driver):
    """Put before a driver of Textual's, it writes only what changes the screen."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.wire = Wire()
        super().__init__(*args, **options)
        if file := vars(self).get("_file"):
            self._file = Outlet(file)

    def write(self, data: str) -> None:
        """Write what ``data`` changes."""
        if rest := self.wire.shortened(data):
            super().write(rest)  # type: ignore[safe-super]


class QuietApp(App[ReturnType]):
    """An application that sends its terminal only what changes."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny-w"), (60, "-narrow"), (105, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny-h"), (15, "-low"), (22, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+l",
            "redraw",
            show=False,
            id="app.redraw",
            tooltip="Draw the screen anew, where something else has written on it",
        )
    ]

    def obey_signals(self, leave: Callable[[int], object]) -> None:
        """Leave in order when the process is ended or its terminal is gone; ``leave`` is told the
        signal's number."""
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, leave, number)

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, with a ``Wire`` before it."""
        return type("Quiet", (QuietDriver, super().get_driver_class()), {})

    def on_resize(self) -> None:
        """Terminals arrange anew what they show."""
        self._forget()

    def action_redraw(self) -> None:
        self._forget()
        self.screen.refresh()

    def _forget(self) -> None:
        if isinstance(self._driver, QuietDriver):
            self._driver.wire.forget()
