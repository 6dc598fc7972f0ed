"""The two themes: one accent, two greys, and two colours for urgency that never stand without a word or a glyph."""

from __future__ import annotations

from textual.theme import Theme

DARK, LIGHT = "leadtui-dark", "leadtui-light"


def _variables(**colours: str) -> dict[str, str]:
    return {name.replace("_", "-"): colour for name, colour in colours.items()}


def themes() -> tuple[Theme, Theme]:
    """Dark and light."""
    dark = Theme(
        name=DARK,
        primary="#78b6c4",
        accent="#78b6c4",
        foreground="#d3d7da",
        background="#15181b",
        surface="#15181b",
        panel="#1b1f23",
        warning="#d8a657",
        error="#ea7b72",
        success="#78b6c4",
        variables=_variables(
            muted="#8d959c",
            line="#3a4148",
            bar="#1b1f23",
            field="#1e2327",
            cursor="#25323a",
            resting="#1f2428",
            veil="#15181b 72%",
            text_warning="#d8a657",
            text_error="#ea7b72",
            text_accent="#78b6c4",
            footer_key_foreground="#78b6c4",
        ),
    )
    light = Theme(
        name=LIGHT,
        dark=False,
        primary="#176b80",
        accent="#176b80",
        foreground="#23282c",
        background="#fbfaf8",
        surface="#fbfaf8",
        panel="#f1efeb",
        warning="#8a5a00",
        error="#b3261e",
        success="#176b80",
        variables=_variables(
            muted="#646b71",
            line="#c9c6bf",
            bar="#f1efeb",
            field="#f1efeb",
            cursor="#dbeaee",
            resting="#efede9",
            veil="#fbfaf8 72%",
            text_warning="#8a5a00",
            text_error="#b3261e",
            text_accent="#176b80",
            footer_key_foreground="#176b80",
        ),
    )
    return dark, light
