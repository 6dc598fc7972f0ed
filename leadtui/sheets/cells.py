"""One cell of a spreadsheet: whether it says anything, how it compares, and what a spreadsheet
would do with it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from leadtui.cadence.conditions import fold

_NOTHING = frozenset(
    ("", "-", "--", "---", "—", "–", "n/a", "#n/a", "n.a.", "#null!", "#ref!", "#value!", "#name?")
)
_NO_VALUE = _NOTHING | {
    "na",
    "none",
    "null",
    "nil",
    "nan",
    "unknown",
    "not provided",
    "not available",
    "keine",
    "k.a.",
}
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
_FORCED = re.compile(r"'(?=\s*[=+\-@\t\r＝＋－＠]|\d)")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_RUNS = re.compile(r"[^\S\n]+")


def plain(cell: str) -> str:
    """The cell's text: outer space gone, one leading ``'`` that forced text taken off, ``="…"``
    unwrapped."""
    text = cell.strip()
    if text[:1] == "'":
        text = _FORCED.sub("", text, count=1).strip()
    if text[:2] == '="' and (wrapped := _TEXT_FORMULA.fullmatch(text)):
        text = wrapped[1].strip()
    return text


def one_line(text: str) -> str:
    """``text`` with every run of space and line ends as one space."""
    return " ".join(text.split())


def many_lines(text: str) -> str:
    """``text`` with its lines kept, each without outer space and inner runs."""
    if "\n" not in text and "\r" not in text:
        return one_line(text)
    lines = (
        _RUNS.sub(" ", line).strip()
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    return "\n".join(lines).strip()


def says_nothing(text: str) -> bool:
    """Whether a name or text cell is only a mark for "nothing"; ``None`` and ``Null`` are surnames,
    so not here."""
    return len(text) < 8 and text.casefold() in _NOTHING


def no_value(text: str) -> bool:
    """Whether an e-mail, phone, date or figure cell is only a word for "nothing"."""
    return len(text) < 14 and text.casefold() in _NO_VALUE


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """What a twin ``*_key`` column holds: one line, folded as conditions fold."""
    joined = " ".join(text.split())
    return joined.lower() if joined.isascii() else fold(joined)


def letters(text: str) -> str:
    """The folded letters and digits alone, accents off: how headers and place names are
    compared."""
    if not text.isascii():
        text = "".join(
            char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
        )
    return "".join(char for char in text.casefold() if char.isalnum())


def guarded(cell: str) -> str:
    """The cell as it may be written to a CSV file: a ``'`` before what a spreadsheet would run as a
    formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
