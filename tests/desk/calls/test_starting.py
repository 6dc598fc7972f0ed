"""Starting: an obligation before anything else, in turn or with a reason, one at a time, one holder
a lead."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from leadtui.desk.answers.given import Given
from leadtui.errors import NotFound, Refused
from leadtui.store.engine.tables import Lead, Matter, Obligation, Touch
from tests.builders import a_desk, a_lead, open_touch
from tests.desk.acting import answer, log, one, planned, questions, rows, start, the_lead


def several(desk, count, **given):
    """Leads that are all due now, best first by fit."""
    ids = [a_lead(desk, f"Lead Number{n}", phone=f"+1303555{n:04}", **given) for n in range(count)]
    assert {open_touch(desk, lead_id).due for lead_id in ids} == {desk.now()}
    return ids


def refused(code, action, *arguments, **given):
    """The action is refused with this code; the message is handed back."""
    with pytest.raises(Refused) as caught:
        action(*arguments, **given)
    assert caught.value.code == code
    return str(caught.value)


def test_a_start_is_on_record_before_anything_else(desk):
    """The touch is started, the question is open, and the log says who, what and at which place of
    the queue."""
    lead_id = a_lead(desk)
    touch = open_touch(desk, lead_id)

    started = desk.block.start(touch.id)

    assert (started.touch, started.lead, started.action, started.started) == (
        touch.id,
        lead_id,
        "call",
        desk.now(),
    )
    assert one(desk, Touch, id=touch.id).state == "started"
    assert desk.block.open_question() == started.question
    (entry,) = log(desk, "touch.started")
    assert entry["after"] == {"touch": "started", "owner": desk.identity.id, "lease": 1}
    assert (entry["codes"]["rank"], entry["codes"]["out_of_turn"]) == (1, "")


def test_the_question_survives_the_end_of_the_program(desk, floor):
    """Another process of the same rep is asked first."""
    lead_id = a_lead(desk)
    started = start(desk, lead_id)
    desk.close()

    again = a_desk(floor, "dana")

    assert again.block.open_question() == started.question
    again.close()


def test_the_first_three_are_in_turn_and_the_fourth_needs_a_reason(desk):
    """One key gives the reason, a code of the playbook; the log keeps the place and the code."""
    several(desk, 5)
    order = desk.block.first_page().ids
    for touch_id in order[:3]:
        started = desk.block.start(touch_id)
        answer(desk, started, word="no", reason="urgent_lead")

    message = refused("out_of_turn", desk.block.start, order[3])
    assert "number 4 of the queue" in message
    assert "same_company" in message
    refused("out_of_turn", desk.block.start, order[3], out_of_turn="because Jane said so")
    refused("out_of_turn", desk.block.start, order[0], out_of_turn="because Jane said so")
    desk.block.start(order[3], out_of_turn="same_company")

    assert one(desk, Obligation, touch_id=order[3]).offered_rank == 4
    assert log(desk, "touch.started")[-1]["codes"]["out_of_turn"] == "same_company"


def test_what_is_not_due_needs_a_reason_too(desk):
    """A call of next week is nobody's turn."""
    lead_id = a_lead(desk, offer="trial")
    desk.tick()
    message = refused("out_of_turn", desk.block.start, open_touch(desk, lead_id).id)

    assert "not due now" in message


def test_nobody_starts_what_belongs_to_another(desk, other):
    """A touch has one rep."""
    lead_id = a_lead(other)

    refused(
        "not_yours", desk.block.start, open_touch(desk, lead_id).id, out_of_turn="supervisor_asked"
    )
    refused(
        "not_yours",
        desk.block.defer,
        open_touch(desk, lead_id).id,
        desk.now() + timedelta(days=1),
        "needs_preparation",
    )


def test_only_what_is_open_can_be_started(desk):
    """Waiting, done and unknown touches are refused with the word for what they are."""
    lead_id = a_lead(desk, offer="contact-us")
    first = open_touch(desk, lead_id).id
    answer(
        desk, start(desk, lead_id), "TALKED", next_action="call", at=desk.now() + timedelta(days=2)
    )

    assert "already done" in refused("not_open", desk.block.start, first)
    with pytest.raises(NotFound, match="no touch 999"):
        desk.block.start(999)


def test_the_systems_own_steps_are_not_the_reps(desk):
    """The welcome of a trial is sent, not started."""
    lead_id = a_lead(desk, offer="trial")

    assert "by the system" in refused("not_open", desk.block.start, open_touch(desk, lead_id).id)


def test_nothing_starts_while_a_question_is_open(desk):
    """Neither a second touch, nor a call outside the queue, nor something that was already done;
    and nothing is left of the tries."""
    first, second, third = several(desk, 3)
    started = start(desk, first)
    before = len(log(desk))

    for action, arguments in (
        (desk.block.start, (open_touch(desk, second).id,)),
        (desk.block.start_call, (third,)),
        (desk.block.already_done, (open_touch(desk, third).id, Given("yes", "NO_ANSWER"))),
    ):
        assert "Lead Number0" in refused("question_open", action, *arguments)

    assert len(log(desk)) == before
    assert [touch.state for touch in planned(desk, third)] == ["open"]
    answer(desk, started, "NO_ANSWER")
    desk.block.start_call(third)


def test_a_ringing_phone_is_answered_beside_one_question(desk):
    """The inbound call is asked about first, the other waits under it, and a third finds no
    place."""
    first, second, third = several(desk, 3)
    waiting = start(desk, first)

    inbound = desk.block.inbound(second)
    refused("question_open", desk.block.inbound, third)

    assert desk.block.open_question().inbound
    answer(desk, inbound, "TALKED", next_action="call", at=desk.now() + timedelta(days=2))
    assert desk.block.open_question() == waiting.question
    answer(desk, waiting, "NO_ANSWER")
    assert desk.block.open_question() is None


def test_a_call_outside_the_queue_leaves_what_was_planned(desk):
    """Answered with no, the planned touch stands at the front again."""
    lead_id = a_lead(desk)
    touch = open_touch(desk, lead_id)

    started = desk.block.start_call(lead_id)
    assert one(desk, Touch, id=touch.id).state == "waiting"
    answer(desk, started, word="no", reason="opened_by_mistake")

    assert open_touch(desk, lead_id).id == touch.id
    assert one(desk, Touch, id=started.touch).state == "cancelled"


def test_nobody_calls_a_lead_that_is_no_more(desk):
    """A merged lead has nobody behind it."""
    lead_id = a_lead(desk, phone="")
    with desk.context.write() as unit:
        unit.session.get(Lead, lead_id).status = "merged"
        unit.log("lead.merged", subjects={"lead": lead_id})

    refused("not_open", desk.block.start_call, lead_id)
    with pytest.raises(NotFound):
        desk.block.inbound(999)


def test_two_reps_at_once_and_one_holds_the_lead(desk, floor, clock):
    """Whoever comes second sees that it is held; the token of the lease goes up with each
    holder."""
    for number in range(8):
        lead_id = a_lead(desk, f"Lead Number{number}", phone=f"+1303555{number:04}")
        barrier, results = threading.Barrier(2), {}

        def reach(login, lead_id=lead_id, barrier=barrier, results=results):
            theirs = a_desk(floor, login, clock=clock)
            try:
                barrier.wait()
                results[login] = theirs.block.start_call(lead_id)
            except Refused as error:
                results[login] = error
            finally:
                theirs.close()

        threads = [threading.Thread(target=reach, args=(login,)) for login in ("dana", "ali")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        lost = [login for login, result in results.items() if isinstance(result, Refused)]
        assert len(lost) == 1, results
        assert results[lost[0]].code in {"held_by", "question_open"}
        (winner,) = set(results) - set(lost)
        theirs = a_desk(floor, winner, clock=clock)
        answer(theirs, results[winner], word="no", reason="opened_by_mistake")
        theirs.close()
        assert the_lead(desk, lead_id).lease_rep_id is None
        assert the_lead(desk, lead_id).lease_token == 1


REACH = """
import sys, time
from pathlib import Path
from leadtui.errors import Refused
from tests.builders import a_desk
folder, login, lead, gate = sys.argv[1:]
desk = a_desk(Path(folder), login)
print("ready", flush=True)
sys.stdin.readline()
try:
    desk.block.start_call(int(lead))
    print("held")
except Refused as error:
    print(error.code)
"""


def test_two_processes_at_once_and_one_holds_the_lead(desk, floor):
    """The same across processes, which share nothing but the database."""
    lead_id = a_lead(desk)
    desk.close()
    commands = [
        [sys.executable, "-c", REACH, str(floor), login, str(lead_id), "go"]
        for login in ("dana", "ali")
    ]
    running = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for command in commands]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()

    said = [process.communicate(timeout=60)[0].strip() for process in running]

    assert sorted(said) in (["held", "held_by"], ["held", "question_open"])


def test_a_lease_is_given_back_with_the_answer_and_lapses_by_itself(desk, other, clock):
    """Twelve hours after a start nobody is kept out any more, though the action still waits for its
    answer."""
    lead_id = a_lead(desk)
    started = start(desk, lead_id)
    assert the_lead(desk, lead_id).lease_rep_id == desk.identity.id
    assert other.block.lead(lead_id).holder == "Dana Reyes"

    clock.advance(hours=13)
    assert other.block.lead(lead_id).holder == ""
    answer(desk, started, "NO_ANSWER")

    assert the_lead(desk, lead_id).lease_rep_id is None


# -- putting off -----------------------------------------------------------------------------------


def test_a_touch_is_put_off_with_a_reason(desk):
    """It is due when the rep says, the log keeps the code, and the history tells it."""
    lead_id = a_lead(desk)
    touch, to = open_touch(desk, lead_id), desk.now() + timedelta(days=1)

    following = desk.block.defer(touch.id, to, "needs_preparation")

    assert following.due == open_touch(desk, lead_id).due == to
    (entry,) = log(desk, "touch.deferred")
    assert entry["codes"] == {
        "reason": "needs_preparation",
        "deferrals": 1,
        "promised": 0,
        "rank": 1,
        "offered": 1,
        "idle": 1,
    }
    assert entry["after"]["due"] == to.isoformat()
    assert desk.block.history(lead_id)[0].kind == "deferred"


@pytest.mark.parametrize(
    ("code", "after", "reason"),
    [
        ("reason", 1, ""),
        ("reason", 1, "urgent_lead"),
        ("when", 0, "needs_preparation"),
        ("when", -1, "needs_preparation"),
    ],
)
def test_a_deferral_without_reason_or_into_the_past_is_refused(desk, code, after, reason):
    """Nothing moves."""
    lead_id = a_lead(desk)
    touch = open_touch(desk, lead_id)

    refused(code, desk.block.defer, touch.id, desk.now() + timedelta(days=after), reason)

    assert open_touch(desk, lead_id).due == touch.due


def test_the_third_deferral_goes_to_the_supervisor(desk, clock):
    """The touch stays where it is, and a question with a deadline waits."""
    lead_id = a_lead(desk)
    touch_id = open_touch(desk, lead_id).id
    for _ in range(2):
        clock.advance(hours=1)
        desk.block.defer(touch_id, desk.now() + timedelta(days=1), "needs_preparation")
    due = open_touch(desk, lead_id).due

    following = desk.block.defer(touch_id, due + timedelta(days=9), "needs_preparation")

    assert following.due == open_touch(desk, lead_id).due == due
    assert questions(desk, lead_id) == ["third_deferral"]
    assert one(desk, Matter, lead_id=lead_id).due > desk.now()
    assert log(desk, "touch.deferral_asked")
    assert not following.deferred

    refused("asked", desk.block.defer, touch_id, due, "needs_preparation")

    assert questions(desk, lead_id) == ["third_deferral"]
    assert len(log(desk, "touch.deferral_asked")) == 1


def test_a_moved_promise_is_counted(desk):
    """A callback that is moved is listed as such."""
    lead_id = a_lead(desk)
    answer(desk, start(desk, lead_id), "CALLBACK", at=desk.now() + timedelta(hours=2))

    desk.block.defer(
        open_touch(desk, lead_id).id, desk.now() + timedelta(hours=4), "lead_unavailable"
    )

    assert open_touch(desk, lead_id).callback_moves == 1


def test_already_done_keeps_the_claimed_and_the_recorded_time(desk):
    """It is started and answered in one step; no dial is on record, and the first attempt
    counts."""
    lead_id = a_lead(desk)
    claimed = (desk.now() - timedelta(minutes=20)).isoformat()

    done = desk.block.already_done(
        open_touch(desk, lead_id).id, Given("yes", "NO_ANSWER", already=claimed)
    )

    assert done.outcome == "NO_ANSWER"
    assert desk.block.open_question() is None
    assert log(desk, "action.confirmed")[-1]["codes"]["already"] == claimed
    assert log(desk, "action.confirmed")[-1]["codes"]["dialed_ms"] is None
    assert not open_touch(desk, lead_id).first
    assert rows(desk, Touch, lead_id=lead_id)[0].state == "done"
