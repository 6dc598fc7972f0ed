"""Keys as they are written for people; wherever one stands, the mouse presses it."""

from __future__ import annotations

from itertools import takewhile

from textual.content import Content
from textual.style import Style

KEY_NAMES = {
    "enter": "⏎",
    "space": "␣",
    "tab": "⇥",
    "escape": "esc",
    "slash": "/",
    "question_mark": "?",
    "down": "↓",
    "up": "↑",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "shift+tab": "⇧⇥",
}
PRESS = "press"
"""Under this name a cell knows which key a click on it presses; every screen of a desk does so."""
GAP = "   "
"""Between two keys of a line."""
WRITTEN = {name: key for key, name in KEY_NAMES.items()} | {"↓": "down", "↑": "up"}


def key_name(key: str) -> str:
    """A key as it is written for people: ``⏎``, ``^q``, ``D``."""
    if key.startswith("ctrl+"):
        return "^" + key_name(key[5:])
    if key.startswith("upper_"):
        return key[6:].upper()
    return KEY_NAMES.get(key, key)


def pressing(content: Content, name: str) -> Content:
    """Content that presses a key when it is clicked; ``name`` is the key as it is written."""
    first = name.split(" ", maxsplit=1)[0]
    key = f"ctrl+{first[1:]}" if first.startswith("^") else WRITTEN.get(first, first)
    return content.stylize(Style.from_meta({PRESS: key}))


def hints(words: str) -> Content:
    """``⏎ keep   esc back``: a line of keys, each with what it does, that can be clicked."""
    return Content(GAP).join([_hint(part) for part in words.split(GAP)])


def _hint(part: str) -> Content:
    """``↓ ↑ move``: each key by itself, and the words press the first."""
    words = part.split(" ")
    names = list(takewhile(_is_key, words))
    rest = " ".join(words[len(names) :])
    keys = [pressing(Content(name), name) for name in names]
    return Content(" ").join([*keys, pressing(Content(rest), names[0]) if names else Content(rest)])


def _is_key(word: str) -> bool:
    return word in WRITTEN or len(word) == 1
