"""A clock that was ahead once: asked about before it is written, and settled where it was not."""

import json
from contextlib import closing
from datetime import timedelta

import pytest

from leadtui.clock import SystemClock
from leadtui.desk.core import context
from leadtui.desk.core.people import os_login
from leadtui.desk.floor.making import NewRep
from leadtui.errors import Refused, WrongUse
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import to_micros
from leadtui.store.log.auditing import verify
from leadtui.store.supervising import seq_before
from tests.builders import a_desk, a_floor

YEARS = timedelta(days=700)


class Wrong(SystemClock):
    """A machine's clock that is ahead by so much."""

    ahead = timedelta()

    def now(self):
        return super().now() + self.ahead


@pytest.fixture
def desk(tmp_path):
    """The desk of a real floor's maker, by a clock that can go wrong."""
    clock = Wrong()
    people = [NewRep("Mira Own", os_login(), "supervisor")]
    folder = a_floor(tmp_path / "floor", now=clock.now(), people=people, demo=False)
    opened = a_desk(folder, os_login(), clock=clock)
    note(opened)
    yield opened
    opened.close()


def note(desk):
    """Write one entry."""
    with desk.context.write() as unit:
        unit.log("lead.note")


def entries(desk):
    """(seq, at, event) of all entries."""
    with closing(Rows(desk.context.store.url)) as rows:
        found = rows.all("SELECT seq, at, body FROM log ORDER BY seq")
    return [(seq, at, json.loads(body)["event"]) for seq, at, body in found]


def told(desk, words):
    """Whether the clock is refused in these words, and nothing is written."""
    before = entries(desk)
    with pytest.raises(Refused, match=words) as refusal:
        note(desk)
    assert "leadtui log clock --right" in str(refusal.value)
    return entries(desk) == before


@pytest.mark.parametrize("days", [2, 700])
def test_a_clock_that_went_further_than_the_machine_ran_is_asked_about(desk, days):
    """The machine knows how long it has run since its last entry: not two days, not two years."""
    desk.clock.ahead = timedelta(days=days)

    assert told(desk, "after the last entry of the log, though this machine has run for 0 min")


def test_a_floor_may_stand_still_over_the_holidays(desk, monkeypatch):
    """After another start of the machine five weeks pass without a word, and no more."""
    monkeypatch.setattr(context, "since_boot", lambda: "another0+60")
    desk.clock.ahead = timedelta(days=60)
    assert told(desk, "60 days after the last entry of the log; set the clock right")

    desk.clock.ahead = timedelta(days=20)
    note(desk)


def test_who_says_that_the_clock_is_right_says_it_in_the_log(desk):
    """From then on work goes on; where the clock is not ahead there is nothing to say."""
    with pytest.raises(Refused, match="not far ahead"):
        desk.audit.clock_is_right()
    desk.clock.ahead = YEARS

    made = desk.audit.clock_is_right()
    note(desk)

    assert [event for _, _, event in entries(desk)][-2:] == ["clock.accepted", "lead.note"]
    assert entries(desk)[-2][0] == made


def test_a_clock_that_was_ahead_is_settled_once(desk):
    """Entries carry the true time again, none is called a step back, the chain holds, and every
    verification says what was done."""
    desk.clock.ahead = YEARS
    desk.audit.clock_is_right()
    desk.clock.ahead = timedelta()
    note(desk)
    assert [event for _, _, event in entries(desk)][-2:] == ["clock.step", "lead.note"]
    before = desk.clock.now()
    with pytest.raises(WrongUse, match="which clock"):
        desk.audit.settle_clock("")

    made = desk.audit.settle_clock("the battery of the old laptop was flat")
    note(desk)
    note(desk)

    after = entries(desk)[made - 1 :]
    assert [event for _, _, event in after] == ["clock.settled", "lead.note", "lead.note"]
    assert all(to_micros(before) <= at <= to_micros(desk.clock.now()) for _, at, _ in after)
    found = verify(desk.context.store, now=desk.clock.now())
    assert found.ok
    assert any(f"entry {made} set the log's time back" in words for words in found.findings)
    with pytest.raises(Refused, match="nothing to settle"):
        desk.audit.settle_clock("once more, to be sure of it")


def test_periods_are_found_behind_a_time_that_was_set_back(desk):
    """What was made since this morning is not all that was made since the clock was wrong."""
    desk.clock.ahead = YEARS
    desk.audit.clock_is_right()
    desk.clock.ahead = timedelta()
    made = desk.audit.settle_clock("the battery of the old laptop was flat")
    note(desk)
    with closing(Rows(desk.context.store.url)) as rows:
        ats = dict(rows.all("SELECT seq, at FROM log"))

        assert seq_before(rows, ats[made + 1]) == made
        assert seq_before(rows, ats[made]) == made - 2, "what was dated ahead came no earlier"
        assert seq_before(rows, ats[1]) == 0


def test_only_a_supervisor_settles(tmp_path):
    """Another than a supervisor is refused, and that is logged."""
    clock = Wrong()
    folder = a_floor(
        tmp_path / "floor", now=clock.now() + YEARS, people=[NewRep("Dana", os_login())], demo=False
    )
    dana = a_desk(folder, os_login(), clock=clock)

    with pytest.raises(Refused, match="for a supervisor"):
        dana.audit.settle_clock("I should like it to be earlier")

    assert entries(dana)[-1][2] == "refused"
    dana.close()
