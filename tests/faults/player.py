"""A person at the call block: the key for what stands on the screen, and what the screen said in
return."""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults import terminal
from tests.faults.terminal import QUESTION, Killed, Terminal

DIALED = "for you to dial"
WARNED = "I have seen it: dial"


class Player:
    """Somebody who works through the queue as fast as the keys are taken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shown: list[str] = []
        """Whose actions the screen showed as confirmed, in order. A busy machine may paint over
        one before it is looked at, so these are some of what was confirmed, never more."""
        self.answered = 0
        """How often a key answered; a last one may have been taken as the kill came."""

    def play(self, asked: bool, steps: int, seconds: float) -> None:
        """Start the program, do so many steps, and play on until it is killed some fractions of a
        second later."""
        with terminal.on(self.folder) as term:
            try:
                if asked:
                    term.asked()
                    assert not term.says("✓ Lead"), (
                        "something was done before the question was answered"
                    )
                else:
                    term.ready()
                    assert not term.says(QUESTION)
                for _ in range(steps):
                    self.step(term)
                term.doom = time.monotonic() + seconds
                while True:
                    self.step(term)
            except Killed:
                assert term.process.exitcode == -9
                self.watch(term)

    def watch(self, term: Terminal) -> str:
        """Take the line of feedback."""
        text = term.screen.text()
        name = confirmed(text)
        if name and self.shown[-1:] != [name]:
            self.shown.append(name)
        return text

    def step(self, term: Terminal) -> None:
        """The key for what stands on the screen, as soon as it takes one."""
        term.until(lambda: where(self.watch(term)))
        here = where(term.screen.text())
        if here == "call":
            term.send("d")
            term.until(lambda: term.says(DIALED) or term.says(WARNED))
            if term.says(WARNED):  # who works this fast comes by the same lead again
                term.send("\r")
                term.until(DIALED)
        for _ in range(20):
            term.send(KEYS[here])
            end = time.monotonic() + 2
            # A key that comes before the last action has quite ended is lost, and a person presses
            # it again.
            while (now := where(self.watch(term))) in {"", here} and (
                time.monotonic() < end or now != here
            ):
                term.pump(0.02)
            if now != here:
                self.answered += here in {"question", "e-mail"}
                return


def confirmed(text: str) -> str:
    """Whose action a screen shows as confirmed: ``✓ Lead Number03: no answer · next: …``; empty
    where it shows none."""
    for line in text.splitlines():
        name, colon, _ = line.strip().removeprefix("✓ ").partition(": ")
        if line.strip().startswith("✓ Lead ") and colon:
            return name
    return ""


KEYS = {
    "question": "y",
    "no outcome": "o",
    "outcomes": "1",
    "e-mail": "y",
    "call": "1",
    "due": "\r",
    "queue": "\r",
}
"""What a person presses where."""


def where(text: str) -> str:
    """Which screen takes a key now; empty while none does."""
    if QUESTION in text or "Did you press send?" in text:
        if "● Outcome" in text:
            return "outcomes"
        return (
            ""
            if terminal.ARMED not in text
            else "no outcome"
            if "not chosen yet" in text
            else "question"
        )
    if "⏎  start it now" in text:
        return "due"
    if "● y sends it" in text:
        return "e-mail"
    if "1 No answer" in text:
        return "call"
    return "queue" if "⏎ start" in text and "│ ▸ " in text else ""
