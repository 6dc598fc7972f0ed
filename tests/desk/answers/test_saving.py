"""What happens when the database does not take a change, and what waits for a date or for a rep who
is away."""

from datetime import datetime, timedelta

import pytest

from leadtui.errors import NotSaved
from leadtui.store.engine import sqlite as sqlite_build
from leadtui.store.engine.tables import Rep, Touch
from tests.builders import a_desk, a_lead, open_touch
from tests.desk.acting import answer, cadences, log, one, planned, start

QUICK = (
    "busy_timeout=50",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
)


@pytest.fixture
def impatient(floor, clock, monkeypatch):
    """A desk that waits a twentieth of a second for the lock instead of half a minute."""
    monkeypatch.setattr(sqlite_build, "pragmas", lambda *_, **__: QUICK)
    opened = a_desk(floor, "dana", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def lock(floor):
    """Takes the database's write lock, as another program would."""
    connection = sqlite_build.driver().connect(floor / "leadtui.db", isolation_level=None)
    yield lambda: connection.execute("BEGIN IMMEDIATE")
    connection.close()


def test_a_locked_database_takes_nothing_and_says_so(impatient, lock):
    """A locked database says "not saved, try again": the question stays open with all that was
    typed, reading goes on, and nothing is half."""
    desk = impatient
    first = a_lead(desk)
    second = a_lead(desk, "Tom Weiss", phone="+13035550199")
    started = start(desk, first)
    desk.confirm.keep(started.question.id, "TALKED", note="wants the paper")
    before = log(desk)
    lock()

    for action in (
        lambda: answer(desk, started, "NO_ANSWER", note="rang"),
        lambda: desk.confirm.keep(started.question.id, "BUSY", note="other"),
        lambda: desk.block.inbound(second),
        lambda: desk.block.defer(
            open_touch(desk, second).id, desk.now() + timedelta(days=1), "needs_preparation"
        ),
        lambda: desk.block.note(first, "a memo"),
    ):
        with pytest.raises(NotSaved, match="in use by another program; try again"):
            action()

    question = desk.block.open_question()
    assert (question.id, question.outcome, question.draft) == (
        started.question.id,
        "TALKED",
        {"note": "wants the paper"},
    )
    assert desk.block.counts().due == 1
    assert log(desk) == before


def test_it_is_saved_when_the_lock_is_gone(impatient, lock):
    """Trying again is safe, and counts once."""
    desk = impatient
    lead_id = a_lead(desk)
    started = start(desk, lead_id)
    held = lock()
    with pytest.raises(NotSaved):
        answer(desk, started, "NO_ANSWER")
    held.connection.execute("ROLLBACK")

    assert answer(desk, started, "NO_ANSWER").outcome == "NO_ANSWER"
    assert len(log(desk, "action.confirmed")) == 1


def test_a_pause_keeps_what_remains(desk, clock):
    """After an agreed action the cadence goes on with the step it had come to."""
    lead_id = a_lead(desk, offer="trial")
    desk.tick()
    clock.at = open_touch(desk, lead_id).due
    at = desk.now() + timedelta(hours=2)
    answer(desk, start(desk, lead_id), "TALKED", next_action="task: send the plan", at=at)
    assert (open_touch(desk, lead_id).channel, open_touch(desk, lead_id).due) == ("task", at)

    answer(desk, start(desk, lead_id))

    front = open_touch(desk, lead_id)
    assert (front.cadence, front.step_id, front.kind) == ("trial", "call-2", "step")


def test_a_callback_pauses_and_the_day_brings_it_back(desk, clock):
    """Until then the cadence stands still, whatever time passes; afterwards it runs."""
    lead_id = a_lead(desk)
    at = desk.now() + timedelta(days=7)
    answer(desk, start(desk, lead_id), "CALLBACK", at=at)
    clock.advance(days=3)
    assert desk.tick() == 0
    assert cadences(desk, lead_id) == {"trade-show": "paused"}

    clock.at = at
    assert desk.tick() == 1
    assert desk.tick() == 0
    assert cadences(desk, lead_id) == {"trade-show": "active"}
    assert [touch.kind for touch in planned(desk, lead_id)] == ["callback"]


def test_steps_are_planned_around_the_days_off_of_their_rep(desk, clock):
    """Tuesday and Wednesday off, Thursday is Thanksgiving: the call of Tuesday stands on Friday."""
    with desk.context.write() as unit:
        rep = unit.session.get(Rep, desk.identity.id)
        rep.away_from, rep.away_until = (
            desk.now() + timedelta(hours=12),
            desk.now() + timedelta(days=2),
        )
        unit.log("rep.away", subjects={"rep": rep.id})
    lead_id = a_lead(desk, offer="trial")
    desk.tick()

    front = open_touch(desk, lead_id)
    assert front.due == datetime.fromisoformat("2026-11-27T09:40:00-07:00")
    assert "a day off of the rep" in " ".join(front.moved_because)


def test_an_owner_who_changes_takes_what_is_planned_and_not_what_is_started(desk, other):
    """Whoever started an action answers for it; the next one is the new owner's."""
    from leadtui.desk.planning.planning import Planning

    lead_id = a_lead(desk)
    started = start(desk, lead_id)
    with desk.context.write() as unit:
        planning = Planning(desk.context, unit)
        sheet = planning.sheet(lead_id)
        sheet.lead.owner_id = other.identity.id
        planning.settle(sheet)
        unit.log("lead.assigned", subjects={"lead": lead_id}, after={"owner": other.identity.id})
    assert one(desk, Touch, id=started.touch).rep_id == desk.identity.id

    answer(desk, started, "NO_ANSWER")

    assert open_touch(desk, lead_id).rep_id == other.identity.id


def test_a_floor_that_sends_no_e_mail_plans_the_systems_for_the_rep(floor, clock):
    """On a Sunday night the welcome is planned for Monday morning, since a person sends it."""
    text = (floor / "leadtui.toml").read_text().replace('transport = "file"', 'transport = "draft"')
    (floor / "leadtui.toml").write_text(text)
    clock.at = datetime.fromisoformat("2026-11-29T22:00:00-07:00")
    desk = a_desk(floor, "dana", clock=clock)
    lead_id = a_lead(desk, offer="trial")

    front = open_touch(desk, lead_id)
    assert (front.channel, front.system) == ("email", 0)
    assert front.due == datetime.fromisoformat("2026-11-30T08:30:00-07:00")
    desk.close()
