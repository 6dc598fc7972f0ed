"""The finished e-mail before it leaves, with what was filled in marked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from leadtui.desk.core.views import Confirmed, Mailed, MailPreview, OpenQuestion, ReasonView
from leadtui.screens.parts.arming import ArmedScreen
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.reasons import ReasonDialog
from leadtui.screens.question.answering import Answering
from leadtui.widgets.fields import BodyField, Left, LineField
from leadtui.widgets.form import FormRow
from leadtui.widgets.lines import Feedback, KeyLine, TopLine
from leadtui.widgets.pane import Pane
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

BODY = 20_000
SENT = (ReasonView("yes", "Yes, I sent it", "y"), ReasonView("no", "No, it was not sent", "n"))
SAID = {
    "sent": "The e-mail was sent",
    "cancelled": "The e-mail was not sent",
    "drafted": "The e-mail is a draft: leadtui mail status",
}
"""What became of a message, where that is no trouble."""


class MailScreen(ArmedScreen[Confirmed | None]):
    """One message. With ``question`` it belongs to a started e-mail step and is left by answering
    for it.

    ``y`` may send and confirm in one, so the screen arms once the message stands there: a key held
    down sends nothing unread."""

    CSS_PATH = "mail_preview.tcss"
    PLACE = "E-mail"
    ANSWERS = frozenset({"send"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y", "send", "send", id="mail.send", tooltip="Send it, or open it in your mail program"
        ),
        Binding("E", "edit", "edit", id="mail.edit", tooltip="Edit subject and text first"),
        Binding(
            "right_square_bracket",
            "other(1)",
            "other",
            key_display="[ ]",
            id="mail.next",
            tooltip="Next template",
        ),
        Binding(
            "left_square_bracket",
            "other(-1)",
            "",
            show=False,
            id="mail.previous",
            tooltip="Previous template",
        ),
        Binding(
            "tab", "next_field", "", show=False, id="mail.field", tooltip="Next field while editing"
        ),
        Binding(
            "escape,q,ctrl+q", "leave", "not now", id="mail.leave", tooltip="Leave without sending"
        ),
    ]

    def __init__(
        self, desk: Desk, lead_id: int, *, question: OpenQuestion | None = None, template: str = ""
    ) -> None:
        super().__init__(desk)
        self.lead_id, self.question, self.template = lead_id, question, template
        self.HOLDS = question is not None
        self.preview: MailPreview | None = None
        self.templates: tuple[tuple[str, str], ...] = ()
        self._busy = self.known = False
        self.said = ""
        """What became of a message beside a call."""

    def compose(self) -> ComposeResult:
        yield TopLine(self.PLACE)
        with Vertical(id="message", classes="pane"):
            yield FormRow("To", id="row-to")
            yield FormRow("Subject", LineField(id="subject"), id="row-subject")
            yield Pane("", id="text")
            yield BodyField(id="body")
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Read the best template that fits."""
        self.query_one("#message").border_title = "E-mail"
        self.query_one("#subject").can_focus = False
        self.query_one("#body").can_focus = False
        self.load(self.template)

    @work(exclusive=True, group="mail")
    async def load(self, template: str) -> None:
        """Read one message, filled in."""
        with self._showing():
            touch_id = self.question.touch.id if self.question else None
            self.query_one(TopLine).header = await ask(self.desk.block.header)
            preview = await ask(self.desk.mail.preview, self.lead_id, touch_id, template)
            if not self.templates:
                self.templates = ((preview.template, preview.subject), *preview.others)
            self._show(preview)

    @contextmanager
    def _showing(self) -> Iterator[None]:
        """From then on one can send it, or leave what cannot be shown."""
        try:
            with self.mishaps():
                yield
        finally:
            self.known = True

    def _show(self, preview: MailPreview) -> None:
        first, self.preview = self.preview is None, preview
        place = next(
            (index for index, (name, _) in enumerate(self.templates) if name == preview.template), 0
        )
        count = f"   {place + 1} of {len(self.templates)}" if len(self.templates) > 1 else ""
        wording = f", wording {preview.wording}" if preview.wording else ""
        self.query_one("#message").border_title = shown(f"{preview.template}{wording}{count}")
        if first:
            self.disarm()
        self.armed_changed()
        self.query_one("#row-to", FormRow).put(preview.to)
        self.query_one("#subject", LineField).value = preview.subject
        self.query_one("#text", Pane).put(marked(preview))
        self.query_one("#body", BodyField).load_text(
            shown(preview.body, "", BODY, newlines=True).plain
        )
        if preview.missing:
            self.warn(
                f"This lead lacks: {', '.join(preview.missing)}. Such a message does not "
                "leave: edit it, or take "
                "another."
            )
        elif preview.not_ours:
            self.warn(f"It does not leave: {preview.not_ours}")
        else:
            self.query_one(Feedback).update("")

    def armed_changed(self) -> None:
        """What ``y`` does, and whether it does it now."""
        if self.preview is not None:
            verb = "sends it" if self.preview.sends else "opens it in your mail program"
            mark = "●" if self.armed else "○"
            self.query_one("#message").border_subtitle = shown(
                f"{mark} y {verb} · {self.preview.transport}"
            )

    # Keys

    @property
    def editing(self) -> bool:
        """Whether subject and text are fields now."""
        return self.has_class("-editing")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a message leaves nothing else happens; editing is ended first."""
        if self._busy:
            return False
        return self.editing if action == "next_field" else True

    def action_other(self, step: int) -> None:
        if self.preview is not None and len(self.templates) > 1 and not self.editing:
            names = [name for name, _ in self.templates]
            place = names.index(self.preview.template) if self.preview.template in names else 0
            self.load(names[(place + step) % len(names)])

    def action_edit(self) -> None:
        if self.preview is not None:
            self.add_class("-editing")
            for field in self.query("#subject, #body"):
                field.can_focus = True
            self.query_one("#body").focus()

    def action_next_field(self) -> None:
        subject = self.query_one("#subject")
        (self.query_one("#body") if subject.has_focus else subject).focus()

    @on(Left)
    def edited(self, message: Left) -> None:
        """Esc shows the message as it would leave now."""
        if message.field.id == "subject" and message.done:
            self.query_one("#body").focus()
            return
        self.set_focus(None)
        self.remove_class("-editing")
        for field in self.query("#subject, #body"):
            field.can_focus = False
        body, subject = (
            self.query_one("#body", BodyField).value,
            self.query_one("#subject", LineField).value,
        )
        if self.preview is not None and (
            body != self.preview.body or subject != self.preview.subject
        ):
            as_typed = replace(
                self.preview, body=body, subject=subject, filled=(), missing=(), not_ours=""
            )
            self._show(as_typed)

    def action_send(self) -> None:
        if self.preview is None:
            return
        if self.preview.missing:
            self.warn(
                f"This lead lacks: {', '.join(self.preview.missing)}. Edit it (E), or take "
                "another ([ ])."
            )
            return
        self._busy = True
        self.say("Handing it over …")
        self.hand_over(self.preview)

    def action_leave(self) -> None:
        if self.question is None:
            self.dismiss(None)
        else:
            self._busy = True
            self.put_question()

    # Leaving

    @work(group="write")
    async def hand_over(self, preview: MailPreview) -> None:
        """Let it go; sent and confirmed in one, or asked about where only the rep can know."""
        with self.mishaps():
            mailed = await ask(
                self.desk.mail.hand_over,
                preview.lead_id,
                preview.template,
                preview.subject,
                preview.body,
                obligation_id=self.question.id if self.question else None,
                wording=preview.wording,
            )
            await self._handed_over(mailed)
        self._busy = False

    async def _handed_over(self, mailed: Mailed) -> None:
        if self.question is None:
            self.leave_beside(mailed)
        elif mailed.state == "sent":
            answering = Answering.of(self.question)
            confirmed = await ask(
                self.desk.confirm.answer, self.question.id, answering.given("yes")
            )
            self.dismiss(replace(confirmed, outcome=f"{self.question.lead}: e-mail sent"))
        else:
            self.put_question()

    @work(group="flow")
    async def leave_beside(self, mailed: Mailed) -> None:
        """A message beside a call needs no answer, except whether a draft was sent."""
        with self.mishaps():
            if mailed.state == "drafted":
                sent = await self.app.push_screen_wait(
                    ReasonDialog(self.desk, "Did you press send?", mailed.draft, SENT)
                )
                if sent is not None:
                    mailed = await ask(self.desk.mail.resolve, mailed.email, sent == "yes")
            self.said = SAID.get(mailed.state, f"The message is {mailed.state}: {mailed.words}")
            self.dismiss(None)

    @work(group="flow")
    async def put_question(self) -> None:
        """The question over the message, with what became of it; its answer ends both."""
        from leadtui.screens.question.asking import put_question

        if self.question is None:
            return
        now = await ask(self.desk.block.open_question)
        asked = now if now is not None and now.id == self.question.id else self.question
        self.dismiss(await put_question(self.app, self.desk, Answering.of(asked)))


def marked(preview: MailPreview) -> Content:
    """The body, what was filled in underlined in the accent colour; each part cleaned by itself, so
    no mark moves."""
    parts: list[Content] = []
    end = 0
    for start, stop in sorted(preview.filled):
        if end <= start < stop <= len(preview.body):
            parts.append(shown(preview.body[end:start], "", BODY, newlines=True))
            parts.append(shown(preview.body[start:stop], "underline $accent", BODY, newlines=True))
            end = stop
    parts.append(shown(preview.body[end:], "", BODY, newlines=True))
    return Content("").join(parts)
