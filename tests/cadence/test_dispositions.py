"""What follows each outcome, as the shipped rows say it; and that no outcome leaves a lead without
a next thing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.dispositions import decide, exit_effects, missing, offered, unanswered
from leadtui.cadence.model import (
    Answer,
    Cadence,
    Channel,
    DayPart,
    Disposition,
    Effect,
    EnrolmentState,
    Exit,
    Finished,
    LeadFacts,
    Outcome,
    Playbook,
    Span,
    Unit,
)
from leadtui.cadence.schedule import plan_next
from leadtui.errors import Refused
from tests.cadence.processes import (
    a_cadence,
    a_calendar,
    a_lead,
    a_step,
    inquiry,
    nurture,
    trial,
    utc,
    with_cadences,
)

NOW = utc("2026-11-16 15:00")  # Monday 09:00 in Chicago
ROWS = with_cadences().dispositions
CALLS = a_cadence(
    a_step("call", "start", "first"),
    a_step("email", "start + 1 day", "mail"),
    a_step("call", "start + 2 days", "second"),
    a_step("email", "start + 20 days", "last"),
)


def after(
    code: str,
    cadence: Cadence = CALLS,
    lead: LeadFacts | None = None,
    now: datetime = NOW,
    playbook: Playbook | None = None,
    answer: dict | None = None,
    **state: object,
) -> Outcome:
    """The outcome of a call for the first step unless the state says another."""
    given = EnrolmentState(cadence.name, NOW, **state)
    book = playbook or with_cadences(cadence)
    return decide(
        code,
        Answer(code, **(answer or {})),
        cadence,
        given,
        book,
        lead or a_lead(),
        a_calendar(),
        now,
    )


def kinds(outcome: Outcome) -> list[str]:
    return [effect.kind for effect in outcome.effects]


def the(kind: str, outcome: Outcome) -> Effect:
    (found,) = [effect for effect in outcome.effects if effect.kind == kind]
    return found


def test_the_rows_are_the_seventeen_of_the_specification():
    """Keys, codes and whether they count as contact."""
    assert "".join(row.key for row in ROWS.values()) == "1234567890wlrhuDx"
    contacts = {row.code for row in ROWS.values() if row.contact}
    assert contacts == {
        *("CALLBACK", "TALKED", "MEETING", "QUALIFIED", "NOT_NOW", "NOT_INTERESTED", "REFERRED"),
        *("HUNG_UP", "UNQUALIFIED", "DO_NOT_CALL"),
    }
    assert [row.code for row in ROWS.values() if not row.attempt] == ["NOT_DIALED"]
    assert [row.code for row in ROWS.values() if row.sure] == ["DO_NOT_CALL"]


def test_no_answer_goes_on_to_the_next_step_in_another_part():
    """The attempt and its day-part count; the step is done."""
    outcome = after("NO_ANSWER")

    assert kinds(outcome) == ["plan_step"]
    assert the("plan_step", outcome).due == utc("2026-11-17 15:00")
    assert outcome.state == EnrolmentState(
        CALLS.name,
        NOW,
        next_step=1,
        previous_at=NOW,
        last_touch={Channel.CALL: NOW},
        parts_tried=frozenset({DayPart.MORNING}),
        attempts=1,
        counts={"NO_ANSWER": 1},
        other_part=True,
    )


def test_busy_is_tried_again_in_half_an_hour_and_then_in_another_part():
    """The retry is the same step, and the gap between calls does not bind it; the second busy is a
    step."""
    outcome = after("BUSY")
    touch = the("plan_touch", outcome)
    assert (touch.channel, touch.due, touch.promised) == (
        Channel.CALL,
        NOW + timedelta(minutes=30),
        False,
    )
    assert outcome.state
    assert (outcome.state.next_step, outcome.state.retries, outcome.state.attempts) == (0, 1, 1)

    again = after("BUSY", now=NOW + timedelta(minutes=30), retries=1, attempts=1)
    assert kinds(again) == ["plan_step"]
    assert again.state
    assert (again.state.next_step, again.state.retries, again.state.other_part) == (1, 0, True)


def test_a_retry_stays_in_the_calling_window():
    """Half an hour after 17:20 is tomorrow morning."""
    assert the("plan_touch", after("BUSY", now=utc("2026-11-16 23:20"))).due == utc(
        "2026-11-17 14:30"
    )


def test_voicemail_offers_an_e_mail_twice_at_most():
    """The e-mail is offered now; the third voicemail of a cadence is not on the list any more."""
    outcome = after("VOICEMAIL")
    assert kinds(outcome) == ["offer_email", "plan_step"]
    assert the("offer_email", outcome).email == "after-voicemail"
    assert kinds(after("VOICEMAIL", lead=a_lead(emails_allowed=False))) == ["plan_step"]

    twice = EnrolmentState("test", NOW, counts={"VOICEMAIL": 2})
    assert "VOICEMAIL" not in {row.code for row in offered(ROWS.values(), twice)}
    assert len(offered(ROWS.values(), replace(twice, counts={"VOICEMAIL": 1}))) == len(ROWS)
    assert kinds(after("VOICEMAIL", counts={"VOICEMAIL": 2})) == ["plan_step"]


def test_a_voicemail_is_followed_by_one_e_mail_and_not_by_two():
    """Where the next step writes within a business day, it is that one; a wrong number is asked
    about all the same."""
    friday = utc("2026-11-20 15:00")
    outcome = after("VOICEMAIL", inquiry(), now=friday)
    assert kinds(outcome) == ["plan_step"]
    assert the("plan_step", outcome).channel is Channel.EMAIL
    assert kinds(after("VOICEMAIL", inquiry(), next_step=2)) == ["offer_email", "plan_step"]
    assert "offer_email" in kinds(after("WRONG_NUMBER", inquiry(), now=friday))


def test_a_gatekeeper_is_called_again_on_the_next_business_day():
    """The name is asked for; the call is the same step."""
    assert the("plan_touch", after("GATEKEEPER", now=utc("2026-11-20 15:00"))).due == utc(
        "2026-11-23 15:00"
    )
    assert missing(ROWS["GATEKEEPER"], Answer("GATEKEEPER")) == ("gatekeeper",)
    assert missing(ROWS["GATEKEEPER"], Answer("GATEKEEPER", note="Ms. Ortega")) == ()


def test_a_callback_is_promised_for_exactly_that_time():
    """Even a Saturday evening stays; the enrolment waits, and its step is done."""
    saturday = utc("2026-11-22 01:17")
    outcome = after("CALLBACK", answer={"at": saturday})

    assert kinds(outcome) == ["plan_touch", "pause"]
    touch = the("plan_touch", outcome)
    assert (touch.due, touch.promised, touch.channel) == (saturday, True, Channel.CALL)
    assert the("pause", outcome).due == saturday
    assert outcome.state
    assert (outcome.state.next_step, outcome.state.ordered_by, outcome.state.contacts) == (
        1,
        "CALLBACK",
        1,
    )


@pytest.mark.parametrize("code", ["NO_ANSWER", "BUSY", "VOICEMAIL", "GATEKEEPER", "NOT_DIALED"])
def test_a_missed_callback_stays_at_the_top(code: str):
    """Again after half an hour, still promised, three times; then the cadence goes on where it
    was."""
    waiting = {"next_step": 1, "ordered_by": "CALLBACK", "contacts": 1}
    outcome = after(code, **waiting)
    touch = the("plan_touch", outcome)
    assert (touch.due, touch.promised) == (NOW + timedelta(minutes=30), True)
    assert outcome.state
    assert (outcome.state.next_step, outcome.state.ordered_by, outcome.state.retries) == (
        1,
        "CALLBACK",
        1,
    )

    last = after("NO_ANSWER", **waiting, retries=3)
    assert kinds(last) == ["plan_step"]
    assert last.state
    assert (last.state.next_step, last.state.ordered_by) == (1, "")


def test_a_kept_callback_does_not_use_up_a_step():
    """The step was done when the callback was promised."""
    outcome = after(
        "TALKED",
        answer={"next_action": "e-mail the price", "at": NOW},
        next_step=1,
        ordered_by="CALLBACK",
    )
    assert outcome.state
    assert (outcome.state.next_step, outcome.state.ordered_by) == (1, "TALKED")


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        ("call about the price", "call"),
        ("E-mail: the case study", "email"),
        ("demo", "demo"),
        ("ask Jo", "task"),
    ],
)
def test_talked_needs_a_next_action_and_its_date(words: str, channel: str):
    """It is planned on an open day, and the cadence waits for it."""
    assert missing(ROWS["TALKED"], Answer("TALKED")) == ("next", "at")
    outcome = after("TALKED", answer={"next_action": words, "at": utc("2026-11-21 16:00")})
    touch = the("plan_touch", outcome)
    assert kinds(outcome) == ["plan_touch"]
    assert (touch.due, touch.channel, touch.title) == (
        utc("2026-11-23 16:00"),
        Channel(channel),
        words,
    )


def test_a_next_action_that_is_done_lets_the_cadence_go_on():
    """Its unanswered call is no callback: nothing is tried again, the next step follows."""
    outcome = after("NO_ANSWER", next_step=1, ordered_by="TALKED", contacts=1)
    assert kinds(outcome) == ["plan_step"]
    assert outcome.state
    assert (outcome.state.next_step, outcome.state.ordered_by) == (1, "")


def test_a_meeting_ends_the_cadence_and_the_next_begins_after_it():
    """Its confirmation is offered now, the cadence after the demo begins an hour after it."""
    at = utc("2026-11-19 16:00")
    outcome = after("MEETING", answer={"at": at})
    assert kinds(outcome) == ["offer_email", "meeting", "end", "enrol"]
    assert the("offer_email", outcome).email == "meeting-confirmation"
    assert the("meeting", outcome).due == at
    assert (the("enrol", outcome).cadence, the("enrol", outcome).due) == (
        "post-demo",
        at + timedelta(hours=1),
    )
    assert outcome.state is None


def test_qualified_opens_an_opportunity():
    """And the cadence that works on it begins."""
    outcome = after("QUALIFIED")
    assert kinds(outcome) == ["opportunity", "end", "enrol"]
    assert the("enrol", outcome).cadence == "opportunity"


@pytest.mark.parametrize(
    ("at", "back"), [(utc("2027-01-11 15:00"), utc("2027-01-11 15:00")), (None, None)]
)
def test_not_now_is_nurture_until_the_date(at: datetime | None, back: datetime | None):
    """Letters from now, and a new start at the date they named or after 90 days at the same local
    time."""
    outcome = after("NOT_NOW", answer={"at": at})
    enrolments = {
        effect.cadence: effect.due for effect in outcome.effects if effect.kind == "enrol"
    }
    assert enrolments == {"monthly-letter": NOW, "not-now": back or NOW + timedelta(days=90)}
    assert outcome.state is None


@pytest.mark.parametrize(
    ("code", "reason", "lead", "expected"),
    [
        ("NOT_INTERESTED", "price", {}, ["end", "enrol"]),
        ("NOT_INTERESTED", "never_fits", {}, ["end", "close"]),
        ("NOT_INTERESTED", "price", {"emails_allowed": False}, ["end", "close"]),
        ("UNQUALIFIED", "no_budget", {}, ["recycle", "end"]),
        ("UNQUALIFIED", "no_budget", {"emails_allowed": False}, ["recycle", "end"]),
        ("UNQUALIFIED", "linux_only", {}, ["end", "close"]),
    ],
)
def test_reasons_decide_between_later_and_never(
    code: str, reason: str, lead: dict, expected: list[str]
):
    """Back to marketing or the quarterly note, unless they can never fit or want no mail."""
    outcome = after(code, answer={"reason": reason}, lead=a_lead(**lead))
    assert kinds(outcome) == expected
    assert [effect.reason for effect in outcome.effects if effect.kind in {"close", "recycle"}] in (
        [],
        [reason],
    )
    assert outcome.state is None


def test_a_wrong_number_kills_that_number_only():
    """A task to find another, an e-mail instead, and the cadence goes on."""
    outcome = after("WRONG_NUMBER")
    assert kinds(outcome) == ["block_number", "data_fix", "offer_email", "plan_step"]
    assert the("data_fix", outcome).title
    waiting = after("WRONG_NUMBER", ordered_by="CALLBACK", next_step=1)
    assert "plan_touch" not in kinds(waiting)


def test_left_company_asks_for_the_successor():
    """The cadence ends, and the task remains."""
    outcome = after("LEFT_COMPANY")
    assert kinds(outcome) == ["data_fix", "end"]
    assert the("data_fix", outcome).due == NOW


def test_referred_adds_the_colleague():
    """The colleague becomes a lead, this one is closed until it comes back."""
    outcome = after("REFERRED", answer={"colleague": "Ada Park"})
    assert kinds(outcome) == ["refer", "close", "end"]
    assert the("refer", outcome).title == "Ada Park"


def test_who_hangs_up_is_left_alone_for_five_days_and_twice_is_no_interest():
    """E-mails still run in between; the second time counts as another row."""
    outcome = after("HUNG_UP")
    assert outcome.state
    assert outcome.state.calls_not_before == NOW + timedelta(days=5)
    assert the("plan_step", outcome).channel is Channel.EMAIL

    twice = after("HUNG_UP", counts={"HUNG_UP": 1})
    assert twice.disposition.code == "NOT_INTERESTED"
    assert kinds(twice) == ["end", "enrol"]
    assert twice.state is None


def test_do_not_call_blocks_the_person_and_leaves_the_e_mails():
    """Every number at once; the next step is the e-mail, and no call follows in this cadence."""
    outcome = after("DO_NOT_CALL")
    assert kinds(outcome) == ["block_person", "end_calls", "plan_step"]
    assert the("plan_step", outcome).channel is Channel.EMAIL
    assert outcome.state
    assert outcome.state.exhausted


def test_what_was_not_dialed_is_no_attempt():
    """Nothing is counted, and the call is tried again."""
    outcome = after("NOT_DIALED", answer={"reason": "phone_system"})
    assert outcome.state == EnrolmentState(CALLS.name, NOW, counts={"NOT_DIALED": 1}, retries=1)
    assert kinds(outcome) == ["plan_touch"]
    given_up = after("NOT_DIALED", retries=3)
    assert kinds(given_up) == ["plan_step"]


def test_the_last_attempt_exhausts_the_calls():
    """No retry any more; the e-mails run, and then the way out of those who were not reached."""
    outcome = after("BUSY", attempts=5)
    assert kinds(outcome) == ["plan_step"]
    assert outcome.state
    assert outcome.state.exhausted

    end = after("NO_ANSWER", a_cadence(a_step("call", "start"), max_attempts=1))
    assert [(effect.kind, effect.cadence) for effect in end.effects] == [
        ("end", ""),
        ("enrol", "monthly-letter"),
    ]
    assert the("end", end).reason == "exhausted"
    assert end.state is None


def test_a_row_that_only_pauses():
    """Any row can pause until a date."""
    row = Disposition(
        "p", "PAUSE", "Pause", contact=True, ends="pause", then=(), default_date=Span(2, Unit.WEEKS)
    )
    book = replace(with_cadences(CALLS), dispositions={"PAUSE": row})
    outcome = after("PAUSE", playbook=book)
    assert [(effect.kind, effect.due) for effect in outcome.effects] == [
        ("pause", NOW + timedelta(days=14))
    ]
    assert outcome.state
    assert outcome.state.next_step == 1


def test_an_outcome_that_is_not_in_the_playbook_is_refused():
    """Nothing is guessed."""
    with pytest.raises(Refused, match="NO_SUCH"):
        after("NO_SUCH")


def test_the_unanswered_row_is_found_by_its_fields():
    """The row of a plain attempt, whatever it is called."""
    found = unanswered(ROWS)
    assert found
    assert found.code == "NO_ANSWER"
    assert unanswered({}) is None


@pytest.mark.parametrize(
    ("way_out", "expected"),
    [
        (Exit(("a", "b")), ["end", "enrol", "enrol"]),
        (Exit((), "customer_settled"), ["end", "close"]),
        (Exit(), ["end", "close"]),
    ],
)
def test_the_end_of_a_cadence_is_followed_by_something(way_out: Exit, expected: list[str]):
    """Cadences, or a close with a reason."""
    assert [effect.kind for effect in exit_effects(Finished(way_out, "finished"), NOW)] == expected


STATES = st.builds(
    EnrolmentState,
    cadence=st.just("any"),
    start=st.just(NOW - timedelta(days=3)),
    next_step=st.integers(0, 6),
    previous_at=st.none() | st.just(NOW - timedelta(days=1)),
    attempts=st.integers(0, 8),
    contacts=st.integers(0, 2),
    counts=st.dictionaries(st.sampled_from(sorted(ROWS)), st.integers(0, 3)),
    retries=st.integers(0, 4),
    exhausted=st.booleans(),
    ordered_by=st.sampled_from(["", "CALLBACK", "TALKED", "GONE"]),
)
ANSWERS = st.builds(
    Answer,
    code=st.just(""),
    at=st.none()
    | st.integers(-5000, 500_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    next_action=st.sampled_from(["", "call", "think"]),
    reason=st.sampled_from(["", "price", "linux_only", "never_fits"]),
)
ANY_ROW = st.builds(
    Disposition,
    key=st.just("k"),
    code=st.just("ANY"),
    label=st.just("Any"),
    contact=st.booleans(),
    attempt=st.booleans(),
    ends=st.sampled_from(["", "pause", "cadence", "calls"]),
    then=st.lists(
        st.sampled_from(["step", "retry", "callback", "next_action", "meeting", "close", "email"])
    ).map(tuple),
    delay=st.none() | st.just(Span(30, Unit.MINUTES)) | st.just(Span(5, Unit.DAYS)),
    retries=st.integers(0, 3),
    blocks=st.sampled_from(["", "number", "person"]),
    escalate_after=st.integers(0, 2),
    escalate_to=st.sampled_from(["", "NOT_INTERESTED", "ANY"]),
    default_date=st.none() | st.just(Span(90, Unit.DAYS)),
)


@given(
    st.sampled_from(sorted(ROWS)) | ANY_ROW,
    STATES,
    ANSWERS,
    st.sampled_from([CALLS, trial(), inquiry(), nurture(), a_cadence()]),
    st.builds(
        a_lead, has_email=st.booleans(), emails_allowed=st.booleans(), calls_allowed=st.booleans()
    ),
    st.integers(0, 400_000),
)
def test_no_outcome_leaves_a_lead_without_a_next_thing(
    row: str | Disposition,
    state: EnrolmentState,
    answer: Answer,
    cadence: Cadence,
    lead: LeadFacts,
    minutes: int,
):
    """An enrolment is ended, or it has a touch or a pause with a time that is not past; and always
    the same."""
    now = NOW + timedelta(minutes=minutes)
    book = with_cadences(cadence)
    if isinstance(row, Disposition):
        book = replace(book, dispositions={**ROWS, "ANY": row})
    code = row if isinstance(row, str) else "ANY"
    outcome = decide(code, answer, cadence, state, book, lead, a_calendar(), now)

    nexts = [
        effect for effect in outcome.effects if effect.kind in {"plan_step", "plan_touch", "pause"}
    ]
    ended = [effect for effect in outcome.effects if effect.kind == "end"]
    assert bool(ended) == (outcome.state is None)
    assert bool(nexts) == (outcome.state is not None)
    assert all(effect.due is not None and effect.due >= now for effect in nexts)
    assert sum(effect.kind in {"plan_step", "plan_touch"} for effect in nexts) <= 1
    if outcome.state and "plan_step" in kinds(outcome):
        touch = plan_next(cadence, outcome.state, lead, a_calendar(), now)
        assert not isinstance(touch, Finished) or not lead.calls_allowed or outcome.state.exhausted
    assert outcome == decide(code, answer, cadence, state, book, lead, a_calendar(), now)
