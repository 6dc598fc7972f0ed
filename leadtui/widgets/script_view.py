"""A call script as text: the opening, what the person may say (A, B, C), and what is said then."""

from __future__ import annotations

from textual.content import Content

from leadtui.desk.core.views import ScriptView
from leadtui.widgets.keys import pressing
from leadtui.widgets.safe import shown

LIMIT = 4_000


def spoken(text: str, style: str = "") -> Content:
    """Words to be said aloud."""
    return shown(text.strip(), style, LIMIT, newlines=True)


def script(view: ScriptView | None, branch: str, *, inbound: bool = False) -> Content:
    """The script with one branch open (``A``, ``B``, ``C``), or its opening where none is
    chosen."""
    if view is None:
        words = (
            "They called. Ask how you can help, and note what they say."
            if inbound
            else "This step has no script."
        )
        return shown(words, "$muted")
    opening = spoken(view.opening)
    if branch:
        # They have answered: the opening is one line, so that what to say now stands in sight.
        opening = spoken(" ".join(view.opening.split()), "$muted").truncate(36, ellipsis=True)
    blocks = [_block(_heading("Open", open_=not branch), opening)]
    lines: list[Content] = []
    for letter, says, answer in view.branches:
        here = letter == branch
        # A capital is written with its Shift: beside it a small a takes a call.
        mark = (f"{'▸' if here else ' '} ⇧{letter} ", "bold $accent")
        says_ = Content.assemble(mark, spoken(says, "bold" if here else ""))
        lines.append(pressing(says_, letter))
        if here:
            lines += [spoken(answer), Content("")]
    blocks.append(_block(*lines))
    if branch and view.closing:
        blocks.append(_block(_heading("Close", open_=False), spoken(view.closing)))
    if view.voicemail and not branch:
        blocks.append(_block(_heading("Voicemail", open_=False), spoken(view.voicemail, "$muted")))
    return Content("\n\n").join(blocks)


def _block(*lines: Content) -> Content:
    return Content("\n").join(lines)


def _heading(words: str, *, open_: bool) -> Content:
    return Content.assemble(
        ("▸ " if open_ else "  ", "bold $accent"), (words, "bold" if open_ else "$muted")
    )
