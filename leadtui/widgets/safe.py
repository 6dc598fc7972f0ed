"""Outside strings as display text: Textual ``Content`` or Rich ``Text``, never markup, never a
control character."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content

from leadtui.text import clean

ELLIPSIS = "…"
MEMO = 4_000
"""Characters of a memo, and of what came with a lead, at most."""


def shown(text: str, style: str = "", limit: int = 200, *, newlines: bool = False) -> Content:
    """``text`` cleaned, as ``Content`` in one style (a theme variable such as ``$muted``, or
    nothing)."""
    return Content.styled(clean(text, limit, newlines=newlines), style)


def cell(text: str, limit: int = 200) -> Text:
    """``text`` cleaned, as Rich ``Text`` for tables and trees, which would read a plain string as
    markup."""
    return Text(clean(text, limit), end="", no_wrap=True)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """``text`` cleaned and exactly ``width`` cells wide: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    line = clean(text, max(width * 2, 8))
    length = cell_len(line)
    if length > width:
        line = set_cell_size(line, width - 1) + ELLIPSIS
        length = cell_len(line)
    padding = " " * (width - length)
    return padding + line if right else line + padding


def joined(*parts: Content | str, gap: str = "\n") -> Content:
    """The parts that are not empty, with ``gap`` between them."""
    return Content(gap).join(
        [part if isinstance(part, Content) else Content(part) for part in parts if part]
    )
