"""A clock that is set back: the order is the log's numbers, and the step is an entry of its own."""

import json
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from leadtui.clock import FixedClock, SystemClock
from leadtui.desk.core.people import os_login
from leadtui.desk.floor.making import NewRep
from leadtui.store.engine.rows import Rows
from tests.builders import MONDAY, a_desk, a_floor, a_lead
from tests.faults import checks, programs


def entries(folder: Path, after: int) -> list[tuple[int, int, str]]:
    """(seq, at, event) of the newer entries, as they stand in the file."""
    with closing(Rows(f"sqlite:///{folder / 'leadtui.db'}")) as rows:
        found = rows.all("SELECT seq, at, body FROM log WHERE seq > ? ORDER BY seq", (after,))
    return [(seq, at, json.loads(body)["event"]) for seq, at, body in found]


def test_the_machines_clock_was_years_ahead(tmp_path: Path):
    """A real floor made by a clock that ran ahead: today's work is kept in its order, after a step
    that is on record."""
    ahead = SystemClock().now() + timedelta(days=700)
    people = [NewRep("Dana Reyes", os_login())]
    folder = a_floor(tmp_path / "floor", now=ahead, people=people, demo=False)
    desk = a_desk(folder, os_login(), clock=FixedClock(ahead), now=ahead)
    lead = a_lead(desk)
    desk.close()
    before = checks.looked_at(folder, ahead=True).entries

    for words in ("first", "second"):
        code, said = programs.command(
            folder, "lead", "edit", str(lead), "--title", words, env={"LEADTUI_NOW": ""}
        )
        assert code == 0, said

    made = entries(folder, before)
    assert [event for _, _, event in made].count("clock.step") == 2
    assert made[0][2] == "clock.step"
    assert [seq for seq, _, _ in made] == list(range(before + 1, before + 1 + len(made)))
    times = [at for _, at, _ in made]
    assert times == sorted(times)
    checks.looked_at(folder, ahead=True)
    code, said = programs.command(folder, "doctor", env={"LEADTUI_NOW": ""})
    assert re.search("clock was set back|ahead of this machine's clock", said), said


def test_a_call_block_over_a_step_back(folder: Path):
    """Started before the step and answered after it: nothing is lost, refused or out of order."""
    clock = FixedClock(MONDAY + timedelta(hours=1))
    desk = a_desk(folder, clock=clock)
    started = desk.block.start(desk.block.first_page(1).ids[0])
    before = checks.looked_at(folder).entries
    desk.close()

    again = a_desk(folder, clock=FixedClock(MONDAY + timedelta(minutes=2)))
    question = again.block.open_question()
    assert question is not None
    assert question.id == started.question.id
    programs.answer(again, question.id)
    assert again.block.open_question() is None
    again.close()

    events = [event for _, _, event in entries(folder, before)]
    assert events[0] == "clock.step"
    assert events[-1] == "action.confirmed"
    checks.looked_at(folder)


def test_a_demo_floor_never_goes_back(folder: Path):
    """There the clock can be set, but not before the last entry: the step does not happen at
    all."""
    before = checks.looked_at(folder).entries
    for now in ("2026-11-23T18:00:00Z", "2026-11-23T15:00:00Z"):
        assert (
            programs.command(
                folder,
                "--rep",
                "dana",
                "lead",
                "edit",
                "1",
                "--title",
                now,
                env={"LEADTUI_NOW": now},
            )[0]
            == 0
        )
    made = entries(folder, before)
    assert "clock.step" not in [event for _, _, event in made]
    assert made[-1][1] >= made[0][1]
    checks.looked_at(folder)
