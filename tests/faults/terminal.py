"""A terminal of the test's own: a program in it, its keys, and what stands on its screen."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest
from rich.cells import cell_len

from tests.faults import programs

PATIENCE = 40.0
"""Seconds in which a busy machine shows anything; what takes longer has failed."""
SEQUENCE = re.compile(
    r"\x1b\[([0-?]*)[ -/]*([@-~])"  # CSI
    r"|\x1b[\]P^_X]([^\x07\x1b]*)(?:\x07|\x1b\\)"  # OSC, DCS, PM, APC, SOS
    r"|\x1b[ -/]*[0-Z\\-~]"
)
LEAVES = "\x1b[?1049l"
"""The alternate screen is left: the shell's lines are there again."""
QUESTION = "cannot be skipped"
"""What stands on the frame of every question, whatever it asks: of a message that was being handed
over at a kill, it asks for that message."""
ARMED = "● y"


class Killed(Exception):
    """The moment came at which the program was to be killed."""


class Screen:
    """The cells of a terminal, as far as Textual uses one: the cursor is set, text is written,
    attributes are ignored."""

    def __init__(self) -> None:
        self.lines: dict[int, dict[int, str]] = {}
        self.row = self.column = 0
        self.commands: list[str] = []
        """Contents of OSC and like sequences: what a program says to the terminal itself."""
        self._rest = ""
        self._text: str | None = None

    def clear(self) -> None:
        """Nothing stands anywhere."""
        self.lines.clear()
        self._text = None

    def feed(self, text: str) -> None:
        """Take what was written, an unfinished sequence at its end later."""
        text, place, self._text = self._rest + text, 0, None
        while place < len(text):
            if text[place] != "\x1b":
                end = text.find("\x1b", place)
                end = len(text) if end < 0 else end
                self._write(text[place:end])
                place = end
                continue
            found = SEQUENCE.match(text, place)
            if found is None:
                if len(text) - place < 100_000:
                    break
                raise AssertionError(
                    f"an escape sequence without an end: {text[place : place + 80]!r}"
                )
            self._obey(found)
            place = found.end()
        self._rest = text[place:]

    def _obey(self, found: re.Match[str]) -> None:
        numbers, final, command = found.groups()
        if command is not None:
            self.commands.append(command)
        elif final == "H":
            row, _, column = numbers.partition(";")
            self.row, self.column = int(row or 1) - 1, int(column or 1) - 1
        elif final == "J":
            self.clear()

    def _write(self, text: str) -> None:
        for part in re.findall(r"[ -~\u00a0-\u02ff\u2010-\u27ff]+|.", text, re.DOTALL):
            line = self.lines.setdefault(self.row, {})
            if len(part) > 1:  # letters and boxes, each as wide as one cell
                line.update(enumerate(part, self.column))
                self.column += len(part)
            elif part == "\n":
                self.row, self.column = self.row + 1, 0
            elif part == "\r":
                self.column = 0
            elif part >= " ":
                line[self.column] = part
                line.update((self.column + covered, "") for covered in range(1, cell_len(part)))
                self.column += cell_len(part)

    def text(self) -> str:
        """The lines from the top, without colours."""
        if self._text is None:
            last = max(self.lines, default=-1)
            self._text = "\n".join(self._line(self.lines.get(row, {})) for row in range(last + 1))
        return self._text

    @staticmethod
    def _line(cells: dict[int, str]) -> str:
        return "".join(
            cells.get(column, " ") for column in range(max(cells, default=-1) + 1)
        ).rstrip()


class Terminal:
    """A process on a pseudo-terminal that it controls, and the screen it draws."""

    def __init__(
        self,
        *words: str,
        size: tuple[int, int] = (120, 36),
        executed: bool | tuple[str, ...] = False,
        **options: Any,
    ) -> None:
        self.master, self.slave = pty.openpty()
        self.screen, self.raw = Screen(), ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.doom = float("inf")
        """When the program is killed, in monotonic seconds."""
        self._resize(*size)
        self.process = programs.start(
            programs.on_terminal, os.ttyname(self.slave), words, executed=executed, **options
        )

    @property
    def pid(self) -> int:
        """The program's."""
        return int(self.process.pid or 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.is_alive():
            self.process.kill()
        self.process.join(PATIENCE)
        self.close()

    def close(self) -> None:
        """Close the window."""
        for each in {self.master, self.slave} - {-1}:
            os.close(each)
        self.master = self.slave = -1

    def _resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width: int, height: int) -> None:
        """Drag the window to another size; the kernel tells the program."""
        self.screen.clear()
        self._resize(width, height)

    def send(self, keys: str) -> None:
        """Type, or paste, or click: the bytes at once."""
        os.write(self.master, keys.encode())

    def pump(self, seconds: float) -> None:
        """Take what is written for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._take(left)

    def _take(self, seconds: float) -> None:
        if not select.select(
            [self.master], [], [], max(0.0, min(seconds, self.doom - time.monotonic()))
        )[0]:
            if time.monotonic() >= self.doom:
                self.end(signal.SIGKILL)
                raise Killed
            return
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return
        text = self._decoder.decode(data)
        self.raw += text
        self.screen.feed(text)

    def says(self, words: str) -> bool:
        """Whether words stand on the screen."""
        return words in self.screen.text()

    def until(self, seen: str | Callable[[], object], patience: float = PATIENCE) -> None:
        """Wait until words stand on the screen or something is so; fail with the screen when it
        never is."""
        end = time.monotonic() + patience
        while not (self.says(seen) if isinstance(seen, str) else seen()):
            left = end - time.monotonic()
            gone = not self.process.is_alive()
            if left <= 0 or gone:
                self._take(0.05)
                if self.says(seen) if isinstance(seen, str) else seen():
                    return
                why = (
                    f"the program ended with {self.process.exitcode}"
                    if gone
                    else f"not seen in {patience} s"
                )
                pytest.fail(
                    f"{seen}: {why}; the screen says:\n{self.screen.text()}\n{self.raw[-400:]!r}"
                )
            self._take(min(left, 0.2))

    def ready(self) -> None:
        """The queue is there, and keys are taken."""
        self.until(lambda: self.says("⏎ start") and self.says("▸"))

    def calling(self) -> None:
        """Start the first of the queue, which is a call; its panel is there."""
        self.ready()
        for _ in range(20):
            self.send("\r")
            end = time.monotonic() + 3
            while not self.says("1 No answer") and time.monotonic() < end:
                self.pump(0.05)
            if self.says("1 No answer"):
                return
        pytest.fail(f"no call is started; the screen says:\n{self.screen.text()}")

    def asking(self) -> None:
        """Start the first call, and say that nobody answered: the question stands armed."""
        self.calling()
        self.send("1")
        self.asked()

    def asked(self) -> None:
        """The question stands, and a key would answer it."""
        self.until(lambda: self.says(QUESTION) and self.says(ARMED))

    def memo(self, words: str) -> None:
        """Write into the memo of the question. Keys that come at once with the Tab are lost, so it
        is given its time."""
        self.send("\t")
        for _ in range(10):
            self.pump(0.3)
            self.send(words)
            self.pump(0.3)
            if self.says(words):
                return
        pytest.fail(f"the memo is not written; the screen says:\n{self.screen.text()}")

    def end(self, number: int = signal.SIGKILL) -> int:
        """Send a signal, and wait for the end; what the process ends with."""
        os.kill(self.pid, number)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end; negative for an unhandled signal."""
        end = time.monotonic() + PATIENCE
        while self.process.is_alive() and time.monotonic() < end:
            if self.master >= 0 and select.select([self.master], [], [], 0.02)[0]:
                try:
                    text = self._decoder.decode(os.read(self.master, 1 << 16))
                except OSError:
                    text = ""
                self.raw += text
                self.screen.feed(text)
            else:
                self.process.join(0.01)
        assert self.process.exitcode is not None, "the program does not end"
        while self.master >= 0 and select.select([self.master], [], [], 0.05)[0]:
            try:
                self.raw += self._decoder.decode(os.read(self.master, 1 << 16))
            except OSError:
                break
        return self.process.exitcode


def on(folder: Path, *, rep: str = "dana", **options: Any) -> Terminal:
    """The call block of somebody on a floor."""
    return Terminal("--floor", str(folder), "--rep", rep, **options)
