"""The tour: the real application plays a short call block by itself, in memory, and its screens are
printed."""

from __future__ import annotations

import asyncio
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

    from leadtui.desk.desk import Desk

SIZE = (120, 36)
NEW_FILE = "harbor-tech-day-2026.csv"
CALLS = (
    ("1", "no answer"),
    ("5", "call back: the time is typed as people say it"),
    ("3", "voicemail, and the e-mail that fits it"),
    ("9", "not now"),
)
TIMES = {"5": "tomorrow 3pm", "9": "in 6 weeks 10am"}
"""What is typed where an outcome asks for a time, by its key."""


def play(folder: Path, *, leads: int, seed: int, shots: str) -> None:
    """Make a demo floor in ``folder`` and play on it: an import, four calls, e-mail, the
    supervisor's view, verify."""
    from leadtui.desk.intake.files.options import ImportOptions
    from leadtui.desk.playbook.files import sample
    from leadtui.opening.bootstrap import open_desk
    from leadtui.opening.demo import make_demo

    # The witnesses of a floor that is gone in a minute would stay in this account for ever.
    os.environ["XDG_STATE_HOME"] = str(folder.parent / "state")
    _tell("Making a floor: 60 sample leads of a trade show, and a week of calls …")
    make_demo(folder, leads=leads, seed=seed)
    desk = open_desk(str(folder), front_end="tour")
    try:
        _say(
            "1. A file of leads comes in",
            f"leadtui import {NEW_FILE} --offer trade-show --event-zone Europe/Berlin",
        )
        options = ImportOptions(
            offer="trade-show", event="Harbor Tech Day", event_zone="Europe/Berlin", name=NEW_FILE
        )
        found = desk.intake.import_file(sample(NEW_FILE), options)
        print(
            f"{found.rows} rows: {found.new} new, {found.updated} updated, {found.merged} "
            f"merged, {found.unchanged} "
            f"unchanged, {found.review} to review, {found.rejected} rejected"
        )
        target = Path(shots) if shots else None
        if target:
            target.mkdir(parents=True, exist_ok=True)
        asyncio.run(_Tour(desk, target).run())
        asyncio.run(_supervise(desk, target))
        _verify(desk)
    finally:
        desk.close()


class _Tour:
    """The rep's part."""

    def __init__(self, desk: Desk, shots: Path | None) -> None:
        from leadtui.app import LeadtuiApp

        self.desk, self.shots = desk, shots
        self.app = LeadtuiApp(desk)
        self.calls = list(CALLS)
        self.mailed = False

    async def run(self) -> None:
        """The queue, then touches from its top until four calls and an e-mail are done."""
        async with self.app.run_test(size=SIZE) as pilot:
            await self.on("CallBlockScreen", pilot)
            await self.settled(pilot)
            card: Any = self.app.screen.query_one("#card")
            await self.until(pilot, lambda: bool(str(card.visual).strip()))
            await self.settled(pilot)
            self.show("2. The call block: what is due, in order", "call-block")
            for _ in range(12):
                if not self.calls and self.mailed:
                    break
                await self.touch(pilot)

    async def touch(self, pilot: Pilot[Any]) -> None:
        """One touch, from Enter to the answer."""
        await pilot.press("enter")
        await self.until(pilot, lambda: self.name != "CallBlockScreen")
        if self.name == "MailScreen":
            await self.mail(pilot)
        elif self.name == "CallScreen":
            await self.call(pilot)
        await self.on("CallBlockScreen", pilot)
        await self.settled(pilot)

    async def call(self, pilot: Pilot[Any]) -> None:
        """Dial, say what it came to, answer the question; a task or a demo is only answered for."""
        screen: Any = self.app.screen
        if not screen.state.is_call:
            await self.settled(pilot)
            await pilot.press("enter")
            await self.on("QuestionScreen", pilot)
            await self.question(pilot, "a task", memo="asked at the switchboard")
            return
        key, words = self.calls.pop(0) if self.calls else ("1", "no answer")
        await self.settled(pilot)
        if key == "1":
            self.show("3. Enter starts the call: number, local time, history, script, fit", "call")
        await pilot.press("d")
        await self.settled(pilot)
        if self.name == "AcknowledgeDialog":
            self.show("The calling rules warn: it is seen, and dialed all the same", "warning")
            await pilot.press("enter")
            await self.settled(pilot)
        await pilot.press(key)
        await self.on("QuestionScreen", pilot)
        await self.question(pilot, words, TIMES.get(key, ""))
        await self.settled(pilot)
        if self.name == "MailScreen":
            await self.mail(pilot)

    async def question(self, pilot: Pilot[Any], words: str, time: str = "", memo: str = "") -> None:
        """It arms, and then one key answers."""
        screen: Any = self.app.screen
        await self.until(pilot, lambda: screen.armed)
        await self.settled(pilot)
        if time:
            await self.until(pilot, lambda: screen.focused is not None)
            await pilot.press(*time, "enter")
            await self.settled(pilot)
        if memo:
            await pilot.press("tab")
            await self.until(pilot, lambda: screen.focused is not None)
            await pilot.press(*memo, "escape")
            await self.settled(pilot)
            await self.until(pilot, lambda: screen.armed)
        self.show(
            f"The question, {words}",
            f"question-{re.split('[,:]', words, maxsplit=1)[0].replace(' ', '-')}",
        )
        await pilot.press("y")
        await self.until(pilot, lambda: self.app.screen is not screen)

    async def mail(self, pilot: Pilot[Any]) -> None:
        """The finished message; y sends it."""
        screen: Any = self.app.screen
        await self.settled(pilot)
        await self.until(pilot, lambda: screen.armed and screen.preview)
        if not self.mailed:
            self.show("One key sends the e-mail that is due", "e-mail")
        self.mailed = True
        await pilot.press("y")
        await self.until(pilot, lambda: self.app.screen is not screen)
        await self.settled(pilot)
        if self.name == "QuestionScreen":
            await self.question(pilot, "sent")

    # -- waiting and showing -----------------------------------------------------------------------

    @property
    def name(self) -> str:
        return type(self.app.screen).__name__

    async def on(self, name: str, pilot: Pilot[Any]) -> None:
        await self.until(pilot, lambda: self.name == name)

    async def until(self, pilot: Pilot[Any], done: Callable[[], bool], seconds: float = 20) -> None:
        """Wait for ``done``; a tour that hangs says where."""
        for _ in range(int(seconds / 0.05)):
            if done():
                return
            await pilot.pause(0.05)
        raise TimeoutError(f"the tour waited in vain on {self.name}")

    async def settled(self, pilot: Pilot[Any]) -> None:
        """Reads that are under way have come back and are painted."""
        await settled(self.app, pilot)

    def show(self, title: str, name: str) -> None:
        """Print the screen, and keep it as SVG where asked."""
        _say(title)
        show_screen(self.app, self.shots, name)


async def settled(app: App[Any], pilot: Pilot[Any]) -> None:
    """Wait until no short read runs and the screen is painted."""
    for _ in range(40):
        await pilot.pause(0.05)
        reads = [
            worker
            for worker in app.workers
            if worker.is_running and worker.group not in {"flow", "default"}
        ]
        if not reads:
            break
    # What was read is laid out anew a moment later: the screen stands when two looks at it are the
    # same.
    before, now = "", screen_text(app)
    for _ in range(40):
        if now == before:
            break
        await pilot.pause(0.05)
        before, now = now, screen_text(app)


def show_screen(app: App[Any], shots: Path | None, name: str) -> None:
    """The screen as text, and as SVG in ``shots``."""
    print(screen_text(app))
    if shots is not None:
        (shots / f"{name}.svg").write_text(
            app.export_screenshot(title=f"leadtui: {name}"), encoding="utf-8"
        )


def screen_text(app: App[Any]) -> str:
    """What stands on the screen, line by line, without colours."""
    from rich.console import Console

    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        record=True,
        legacy_windows=False,
    )
    console.print(
        app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)  # noqa: SLF001
    )
    return "\n".join(line.rstrip() for line in console.export_text(styles=False).splitlines())


async def _supervise(desk: Desk, shots: Path | None) -> None:
    from leadtui.screens.supervise.supervise import SuperviseApp

    app: Any = SuperviseApp(desk)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        await settled(app, pilot)
        _say("4. The supervisor reads what was really done", "leadtui supervise")
        show_screen(app, shots, "supervise")


def _verify(desk: Desk) -> None:

    _say("5. And the log can be checked", "leadtui log verify")
    found = desk.audit.verify()
    print(
        f"{found.entries} entries, {'the chain holds' if found.ok else found.message}, head "
        f"{found.head.hash.hex()[:16]}"
    )
    if not found.ok:
        raise SystemExit(1)


def _say(title: str, command: str = "") -> None:
    print(f"\n── {title} ".ljust(SIZE[0], "─"))
    if command:
        print(f"$ {command}")


def _tell(words: str) -> None:
    """What is going on, for whoever watches; it is no part of the output."""
    if sys.stderr.isatty():
        print(words, file=sys.stderr)
