"""What goes over the wire: the screen comes to the same, and nothing is sent of what did not
change."""

import os
import random
import re
import signal
import sys
from contextlib import suppress

import pytest
from textual import constants
from textual.drivers import headless_driver
from textual.drivers._writer_thread import WriterThread

from leadtui.app import LeadtuiApp
from leadtui.desk.desk import Desk
from leadtui.screens.parts.wire import BEGIN, END, Outlet, Wire
from tests.screens.conftest import Driver

SEQUENCE = re.compile(r"\x1b\[([\d;]*)([mH])|(\n)|([^\x1b\n])")
LINED = {"4", "7", "9"}
OFF = {"22": ("1", "2"), "23": ("3",), "24": ("4",), "27": ("7",), "29": ("9",)}
STYLES = (
    "38;2;211;215;218;48;2;21;24;27",
    "1;38;2;120;182;196;48;2;21;24;27",
    "1;2;38;2;120;182;196;48;2;37;50;58",
    "7;38;2;48;74;83;48;2;21;24;27",
    "4;31;42",
    "3;9;38;5;200",
    "48;5;17",
    "",
)
TEXTS = ("lead", "  ", "due in 3 min", " ", "─│", "▸ Ana", "            x")


class Terminal:
    """As much of a terminal as a painting asks for: characters with their look, by place."""

    def __init__(self):
        self.cells, self.x, self.y, self.marks, self.colours = {}, 0, 0, set(), {}

    def feed(self, data):
        for codes, final, line, char in SEQUENCE.findall(data):
            if final == "H":
                self.y, self.x = (int(number) for number in codes.split(";"))
            elif final == "m":
                self.style(codes.split(";") if codes else ["0"])
            elif line:
                self.x, self.y = 1, self.y + 1
            else:
                self.cells[self.y, self.x] = (char, self.look(char))
                self.x += 1

    def look(self, char):
        """Of a blank one sees what is behind it, and lines."""
        if char == " " and not self.marks & LINED:
            return (self.colours.get("4"),)
        return frozenset(self.marks), self.colours.get("3"), self.colours.get("4")

    def style(self, codes):
        while codes:
            code = codes.pop(0)
            if code == "0":
                self.marks, self.colours = set(), {}
            elif code in ("38", "48"):
                length = 4 if codes[0] == "2" else 2
                self.colours[code[0]] = (code, *codes[:length])
                del codes[:length]
            elif code in OFF:
                self.marks -= {*OFF[code]}
            elif len(code) == 2:
                self.colours[code[0]] = None if code[1] == "9" else code
            else:
                self.marks.add(code)


def a_painting(rng: random.Random) -> str:
    """Pieces of lines as Textual writes them: a place, a style, a text, and the style's end."""
    pieces = []
    for _ in range(rng.randint(1, 5)):
        pieces.append(f"\x1b[{rng.randint(1, 4)};{rng.randint(1, 20)}H")
        for _ in range(rng.randint(1, 4)):
            style, text = rng.choice(STYLES), rng.choice(TEXTS)
            pieces.append(f"\x1b[{style}m{text}\x1b[0m" if style else text)
        pieces.append("\n" * rng.randint(0, 1))
    return "".join(pieces)


@pytest.mark.parametrize("seed", range(40))
def test_the_screen_comes_to_the_same(seed):
    """Whatever is painted over whatever stood there, a terminal that gets the shorter text shows
    what one that gets all of it shows."""
    rng, wire, whole, short = random.Random(seed), Wire(), Terminal(), Terminal()
    for _ in range(30):
        painting = a_painting(rng)
        whole.feed(painting)
        short.feed(wire.shortened(painting))
        assert whole.cells == {at: short.cells.get(at) for at in whole.cells}


@pytest.mark.parametrize("name", ["漢字", "Ame\u0301lie", "👍🏽 Ana"])
def test_of_a_line_with_wide_characters_all_is_written(name):
    """Terminals disagree on how wide some are: what stands behind them is set anew with them."""
    wire = Wire()
    for words in (f"{name}, CIO", f"{name}, CTO"):
        painting = f"\x1b[3;2H\x1b[1m{words}\x1b[0m"
        assert f"\x1b[3;2H\x1b[1m{words}" in wire.shortened(painting)
        assert wire.shortened(painting) == ""
    wire.shortened("\x1b[3;3HX")
    assert wire.shortened(painting).endswith(f"{words}\x1b[m"), "half of it was written over"


def test_what_stands_there_is_not_sent_again():
    """The same painting twice is sent once, with nothing around the second; after something else
    was written it goes out whole, and modes, the clipboard and the bell go out as they are."""
    wire, painting = Wire(), "\x1b[2;3H\x1b[1mDue 46\x1b[0m\n"
    assert "Due 46" in wire.shortened(painting)
    assert [wire.shortened(each) for each in (BEGIN, painting, END)] == ["", "", ""]
    for silent in ("\x1b[?25l", "\x1b]52;c;MQ==\x07", "\x07"):
        assert wire.shortened(silent) == silent
        assert wire.shortened(painting) == ""
    for other in ("\x1b[2J", "\x1b[?1049h"):
        assert wire.shortened(other) == other
        assert "Due 46" in wire.shortened(painting)
    wire.forget()
    shown = [wire.shortened(each) for each in (BEGIN, painting, END)]
    assert shown[0] == ""
    assert shown[1].startswith(BEGIN)
    assert shown[2] == END


class Recorder(headless_driver.HeadlessDriver):
    """A terminal that keeps what it is sent."""

    is_headless = False
    sent = ""

    def write(self, data):
        self.sent += data


@pytest.fixture
async def driver(desk: Desk, monkeypatch):
    """The call block in a terminal that keeps what it is sent."""
    monkeypatch.setattr(constants, "DRIVER", f"{__name__}:Recorder")
    app = LeadtuiApp(desk)
    monkeypatch.setattr(headless_driver, "HeadlessDriver", app.driver_class)
    async with app.run_test(size=(120, 36)) as pilot:
        found = Driver(app, pilot)
        await found.ready()
        await found.settled()
        yield found


async def sent(driver: Driver, doing) -> str:
    """What a terminal is sent for something, and for all that follows from it."""
    before = len(driver.app._driver.sent)
    await doing()
    await driver.pilot.pause(0.2)
    await driver.settled()
    return driver.app._driver.sent[before:]


async def test_a_call_block_at_rest_sends_nothing(driver: Driver, desk: Desk):
    """Looking again and again at what did not change sends not a byte; a minute later only the
    times are sent, and the whole screen when it is asked for."""

    async def look():
        driver.queue.look()

    driver.queue.remind = lambda: None
    for _ in range(5):
        assert await sent(driver, look) == ""
    desk.clock.advance(minutes=1)
    minute = await sent(driver, look)
    assert 0 < len(minute) < 600
    assert driver.says("10:43")
    assert "Jane Okafor" not in minute
    whole = await sent(driver, lambda: driver.press("ctrl+l"))
    assert "Jane Okafor" in whole
    assert len(whole) < 12_000


async def test_a_cursor_key_sends_two_lines_and_what_differs_of_the_lead(driver: Driver):
    """Two lines of the queue, and of the card beside them what is not the same."""
    for key in "jjjk":
        found = await sent(driver, lambda key=key: driver.press(key))
        assert 0 < len(found) < 1_600
        assert found.count("┐") + found.count("╮") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals like these")
def test_a_terminal_that_is_gone_ends_the_program_in_order():
    """A connection stalls, frames pile up, and then it breaks: the thread that writes lives on, so
    that nobody waits for it, and says once that the terminal hung up."""
    heard = []
    before = signal.signal(signal.SIGHUP, lambda *_: heard.append("hung up"))
    try:
        master, slave = os.openpty()
        with os.fdopen(slave, "w", encoding="utf-8") as file:
            thread = WriterThread(Outlet(file))
            thread.start()
            for _ in range(20):
                thread.write("x" * 4096)
            os.close(master)
            thread.stop()
            with suppress(OSError):
                file.close()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert heard == ["hung up"]
