"""The two themes: one accent, two greys, and two colours for urgency that never stand without a
word or a glyph."""

from __future__ import annotations

import os

from textual.theme import Theme

DARK, LIGHT = "leadtui-dark", "leadtui-light"


COLOURS = {
    DARK: {
        "foreground": "#d3d7da",
        "background": "#15181b",
        "panel": "#1b1f23",
        "accent": "#78b6c4",
        "warning": "#d8a657",
        "error": "#ea7b72",
        "muted": "#8d959c",
        "line": "#3a4148",
        "bar": "#1b1f23",
        "field": "#1e2327",
        "cursor": "#25323a",
        "resting": "#1f2428",
        "veil": "#15181b 72%",
    },
    LIGHT: {
        "foreground": "#23282c",
        "background": "#fbfaf8",
        "panel": "#f1efeb",
        "accent": "#176b80",
        "warning": "#8a5a00",
        "error": "#b3261e",
        "muted": "#646b71",
        "line": "#c9c6bf",
        "bar": "#f1efeb",
        "field": "#f1efeb",
        "cursor": "#dbeaee",
        "resting": "#efede9",
        "veil": "#fbfaf8 72%",
    },
}
OURS = ("muted", "line", "bar", "field", "cursor", "resting", "veil")
"""Variables that Textual does not know."""


def themes() -> tuple[Theme, Theme]:
    """Dark and light."""
    return _theme(DARK), _theme(LIGHT)


def default_theme() -> str:
    """Light where the terminal says that its background is light (COLORFGBG), else dark."""
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in {"7", "15"} else DARK


def _theme(name: str) -> Theme:
    colours = COLOURS[name]
    variables = {each: colours[each] for each in OURS}
    variables |= {f"text-{each}": colours[each] for each in ("accent", "warning", "error")}
    return Theme(
        name=name,
        dark=name == DARK,
        primary=colours["accent"],
        accent=colours["accent"],
        success=colours["accent"],
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["background"],
        panel=colours["panel"],
        warning=colours["warning"],
        error=colours["error"],
        variables=variables | {"footer-key-foreground": colours["accent"]},
    )
