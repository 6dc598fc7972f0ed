"""Where a key stands in a TOML text: ``tomllib`` gives values without lines, and an error needs its
line."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE = re.compile(r"[^\s=.\]\"']+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|'
    r"'{3}(?:[^']|'(?!''))*'{3,5}|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'[^'\n]*'",
    re.DOTALL,
)
_DEEPEST = 50


def locate(text: str, path: Path) -> int:
    """The line (from 1) of ``path`` such as ``("step", 2, "at")``, or of the nearest table above
    it; 0 if none."""
    index = _index(text)
    for length in range(len(path), 0, -1):
        if line := index.get(path[:length]):
            return line
    return 0


@lru_cache(maxsize=64)
def _index(text: str) -> dict[Path, int]:
    """Path -> line for every key, table and array element; what follows a place it cannot read is
    left out."""
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
        """A ``[table]`` or ``[[table]]`` line; each array on the way stands for its last
        element."""
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
            elif self.text[self.at] in "\"'":
                parts.append(self.take(_STRING)[1:-1])
            else:
                parts.append(self.take(_BARE))
            if len(parts) > _DEEPEST:
                raise IndexError
        return parts

    def value(self, path: Path) -> None:
        self.blank()
        first = self.text[self.at]
        if first == "[":
            self.array(path)
        elif first == "{":
            self.table(path)
        else:
            self.take(_STRING if first in "\"'" else _SCALAR)

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

    def blank(self) -> bool:
        """Skip white space and comments; whether anything is left."""
        self.take(_BLANK)
        return self.at < len(self.text)

    def take(self, pattern: re.Pattern[str]) -> str:
        """The text that the pattern matches here."""
        match = pattern.match(self.text, self.at)
        if match is None:
            raise IndexError
        self.step(match.end() - self.at)
        return match[0]

    def step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count
        if self.at > len(self.text):
            raise IndexError
