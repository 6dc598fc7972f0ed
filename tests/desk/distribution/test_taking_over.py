"""A lead whose rep left an action unanswered goes to somebody else by the playbook's rule; a late
answer is kept."""

from datetime import timedelta

import pytest

from leadtui.desk.answers.given import Given
from leadtui.desk.calls.starting import Dial
from leadtui.desk.distribution.absence import send_away
from leadtui.desk.distribution.assigning import assign
from leadtui.desk.distribution.taking_over import take_over
from leadtui.desk.playbook.activating import activate
from leadtui.desk.playbook.files import default_files, write_folder
from leadtui.errors import NotFound, Refused, WrongUse
from leadtui.store.engine.tables import Attempt, DoNotCall, Matter, Obligation, Phone, Touch
from leadtui.widgets.lead_card import next_lead
from tests.builders import a_lead
from tests.desk.acting import answer, log, one, rows, start

WHY = "the customer waits for a quote"
AFTER = timedelta(minutes=121)


def left_open(life):
    """A call that Dana started, dialed and went away from."""
    lead = a_lead(life.dana)
    return lead, start(life.dana, lead, dial=Dial(acknowledge=True))


def test_a_supervisor_takes_over_when_the_time_is_up(life):
    """Not before: until then whoever has the lead open is named, and the time from which it can be
    had."""
    lead, started = left_open(life)
    assert "Dana Reyes has it open" in next_lead(life.ali.block.lead(lead)).plain
    life.later(minutes=30)
    with pytest.raises(
        Refused, match="Dana Reyes has this lead open; you can take it over from Mon 23 Nov 12:40"
    ) as no:
        take_over(life.mira.context, lead, WHY, "ali")
    assert no.value.code == "held_by"
    life.later(minutes=91)
    found = take_over(life.mira.context, lead, WHY, "ali")
    assert (found.owner, found.before, found.action) == ("Ali Haddad", "Dana Reyes", "call")
    assert (life.lead(lead).owner_id, life.lead(lead).lease_rep_id) == (life.ali.identity.id, None)
    touch = one(life.dana, Touch, id=started.touch)
    assert (touch.state, touch.rep_id) == ("open", life.ali.identity.id)
    (entry,) = log(life.dana, "lead.taken_over")
    assert entry["codes"] == {
        "from": life.dana.identity.id,
        "to": life.ali.identity.id,
        "minutes": 121,
    }
    assert WHY not in str(log(life.dana))


def test_the_question_stays_with_whoever_started(life):
    """He can start nothing else; it says who has the lead now, and nothing more is dialed under
    it."""
    lead, started = left_open(life)
    other = a_lead(life.dana, "Tom Weiss", phone="+13125550188", email="tom@kestrel.example")
    life.later(minutes=121)
    take_over(life.mira.context, lead, WHY, "ali")
    question = life.dana.block.open_question()
    assert (question.id, question.taken_over) == (
        started.question.id,
        "Ali Haddad has taken Jane Okafor over",
    )
    with pytest.raises(Refused, match="answer first"):
        start(life.dana, other)
    with pytest.raises(Refused, match="taken Jane Okafor over") as no:
        life.dana.block.dial(question.id, life.dana.block.lead(lead).phones[0].id, acknowledge=True)
    assert no.value.code == "taken_over"
    with pytest.raises(Refused, match="taken Jane Okafor over"):
        life.dana.mail.hand_over(lead, "trial-welcome", "Hello", "Hello", obligation_id=question.id)
    answer(life.dana, started, "NO_ANSWER")
    assert life.dana.block.open_question() is None


def test_a_late_answer_is_kept_and_moves_nothing(life):
    """The new owner's plan stands, whether he has begun or is done."""
    lead, started = left_open(life)
    life.later(minutes=121)
    take_over(life.mira.context, lead, WHY, "ali")
    theirs = start(life.ali, lead, dial=Dial(acknowledge=True))
    assert theirs.touch == started.touch
    before = [(t.id, t.state, t.due) for t in life.planned(lead)]
    assert life.dana.confirm.preview(started.question.id, "NO_ANSWER").next.startswith("kept;")
    answer(life.dana, started, "NO_ANSWER")
    assert [(t.id, t.state, t.due) for t in life.planned(lead)] == before
    assert life.lead(lead).lease_rep_id == life.ali.identity.id
    (entry,) = log(life.dana, "action.confirmed")
    assert (entry["codes"]["late"], entry["codes"]["outcome"]) == (1, "NO_ANSWER")
    assert [call.disposition for call in rows(life.dana, Attempt, lead_id=lead)] == [
        "NO_ANSWER",
        "",
    ]
    answer(life.ali, theirs, "CALLBACK", note="Thursday", at=life.clock.at + timedelta(days=3))
    assert log(life.dana, "action.confirmed")[-1]["codes"]["late"] == 0
    (front,) = [touch for touch in life.planned(lead) if touch.state == "open"]
    assert front.promised


def test_a_late_wish_not_to_be_called_holds_at_once(life):
    """What protects the person is never late."""
    lead, started = left_open(life)
    life.later(minutes=121)
    take_over(life.mira.context, lead, WHY, "ali")
    answer(life.dana, started, "DO_NOT_CALL")
    assert [row.number for row in rows(life.dana, DoNotCall)] == ["+13035550142"]
    assert all(touch.channel != "call" for touch in life.planned(lead))


def test_a_late_wrong_number_is_dialed_by_nobody(life):
    """The new owner calls the lead at another number, or not at all."""
    lead, started = left_open(life)
    phone, *_ = life.dana.block.lead(lead).phones
    life.later(minutes=121)
    take_over(life.mira.context, lead, WHY, "ali")
    answer(life.dana, started, "WRONG_NUMBER")
    assert one(life.dana, Phone, id=phone.id).status == "wrong"
    assert all(touch.channel != "call" for touch in life.planned(lead))


def test_a_late_talk_is_a_supervisors_to_sort_out(life):
    """What was agreed must not be lost: a question with a deadline."""
    lead, started = left_open(life)
    life.later(minutes=121)
    take_over(life.mira.context, lead, WHY, "ali")
    answer(
        life.dana, started, "CALLBACK", note="Friday at ten", at=life.clock.at + timedelta(days=4)
    )
    question = one(life.dana, Matter, kind="late_answer")
    assert (question.lead_id, question.rep_id, question.data) == (
        lead,
        life.dana.identity.id,
        {"outcome": "CALLBACK"},
    )
    assert not any(touch.promised for touch in life.planned(lead))


@pytest.mark.parametrize("word", ["partly", "no"])
def test_a_late_no_leaves_the_new_owners_action_alone(life, word):
    """It was put back when it was taken over, not now."""
    lead, started = left_open(life)
    life.later(minutes=121)
    take_over(life.mira.context, lead, WHY, "ali")
    theirs = start(life.ali, lead)
    life.dana.confirm.answer(
        started.question.id,
        Given(word, "NO_ANSWER", "half", reason="ran_out_of_time" if word == "no" else ""),
    )
    assert one(life.dana, Touch, id=theirs.touch).state == "started"
    assert life.ali.block.open_question().id == theirs.question.id


def test_whoever_works_on_it_holds_it_on(life):
    """A dial, a choice and typing are work: the time runs from there."""
    lead, started = left_open(life)
    life.later(minutes=110)
    life.dana.confirm.keep(started.question.id, "TALKED", note="still on the phone")
    life.later(minutes=60)
    with pytest.raises(Refused, match="you can take it over from"):
        take_over(life.mira.context, lead, WHY, "ali")
    life.later(minutes=61)
    take_over(life.mira.context, lead, WHY, "ali")


def test_an_absent_rep_is_not_waited_for(life):
    """Who is away has nothing open at the moment."""
    lead, _ = left_open(life)
    life.later(minutes=5)
    today = life.clock.at.date()
    send_away(life.mira.context, "dana", today, today)
    assert take_over(life.mira.context, lead, WHY).owner == "Mira Sand"


def test_what_a_rep_may_not_is_refused_and_logged(life):
    """By default only a supervisor takes over; where the playbook lets reps, each for himself."""
    lead, _ = left_open(life)
    life.later(minutes=121)
    with pytest.raises(Refused, match="supervisor"):
        take_over(life.ali.context, lead, WHY)
    assert log(life.ali, "refused")[-1]["codes"]["what"] == "taking leads over"
    files = default_files()
    text = files["playbook.toml"].replace('by = ["supervisor"]', 'by = ["supervisor", "rep"]')
    write_folder(life.folder / "new", {**files, "playbook.toml": text})
    activate(life.mira.context, life.folder / "new", move=False)
    with pytest.raises(Refused, match="leave --to out"):
        take_over(life.ali.context, lead, WHY, "mira")
    assert take_over(life.ali.context, lead, WHY).owner == "Ali Haddad"


def test_there_must_be_something_to_take(life):
    """An idle lead is assigned; one's own action is answered; a reason says something; a name is
    known."""
    lead = a_lead(life.dana)
    with pytest.raises(Refused, match="nobody has it open; 'leadtui assign 1 --to …'"):
        take_over(life.mira.context, lead, WHY, "ali")
    start(life.dana, lead)
    life.later(minutes=121)
    with pytest.raises(Refused, match="Dana Reyes has it already"):
        take_over(life.mira.context, lead, WHY, "dana")
    with pytest.raises(WrongUse, match="--reason needs 10 characters"):
        take_over(life.mira.context, lead, "  because  ", "ali")
    with pytest.raises(NotFound, match="--to 'bob'"):
        take_over(life.mira.context, lead, WHY, "bob")
    with pytest.raises(NotFound):
        take_over(life.mira.context, 99, WHY, "ali")


def test_assigning_does_not_take_over(life):
    """It names the holder and the way."""
    lead, _ = left_open(life)
    with pytest.raises(Refused, match=r"Dana Reyes has this lead open; .* \('leadtui lead take'\)"):
        assign(life.mira.context, lead, "ali")


def test_a_lead_can_be_taken_over_again(life):
    """Each taking goes up in the fencing token, and every late answer finds it gone up."""
    lead, first = left_open(life)
    life.later(minutes=121)
    take_over(life.mira.context, lead, WHY, "ali")
    second = start(life.ali, lead)
    life.later(minutes=121)
    take_over(life.mira.context, lead, WHY)
    tokens = [ob.lease_token for ob in rows(life.dana, Obligation, lead_id=lead)]
    assert tokens == sorted(set(tokens))
    assert life.lead(lead).lease_token > tokens[-1]
    answer(life.dana, first, "NO_ANSWER")
    answer(life.ali, second, "BUSY")
    assert [body["codes"]["late"] for body in log(life.dana, "action.confirmed")] == [1, 1]


# -- a ringing phone -------------------------------------------------------------------------------


def test_the_very_lead_in_question_may_call_in(life):
    """Both questions stand, the inbound one first, and both are answered."""
    lead, started = left_open(life)
    came = life.dana.block.inbound(lead)
    assert life.dana.block.open_question().id == came.question.id
    with pytest.raises(Refused, match="answer first: Inbound call from"):
        life.dana.block.inbound(lead)
    answer(
        life.dana, came, "CALLBACK", note="tomorrow at ten", at=life.clock.at + timedelta(days=1)
    )
    assert life.lead(lead).lease_rep_id == life.dana.identity.id
    assert life.dana.block.open_question().id == started.question.id
    answer(life.dana, started, "BUSY")
    assert life.lead(lead).lease_rep_id is None
    (front,) = [touch for touch in life.planned(lead) if touch.state == "open"]
    assert (front.promised, front.due) == (1, life.clock.at + timedelta(days=1))


def test_the_call_that_waits_under_it_adds_no_retry_to_what_was_agreed(life):
    """They called in while we called them: the busy signal asks for nothing more."""
    lead, started = left_open(life)
    life.later(minutes=1)
    came = life.dana.block.inbound(lead)
    answer(
        life.dana, came, "NOT_NOW", note="after the audit", at=life.clock.at + timedelta(days=30)
    )
    agreed = [(touch.id, touch.due) for touch in life.planned(lead) if touch.state != "started"]
    answer(life.dana, started, "BUSY")
    assert [(touch.id, touch.due) for touch in life.planned(lead)] == agreed


def test_a_colleague_may_pick_up_what_another_has_open(life):
    """The lease stays where it is, and both answers count."""
    lead, started = left_open(life)
    came = life.ali.block.inbound(lead)
    assert life.lead(lead).lease_rep_id == life.dana.identity.id
    answer(life.ali, came, "CALLBACK", note="call me Friday", at=life.clock.at + timedelta(days=4))
    answer(life.dana, started, "NO_ANSWER")
    assert [body["codes"]["late"] for body in log(life.dana, "action.confirmed")] == [0, 0]
    (front,) = [touch for touch in life.planned(lead) if touch.state == "open"]
    assert front.promised


def test_nobody_calls_out_to_a_lead_that_is_on_the_phone(life):
    """Whoever has answered holds the lead."""
    lead = a_lead(life.dana)
    came = life.ali.block.inbound(lead)
    with pytest.raises(
        Refused, match="Ali Haddad has this lead open; a supervisor can take it over from"
    ):
        life.dana.block.start_call(lead)
    answer(life.ali, came, "GATEKEEPER", note="her assistant", colleague="Ms Pine")
    answer(life.dana, life.dana.block.start_call(lead), "NO_ANSWER")
