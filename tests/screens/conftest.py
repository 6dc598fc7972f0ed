"""What the tests of screens share: a floor of their own, and patience that waits for what is seen,
not for time."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from leadtui.app import LeadtuiApp
from leadtui.desk.desk import Desk
from leadtui.screens.question.question import QuestionScreen
from leadtui.screens.queue.call_block import CallBlockScreen
from tests.screens.floors import a_busy_floor, a_copy

SIZES = [(120, 36), (80, 24), (60, 15)]


def picture_id(value: object) -> str:
    """A part of a picture's name: its scene, its size or its theme."""
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return getattr(value, "__name__", str(value))


def looks_the_same(snap_compare, desk: Desk, scene, size, theme) -> bool:
    """Whether a scene looks as it did when somebody last looked at it and found it good."""

    async def play(pilot: Pilot[None]) -> None:
        await scene(Driver(pilot.app, pilot))
        await pilot.pause(0.2)

    return snap_compare(LeadtuiApp(desk, theme=theme), terminal_size=size, run_before=play)


@pytest.fixture(scope="session")
def busy_floor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A floor to copy: making it takes a second."""
    return a_busy_floor(tmp_path_factory.mktemp("busy") / "floor")


@pytest.fixture
def desk(busy_floor: Path, tmp_path: Path) -> Iterator[Desk]:
    """Dana's desk on a floor of the test's own; a dial copies the number."""
    desk = a_copy(busy_floor, tmp_path / "floor")
    desk.context.settings = replace(desk.settings, dial="copy")
    yield desk
    desk.close()


class Driver:
    """A running application, and what a person would do and see."""

    def __init__(self, app: LeadtuiApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def until(self, seen: Callable[[], object], patience: float = 20.0) -> None:
        """Wait until something is so; fail with the screen's text when it never is."""
        for _ in range(int(patience / 0.02)):
            try:
                if seen():
                    return
            except Exception:
                pass
            await self.pilot.pause(0.02)
        pytest.fail(f"never seen; the screen says:\n{self.text()}")

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self.pilot.press(key)

    async def type(self, words: str) -> None:
        """Type words."""
        await self.pilot.press(*("space" if char == " " else char for char in words))

    def text(self) -> str:
        """What stands on the screen, line by line."""
        height = self.app.size.height
        compositor = self.app.screen._compositor
        strips = compositor.render_strips() if self.app.screen.is_running else []
        return "\n".join(strip.text.rstrip() for strip in strips[:height])

    def says(self, words: str) -> bool:
        """Whether the words stand on the screen, line breaks aside."""
        text = self.text()
        return words in text or words in " ".join(text.split())

    async def settled(self) -> None:
        """No read and no write is under way, and what they brought is painted."""
        await self.pilot.pause()
        await self.until(
            lambda: not [one for one in self.app.workers if one.is_running and one.group != "flow"]
        )
        await self.pilot.pause()

    @property
    def queue(self) -> CallBlockScreen:
        """The call block at the bottom of the stack."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, CallBlockScreen)
        return screen

    async def ready(self) -> None:
        """The queue and the next lead are there."""
        await self.until(lambda: self.queue.queue.selected_row is not None)
        await self.until(lambda: str(self.queue.query_one("#card", Static).visual).strip())

    @property
    def asked(self) -> QuestionScreen | None:
        """The question on top, if any."""
        return self.app.screen if isinstance(self.app.screen, QuestionScreen) else None

    async def armed(self) -> QuestionScreen:
        """Wait for the question, and until a key counts."""
        await self.until(
            lambda: self.asked is not None and self.asked.armed and self.asked.state.preview
        )
        assert self.asked is not None
        return self.asked


@asynccontextmanager
async def running(
    desk: Desk, size: tuple[int, int] = (120, 36), **options: object
) -> AsyncIterator[Driver]:
    """The application on a desk; it is not ended in the middle of putting up a screen."""
    app = LeadtuiApp(desk, **options)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot)
        yield driver
        await driver.until(lambda: app._exit or app._exception or app.screen.is_mounted)
