"""One writing use case is one transaction: the change and its log entries, or nothing of either; on
both engines."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import BeforeImage, Lead, LogEntry, LogPrivate, Rep
from leadtui.store.log.auditing import verify
from tests.engines import START

ACTOR = Actor(1, "Dana Reyes", "dana", "rep", "test", "s1", "host", "dana", "0")


@pytest.fixture
def floor(store):
    """A demo floor of one rep and one lead: there the clock of the test is the log's."""
    with store.write(ACTOR, START) as unit:
        unit.session.add(
            Rep(name="Dana Reyes", name_key="dana reyes", login="dana", created_at=START)
        )
        unit.session.add(
            Lead(full_name="Jane", name_key="jane", created_at=START, updated_at=START)
        )
        unit.log("floor.made", after={"demo": True})
    return store


def bodies(store) -> list[dict]:
    """The log's bodies, oldest first."""
    with store.read() as session:
        return [
            json.loads(entry.body)
            for entry in session.exec(select(LogEntry).order_by(LogEntry.seq)).all()
        ]


def test_a_change_and_its_entry_come_together(floor):
    """The entry says who, from where and under which playbook; the personal text stands apart; the
    chain holds."""
    with floor.write(ACTOR, START + timedelta(minutes=1)) as unit:
        unit.playbook_hash = "abc"
        unit.session.get(Lead, 1).city = "Boulder"
        seq = unit.log(
            "lead.changed", subjects={"lead": 1}, codes={"what": "city"}, private="moved to Boulder"
        )

    with floor.read() as session:
        assert session.get(Lead, 1).city == "Boulder"
        assert session.get(LogPrivate, seq).text == "moved to Boulder"
        entry = session.get(LogEntry, seq)
    body = json.loads(entry.body)
    assert (body["event"], body["actor"], body["playbook"]) == ("lead.changed", 1, "abc")
    assert "Boulder" not in entry.body
    assert verify(floor).ok


def half(store, *, late):
    """A use case that breaks after its change and its entry, before or after they are flushed."""
    with store.write(ACTOR, START) as unit:
        unit.session.get(Lead, 1).city = "Boulder"
        unit.log("lead.changed", private="moved")
        if late:
            unit.finish()
        raise ZeroDivisionError


def test_an_exception_takes_both_back(floor):
    """Whatever goes wrong, and however late."""
    for late in (False, True):
        with pytest.raises(ZeroDivisionError):
            half(floor, late=late)

    with floor.read() as session:
        assert session.get(Lead, 1).city == ""
        assert session.exec(select(LogPrivate)).all() == []
    assert [body["event"] for body in bodies(floor)] == ["floor.made"]


def test_a_change_without_a_word_is_a_mistake_of_the_program(floor):
    """Nothing can be changed silently; nothing done needs no entry."""
    with (
        pytest.raises(AssertionError, match="must say what it did"),
        floor.write(ACTOR, START) as unit,
    ):
        unit.session.get(Lead, 1).city = "Boulder"
    with floor.write(ACTOR, START):
        pass

    assert len(bodies(floor)) == 1


def test_several_entries_follow_each_other(floor):
    """In the order in which they were said, each with its number known at once."""
    with floor.write(ACTOR, START) as unit:
        assert [unit.log(f"event.{number}") for number in range(4)] == [2, 3, 4, 5]

    assert [body["event"] for body in bodies(floor)[1:]] == [
        f"event.{number}" for number in range(4)
    ]
    assert verify(floor).entries == 5


def test_a_clock_set_back_is_an_entry_of_its_own(floor):
    """Time in the log never goes back, and the step says by how much."""
    with floor.write(ACTOR, START + timedelta(hours=1)) as unit:
        unit.log("first")
    with floor.write(ACTOR, START - timedelta(days=1)) as unit:
        unit.log("second")
        unit.log("third")

    assert [body["event"] for body in bodies(floor)[1:]] == [
        "first",
        "clock.step",
        "second",
        "third",
    ]
    step = bodies(floor)[2]["codes"]
    assert step["last"] - step["clock"] == 25 * 3600 * 1_000_000
    with floor.read() as session:
        times = [entry.at for entry in session.exec(select(LogEntry).order_by(LogEntry.seq)).all()]
    assert times == sorted(times)
    assert verify(floor).ok


def test_what_it_was_before_is_kept_under_the_entry(floor):
    """Old values of what changed, and which rows are new: what undoing needs."""
    with floor.write(ACTOR, START) as unit:
        unit.session.get(Lead, 1).city = "Boulder"
        unit.session.flush()
        unit.session.get(Lead, 1).city = "Golden"
        unit.session.add(Lead(full_name="Tom", name_key="tom", created_at=START, updated_at=START))
        seq = unit.log("lead.changed")

    with floor.read() as session:
        images = session.get(BeforeImage, seq).images
    assert ["lead", 2, None] in images
    cities = [
        old["city"]
        for table, key, old in images
        if table == "lead" and key == 1 and old and "city" in old
    ]
    assert cities == ["", "Boulder"]


def test_threads_that_write_at_once_lose_nothing(floor):
    """Every increment and every entry is there, in one chain."""
    errors = []

    def work():
        try:
            for _ in range(15):
                with floor.write(ACTOR, START) as unit:
                    lead = unit.session.get(Lead, 1)
                    lead.fit += 1
                    unit.log("lead.scored", subjects={"lead": 1})
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with floor.read() as session:
        assert session.get(Lead, 1).fit == 60
    assert verify(floor).entries == 61


def test_two_stores_that_write_at_once_lose_nothing(floor):
    """The same for two programs, which share no lock but the database's."""
    from leadtui.store.engine.database import open_store

    second = open_store(floor.url)

    def work(store):
        for _ in range(15):
            with store.write(ACTOR, START) as unit:
                lead = unit.session.get(Lead, 1)
                lead.fit += 1
                unit.log("lead.scored", subjects={"lead": 1})

    threads = [threading.Thread(target=work, args=(store,)) for store in (floor, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.dispose()

    with floor.read() as session:
        assert session.get(Lead, 1).fit == 30
    assert verify(floor).entries == 31


def test_a_reader_sees_no_half(floor):
    """What is not committed is not there for anybody else."""
    with floor.write(ACTOR, START) as unit:
        unit.session.get(Lead, 1).city = "Boulder"
        unit.session.flush()
        unit.log("lead.changed")
        with floor.read() as session:
            assert session.exec(text("SELECT city FROM lead WHERE id = 1")).scalar() == ""
    with floor.read() as session:
        assert session.exec(text("SELECT city FROM lead WHERE id = 1")).scalar() == "Boulder"


def test_an_id_is_never_given_twice(floor):
    """Old entries name rows: a row that is gone leaves its number behind."""
    with floor.write(ACTOR, START) as unit:
        unit.session.add(Lead(full_name="Tom", name_key="tom", created_at=START, updated_at=START))
        unit.log("lead.added")
    with floor.write(ACTOR, START) as unit:
        unit.session.delete(unit.session.get(Lead, 2))
        unit.log("lead.gone")
    with floor.write(ACTOR, START) as unit:
        lead = Lead(full_name="Ada", name_key="ada", created_at=START, updated_at=START)
        unit.session.add(lead)
        unit.session.flush()
        unit.log("lead.added")

    assert lead.id == 3
