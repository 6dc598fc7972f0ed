"""One cell of a spreadsheet: whether it says anything, how it compares, and what a spreadsheet
would do with it."""

from __future__ import annotations

import json
import re
import unicodedata
from contextlib import suppress
from functools import lru_cache
from html import unescape

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
_VALUE = ("value", "email", "address", "number", "phone")
"""The names under which JSON of contact data holds the thing itself, and not its label."""
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
"""Marks without width; the joiners are left, which some scripts and pictures need."""
_JOINERS = re.compile("[\u200c\u200d\ufe0e\ufe0f]")
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h\d)>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|abbr|b|body|div|em|font|h\d|html|i|img|li|ol|p|small|span|strong|table|tbody|td|tr|u|ul)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)


def plain(cell: str) -> str:
    """The cell's text: outer space gone, one leading ``'`` that forced text taken off, ``="…"``
    unwrapped."""
    text = cell.strip()
    if text[:1] == "'":
        text = _FORCED.sub("", text, count=1).strip()
    if text[:2] == '="' and (wrapped := _TEXT_FORMULA.fullmatch(text)):
        text = wrapped[1].strip()
    return text


def seen(cell: str) -> tuple[str, str]:
    """The cell without marks that cannot be seen and without HTML, and what was taken out: empty,
    or words for it."""
    text, said = cell, ""
    if not text.isascii() and _UNSEEN.search(text):
        text, said = _UNSEEN.sub("", text), "invisible characters"
    if ("<" in text and (_TAG.search(text) or _BREAK.search(text))) or (
        "&" in text and _ENTITY.search(text)
    ):
        text = unescape(_TAG.sub("", _BREAK.sub("\n", text))).strip()
        said = f"{said} and HTML".removeprefix(" and ")
    return text, said


def bare(cell: str) -> str:
    """A cell of addresses or numbers without joiners; where it holds JSON, the values in it, one a
    line."""
    if not cell.isascii():
        cell = _JOINERS.sub("", cell)
    if cell[:1] not in ("[", "{") or cell[-1:] not in ("]", "}"):
        return cell
    for text in (cell, cell.replace("'", '"')):  # as JSON, and as other languages write it
        with suppress(ValueError):
            return "\n".join(_values(json.loads(text)))
    return cell


def _values(held: object) -> list[str]:
    if isinstance(held, dict):
        said = [held[name] for name in _VALUE if held.get(name)][:1] or list(held.values())
        return [text for one in said for text in _values(one)]
    if isinstance(held, list):
        return [text for one in held for text in _values(one)]
    return [] if held is None or isinstance(held, bool) else [str(held)]


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
