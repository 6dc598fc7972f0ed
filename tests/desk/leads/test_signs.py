"""What a lead does by itself, and what comes of it: replies, absences, bounces, opt-outs, clicks,
meetings."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from leadtui.desk.answers.given import Given
from leadtui.desk.calls.starting import Dial
from leadtui.desk.leads import do_not_call
from leadtui.desk.leads.editing import edit
from leadtui.desk.leads.recycling import reject
from leadtui.desk.leads.signs import ANSWER, WARM, take
from leadtui.desk.planning.dated_rules import set_date
from leadtui.desk.planning.planning import Planning
from leadtui.desk.planning.scoring import explained
from leadtui.errors import NotFound, Refused, WrongUse
from leadtui.store import leads
from leadtui.store.engine.tables import (
    DatedRule,
    Email,
    EmailAddress,
    Enrolment,
    HistoryEvent,
    Response,
    Touch,
)
from tests.builders import a_lead
from tests.desk.acting import log


@contextmanager
def changing(life):
    """A transaction of the test's own."""
    with life.context.write() as unit:
        yield Planning(life.context, unit)
        unit.log("test")


def insurer(life, lead):
    """Somebody the playbook likes: an insurance company of nine hundred."""
    with changing(life) as planning:
        company = planning.sheet(lead).company
        company.industry, company.employees = "Insurance", 900
    return lead


def nurtured(life, **more):
    """A newsletter reader: an offer that waits for its score."""
    return a_lead(life.dana, offer="newsletter", title="CIO", **more)


# -- replies and absences --------------------------------------------------------------------------


def test_a_reply_pauses_everything_and_is_the_reps_to_answer(life):
    """No e-mail follows a reply until somebody has answered it; then the cadence goes on where it
    was."""
    lead = a_lead(life.dana, offer="trial")
    life.later(minutes=1)
    found = take(life.context, lead, "reply")
    assert (found.paused, found.asked) == (1, ANSWER)
    assert life.live(lead) == {"trial": "paused"}
    front = life.front(lead)
    assert (front.kind, front.channel, front.due, front.rep_id) == (
        "reply",
        "task",
        life.clock.at,
        life.dana.identity.id,
    )
    life.do(life.dana, front.id)
    assert life.live(lead) == {"trial": "active"}
    assert life.front(lead).step_id == "call-1"


def test_an_answer_is_not_followed_by_a_call_in_the_same_minute(life):
    """Whatever was due meanwhile comes another day, at its own distance from the answer."""
    lead = a_lead(life.dana, offer="trial", region="IL", phone="+13125550142")
    life.later(minutes=1)
    take(life.context, lead, "reply")
    life.later(days=2)
    life.do(life.dana, life.front(lead).id)
    front = life.front(lead)
    assert (front.step_id, front.due) == ("call-1", life.clock.at + timedelta(days=2))  # a holiday


def test_a_pause_keeps_the_pace_of_what_remains(life):
    """Three weeks out of the office: each day of the file is a day afterwards, and nothing is
    lost but the note before a trial that has ended."""
    lead = a_lead(life.dana, offer="trial", region="IL", phone="+13125550142")
    life.later(minutes=1)
    take(life.context, lead, "out-of-office", until=date(2026, 12, 9))
    life.clock.at = datetime(2026, 12, 10, 16, tzinfo=UTC)
    life.dana.tick()
    found = []
    while (front := life.front(lead)).cadence == "trial":
        life.clock.at = max(life.clock.at, front.due)
        found.append((front.step_id, life.clock.at.date()))
        life.do(life.dana, front.id, Given("yes", "NO_ANSWER") if front.call else None)
    assert found == [
        ("call-1", date(2026, 12, 10)),
        ("call-2", date(2026, 12, 14)),
        ("day-5-note", date(2026, 12, 16)),
    ]
    said = [row.note for row in life.rows(HistoryEvent, HistoryEvent.lead_id == lead)]
    assert any("trial_ends has passed" in note for note in said)


def test_a_reply_that_nobody_answers_does_not_stop_the_process(life):
    """After five business days the cadence goes on beside the reply that waits."""
    lead = a_lead(life.dana, offer="trial")
    take(life.context, lead, "reply")
    life.later(days=8)
    assert life.live(lead) == {"trial": "active"}
    assert life.front(lead).kind == "reply"


def test_two_replies_are_one_thing_to_answer(life):
    """The second reply does not pile up on the first."""
    lead = a_lead(life.dana)
    take(life.context, lead, "reply")
    take(life.context, lead, "reply")
    assert len([touch for touch in life.planned(lead) if touch.kind == "reply"]) == 1


def test_a_reply_brings_a_closed_lead_back(life):
    """Whoever writes back is open again, with somebody who answers."""
    lead = a_lead(life.dana)
    with changing(life) as planning:
        planning.close_lead(planning.sheet(lead), "test")
    take(life.context, lead, "reply")
    assert life.lead(lead).status == "open"
    assert life.front(lead).kind == "reply"


def test_an_absence_with_a_date_pauses_until_the_day_after(life):
    """Out of office until 4 December: back on the 5th at nine, on their clock; without a date
    nothing happens."""
    lead = a_lead(life.dana, offer="trial")
    assert take(life.context, lead, "out-of-office").paused == 0
    assert take(life.context, lead, "out-of-office", until=date(2026, 12, 4)).paused == 1
    assert life.live(lead) == {"trial": "paused"}
    life.clock.at = datetime(2026, 12, 5, 15, 59, tzinfo=UTC)
    life.dana.tick()
    assert life.live(lead) == {"trial": "paused"}
    life.later(minutes=1)
    assert life.live(lead) == {"trial": "active"}
    assert all(touch.due >= life.clock.at for touch in life.planned(lead))


def test_an_absence_is_no_sign_of_life(life):
    """A machine has answered."""
    lead = a_lead(life.dana)
    before = life.lead(lead).last_sign_of_life
    life.later(days=1)
    take(life.context, lead, "out-of-office", until=date(2026, 12, 4))
    assert life.lead(lead).last_sign_of_life == before


def test_an_absence_is_as_long_as_the_newest_word_of_it(life):
    """Longer than said before, then shorter."""
    lead = a_lead(life.dana, offer="trial")
    take(life.context, lead, "out-of-office", until=date(2026, 11, 30))
    life.later(days=1)
    take(life.context, lead, "out-of-office", until=date(2026, 12, 9))
    life.later(days=8)
    assert life.live(lead) == {"trial": "paused"}
    take(life.context, lead, "out-of-office", until=date(2026, 12, 3))
    life.later(days=2)
    assert life.live(lead) == {"trial": "active"}


def test_an_absence_outlasts_what_else_a_cadence_waits_for(life):
    """The reply is answered, the promised call was tried: the rest waits for the return."""
    lead = a_lead(life.dana, offer="trial")
    life.later(minutes=1)
    take(life.context, lead, "reply")
    take(life.context, lead, "out-of-office", until=date(2026, 12, 9))
    life.do(life.dana, life.front(lead).id)
    assert life.live(lead) == {"trial": "paused"}
    assert life.planned(lead) == []
    life.later(days=18)
    assert life.live(lead) == {"trial": "active"}


def test_a_talk_ends_an_absence(life):
    """They are there after all; what comes next does not wait for the day they named."""
    lead = a_lead(life.dana, offer="trial")
    life.later(minutes=1)
    take(life.context, lead, "out-of-office", until=date(2026, 12, 9))
    question = life.dana.block.inbound(lead).question.id
    agreed = life.clock.at + timedelta(days=2)
    life.dana.confirm.answer(
        question, Given("yes", "TALKED", next_action="call", at=agreed, note="back already")
    )
    life.clock.at = agreed
    life.dana.tick()
    life.do(life.dana, life.front(lead).id, Given("yes", "NO_ANSWER"))
    assert life.live(lead) == {"trial": "active"}
    assert life.front(lead).due < datetime(2026, 12, 9, tzinfo=UTC)


def test_a_call_that_reaches_nobody_does_not_end_the_wait_for_an_answer(life):
    """They wrote while the call was open: it counts, and what follows waits for the answer."""
    lead = a_lead(life.dana, offer="trial")
    life.later(minutes=1)
    life.later(days=1)
    question = life.dana.block.start(life.front(lead).id, dial=Dial(acknowledge=True)).question.id
    take(life.context, lead, "reply")
    life.dana.confirm.answer(question, Given("yes", "NO_ANSWER"))
    assert life.live(lead) == {"trial": "paused"}
    assert [touch.kind for touch in life.planned(lead)] == ["reply"]
    life.do(life.dana, life.front(lead).id)
    assert life.front(lead).step_id == "call-2"


# -- addresses -------------------------------------------------------------------------------------


def test_a_bounce_takes_that_address_only(life):
    """With another address left the cadence goes on as it was."""
    lead = a_lead(life.dana, email="jane@one.example")
    with life.context.write() as unit:
        unit.session.add(
            EmailAddress(
                lead_id=lead,
                address="jane@two.example",
                address_key="jane@two.example",
                created_at=unit.now,
            )
        )
        unit.log("test")
    take(life.context, lead, "bounce", address="Jane@Two.example")
    states = {row.address: row.status for row in life.rows(EmailAddress)}
    assert states == {"jane@one.example": "ok", "jane@two.example": "bounced"}
    assert not [touch for touch in life.planned(lead) if touch.kind == "data_fix"]


def test_the_last_bounce_asks_for_another_address(life):
    """Somebody has to find an address, and no e-mail step waits for one meanwhile."""
    lead = a_lead(life.dana, offer="newsletter")
    assert life.front(lead).channel in {"call", "email"}
    take(life.context, lead, "bounce")
    kinds = {touch.title for touch in life.planned(lead) if touch.kind == "data_fix"}
    assert kinds == {"Find an e-mail address"}
    assert not [touch for touch in life.planned(lead) if touch.channel == "email"]


def test_a_bounce_of_an_address_nobody_has_is_refused(life):
    """A typing mistake does not take a good address."""
    lead = a_lead(life.dana)
    with pytest.raises(WrongUse, match="no such address"):
        take(life.context, lead, "bounce", address="other@example.com")


def test_an_opt_out_stops_e_mail_in_every_cadence(life):
    """No e-mail is planned any more, calls go on, and opting in again is possible."""
    lead = a_lead(life.dana, offer="trial")
    life.later(minutes=1)
    sent = len(life.rows(Email))
    take(life.context, lead, "opt-out")
    for _ in range(40):
        life.later(days=1)
        assert not [touch for touch in life.planned(lead) if touch.channel == "email"]
    assert len(life.rows(Email)) == sent
    assert take(life.context, lead, "opt-in").kind == "opt-in"
    assert life.lead(lead).emails_opt_out is False


def test_what_is_welcome_again_comes_at_its_time(life):
    """The question of day 3 was passed over, and stays so; the offer of day 8 is sent."""
    lead = a_lead(life.dana, offer="white-paper", region="IL", phone="+13125550142")
    life.later(minutes=1)
    take(life.context, lead, "opt-out")
    life.later(days=1)
    life.do(life.dana, life.front(lead).id, Given("yes", "NO_ANSWER"))
    life.later(days=5)
    take(life.context, lead, "opt-in")
    steps = []
    for _ in range(40):
        front = life.front(lead)
        if front.cadence != "white-paper":
            break
        life.clock.at = max(life.clock.at, front.due)
        outcome = "NO_ANSWER" if front.channel == "call" else ""
        life.do(life.dana, front.id, Given("yes", outcome, elsewhere=not outcome))
        steps.append(front.step_id)
        life.later(minutes=1)
    assert steps == ["call-2", "demo-offer", "call-3"]


def test_a_block_that_is_lifted_brings_back_the_calls_that_are_to_come(life):
    """Blocked by mistake and unblocked the same day: nothing was missed, and nothing is lost."""
    lead = a_lead(life.dana, offer="trial", region="IL", phone="+13125550142")
    life.later(minutes=1)
    life.mira.do_not_call.add("+13125550142", "asked by letter")
    assert life.front(lead).channel == "email"
    life.mira.do_not_call.remove("+13125550142", "it was another number")
    assert life.front(lead).step_id == "call-1"


def test_a_number_that_was_found_is_called_at_the_next_step(life):
    """Nobody could call the first time; the second call comes at its own."""
    lead = a_lead(life.dana, offer="trial", region="IL", phone="")
    life.later(minutes=1)
    assert "call" not in {touch.channel for touch in life.planned(lead)}
    life.later(days=2)
    edit(life.context, lead, {"phone": "+1 312 555 0142"})
    assert "call-2" in {touch.step_id for touch in life.planned(lead)}
    assert "call-1" not in {touch.step_id for touch in life.planned(lead)}


# -- what they do ----------------------------------------------------------------------------------


def test_clicks_raise_the_score_and_it_fades(life):
    """A click is ten points now and five in thirty days, whoever looks."""
    lead = nurtured(life)
    before = life.dana.block.lead(lead).engagement
    assert take(life.context, lead, "click").engagement == before + 10
    causes = {cause.rule: cause.points for cause in explained(life.context, lead).causes}
    assert causes["Clicked a link in an e-mail"] == 10
    life.later(days=30)
    assert life.dana.block.lead(lead).engagement == pytest.approx((before + 10) / 2, abs=1)
    life.later(days=300)
    assert life.dana.block.lead(lead).engagement == 0


def test_a_nurtured_lead_that_warms_up_is_brought_out(life):
    """At sixty points a reader of the newsletter goes where the tree says, at once."""
    lead = insurer(life, nurtured(life))
    entered = ""
    for _ in range(6):
        life.clock.at += timedelta(days=1)
        entered = entered or take(life.context, lead, "click").entered
    assert entered == "inquiry"
    assert life.live(lead) == {"inquiry": "active"}
    assert life.lead(lead).stage == "mql"
    assert life.front(lead).channel == "call"


def test_a_badge_in_nurture_that_warms_up_is_called_not_sent_through_the_show_again(life):
    """The tree would begin the trade-show cadence anew; a call is what their interest asks for."""
    lead = insurer(life, a_lead(life.dana, offer="trade-show", rating="cold", title="CIO"))
    with changing(life) as planning:
        sheet = planning.sheet(lead)
        for row in leads.live_enrolments(planning.unit.session, lead):
            planning.end(row, "test")
        planning.enrol(sheet, "monthly-letter", planning.unit.now)
        planning.settle(sheet)
    asked = []
    for _ in range(6):
        life.clock.at += timedelta(days=1)
        asked.append(take(life.context, lead, "click").asked)
    assert asked.count(WARM) == 1
    assert life.live(lead) == {"monthly-letter": "active"}
    assert life.front(lead).title == WARM


def test_yes_call_me_is_a_contact_request(life):
    """A new response with its own clock, and the inquiry schedule."""
    lead = nurtured(life)
    life.later(days=40)
    assert take(life.context, lead, "yes-call-me").entered == "inquiry"
    newest = life.rows(Response, Response.lead_id == lead)[-1]
    assert (newest.offer, newest.source, newest.inquiry_at) == (
        "contact-us",
        "yes, call me",
        life.clock.at,
    )
    assert newest.sla_due is not None


def test_a_meeting_ends_what_runs_and_is_promised(life):
    """A booked time stands at the top at that time; what follows a demo begins after it."""
    lead = a_lead(life.dana)
    at = life.clock.at + timedelta(days=2)
    found = take(life.context, lead, "meeting", until=at)
    assert found.entered == "post-demo"
    front = life.front(lead)
    assert (front.channel, front.promised, front.due) == ("demo", 1, at)
    assert life.live(lead) == {"post-demo": "paused"}
    with pytest.raises(WrongUse, match="needs its time"):
        take(life.context, lead, "meeting")


def test_what_cannot_be_is_refused(life):
    """An unknown kind, an unknown lead."""
    lead = a_lead(life.dana)
    with pytest.raises(WrongUse, match="choose one of reply"):
        take(life.context, lead, "smile")
    with pytest.raises(NotFound):
        take(life.context, 99, "reply")


# -- dates -----------------------------------------------------------------------------------------


def test_a_budget_month_sets_its_rule_off_once(life):
    """A month before the date the cadence begins; the date can be moved and taken back before."""
    lead = nurtured(life)
    set_date(life.context, lead, "budget_month", datetime(2027, 5, 1, 14, tzinfo=UTC))
    set_date(life.context, lead, "budget_month", datetime(2027, 4, 1, 14, tzinfo=UTC))
    assert {row.state for row in life.rows(DatedRule)} == {"planned", "passed"}
    life.clock.at = datetime(2027, 2, 28, tzinfo=UTC)
    life.dana.tick()
    assert "not-now" not in life.live(lead)
    life.clock.at = datetime(2027, 3, 1, 16, tzinfo=UTC)
    life.dana.tick()
    assert "not-now" in life.live(lead)
    entered = len(life.live(lead))
    life.later(days=40)
    assert len(life.live(lead)) <= entered + 1
    assert [row.state for row in life.rows(DatedRule)] == ["passed", "done"]


def test_a_rule_whose_condition_does_not_hold_passes(life):
    """Whoever answered at that very show is not asked about it once more."""
    lead = a_lead(life.dana, offer="trade-show")
    set_date(life.context, lead, "event_ends", life.clock.at + timedelta(days=1))
    life.later(days=3)
    assert [row.state for row in life.rows(DatedRule)] == ["passed"]


def test_a_moved_trial_end_moves_what_hangs_on_it(life):
    """An extension of the trial moves the note before its end, and nothing else."""
    lead = a_lead(life.dana, offer="trial", phone="")
    for _ in range(8):
        life.later(days=1)
        for touch in life.planned(lead):
            if touch.state == "open" and not touch.system and touch.due <= life.clock.at:
                life.do(life.dana, touch.id, Given("yes", note="asked them for it", elsewhere=True))
    note = next(touch for touch in life.planned(lead) if touch.step_id == "expiry-note")
    ends = datetime(2026, 12, 17, 16, 40, tzinfo=UTC)
    assert set_date(life.context, lead, "trial_ends", ends) == ("trial",)
    moved = next(touch for touch in life.planned(lead) if touch.step_id == "expiry-note")
    assert (moved.due.date(), note.due.date()) == (date(2026, 12, 15), date(2026, 12, 4))


def test_a_trial_that_is_over_when_its_lead_comes_in_ends_when_it_ended(life):
    """Downloaded three weeks ago and imported today: nobody is told that it ends next week."""
    asked = life.clock.at - timedelta(days=21)
    lead = a_lead(life.dana, offer="trial", inquiry_at=asked)
    ends = datetime.fromisoformat(life.lead(lead).dates["trial_ends"])
    assert (ends - asked).days in {13, 14}
    for _ in range(6):
        life.clock.at = max(life.clock.at, life.front(lead).due)
        life.later(minutes=1)
        front = life.front(lead)
        if front.cadence != "trial":
            break
        assert front.step_id != "expiry-note"
        if front.due <= life.clock.at:
            outcome = "NO_ANSWER" if front.channel == "call" else ""
            life.do(life.dana, front.id, Given("yes", outcome, elsewhere=not outcome))
    assert life.live(lead) == {"inquiry-tail": "active"}


def test_a_date_nothing_is_counted_from_is_refused(life):
    """The message lists those that are."""
    lead = a_lead(life.dana)
    with pytest.raises(WrongUse, match="budget_month"):
        set_date(life.context, lead, "budget_moth", life.clock.at)


def test_a_click_in_an_evaluation_asks_for_a_call(life):
    """A behaviour rule gives the rep one touch, not one a click."""
    lead = a_lead(life.dana)
    take(life.context, lead, "meeting", until=life.clock.at + timedelta(hours=1))
    life.later(hours=3)
    for touch in [touch for touch in life.planned(lead) if touch.kind == "meeting"]:
        life.do(life.dana, touch.id)
    assert "post-demo" in life.live(lead)
    first, second = (take(life.context, lead, "click") for _ in range(2))
    assert first.asked
    assert not second.asked
    assert len([touch for touch in life.rows(Touch) if touch.title == first.asked]) == 1


def test_a_lead_that_is_no_more_is_refused(life):
    """Nothing happens to a merged lead."""
    lead = a_lead(life.dana)
    with changing(life) as planning:
        planning.sheet(lead).lead.status = "merged"
    with pytest.raises(Refused, match="was merged"):
        take(life.context, lead, "reply")


# -- what is taken off the queue -------------------------------------------------------------------


def said_of(life, event):
    """The codes of the last such entry."""
    return log(life.dana, event)[-1]["codes"]


def test_what_a_sign_takes_off_the_queue_stands_in_the_log(life):
    """A meeting instead of the call that is due counts one; an open, which only scores, counts
    none."""
    lead = a_lead(life.dana, offer="contact-us")
    life.later(minutes=1)
    assert life.front(lead).due <= life.clock.at
    take(life.context, lead, "open")
    assert said_of(life, "lead.sign") == {
        "kind": "open",
        "entered": "",
        "until": "",
        "set_aside": 0,
    }
    at = life.clock.at + timedelta(days=30)
    take(life.context, lead, "meeting", until=at)
    assert said_of(life, "lead.sign")["set_aside"] == 1
    assert said_of(life, "lead.sign")["until"] == at.isoformat()


def test_sending_back_blocking_and_moving_a_lead_count_what_was_due(life):
    """The same code in each; what an answer blocks is marked as an answer's."""
    first, _, third = (
        a_lead(life.dana, name, phone=phone, email=f"{phone[-4:]}@b.example", offer="contact-us")
        for name, phone in (
            ("Ada Park", "+13035550111"),
            ("Bo Lind", "+13035550112"),
            ("Cy Moss", "+13035550113"),
        )
    )
    life.later(minutes=1)
    reject(life.context, first, "no_project")
    assert said_of(life, "lead.rejected")["set_aside"] == 1
    do_not_call.add(life.context, "+13035550112", "asked")
    assert said_of(life, "dnc.added") == {"reason": "asked", "set_aside": 1}
    edit(life.context, third, {"title": "CTO"})
    assert said_of(life, "lead.edited") == {"fields": ["title"]}
    edit(life.context, third, {"country": "NZ", "region": ""})
    assert said_of(life, "lead.edited")["place"] == 1
    assert said_of(life, "lead.edited")["set_aside"] == 1
    fourth = a_lead(
        life.dana, "Di Orr", phone="+13035550114", email="di@b.example", offer="contact-us"
    )
    life.later(minutes=1)
    blocking = next(row for row in life.dana.block.outcomes() if row.code == "DO_NOT_CALL")
    life.do(
        life.dana,
        life.front(fourth).id,
        Given("yes", blocking.code, "asked not to be called again"),
    )
    assert said_of(life, "dnc.added")["by_answer"] == 1


# -- what was done early, or elsewhere -------------------------------------------------------------


def test_a_demo_is_not_confirmed_before_it_takes_place(life):
    """Before its time a yes needs a note; then the log says how early it was."""
    lead = a_lead(life.dana, offer="contact-us")
    take(life.context, lead, "meeting", until=life.clock.at + timedelta(hours=20))
    front = life.front(lead)
    assert (front.channel, front.promised) == ("demo", 1)
    question = life.dana.block.start(front.id, out_of_turn="supervisor_asked").question.id
    with pytest.raises(Refused, match="took place before") as refused:
        life.dana.confirm.answer(question, Given("yes"))
    assert refused.value.code == "missing"
    life.dana.confirm.answer(question, Given("yes", note="they asked for it a day early"))
    assert said_of(life, "action.confirmed")["early_min"] == 20 * 60


def test_already_done_is_no_note_for_an_early_demo(life):
    """What is claimed does not say why."""
    lead = a_lead(life.dana, offer="contact-us")
    take(life.context, lead, "meeting", until=life.clock.at + timedelta(hours=20))
    with pytest.raises(Refused, match="took place before"):
        life.dana.block.already_done(
            life.front(lead).id, Given("yes", already="now"), out_of_turn="supervisor_asked"
        )


def test_a_demo_in_time_is_no_remark(life):
    """At its time a yes is enough."""
    lead = a_lead(life.dana, offer="contact-us")
    take(life.context, lead, "meeting", until=life.clock.at + timedelta(hours=20))
    life.later(hours=20)
    life.do(life.dana, life.front(lead).id)
    assert "early_min" not in said_of(life, "action.confirmed")


def test_an_email_nobody_sent_is_no_plain_yes(life):
    """Refused until the rep says that it was sent elsewhere; the log keeps that it was."""
    lead = a_lead(life.dana, offer="contact-us")
    with changing(life) as planning:
        front = planning.unit.session.get(Touch, life.front(lead).id)
        front.channel, front.call, front.template = "email", 0, "inquiry-missed"
    question = life.dana.block.start(front.id, out_of_turn="supervisor_asked").question.id
    preview = life.dana.confirm.preview(question, "")
    assert preview.unsent
    assert preview.sure
    with pytest.raises(Refused, match="elsewhere") as refused:
        life.dana.confirm.answer(question, Given("yes"))
    assert refused.value.code == "missing"
    life.dana.confirm.answer(question, Given("yes", elsewhere=True))
    assert said_of(life, "action.confirmed")["unsent"] == 1


def test_an_email_that_was_sent_is_a_plain_yes(life):
    """Nothing is asked twice."""
    lead = a_lead(life.dana, offer="contact-us")
    with changing(life) as planning:
        front = planning.unit.session.get(Touch, life.front(lead).id)
        front.channel, front.call, front.template = "email", 0, "inquiry-missed"
    question = life.dana.block.start(front.id, out_of_turn="supervisor_asked").question.id
    shown = life.dana.mail.preview(lead, front.id)
    life.dana.mail.hand_over(
        lead, shown.template, shown.subject, shown.body, obligation_id=question
    )
    assert not life.dana.confirm.preview(question, "").unsent
    life.dana.confirm.answer(question, Given("yes"))
    assert "unsent" not in said_of(life, "action.confirmed")


def test_what_begins_later_is_what_comes_next(life):
    """After a demo nothing is due, and what follows it has a time."""
    lead = a_lead(life.dana, offer="contact-us")
    take(life.context, lead, "meeting", until=life.clock.at + timedelta(hours=20))
    life.later(hours=20)
    found = life.do(life.dana, life.front(lead).id)
    (waiting,) = [
        row for row in life.rows(Enrolment, Enrolment.lead_id == lead) if row.state == "paused"
    ]
    assert found.next.action == f"{waiting.cadence} begins"
    assert found.next.due == waiting.resume_at
