"""Where a key stands in a TOML text: ``tomllib`` gives values without lines, and an error needs its line."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

Path = tuple[str | int, ...]

_BLANK = " \t\r\n"
_ENDS = ",]}#\r\n"


def locate(text: str, path: Path) -> int:
    """The line (from 1) of ``path`` such as ``("step", 2, "at")``, or of the nearest table above it; 0 if none."""
    index = _index(text)
    for length in range(len(path), 0, -1):
        if line := index.get(path[:length]):
            return line
    return 0


@lru_cache(maxsize=64)
def _index(text: str) -> dict[Path, int]:
    """Path -> line for every key, table and array element; what follows a place it cannot read is left out."""
    scanner = _Scanner(text)
    with suppress(IndexError, RecursionError):
        scanner.document()
    return scanner.lines


class _Scanner:
    """A reader of valid TOML that keeps no values, only the line at which each path begins."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def document(self) -> None:
        base: Path = ()
        while self.blank():
            if self.text[self.at] == "[":
                base = self.header()
            else:
                self.pair(base)

    def header(self) -> Path:
        """A ``[table]`` or ``[[table]]`` line; each array on the way stands for its last element."""
        many = self.text.startswith("[[", self.at)
        self.step(2 if many else 1)
        keys = self.keys("]")
        self.step(2 if many else 1)
        base: Path = ()
        for number, key in enumerate(keys):
            base = (*base, key)
            self.lines.setdefault(base, self.line)
            if many and number == len(keys) - 1:
                self.counts[base] = self.counts.get(base, 0) + 1
            if count := self.counts.get(base, 0):
                base = (*base, count - 1)
                self.lines.setdefault(base, self.line)
        return base

    def pair(self, base: Path) -> None:
        for key in self.keys("="):
            base = (*base, key)
            self.lines.setdefault(base, self.line)
        self.step()
        self.value(base)

    def keys(self, end: str) -> list[str]:
        """The parts of a dotted key up to ``end``, which is not consumed."""
        parts = []
        while self.blank() and self.text[self.at] != end:
            if self.text[self.at] == ".":
                self.step()
                continue
            start = self.at
            if self.text[self.at] in "\"'":
                self.string()
                parts.append(self.text[start + 1 : self.at - 1])
                continue
            while self.text[self.at] not in f"{end}. \t":
                self.step()
            parts.append(self.text[start : self.at])
        return parts

    def value(self, path: Path) -> None:
        self.blank()
        first = self.text[self.at]
        if first in "\"'":
            self.string()
        elif first == "[":
            self.array(path)
        elif first == "{":
            self.table(path)
        elif first in _ENDS:
            raise IndexError  # no value at all
        else:
            while self.at < len(self.text) and self.text[self.at] not in _ENDS:
                self.step()

    def array(self, path: Path) -> None:
        self.step()
        number = 0
        while self.blank() and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.step()
                continue
            self.lines.setdefault((*path, number), self.line)
            self.value((*path, number))
            number += 1
        self.step()

    def table(self, path: Path) -> None:
        self.step()
        while self.blank() and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.step()
                continue
            self.pair(path)
        self.step()

    def string(self) -> None:
        """A string of any of the four kinds, from its opening quote to behind its closing one."""
        quote = self.text[self.at]
        long = self.text.startswith(quote * 3, self.at)
        end = quote * 3 if long else quote
        self.step(len(end))
        while not self.text.startswith(end, self.at):
            self.step(2 if quote == '"' and self.text[self.at] == "\\" else 1)
        self.step(len(end))
        while long and self.at < len(self.text) and self.text[self.at] == quote:
            self.step()

    def blank(self) -> bool:
        """Skip white space and comments; whether anything is left."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                while self.at < len(self.text) and self.text[self.at] != "\n":
                    self.step()
            elif self.text[self.at] in _BLANK:
                self.step()
            else:
                return True
        return False

    def step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count
        if self.at > len(self.text):
            raise IndexError
