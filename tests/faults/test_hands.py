"""Hands, windows and names in a real terminal: nothing but an answer answers, and nothing from
outside is obeyed."""

import random
import re
import time
from pathlib import Path

from leadtui.clock import FixedClock
from leadtui.screens.parts import arming
from tests.builders import MONDAY, a_desk, a_floor, a_lead
from tests.faults import checks, programs, terminal
from tests.faults.terminal import ARMED, LEAVES, QUESTION, Terminal

MOUSE = [
    f"\x1b[<{button};{x};{y}{up}"
    for button in (0, 1, 2, 64)
    for x, y in ((1, 1), (60, 18), (45, 22), (119, 35))
    for up in "Mm"
]
UNMOVED = {
    "leaving": ["\x11", "\x03", "\x10", "q", "\x1b", "\x1bq", "\x1a", "\x1c", "\x04"],
    "confirming": ["\r", "\n", " ", "\x1bOM", "\x1b[27;5;13~", "1", "Y", "N", "\x19", "\x1by"],
    "functions": [
        "\x1bOP",
        "\x1b[15~",
        "\x1b[A",
        "\x1b[B",
        "\x1b[H",
        "\x1b[5~",
        "\x1b[3~",
        "\x1b[Z\x1b",
        "?",
        "/",
    ],
    "a paste": [
        "\x1b[200~y\x1b[201~",
        "\x1b[200~\ty\r\ry\n\x1b[201~",
        "\x1b[200~" + "yn1" * 2000 + "\x1b[201~",
    ],
    "the mouse": MOUSE,
    "another window": ["\x1b[O", "\x1b[I", "\x1b[?1;2c", "\x1b[12;40R"],
}


def still_asked(term: Terminal, folder: Path, confirmed: int = 0) -> None:
    """The question stands on the screen and in the database, and no other action was begun."""
    assert term.process.is_alive()
    assert LEAVES not in term.raw
    term.asked()
    seen = checks.looked_at(folder)
    assert (len(seen.open), len(seen.names)) == (1, confirmed)


def test_no_key_paste_or_click_answers_or_passes(folder: Path):
    """Whatever reaches the terminal but an answer: the question stands as before; then ``y``
    answers."""
    with terminal.on(folder) as term:
        term.asking()
        for kind, keys in UNMOVED.items():
            for key in keys:
                term.send(key)
                term.pump(0.02)
            term.pump(0.3)
            assert term.says(QUESTION), f"{kind}:\n{term.screen.text()}"
            term.send("\x1b")
            term.pump(0.3)
            still_asked(term, folder)
        term.send("y")
        term.until("✓ Lead Number00: no answer")
    assert len(checks.looked_at(folder).names) == 1


def back_to_the_answers(term: Terminal) -> None:
    """Out of a field or a list of choices; a key that comes before the question is armed again is
    lost."""
    for _ in range(10):
        term.pump(0.3)
        if term.says(ARMED):
            return
        term.send("\x1b")
    still = f"the answers do not come back:\n{term.screen.text()}"
    raise AssertionError(still)


UNMARKED = (
    "yes, I did that",
    "yyyyyy",
    "y\n",
    "y\r",
    "y ",
    "hey",
    "1y",
    "oy",
    "o1y",
    "ny",
    "n1",
    "n11",
    "pp",
    "py",
    "\x1by",
    "\ty\ty",
    "y\ty",
    "y" + " " * 3000,
    "\x1b[200~y\x1b[201~y",
    "y\x1b[200~no\x1b[201~",
)
"""Pastes into a terminal that does not mark them (or marks a part): they come as keys, many at
once."""


def test_a_paste_that_comes_as_keys_answers_nothing(folder: Path):
    """It hits an armed question, begins with ``y`` or ends with it: nothing is answered; a single
    ``y`` then does."""
    with terminal.on(folder) as term:
        term.asking()
        for paste in UNMARKED:
            term.send(paste)
            term.pump(0.1)
            assert term.says(QUESTION), f"{paste[:20]!r}:\n{term.screen.text()}"
            back_to_the_answers(term)
        still_asked(term, folder)
        term.send("y")
        term.until("✓ Lead Number00: no answer")
    assert len(checks.looked_at(folder).names) == 1


def test_a_reason_is_chosen_by_a_single_key(folder: Path):
    """``n`` and the reason, each by itself, answer; the reason in a burst does not."""
    with terminal.on(folder) as term:
        term.asking()
        term.send("n")
        term.until("● No, because …")
        term.send("11")
        term.pump(0.1)
        assert len(checks.looked_at(folder).open) == 1
        term.until("● No, because …")
        term.send("1")
        term.until(lambda: not checks.looked_at(folder).open)


AHEAD = ("1y", "1yyyyyy", "1\r\ry", "1\x1b[200~y\x1b[201~y", "d1y", "1y\x11\x03y")


def test_what_was_typed_ahead_does_not_confirm(folder: Path):
    """The outcome and the answer in one go, call after call: the outcome is taken, the answer is
    asked."""
    with terminal.on(folder) as term:
        for number, keys in enumerate(AHEAD):
            term.calling()
            term.send(keys)
            term.until(QUESTION)
            still_asked(term, folder, confirmed=number)
            term.send("y")
            term.until(lambda: "Lead Number" in term.screen.text() and not term.says(QUESTION))
            term.until(lambda number=number: len(checks.looked_at(folder).names) == number + 1)
            term.pump(0.5)


def test_a_whole_call_typed_ahead_confirms_nothing(folder: Path):
    """Enter, dial, outcome and yes before the first screen has come: at most the touch is
    started."""
    with terminal.on(folder) as term:
        term.send("\rd1y\rd1y")
        term.until(lambda: term.says("⏎ start") or term.says(QUESTION) or term.says("No answer"))
        term.pump(1.5)
        assert checks.looked_at(folder).names == ()
        term.send("\rd1y\rd1y")
        term.pump(1.5)
        assert checks.looked_at(folder).names == ()


def kept_down(term: Terminal, key: str) -> tuple[bool, bool]:
    """Keep a key down for three seconds: whether it came as keyboards repeat it, without a pause
    that the machine made and a hand might have, and whether the question armed meanwhile."""
    steady, armed = True, False
    last = time.monotonic()
    end = last + 3
    while last < end:
        term.send(key)
        steady &= time.monotonic() - last < arming.WAIT / 2
        last = time.monotonic()
        term.pump(0.03)
        armed |= ARMED in term.screen.text()
    return steady, armed


def test_a_stuck_key_does_not_confirm(folder: Path):
    """While ``y`` repeats as keyboards do the question does not arm; it arms when the key is let
    go."""
    with terminal.on(folder) as term:
        term.calling()
        term.send("1")
        for _ in range(10):
            steady, armed = kept_down(term, "y")
            if steady:
                break
        assert steady, "the machine never let a key repeat in time"
        assert not armed
        still_asked(term, folder)


def test_a_stuck_key_sends_no_email(tmp_path: Path):
    """``y`` sends a due e-mail and confirms it: not while it is held down since before the message
    could be read."""
    folder = a_floor(tmp_path / "floor")
    desk = a_desk(folder, clock=FixedClock(MONDAY))
    a_lead(desk, "Lead Number00")
    programs.answer(desk, desk.block.start(desk.block.first_page(1).ids[0]).question.id)
    desk.close()
    with terminal.on(folder) as term:
        term.ready()
        term.until("e-mail")
        term.send("\r")
        end = time.monotonic() + 3
        while time.monotonic() < end:
            term.send("y")
            term.pump(0.03)
        term.pump(0.5)
        seen = checks.looked_at(folder)
        assert (len(seen.open), len(seen.names)) == (1, 1), "an e-mail left unread"
        term.until("● y sends it")
        term.send("y")
        term.until("e-mail sent")
    assert len(checks.looked_at(folder).names) == 2


def test_two_hundred_resizes_over_the_question(folder: Path):
    """From 20×5 to 400×100: no crash, too small is said, no key counts then, and the question is
    back with the room."""
    dice = random.Random(7)
    sizes = [(20, 5), (400, 100), (60, 15), (59, 15), (60, 14)]
    sizes += [(dice.randint(20, 400), dice.randint(5, 100)) for _ in range(195)]
    with terminal.on(folder) as term:
        term.asking()
        for number, (width, height) in enumerate(sizes):
            term.resize(width, height)
            term.pump(0.01)
            if number % 40 == 39:
                term.resize(40, 10)
                term.until("too small")
                term.send("y\ry")
                term.pump(0.4)
        term.resize(120, 36)
        still_asked(term, folder)
        term.send("y")
        term.until("✓ Lead Number00: no answer")


ATTACKS = (
    "[@click=app.quit]x[/] \x1b]52;c;aGk=\x07",
    "Eve\x1b]0;owned\x07",
    "Eve\x9d0;owned\x9c\x9b31m",
    "Eve\x1b[2J\x1b[1;1Howned",
    "Eve\x1bP$q q\x1b\\\x1b[6n\x1b[c",
    "Eve [/] [bold]\\[VIP]",
    "Eve \u202eevE\u2066 \u200b\u2028x",
    "Eve\x1b[?1049l\x1b[?1000l\x07\x08\x08",
    "Eve [link=file:///etc/passwd]x[/link] $accent",
)


FORBIDDEN = (
    "\x1b]0",
    "\x1b]52",
    "\x1b[6n",
    "\x1b[2J",
    LEAVES,
    "\x07",
    "\x08",
    "\x9b",
    "\x9d",
    "\u202e",
    "\u2028",
    "\u200b",
)


def test_hostile_names_reach_the_terminal_as_text(tmp_path: Path):
    """On the queue, the card, the call and the question; what the program itself tells the terminal
    is all it is told."""
    folder = a_floor(tmp_path / "floor")
    desk = a_desk(folder)
    for number, attack in enumerate(ATTACKS):
        a_lead(
            desk,
            attack,
            title=attack,
            company=attack,
            phone=f"+1303555010{number}",
            email=f"eve{number}@eve.example",
            city=attack,
        )
    desk.close()
    with terminal.on(folder) as term:
        term.ready()
        term.until("[@click=app.quit]x[/]")
        for _ in ATTACKS:
            term.send("j")
            term.pump(0.25)
        term.send("g")
        term.pump(0.3)
        term.send("\r")
        term.until("No answer")
        assert term.says("[@click=app.quit]x[/]")
        term.send("1")
        term.asked()
        assert term.says("[@click=app.quit]x[/]")
        term.send("y")
        term.until("✓ ")
        term.pump(0.5)
        assert term.process.is_alive()
        told = [command for command in term.screen.commands if not command.startswith("22;")]
        assert told == []
        inside = re.sub(r"\x1b\]22;[a-z-]*\x07", "", term.raw.partition("\x1b[?1049h")[2])
        for bad in FORBIDDEN:
            assert bad not in inside, f"{bad!r} reached the terminal"
