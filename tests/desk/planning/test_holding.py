"""Which calls are held follows the rules that run: at once where they are activated, and in turns
on a floor that an older program made."""

import pytest
from sqlmodel import select

from leadtui.desk.planning.holding import HELD_BY, hold_again, is_current
from leadtui.desk.playbook.activating import activate
from leadtui.store import floor
from leadtui.store.engine.tables import Touch
from tests.builders import a_lead
from tests.desk.acting import log

NEEDS = 'needs = ["DE"]'


@pytest.fixture
def leads(life):
    """Five leads in Colorado, each with a call."""
    return [
        a_lead(life.dana, f"Lead {n}", phone=f"+1303555014{n}", email=f"l{n}@a.example")
        for n in range(5)
    ]


def consent(life, countries):
    """Calls to these countries need a recorded consent from now on."""
    rules = life.folder / "playbook" / "calling.toml"
    text = rules.read_text()
    assert NEEDS in text
    rules.write_text(text.replace(NEEDS, f"needs = {countries}"))
    return activate(life.mira.context, life.folder / "playbook", move=False)


def held(life):
    """The rules that hold calls, lead by lead."""
    return [touch.held_rule for touch in life.rows(Touch, Touch.call == 1, Touch.state == "open")]


def test_rules_that_are_activated_hold_what_is_planned_already(life, leads):
    """How many is said; the next look finds nothing to do."""
    assert held(life) == [""] * 5
    found = consent(life, '["DE", "US"]')
    assert found.held == 5
    assert any("5 open calls are held" in line for line in found.running(move=False, done=True))
    assert held(life) == ["US consent"] * 5
    assert is_current(life.context)
    assert hold_again(life.context) == 0


def test_a_floor_of_an_older_program_is_brought_up_in_turns(life, leads):
    """Nothing says by which rules its calls are held: two a time, and then no more."""
    with life.context.write() as unit:
        floor.set_meta(unit, HELD_BY, "older")
        for touch in unit.session.exec(select(Touch)).all():
            touch.held_rule = "an old rule"
        unit.log("test")
    changed = [hold_again(life.context, 2) for _ in range(4)]
    assert changed == [2, 2, 1, 0]
    assert held(life) == [""] * 5
    entries = log(life.dana, "touch.reheld")
    assert [entry["codes"]["touches"] for entry in entries] == [2, 2, 1]


def test_a_floor_whose_calls_are_in_order_writes_nothing(life, leads):
    """A new floor knows its rules; its clock ticks on."""
    life.later(minutes=1)
    assert log(life.dana, "touch.reheld") == []
