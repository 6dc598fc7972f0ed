"""The power goes: what the screen said was saved is saved, the file is sound, and what is open is
asked first.

A rep plays the program on a terminal while every write and every sync of the database is recorded
(``disk.py``); one recording gives as many cuts as one likes. LEADTUI_FAULT_ROUNDS=full makes 600
cuts, otherwise a tenth of them."""

from __future__ import annotations

import random
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from leadtui.errors import LeadtuiError
from leadtui.store.engine.database import open_store
from tests.faults import checks, terminal
from tests.faults.conftest import FULL, rounds
from tests.faults.disk import Call, Disk, recorded, tracer
from tests.faults.player import Player, confirmed, where
from tests.faults.terminal import QUESTION, Screen

LESS_SAFE = """
import sys
from leadtui.store.engine import sqlite
pragmas = sqlite.pragmas
sqlite.pragmas = lambda version: (*pragmas(version), {pragma!r})
from leadtui.cli import main
main(sys.argv[1:])
"""
"""The program with one pragma more."""

ROLLBACK = """
import sys
from leadtui.store.engine import sqlite
sqlite.wal_is_safe = lambda version: False
from leadtui.cli import main
main(sys.argv[1:])
"""
"""The program as it is where SQLite may corrupt a WAL: with a rollback journal."""


LOST = "what was shown as confirmed is lost"


@dataclass(frozen=True)
class Moment:
    """What a rep had seen when the power went."""

    confirmed: tuple[str, ...]
    """Whose actions the screen had shown as confirmed."""
    asked: bool
    """Whether the question stood there."""


def record(folder: Path, place: Path, actions: int, *program: str) -> list[Call]:
    """Play so many actions and leave, recorded; the calls."""
    trace, why = tracer()
    if why:
        pytest.skip(f"power cuts need a recording of system calls: {why}")
    player = Player(folder)
    command = (*trace, "-o", str(place), sys.executable, *(program or ("-m", "leadtui")))
    with terminal.on(folder, executed=command) as term:
        term.ready()
        while len(player.shown) < actions:
            player.step(term)
            player.watch(term)
        # On a slow machine a key that was pressed twice has begun another action.
        term.until(lambda: where(player.watch(term)))
        while where(player.watch(term)) != "queue":
            player.step(term)
            term.until(lambda: where(player.watch(term)))
        for _ in range(20):
            term.send("q")
            term.pump(0.3)
            if terminal.LEAVES in term.raw:
                break
        assert term.ended() == 0
    return recorded(place, folder / "leadtui.db")


def cuts(calls: list[Call], laid: Path, folder: Path, number: int, dice: random.Random):
    """So many cuts: what was seen till then; ``folder`` is then as the cut left it.

    Half of them anywhere in what was done to the database, half the moment after something was said
    on the screen."""
    from_disk = [place for place, call in enumerate(calls) if call.kind != "said"]
    from_said = [place for place, call in enumerate(calls) if call.kind == "said"]
    places = sorted(dice.choice(dice.choice((from_disk, from_said))) for _ in range(number))
    disk, screen, done = Disk(laid, "leadtui.db"), Screen(), []
    for place, call in enumerate(calls):
        if call.kind == "said":
            screen.feed(call.data.decode(errors="replace"))
            name = confirmed(screen.text())
            if name and done[-1:] != [name]:
                done.append(name)
        disk.do(call)
        while places and places[0] == place:
            places.pop(0)
            disk.after_a_cut(folder, dice)
            yield Moment(tuple(done), QUESTION in screen.text())


def held(folder: Path, moment: Moment) -> checks.Seen:
    """Open the floor as any program does, and look: nothing that was said is lost, and at most one
    thing is unsaid."""
    store = open_store(f"sqlite:///{folder / 'leadtui.db'}")
    store.dispose()
    seen = checks.looked_at(folder)
    assert seen.names[: len(moment.confirmed)] == moment.confirmed, LOST
    assert len(seen.names) - len(moment.confirmed) <= 1
    if moment.asked:
        assert seen.open or len(seen.names) > len(moment.confirmed), (
            "the question that stood there is lost"
        )
    return seen


def asked_first(folder: Path, seen: checks.Seen) -> None:
    """The next start of the program shows the open question, or the queue where there is none."""
    with terminal.on(folder) as term:
        if seen.open:
            term.asked()
        else:
            term.ready()
            assert not term.says(QUESTION)


def play_cuts(
    laid: Path,
    folder: Path,
    place: Path,
    *program: str,
    cut: int,
    actions: int,
    journal: str = "wal",
) -> None:
    """Record, cut the power again and again, and look each time; a tenth of the times with the
    program itself."""
    calls = record(folder, place, actions, *program)
    assert {call.name for call in calls if call.kind == "write"} >= {
        "leadtui.db",
        f"leadtui.db-{journal}",
    }
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    open_after = 0
    for number, moment in enumerate(cuts(calls, laid, folder, cut, dice)):
        seen = held(folder, moment)
        open_after += bool(seen.open)
        if number % 10 == 0:
            asked_first(folder, seen)
    syncs = sum(call.kind == "sync" for call in calls)
    print(
        f"{cut} cuts in {len(calls)} calls with {syncs} syncs, {open_after} with a question "
        "open; none lost"
    )
    assert open_after


def test_nothing_that_was_said_is_lost_when_the_power_goes(
    laid: Path, folder: Path, tmp_path: Path
):
    """At any moment of some calls, through checkpoints and the end of the program."""
    play_cuts(laid, folder, tmp_path / "recording", cut=rounds(500), actions=12 if FULL else 4)


@pytest.mark.skipif(
    not FULL, reason="LEADTUI_FAULT_ROUNDS=full also cuts the power under a rollback journal"
)
def test_nothing_is_lost_under_a_rollback_journal(laid: Path, folder: Path, tmp_path: Path):
    """Where SQLite's WAL is not safe, leadtui uses a journal that is put back at the next start."""
    play_cuts(
        laid,
        folder,
        tmp_path / "recording",
        "-c",
        ROLLBACK,
        cut=rounds(100),
        actions=4,
        journal="journal",
    )


@pytest.mark.parametrize("pragma", ["synchronous=NORMAL", *(["synchronous=OFF"] if FULL else [])])
def test_the_simulation_finds_a_program_that_does_not_sync(
    laid: Path, folder: Path, tmp_path: Path, pragma: str
):
    """The same program that leaves syncing to the system loses what it said was saved: the cuts
    above can fail."""
    calls = record(folder, tmp_path / "recording", 2, "-c", LESS_SAFE.format(pragma=pragma))
    shutil.rmtree(folder)
    shutil.copytree(laid, folder)
    lost = 0
    for moment in cuts(calls, laid, folder, 40, random.Random(5)):
        try:
            held(folder, moment)
        except AssertionError as error:
            lost += LOST in str(error)
        except LeadtuiError as error:
            print(error)  # the file itself did not survive
    print(f"{lost} of 40 cuts lost what was shown as confirmed")
    assert lost
