"""Choices that are made with one key: a list of keys and words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from leadtui.widgets.keys import key_name, pressing
from leadtui.widgets.safe import fit, shown


def one_a_line(choices: Sequence[tuple[str, str]], chosen: str = "") -> Content:
    """Every choice on a line of its own; ``chosen`` is the key of the one that holds now."""
    rows = [
        pressing(
            Content.assemble(
                ("▸ " if key == chosen else "  ", "bold $accent"),
                (key_name(key), "bold $accent"),
                "  ",
                shown(words),
            ),
            key_name(key),
        )
        for key, words in choices
    ]
    return Content("\n").join(rows)


def flowing(choices: Sequence[tuple[str, str]], width: int, gap: int = 3) -> Content:
    """The choices one after the other, in lines of at most ``width`` cells."""
    lines: list[list[Content]] = [[]]
    used = 0
    for key, words in choices:
        length = cell_len(key_name(key)) + 1 + cell_len(words)
        if lines[-1] and used + length > width:
            lines.append([])
            used = 0
        lines[-1].append(_choice(key, words, min(length, width)))
        used += length + gap
    return Content("\n").join([Content(" " * gap).join(line) for line in lines])


def _choice(key: str, words: str, width: int) -> Content:
    name = key_name(key)
    said = shown(fit(words, width - cell_len(name) - 1))
    return pressing(Content.assemble((name, "bold $accent"), " ", said), name)
