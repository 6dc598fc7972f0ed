"""Calls that nobody planned, and deferrals, stand under the same rules as everything else."""

from datetime import timedelta

import pytest

from leadtui.cadence.model import Channel
from leadtui.desk.calls.deferring import LONGEST_DEFERRAL
from leadtui.desk.calls.starting import Dial
from leadtui.desk.leads import do_not_call
from leadtui.desk.planning.entering import ask
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Response, Touch
from tests.builders import a_desk, a_floor, a_lead, open_touch
from tests.desk.acting import answer, planned, rows


@pytest.fixture
def desk(tmp_path):
    desk = a_desk(a_floor(tmp_path / "floor"))
    yield desk
    desk.close()


def test_a_blocked_number_is_not_called_outside_the_queue(desk):
    """Do-not-call has no override, whoever planned the call; nothing is left started."""
    lead = a_lead(desk)
    do_not_call.add(desk.context, "+1 303 555 0142", "asked by letter")
    with pytest.raises(Refused) as refused:
        desk.block.start_call(
            lead, dial=Dial(acknowledge=True, override="supervisor", reason="told me to do it")
        )
    assert refused.value.code == "blocked"
    assert desk.block.open_question() is None


def test_an_unplanned_call_is_on_record_when_it_is_dialed(desk):
    """The dial is kept with the start."""
    lead = a_lead(desk)
    assert desk.block.start_call(lead, dial=Dial(acknowledge=True)).question.dialed


def test_blocking_the_only_number_ends_the_planned_calls(desk):
    """What is next is no call any more, and the lead is not forgotten."""
    lead = a_lead(desk)
    do_not_call.add(desk.context, "+1 303 555 0142", "asked by letter")
    assert open_touch(desk, lead).channel != "call"
    with desk.context.store.read() as session:
        assert leads.without_next_step(session) == []


def test_nothing_is_put_off_for_years(desk):
    """Two deferrals of years would drop a lead."""
    touch = open_touch(desk, a_lead(desk))
    reason = desk.block.reasons("defer")[0].code
    with pytest.raises(Refused) as refused:
        desk.block.defer(touch.id, desk.now() + LONGEST_DEFERRAL + timedelta(days=1), reason)
    assert refused.value.code == "when"


def a_call_by_hand(desk, lead, outcome="NO_ANSWER", **given):
    """A call outside the queue, dialed and answered for."""
    return answer(desk, desk.block.start_call(lead, dial=Dial(acknowledge=True)), outcome, **given)


def test_a_call_outside_the_queue_does_the_due_one(desk):
    """Nobody answered: the attempt counts, and the next thing is what follows the call."""
    lead = a_lead(desk, offer="contact-us")
    a_call_by_hand(desk, lead)
    assert open_touch(desk, lead).step_id == "email-1"
    (row,) = rows(desk, Enrolment, lead_id=lead)
    assert (row.attempts, row.next_step) == (1, 1)
    (done,) = rows(desk, Touch, lead_id=lead, step_id="call-1")
    assert (done.state, done.close_reason) == ("cancelled", "called outside the queue")


def test_a_call_that_is_due_another_day_is_not_done_by_one_of_today(desk):
    """It keeps its distance from it, and is made all the same."""
    lead = a_lead(desk, offer="white-paper")
    before = open_touch(desk, lead)
    a_call_by_hand(desk, lead)
    after = open_touch(desk, lead)
    assert (after.step_id, after.due) == (before.step_id, before.due)


def test_a_caller_stops_the_clock_of_the_first_call(desk):
    """They called in two minutes after they had asked: nobody is late any more."""
    lead = a_lead(desk, offer="contact-us")
    answer(
        desk,
        desk.block.inbound(lead),
        "TALKED",
        next_action="call",
        at=desk.now() + timedelta(days=2),
    )
    (response,) = rows(desk, Response, lead_id=lead)
    assert response.first_attempt_at == desk.now()


def test_a_talk_does_the_due_call_of_every_cadence(desk):
    """Also one that was asked for beside the cadences."""
    lead = a_lead(desk, offer="contact-us")
    with desk.context.write() as unit:
        planning = Planning(desk.context, unit)
        ask(planning, planning.sheet(lead), Channel.CALL, "Their interest has grown")
        unit.log("test")
    a_call_by_hand(desk, lead, "TALKED", next_action="call", at=desk.now() + timedelta(days=2))
    assert [touch.kind for touch in planned(desk, lead)] == ["next_action"]
    assert open_touch(desk, lead).title == "call"
