"""How texts compare, folded on both sides with ``*`` for any run of characters, and how they stand
in a column."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Compatibility caseless form (Unicode D146, composed): what twin columns hold and texts
    compare on."""
    once = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKC", once.casefold())


def like(pattern: str, text: str) -> bool:
    """Whether the whole of ``text`` matches ``pattern``, in which only ``*`` is special; never
    slow."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def plain(text: str) -> str:
    """A text on one line without anything that steers a terminal or a file format."""
    shown = "".join("\ufffd" if _steers(char) else char for char in " ".join(text.split()))
    return shown.strip()


def plain_lines(text: str) -> str:
    """Like ``plain``, line by line, with one blank line at most between paragraphs."""
    lines = [
        "".join("\ufffd" if _steers(char) else char for char in line).rstrip()
        for line in text.splitlines()
    ]
    return "\n".join(
        line for line, before in zip(lines, ["", *lines], strict=False) if line or before
    ).strip("\n")


def _steers(char: str) -> bool:
    return char != "\t" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def cells(text: str) -> int:
    """How many terminal columns a plain text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def wrap(text: str, width: int) -> list[str]:
    """The plain text in lines of at most ``width`` (two or more) columns, broken at blanks where
    there are any."""
    lines = [""]
    for word in plain(text).split(" "):
        room = width - cells(lines[-1]) - bool(lines[-1])
        if cells(word) <= room:
            lines[-1] += f" {word}" if lines[-1] else word
            continue
        if lines[-1]:
            lines.append("")
        for char in word:
            if cells(lines[-1] + char) > width:
                lines.append("")
            lines[-1] += char
    return lines
