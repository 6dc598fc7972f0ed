"""The keys of the call screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding, BindingType

from leadtui.desk.core.views import OutcomeKey
from leadtui.screens.parts.news import MENU

BINDINGS: list[BindingType] = [
    Binding("d", "dial", "dial", id="call.dial", tooltip="Dial the number shown"),
    Binding("c", "copy", "copy", id="call.copy", tooltip="Copy the number"),
    Binding(
        "right_square_bracket",
        "number(1)",
        "number",
        key_display="[ ]",
        id="call.next_number",
        tooltip="Next number",
    ),
    Binding(
        "left_square_bracket",
        "number(-1)",
        "",
        show=False,
        id="call.previous_number",
        tooltip="Previous number",
    ),
    Binding(
        "o", "objections", "objections", id="call.objections", tooltip="What to say to an objection"
    ),
    Binding("f", "fit", "fit", id="call.fit", tooltip="Fit questions (qualification)"),
    Binding("m", "memo", "memo", id="call.memo", tooltip="Write the memo"),
    Binding("e", "email", "e-mail", id="call.email", tooltip="The e-mails that fit this call"),
    MENU,
    Binding(
        "n", "fix", "mend", id="call.fix", tooltip="Type in the name, number or e-mail you found"
    ),
    Binding(
        "A",
        "branch('A')",
        "",
        show=False,
        id="call.branch_a",
        tooltip="They say what stands under A",
    ),
    Binding(
        "B",
        "branch('B')",
        "",
        show=False,
        id="call.branch_b",
        tooltip="They say what stands under B",
    ),
    Binding(
        "C",
        "branch('C')",
        "",
        show=False,
        id="call.branch_c",
        tooltip="They say what stands under C",
    ),
    Binding("tab", "app.focus_next", "", show=False, id="call.next_pane", tooltip="Next pane"),
    Binding(
        "enter",
        "finish",
        "done",
        show=False,
        id="call.finish",
        tooltip="Answer for an action that is no call",
    ),
    Binding(
        "q,ctrl+q,escape",
        "ask",
        "",
        show=False,
        id="call.ask",
        tooltip="Answer without an outcome chosen",
    ),
]


def outcome_bindings(outcomes: Sequence[OutcomeKey]) -> list[BindingType]:
    """A binding for each outcome of the playbook."""
    return [
        Binding(
            row.key,
            f"result({place})",
            "",
            show=False,
            id=f"call.outcome.{row.code.lower()}",
            tooltip=_safe(row.label),
        )
        for place, row in enumerate(outcomes)
    ]


def _safe(label: str) -> str:
    from leadtui.text import clean

    return clean(label, 60)
