"""Text from outside: the one function that makes any string fit to show, and the folded form that is compared."""

from __future__ import annotations

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_MARKS = frozenset(("Mn", "Me", "Mc"))
MAX_MARKS = 3


def clean(text: str, limit: int = 200, *, newlines: bool = False) -> str:
    """``text`` without anything a terminal could obey: control, format, surrogate and separator characters become
    U+FFFD, runs of combining marks are cut to three, and the length to ``limit`` characters (an ellipsis says so).

    With ``newlines`` line feeds stay; otherwise they become a space.
    """  # fmt: skip
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


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, case folded, outer space gone, inner runs of space one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
