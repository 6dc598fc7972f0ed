"""Text from outside: the one function that makes any string fit to show, and the folded form that
is compared, and lists of words; and what hides passwords."""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_MARKS = frozenset(("Mn", "Me", "Mc"))
MAX_MARKS = 3
_IN_URL = re.compile(r"(?<=://)([^\s:/@'\"]*):[^\s'\"]+(?=@)")
_NAMED = re.compile(r"(?i)\b((?:ssl)?password|passwd)(\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&'\"]+)")


def words(text: str) -> tuple[str, ...]:
    """The words of a list that stands in the source as running text."""
    return tuple(text.split())


def catalogue(text: str) -> dict[str, str]:
    """The ``key: value`` lines of a text; an indented line goes on with the value above it."""
    joined = text.strip().replace("\n    ", " ").splitlines()
    return dict(line.split(": ", 1) for line in joined)


FILLER = frozenset(
    words(
        "a asdf bla blah dummy foo bar lorem ipsum n na no none nothing ok okay qwerty tbd test xxx"
    )
)
"""Words that fill a place and say nothing."""

IDEOGRAPH = 3
"""One says as much as so many letters."""


def letters(text: str) -> int:
    """How many different letters and digits a text has beside its filler words."""
    said = set("".join(word for word in re.findall(r"\w+", fold(text)) if word not in FILLER))
    return sum(IDEOGRAPH if char >= "\u2e80" else 1 for char in said if char.isalnum())


def clean(text: str, limit: int = 200, *, newlines: bool = False) -> str:
    """``text`` without anything a terminal could obey: control, format, surrogate and separator
    characters become U+FFFD, runs of combining marks are cut to three, and the length to ``limit``
    characters (an ellipsis says so).

    With ``newlines`` line feeds stay; otherwise they become a space."""
    if text.isascii() and text.isprintable():
        return text if len(text) <= limit else text[: limit - 1] + "…"
    out: list[str] = []
    marks = 0
    for char in text[: limit * 4]:
        category = unicodedata.category(char)
        if char in "\n\t":
            out.append("\n" if newlines and char == "\n" else " ")
            continue
        if category in _UNSAFE:
            out.append(REPLACEMENT)
            continue
        marks = marks + 1 if category in _MARKS else 0
        if marks <= MAX_MARKS:
            out.append(char)
    shown = "".join(out)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "a", "œ": "o", "ı": "i"})


def plain(text: str) -> str:
    """``text`` folded, and without accents: as it is typed by who has no such keys."""
    parts = unicodedata.normalize("NFKD", fold(text))
    return "".join(one for one in parts if not unicodedata.combining(one)).translate(_PLAIN)


def fold(text: str) -> str:
    """The form in which texts are compared: compatibility caseless (Unicode D146, composed), spaces
    made single.

    Conditions compare the same form with its spaces kept (``cadence.conditions.fold``); a test
    holds the two together."""
    if text.isascii():
        return " ".join(text.lower().split())
    once = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    return " ".join(unicodedata.normalize("NFKC", once.casefold()).split())


def masked(text: str) -> str:
    """``text`` without the passwords of connection URLs and strings that stand in it."""
    return _NAMED.sub(r"\1\2***", _IN_URL.sub(r"\1:***", text))
