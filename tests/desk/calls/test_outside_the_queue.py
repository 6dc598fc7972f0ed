"""Calls that nobody planned, and deferrals, stand under the same rules as everything else."""

from datetime import timedelta

import pytest

from leadtui.desk.calls.deferring import LONGEST_DEFERRAL
from leadtui.desk.calls.starting import Dial
from leadtui.desk.leads import do_not_call
from leadtui.errors import Refused
from leadtui.store import leads
from tests.builders import a_desk, a_floor, a_lead, open_touch


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
