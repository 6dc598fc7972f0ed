"""The application around the screens: sizes, themes, signals, the palette, and what is loaded at
the start."""

import json
import os
import pty
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from textual.command import CommandList
from textual.worker import WorkerState

from leadtui.desk.desk import Desk
from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.themes import DARK, LIGHT
from tests.screens.conftest import running

PROGRAM = """
import sys
from pathlib import Path
from leadtui.app import LeadtuiApp
from tests.screens.floors import NOW, a_desk
app = LeadtuiApp(a_desk(Path(sys.argv[1]), now=NOW))
app.run()
sys.exit(app.return_code or 0)
"""


@pytest.mark.parametrize("theme", [DARK, LIGHT])
async def test_both_themes(desk: Desk, theme):
    """Dark and light show the same words."""
    async with running(desk, theme=theme) as driver:
        await driver.ready()
        assert driver.app.theme == theme
        assert driver.says("callback 10:45")


async def test_the_theme_is_switched_from_the_palette(desk: Desk):
    """The palette finds commands by name, and holds nothing dangerous."""
    async with running(desk) as driver:
        await driver.ready()
        before = driver.app.theme
        titles = {command.title for command in driver.app.get_system_commands(driver.app.screen)}
        assert titles == {"Light or dark", "Keys", "Add or inbound", "Leave"}
        await driver.press("ctrl+p")
        await driver.type("light")
        found = driver.app.screen.query_one(CommandList)
        await driver.until(lambda: found.option_count == 1)
        await driver.press("enter")
        await driver.until(lambda: driver.app.theme != before)


async def test_an_answer_that_comes_while_the_screen_closes_is_nobodys(desk: Desk):
    """Its widgets are gone: the worker ends and stops no program."""
    async with running(desk) as driver:
        await driver.ready()
        queue, answered = driver.queue, Event()

        async def look() -> None:
            await ask(answered.wait, 10)
            queue.query_one("#gone")

        worker = queue.run_worker(look(), exit_on_error=False)
        await driver.pilot.pause(0.1)
        queue._pruning = True
        answered.set()
        await driver.until(lambda: worker.is_finished)
        queue._pruning = False
        assert worker.state == WorkerState.CANCELLED


async def test_any_size(desk: Desk):
    """From 20×5 to 400×100: no crash, and the state is kept; two hundred in a real terminal are
    among the faults."""
    chance = random.Random(7)
    async with running(desk) as driver:
        await driver.ready()
        chosen = driver.queue.queue.selected
        for size in ((20, 5), (400, 100), (60, 15), (59, 15), (60, 14), (80, 24), (1, 1)):
            await driver.pilot.resize_terminal(*size)
        for _ in range(23):
            await driver.pilot.resize_terminal(chance.randint(20, 400), chance.randint(5, 100))
        await driver.pilot.resize_terminal(120, 36)
        await driver.until(lambda: not driver.says("too small"))
        assert driver.queue.queue.selected == chosen
        assert driver.queue.queue.selected_row.name == "Jane Okafor"


async def test_too_small_is_said(desk: Desk):
    """Below 60×15 a clear message stands alone, and it goes when there is room."""
    async with running(desk, (59, 15)) as driver:
        await driver.until(lambda: driver.says("This window is too small."))
        assert driver.says("leadtui needs 60×15")
        assert not driver.says("Due ")
        await driver.pilot.resize_terminal(60, 15)
        await driver.until(lambda: driver.says("Due "))


async def test_q_leaves_when_nothing_is_open(desk: Desk):
    """Without an open question leaving is one key, also from a window that is too small."""
    async with running(desk, (40, 10)) as driver:
        await driver.until(lambda: driver.says("too small"))
        await driver.press("q")
        await driver.until(lambda: driver.app._exit)
        assert driver.app.return_code == 0


async def test_a_floor_that_cannot_be_opened_is_said_on_leaving(desk: Desk, monkeypatch):
    """The reason stands on the terminal after the application is gone."""

    def refuse():
        raise LeadtuiError("your login 'eve' belongs to nobody on this floor")

    monkeypatch.setattr(desk.block, "open_question", refuse)
    async with running(desk) as driver:
        await driver.until(lambda: driver.app._exit)
        assert driver.app.return_code == 1


def in_a_terminal(folder: Path) -> tuple[int, int]:
    """Start the application in a terminal of its own: (process id, terminal)."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(
            TERM="xterm-256color", COLUMNS="120", LINES="36", PYTHONPATH=str(Path.cwd())
        )
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM, str(folder)])
    return pid, terminal


def read_until(terminal: int, words: bytes, patience: float = 60) -> bytes:
    """What the terminal was sent until the words came."""
    out, end = b"", time.monotonic() + patience
    while words not in out and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                out += os.read(terminal, 65536)
            except OSError:
                break
    return out


@pytest.mark.skipif(sys.platform == "win32", reason="no signals like these")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal_and_keeps_the_obligation(desk: Desk, number):
    """Exit code 128 + n, the alternate screen left, and the question still open."""
    desk.block.start(desk.block.first_page().ids[0])
    pid, terminal = in_a_terminal(desk.settings.folder)
    try:
        assert b"complete" in read_until(terminal, b"complete")
        os.kill(pid, number)
        out = read_until(terminal, b"\x1b[?1049l")
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(terminal)

    assert b"\x1b[?1049l" in out
    assert os.waitstatus_to_exitcode(status) == 128 + number
    assert desk.block.open_question() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals like these")
def test_a_terminal_that_is_closed_ends_the_program(desk: Desk):
    """Closing the window leaves no process behind and answers nothing."""
    desk.block.start(desk.block.first_page().ids[0])
    pid, terminal = in_a_terminal(desk.settings.folder)
    read_until(terminal, b"complete")
    os.close(terminal)
    end = time.monotonic() + 30
    while time.monotonic() < end and os.waitpid(pid, os.WNOHANG) == (0, 0):
        time.sleep(0.05)
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    assert desk.block.open_question() is not None


def test_the_first_frame_waits_for_no_database_library():
    """Importing the application and its first screen loads neither SQL nor what other screens
    need."""
    code = (
        "import sys, json, leadtui.app, leadtui.screens.queue.call_block; "
        "print(json.dumps(sorted(sys.modules)))"
    )
    loaded = set(
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code], check=True, capture_output=True, text=True
            ).stdout
        )
    )

    heavy = {
        "sqlalchemy",
        "sqlmodel",
        "pydantic",
        "phonenumbers",
        "holidays",
        "textual.widgets._text_area",
    }
    assert not heavy & loaded
    assert (
        not {f"leadtui.screens.{name}" for name in ("call", "question", "mail_preview", "help")}
        & loaded
    )
