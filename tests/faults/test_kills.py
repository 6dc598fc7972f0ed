"""kill -9 in the middle of a call block: no confirmed action is lost, none is half done, and what
is open is asked first.

LEADTUI_FAULT_ROUNDS=full makes 200 kills, otherwise a tenth of them: 30 (3) hit the program on a
terminal while a person plays it with the keyboard, 150 (15) a process that works through the same
use cases without a screen and tells through a pipe what was acknowledged before it goes on, and 20
(2) such a process on PostgreSQL. The next round goes on with the floor that the last one left."""

import random
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from leadtui.settings import load_settings
from leadtui.store.engine.rows import Rows
from tests.faults import checks, programs, terminal
from tests.faults.conftest import rounds
from tests.faults.player import Player

SHOWN = rounds(30)
TOLD = rounds(150)
ON_A_SERVER = rounds(20)


def test_the_rounds_are_two_hundred_or_a_tenth():
    """What the name of this file promises is what is counted."""
    assert rounds(200) == SHOWN + TOLD + ON_A_SERVER


def test_kills_between_any_two_instructions_of_the_desk(folder: Path):
    """Whatever the desk acknowledged before the kill is there; what was open is asked first, and
    cannot be passed."""
    kill_at_work(folder, TOLD)


def kill_at_work(
    folder: Path, number_of_kills: int, settled: Callable[[], None] = lambda: None
) -> None:
    """So many kills; ``settled`` returns when what the killed process had begun on a server has
    ended there."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    seen = checks.looked_at(folder)
    acknowledged: dict[int, int] = {}
    open_at_kill = kills = 0
    for number in range(number_of_kills):
        told = _killed_at_work(folder, dice, seed + number)
        settled()
        asked = tuple(message[1] for message in told if message[0] == "asked")
        if ("free", 0) in told:
            assert asked == seen.open, "a question was skipped"
        else:
            assert asked == seen.open[: len(asked)], "a question was skipped"
        acknowledged |= {message[1]: message[2] for message in told if message[0] == "confirmed"}
        seen = checks.looked_at(folder)
        checks.kept(seen, acknowledged.items())
        _open_as_told(seen, told)
        kills += 1
        open_at_kill += bool(seen.open)

    print(
        f"{kills} kills, {len(acknowledged)} confirmed actions, {open_at_kill} times with a "
        "question open; none "
        "lost"
    )
    assert kills == number_of_kills
    assert open_at_kill or number_of_kills < 10


def _killed_at_work(folder: Path, dice: random.Random, seed: int) -> list[tuple]:
    """One round: what the worker told until it was killed."""
    ours, theirs = programs.pipe()
    worker = programs.start(programs.work, folder, theirs, seed)
    theirs.close()
    told: list[tuple] = []
    for _ in range(dice.randint(1, 14)):
        assert ours.poll(30), "the worker says nothing"
        told.append(ours.recv())
    time.sleep(dice.uniform(0.0, 0.05))
    worker.kill()
    worker.join(30)
    assert worker.exitcode == -9, "the worker failed by itself"
    try:
        while ours.poll(0):
            told.append(ours.recv())
    except EOFError:
        pass
    ours.close()
    return told


def _open_as_told(seen: checks.Seen, told: list[tuple]) -> None:
    """What the desk said to be started is open or confirmed, and what was typed for it is kept."""
    for what, obligation, *rest in told:
        if what in {"started", "dialed", "mailed", "kept"}:
            assert obligation in seen.open or obligation in seen.confirmed, (
                f"{what} {obligation} is lost"
            )
        if what == "kept" and obligation in seen.open:
            assert seen.drafts[obligation] == rest[0]


def test_kills_of_the_program_on_a_terminal(folder: Path):
    """What the screen showed as confirmed is there; the next start shows the open question before
    anything else."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    seen = checks.looked_at(folder)
    shown_in_all = open_at_kill = 0
    for _ in range(SHOWN):
        if seen.open:
            _the_command_line_cannot_pass(folder)
        player = Player(folder)
        player.play(bool(seen.open), dice.randint(0, 9), dice.uniform(0.0, 0.5))
        before, seen = seen, checks.looked_at(folder)
        fresh = seen.names[len(before.names) :]
        in_the_log = iter(fresh)
        assert all(name in in_the_log for name in player.shown), (
            f"what was shown as confirmed is lost: {player.shown} of {fresh}"
        )
        assert len(fresh) <= player.answered + 1, "more is confirmed than was answered"
        shown_in_all += len(player.shown)
        open_at_kill += bool(seen.open)
    print(
        f"{SHOWN} kills, {shown_in_all} actions shown as confirmed, {open_at_kill} times with "
        "a question open; none "
        "lost"
    )


def _the_command_line_cannot_pass(folder: Path) -> None:
    """``leadtui start`` is refused while a question is open."""
    code, words = programs.command(
        folder, "start", "20", "--rep", "dana", "--out-of-turn", "supervisor_asked"
    )
    assert code == 1
    assert "answer first" in words, words


def test_a_kill_between_start_and_answer_asks_first(folder: Path):
    """Enter, then kill -9 before y: the next start shows the question, with outcome and memo, and
    nothing passes it."""
    with terminal.on(folder) as term:
        term.calling()
        term.send("3")
        term.asked()
        term.memo("left with clerk")
        term.send("\t")
        term.until(lambda: "left with clerk" in checks.looked_at(folder).drafts.values())
        assert term.end() == -9

    seen = checks.looked_at(folder)
    assert len(seen.open) == 1
    _the_command_line_cannot_pass(folder)

    with terminal.on(folder) as term:
        term.asked()
        assert term.says("Call Lead Number00")
        term.until("Left voicemail")
        assert term.says("left with clerk")
        term.send("\r\x1b q\x11")
        term.pump(1.0)
        assert checks.looked_at(folder).open == seen.open
        term.asked()
        term.send("y")
        term.until(lambda: not checks.looked_at(folder).open)

    assert checks.looked_at(folder).names == ("Lead Number00",)


def test_a_kill_takes_neither_the_outcome_key_nor_the_memo_being_typed(folder: Path):
    """kill -9 after an outcome key, then in the middle of the memo: both are there at the next
    start."""
    with terminal.on(folder) as term:
        term.calling()
        term.send("3")
        term.asked()
        term.until(lambda: "VOICEMAIL" in _outcomes(folder))
        assert term.end() == -9

    with terminal.on(folder) as term:
        term.asked()
        term.until("Left voicemail")
        term.memo("left with clerk")
        term.until(lambda: "left with clerk" in checks.looked_at(folder).drafts.values())
        assert term.end() == -9

    with terminal.on(folder) as term:
        term.asked()
        term.until("Left voicemail")
        assert term.says("left with clerk")
        term.send("y")
        term.until(lambda: not checks.looked_at(folder).open)


def _outcomes(folder: Path) -> list[str]:
    """The outcomes that stand at open obligations."""
    with closing(Rows(load_settings(folder).database_url)) as rows:
        return [
            row[0] for row in rows.all("SELECT outcome FROM obligation WHERE answered_at IS NULL")
        ]


def test_a_floor_that_was_being_made_is_made_or_not(tmp_path: Path):
    """Killed while it lays a floor, ``leadtui init`` leaves a floor that opens, or no floor."""
    dice = random.Random(11)
    for number in range(rounds(20)):
        folder = tmp_path / f"floor{number}"
        process = programs.start(programs.lay, folder)
        process.join(dice.uniform(0.0, 0.5))
        process.kill()
        process.join(30)
        if (folder / "leadtui.toml").exists():
            assert checks.looked_at(folder).entries > 0
        else:
            code, words = programs.command(folder, "queue")
            assert (code, "no leadtui.toml" in words) == (1, True), words
        shutil.rmtree(folder, ignore_errors=True)
