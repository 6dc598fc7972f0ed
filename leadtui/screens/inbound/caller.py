"""Somebody calls who is not known: a short form, and the call starts with them; or they are only
added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.errors import WrongUse
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.form import FormRow
from leadtui.widgets.keys import hints, pressing
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk
    from leadtui.desk.intake.adding import Added

TYPING = "⇥ ⇧⇥ next, previous   ⏎ done   esc leave the fields"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who it is; ``calls`` where they are on the line, ``added`` where nobody knew them before."""

    lead_id: int
    name: str
    calls: bool = True
    added: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """Whom somebody new looks like: nobody was added."""

    leads: tuple[int, ...]
    why: str
    known: bool = False
    """They are that lead: what was typed can be added to it."""


class CallerScreen(DeskDialog[Caller | Alike | None]):
    """Comes back with whoever was added; ``draft`` keeps what was typed when one goes back."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Add a lead"
    TITLE_WORDS = "Somebody new"
    FIELDS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("name", "Name", "first and last name"),
        ("company", "Company", ""),
        ("phone", "Number", "however it is written"),
        ("email", "E-mail", ""),
        ("offer", "Offer", ""),
        ("source", "Source", "by hand"),
    )
    """(field of ``lead add``, its name, what an empty one shows)."""
    DECIDING: ClassVar[tuple[tuple[str, str], ...]] = (
        ("⏎", "take the call"),
        ("o", "only add"),
        ("⇥", "change"),
        ("esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "add(True)",
            "take the call",
            id="caller.call",
            tooltip="Add them and take the call",
        ),
        Binding("o", "add(False)", "only add", id="caller.add", tooltip="Add them, without a call"),
        Binding(
            "tab,down", "field(1)", "next field", show=False, id="caller.next", tooltip="Next field"
        ),
        Binding(
            "shift+tab,up",
            "field(-1)",
            "previous",
            show=False,
            id="caller.previous",
            tooltip="Previous field",
        ),
        Binding(
            "escape",
            "close",
            "back",
            id="caller.close",
            tooltip="Back to who calls; what was typed is kept",
        ),
    ]

    def __init__(self, desk: Desk, draft: dict[str, str]) -> None:
        super().__init__(desk)
        self.draft = draft
        self.saving = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="box", id="caller") as box:
            box.border_title = shown(self.TITLE_WORDS, limit=60)
            for field, name, hint in self.FIELDS:
                yield FormRow(
                    name,
                    LineField(self.draft.get(field, ""), hint=hint, id=field),
                    id=f"row-{field}",
                )
            yield Feedback(markup=False)
            yield Static(id="keys", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Type at once, in the first field that is empty; the offer is that of a call."""
        self._focus(next((field for field, *_ in self.FIELDS if not self.draft.get(field)), "name"))
        self.usual()

    @work(group="find")
    async def usual(self) -> None:
        """What somebody who calls has accepted."""
        with self.mishaps():
            found = await ask(self.desk.intake.offers)
            field = self.query_one("#offer", LineField)
            field.placeholder = ", ".join(found.codes)
            if not field.value:
                field.value = found.usual

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The answers are for whoever has left the fields; and here the phone rings already."""
        if action in {"add", "inbound"}:
            return action == "add" and self.focused is None and not self.saving
        return True

    def on_descendant_focus(self) -> None:
        """Typing."""
        self._show_keys()

    def on_descendant_blur(self) -> None:
        """Deciding."""
        self.call_after_refresh(self._show_keys)

    def _show_keys(self) -> None:
        keys = self.query_one("#keys", Static)
        if isinstance(self.focused, LineField):
            keys.update(hints(TYPING).stylize("$muted"))
        else:
            parts = [
                pressing(Content.assemble((key, "bold $accent"), f" {words}"), key)
                for key, words in self.DECIDING
            ]
            keys.update(Content("   ").join(parts))

    def action_field(self, step: int) -> None:
        """Through the fields; behind the last one is the answer."""
        names = [field for field, *_ in self.FIELDS]
        here = (
            names.index(str(self.focused.id))
            if isinstance(self.focused, LineField)
            else -1
            if step > 0
            else len(names)
        )
        there = here + step
        if 0 <= there < len(names):
            self._focus(names[there])
        else:
            self.set_focus(None)

    def _focus(self, field: str) -> None:
        self.query_one(f"#{field}", LineField).focus()

    @on(LineField.Changed)
    def typed(self, message: LineField.Changed) -> None:
        """Kept as it is typed."""
        self.draft[str(message.input.id)] = message.value

    @on(Left)
    def field_left(self) -> None:
        """Enter and Esc bring the answers."""
        self.set_focus(None)

    # Desk

    @work(group="write")
    async def action_add(self, calls: bool) -> None:
        """Keep them, checked as every lead is; what is wrong is said, and what was typed stays."""
        from leadtui.desk.intake.adding import Known, LooksAlike, Unreadable

        if self.saving:
            return
        self.saving = True
        try:
            with self.mishaps():
                try:
                    await self.save(dict(self.draft), calls=calls)
                except LooksAlike as alike:
                    self.dismiss(Alike(alike.leads, alike.why, isinstance(alike, Known)))
                except WrongUse as error:
                    words = str(error).removeprefix("--")
                    self.warn(words[:1].upper() + words[1:])
                    if isinstance(error, Unreadable):
                        self._focus(error.field)
        finally:
            self.saving = False

    async def save(self, draft: dict[str, str], *, calls: bool) -> None:
        """Add whoever was typed in."""
        self._added(await ask(self.desk.intake.add_caller, draft), calls=calls)

    def _added(self, added: Added, *, calls: bool) -> None:
        if not added.lead_id:
            self.warn("They are known already: go back and look for their name.")
            return
        name = (
            self.draft.get("name", "").strip()
            or self.draft.get("phone", "").strip()
            or self.draft.get("email", "")
        )
        self.dismiss(Caller(added.lead_id, name, calls, added.kind == "new"))
