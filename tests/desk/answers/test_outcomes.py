"""Every outcome of a call, from the key that starts it to what follows: section 5 of the process,
row by row."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from leadtui.desk.answers.given import Given
from leadtui.errors import Refused
from leadtui.store import leads
from leadtui.store.engine.tables import (
    Attempt,
    Enrolment,
    Lead,
    LogPrivate,
    Matter,
    Phone,
    Response,
    TextBody,
    Touch,
)
from tests.builders import MONDAY, a_lead, open_touch
from tests.desk.acting import (
    answer,
    cadences,
    call,
    dial,
    log,
    one,
    phones,
    planned,
    questions,
    rows,
    start,
    the_lead,
)


def denver(text: str) -> datetime:
    """A time in Denver in that week of November (``24 15:00``), as UTC."""
    return datetime.fromisoformat(f"2026-11-{text}-07:00").astimezone(UTC)


@pytest.fixture
def lead_id(desk):
    """Somebody in Denver who asked to be contacted; it is Monday, 09:40 there."""
    return a_lead(desk, offer="contact-us")


def titles(desk, lead_id):
    """What is planned, front first."""
    return [
        (touch.channel, touch.due)
        for touch in sorted(planned(desk, lead_id), key=lambda touch: touch.state != "open")
    ]


PLAIN = [
    ("NO_ANSWER", {}, "email", MONDAY, "another day-part comes after the e-mail"),
    ("BUSY", {}, "call", MONDAY + timedelta(minutes=30), "again in 30 minutes"),
    ("VOICEMAIL", {}, "email", MONDAY, "the e-mail of the cadence"),
    ("GATEKEEPER", {"colleague": "Ms Ogden"}, "call", denver("24 09:40"), "the next business day"),
    (
        "CALLBACK",
        {"at": denver("24 15:00")},
        "call",
        denver("24 15:00"),
        "as promised, to the minute",
    ),
    (
        "TALKED",
        {"next_action": "e-mail the paper", "at": denver("24 11:00")},
        "email",
        denver("24 11:00"),
        "as agreed",
    ),
    (
        "TALKED",
        {"next_action": "think", "at": denver("28 11:00")},
        "task",
        denver("30 11:00"),
        "Saturday moves to Monday",
    ),
    ("MEETING", {"at": denver("25 14:00")}, "demo", denver("25 14:00"), "the meeting"),
    ("QUALIFIED", {}, "email", MONDAY, "the opportunity's summary"),
    (
        "NOT_NOW",
        {},
        "email",
        datetime(2026, 12, 23, 16, 40, tzinfo=UTC),
        "the first monthly letter",
    ),
    ("WRONG_NUMBER", {}, "task", MONDAY, "find another, and the e-mail behind it"),
    ("LEFT_COMPANY", {}, "task", MONDAY, "find the successor"),
    (
        "DO_NOT_CALL",
        {},
        "email",
        denver("30 09:40"),
        "e-mails go on, in the cadence after this one",
    ),
    (
        "NOT_DIALED",
        {"reason": "phone_system"},
        "call",
        MONDAY + timedelta(minutes=30),
        "tried again",
    ),
]


@pytest.mark.parametrize(
    ("outcome", "given", "channel", "due", "why"),
    PLAIN,
    ids=[f"{row[0]}-{row[2]}" for row in PLAIN],
)
def test_what_follows_an_outcome(desk, lead_id, outcome, given, channel, due, why):
    """The next thing with the lead is what its row says, and the confirmation tells it."""
    done = call(desk, lead_id, outcome, **given)

    front = open_touch(desk, lead_id)
    assert (front.channel, front.due) == (channel, due), why
    assert done.outcome == outcome
    assert done.next.due == due
    with desk.context.store.read() as session:
        assert leads.without_next_step(session) == []


@pytest.mark.parametrize(
    ("outcome", "given", "state"),
    [
        ("NOT_INTERESTED", "price", {"quarterly-note": "active"}),
        ("NOT_INTERESTED", "never_fits", {}),
        ("UNQUALIFIED", "linux_only", {}),
    ],
)
def test_a_reason_decides_whether_the_door_closes(desk, lead_id, outcome, given, state):
    """Who can never use it is closed with that reason; the others hear from us every quarter."""
    call(desk, lead_id, outcome, reason=given)

    assert cadences(desk, lead_id) == state
    lead = the_lead(desk, lead_id)
    assert (lead.status, lead.closed_reason) == (("open", "") if state else ("closed", given))
    assert bool(planned(desk, lead_id)) == bool(state)
    assert [entry["codes"]["reason"] for entry in log(desk, "lead.closed")] == (
        [] if state else [given]
    )


def test_a_disqualified_lead_goes_back_to_marketing(desk, lead_id):
    """Never to the bin: a question with its deadline, and the stage says so."""
    call(desk, lead_id, "UNQUALIFIED", reason="no_budget")

    assert questions(desk, lead_id) == ["recycled"]
    assert one(desk, Matter, lead_id=lead_id).data == {"reason": "no_budget"}
    lead = the_lead(desk, lead_id)
    assert (lead.status, lead.pipeline, lead.stage) == ("open", "marketing", "recycled")


def test_a_qualified_lead_is_an_opportunity(desk, lead_id):
    """The first stage of the sales pipeline, in the log, and the cadence for it."""
    call(desk, lead_id, "QUALIFIED")

    assert the_lead(desk, lead_id).pipeline == "sales"
    assert cadences(desk, lead_id) == {"opportunity": "active"}
    assert log(desk, "lead.opportunity")[0]["after"]["stage"] == the_lead(desk, lead_id).stage


def test_a_meeting_is_followed_by_its_own_cadence(desk, lead_id):
    """What ran ends; an hour after the meeting its follow-up begins."""
    done = call(desk, lead_id, "MEETING", at=denver("25 14:00"))

    assert done.email_offer == "meeting-confirmation"
    shown = desk.mail.preview(lead_id, None, done.email_offer)
    assert "We are set for Wednesday, November 25 at 14:00 (MST)" in shown.body
    assert cadences(desk, lead_id) == {"post-demo": "paused"}
    assert one(desk, Enrolment, lead_id=lead_id, cadence="post-demo").resume_at == denver(
        "25 15:00"
    )
    assert open_touch(desk, lead_id).promised
    assert the_lead(desk, lead_id).dates["demo_at"] == denver("25 14:00").isoformat()


def test_not_now_waits_for_the_date_they_named(desk, lead_id, clock):
    """Letters meanwhile; on the day the call stands in the queue, without anybody having to
    remember."""
    at = denver("24 10:00") + timedelta(days=62)
    call(desk, lead_id, "NOT_NOW", at=at)
    assert cadences(desk, lead_id) == {"monthly-letter": "active", "not-now": "paused"}

    clock.at = at
    while desk.tick():
        pass

    front = open_touch(desk, lead_id)
    assert (front.channel, front.cadence, front.due) == ("call", "not-now", at)


def test_not_now_without_a_date_is_ninety_days(desk, lead_id):
    """The row's default, by the lead's clock."""
    call(desk, lead_id, "NOT_NOW")

    assert one(desk, Enrolment, lead_id=lead_id, cadence="not-now").resume_at == MONDAY + timedelta(
        days=90
    )


def a_trial(desk, clock):
    """A trial of yesterday, whose first call is due now: Tuesday, 09:40 in Denver."""
    lead_id = a_lead(desk, offer="trial")
    desk.tick()
    clock.at = open_touch(desk, lead_id).due
    assert clock.at == denver("24 09:40")
    return lead_id


def test_who_hangs_up_is_left_alone_for_five_days_and_twice_is_no_interest(desk, clock):
    """The e-mails run on; the second time is another row."""
    lead_id = a_trial(desk, clock)
    call(desk, lead_id, "HUNG_UP")
    assert open_touch(desk, lead_id).channel == "call"
    assert open_touch(desk, lead_id).due == denver("30 09:40")  # five days later is Sunday
    clock.at = open_touch(desk, lead_id).due
    call(desk, lead_id, "HUNG_UP")

    assert cadences(desk, lead_id) == {"quarterly-note": "active"}


def test_a_referral_becomes_a_lead_that_is_called(desk, lead_id):
    """Linked, at the same company, with the same rep; the one who sent us on is closed until they
    come back."""
    call(desk, lead_id, "REFERRED", colleague="Ada Maria Park")

    (colleague,) = [row for row in rows(desk, Lead) if row.id != lead_id]
    first = the_lead(desk, lead_id)
    assert (colleague.full_name, colleague.first_name, colleague.last_name) == (
        "Ada Maria Park",
        "Ada Maria",
        "Park",
    )
    assert (colleague.company_id, colleague.owner_id) == (first.company_id, first.owner_id)
    assert colleague.extra == {"referred_by": lead_id}
    assert (first.status, first.closed_reason) == ("closed", "referred")
    assert open_touch(desk, colleague.id).title == "Find a telephone number"


def test_a_referral_to_somebody_who_is_there_is_another_response_of_theirs(desk, other, lead_id):
    """Nobody is made twice: who it is, and whose, is foreseen, and the lead stays whose it is."""
    there = a_lead(other, "Ada Park", phone="+13035550177", email="ada@x.example")
    with desk.context.write() as unit:
        ada, first = unit.session.get(Lead, there), unit.session.get(Lead, lead_id)
        ada.company_id, ada.owner_id = first.company_id, other.identity.id
        unit.log("test", subjects={"lead": there})
    started = start(desk, lead_id)
    given = Given("yes", "REFERRED", colleague="ada PARK")
    assert f"Ada Park is lead {there} already (Ali Haddad's, open): asked again" in (
        desk.confirm.preview(started.question.id, "REFERRED", given).next
    )

    dial(desk, started)
    desk.confirm.answer(started.question.id, given)

    assert len(rows(desk, Lead)) == 2
    assert [row.source for row in rows(desk, Response, lead_id=there)][-1] == "referral"
    assert the_lead(desk, there).owner_id == other.identity.id


def test_busy_twice_and_then_another_part_of_the_day(desk, lead_id, clock):
    """One retry; after it the next step."""
    call(desk, lead_id, "BUSY")
    clock.at = open_touch(desk, lead_id).due
    call(desk, lead_id, "BUSY")

    assert open_touch(desk, lead_id).channel == "email"


def test_the_mail_that_follows_a_voicemail_is_offered_twice_and_no_more(desk, clock):
    """Two voicemails a cadence are the most that an e-mail explains."""
    lead_id, offers = a_trial(desk, clock), []
    with desk.context.write() as unit:
        unit.session.exec(select(Enrolment).where(Enrolment.lead_id == lead_id)).one().counts = {
            "VOICEMAIL": 1
        }
        unit.log("lead.seeded", subjects={"lead": lead_id})
    for _ in range(2):
        clock.at = open_touch(desk, lead_id).due
        offers.append(call(desk, lead_id, "VOICEMAIL").email_offer)

    assert offers == ["after-voicemail", ""]


def test_a_text_that_speaks_of_a_call_is_proposed_after_such_a_call_alone(desk, lead_id):
    """Before any call, and after another outcome, the cadence's own texts come; while a call runs
    it can be chosen."""

    def proposed():
        found = desk.mail.preview(lead_id)
        return [found.template, *(name for name, _ in found.others)]

    told = {"after-voicemail", "wrong-number", "meeting-confirmation"}
    assert not told & set(proposed())
    started = start(desk, lead_id)
    dial(desk, started, acknowledge=True)
    assert "after-voicemail" in proposed()[1:]
    answer(desk, started, "VOICEMAIL")
    assert told & set(proposed()) == {"after-voicemail"}


def test_a_wrong_number_kills_that_number_only(desk):
    """The other number is called next, and a task asks for a better one."""
    lead_id = a_lead(desk)
    with desk.context.write() as unit:
        unit.session.add(Phone(lead_id=lead_id, number="+13035550177", created_at=unit.now))
        unit.log("lead.phone", subjects={"lead": lead_id})

    done = call(desk, lead_id, "WRONG_NUMBER")

    assert [(phone.number, phone.status) for phone in phones(desk, lead_id)] == [
        ("+13035550177", "ok"),
        ("+13035550142", "wrong"),
    ]
    assert done.email_offer == "wrong-number"
    assert "Find a number that works" in {touch.title for touch in planned(desk, lead_id)}


def test_the_last_wrong_number_leaves_e_mail_and_one_task(desk, lead_id):
    """No call waits for a number that is not there, and nobody gets two tasks for it."""
    call(desk, lead_id, "WRONG_NUMBER")

    found = planned(desk, lead_id)
    assert not [touch for touch in found if touch.call]
    assert [touch.title for touch in found if touch.kind == "data_fix"] == [
        "Find a number that works"
    ]


def test_a_data_fix_that_mended_nothing_is_not_done(desk, lead_id):
    """It asks for what was found, or for a memo; a no, a mended lead and a memo go on."""
    call(desk, lead_id, "WRONG_NUMBER")
    started = start(desk, lead_id)
    assert started.question.touch.kind == "data_fix"
    assert desk.confirm.preview(started.question.id, "").missing == ("note",)
    for note in ("", "done"):
        with pytest.raises(Refused, match="nothing was mended") as refused:
            answer(desk, started, note=note)
        assert refused.value.code == "missing"
    answer(desk, started, word="no", reason="ran_out_of_time")
    assert open_touch(desk, lead_id).kind == "data_fix"
    started = start(desk, lead_id)
    desk.leads.edit(lead_id, {"phone": "+1 303 555 0166"})
    assert desk.confirm.preview(started.question.id, "").missing == ()
    answer(desk, started)


def test_do_not_call_holds_for_every_rep_and_every_lead_with_the_number(desk, other):
    """At once: planned calls go, a call that runs cannot be dialed any more, e-mails stay."""
    lead_id = a_lead(desk)
    twin = a_lead(other, "Tom Weiss", email="tom@example.com")
    elsewhere = a_lead(other, "Ana Duarte", email="ana@example.com", phone="+13035550155")
    running = start(other, twin)

    call(desk, lead_id, "DO_NOT_CALL")

    with pytest.raises(Refused, match="cannot be overridden"):
        dial(other, running, acknowledge=True, override="supervisor", reason="really important")
    answer(other, running, "NO_ANSWER")
    assert not [
        touch for one_lead in (lead_id, twin) for touch in planned(desk, one_lead) if touch.call
    ]
    assert cadences(desk, twin) == {"trade-show": "active"}
    assert open_touch(desk, elsewhere).call
    assert the_lead(desk, lead_id).calls_opt_out
    assert len(log(desk, "dnc.added")) == 1


def test_do_not_call_stops_calls_that_others_planned(desk, other):
    """A call of another lead with the number goes to its next step, which is an e-mail; nothing
    stands held for ever."""
    lead_id = a_lead(desk)
    twin = a_lead(other, "Tom Weiss", email="tom@example.com")
    assert open_touch(other, twin).call

    call(desk, lead_id, "DO_NOT_CALL")

    front = open_touch(other, twin)
    assert (front.channel, front.held_rule) == ("email", "")


def test_a_lead_with_another_number_is_called_on_that(desk, other):
    """Only what is shared is blocked."""
    lead_id, twin = a_lead(desk), a_lead(other, "Tom Weiss")
    with desk.context.write() as unit:
        unit.session.add(Phone(lead_id=twin, number="+13035550177", created_at=unit.now))
        unit.log("lead.phone", subjects={"lead": twin})

    call(desk, lead_id, "DO_NOT_CALL")

    assert open_touch(other, twin).call
    started = start(other, twin)
    assert other.block.dial(started.question.id, phones(other, twin)[1].id).number == "+13035550177"


def test_what_could_not_be_dialed_is_no_attempt(desk, lead_id):
    """It counts neither as a call of the day nor as an attempt of the cadence."""
    call(desk, lead_id, "NOT_DIALED", reason="phone_system")

    (attempt,) = rows(desk, Attempt, lead_id=lead_id)
    assert (attempt.verdict, attempt.dialed_at) == ("not dialed", None)
    assert desk.block.header().calls == 0
    assert one(desk, Enrolment, lead_id=lead_id).attempts == 0


# -- promises --------------------------------------------------------------------------------------


def test_a_promised_callback_survives_who_does_not_answer(desk, clock):
    """Missed, it comes again after half an hour, still at the top, three times; then the cadence
    goes on."""
    lead_id = a_trial(desk, clock)
    a_lead(desk, "Tom Weiss", phone="+13035550155", offer="demo")
    call(desk, lead_id, "CALLBACK", at=denver("24 11:00"))
    for number in range(4):
        due = denver("24 11:00") + number * timedelta(minutes=30)
        clock.at = due
        desk.tick()
        front = open_touch(desk, lead_id)
        assert (front.due, front.promised, front.kind) == (due, 1, "callback")
        assert desk.block.first_page().ids[0] == front.id
        started = start(desk, lead_id)
        answer(desk, started, "NO_ANSWER")

    front = open_touch(desk, lead_id)
    assert (front.promised, front.kind) == (0, "step")
    assert cadences(desk, lead_id) == {"trial": "active"}


def test_a_promise_is_kept_on_a_saturday_and_at_night(desk, lead_id):
    """It is never moved."""
    at = denver("28 21:30")
    call(desk, lead_id, "CALLBACK", at=at)

    assert open_touch(desk, lead_id).due == at


@pytest.mark.parametrize("inbound", [False, True])
@pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "VOICEMAIL", "NOT_DIALED"])
def test_a_promise_stands_though_somebody_calls_before(desk, lead_id, clock, inbound, outcome):
    """A call that reaches nobody, beside what was agreed, counts as an attempt and changes no
    agreement."""
    at = denver("25 15:00")
    call(desk, lead_id, "CALLBACK", at=at)
    clock.advance(hours=3)

    started = (desk.block.inbound if inbound else desk.block.start_call)(lead_id)
    assert desk.confirm.preview(started.question.id, outcome).next == "what was agreed before"
    answer(desk, started, outcome, reason="interrupted" if outcome == "NOT_DIALED" else "")

    front = open_touch(desk, lead_id)
    assert (front.due, front.promised, front.kind) == (at, 1, "callback")
    assert len(planned(desk, lead_id)) == 1


def test_a_promise_without_a_cadence_survives_too(desk, lead_id, clock):
    """Back at marketing, they ask to be called: missed, it comes again, and the lead is not closed
    over it."""
    call(desk, lead_id, "UNQUALIFIED", reason="no_budget")
    clock.advance(hours=2)
    answer(desk, desk.block.inbound(lead_id), "CALLBACK", at=denver("24 10:00"))
    clock.at = denver("24 10:00")

    for number in range(1, 4):
        call(desk, lead_id, "NO_ANSWER")
        front = open_touch(desk, lead_id)
        assert (front.due, front.promised) == (
            denver("24 10:00") + timedelta(minutes=30 * number),
            1,
        )
        clock.at = front.due
    answer(desk, start(desk, lead_id), "NO_ANSWER")

    assert the_lead(desk, lead_id).status == "open"
    assert questions(desk, lead_id) == ["recycled"]


def test_a_call_to_a_lead_in_no_cadence_does_not_close_it(desk, lead_id):
    """There was no cadence to come to its end."""
    call(desk, lead_id, "LEFT_COMPANY")
    answer(desk, desk.block.start_call(lead_id), "NO_ANSWER")

    assert the_lead(desk, lead_id).status == "open"
    assert open_touch(desk, lead_id).title == "Find the successor"


def test_a_closed_lead_that_calls_and_agrees_to_something_is_open_again(desk, lead_id):
    """An agreement brings it back; a call that reached nobody does not."""
    call(desk, lead_id, "NOT_INTERESTED", reason="never_fits")
    answer(desk, desk.block.start_call(lead_id), "NO_ANSWER")
    assert the_lead(desk, lead_id).status == "closed"
    assert planned(desk, lead_id) == []

    answer(desk, desk.block.inbound(lead_id), "CALLBACK", at=denver("24 10:00"))

    assert the_lead(desk, lead_id).status == "open"
    assert open_touch(desk, lead_id).promised


# -- the answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "given", "code"),
    [
        ("", {}, "missing"),
        ("SOLD", {}, "outcome"),
        ("GATEKEEPER", {}, "missing"),
        ("CALLBACK", {}, "missing"),
        ("CALLBACK", {"at": MONDAY}, "when"),
        ("TALKED", {"next_action": "call"}, "missing"),
        ("TALKED", {"at": MONDAY + timedelta(days=1)}, "missing"),
        ("MEETING", {}, "missing"),
        ("NOT_INTERESTED", {}, "missing"),
        ("NOT_INTERESTED", {"reason": "Jane has no money"}, "reason"),
        ("NOT_INTERESTED", {"reason": "linux_only"}, "reason"),
        ("REFERRED", {"colleague": "  "}, "missing"),
        ("UNQUALIFIED", {}, "missing"),
        ("NOT_DIALED", {}, "missing"),
    ],
)
def test_an_answer_that_lacks_something_is_refused_whole(desk, lead_id, outcome, given, code):
    """The question stays open, and nothing is on record."""
    started = start(desk, lead_id)
    before = len(log(desk))

    with pytest.raises(Refused) as caught:
        answer(desk, started, outcome, **given)

    assert caught.value.code == code
    assert len(log(desk)) == before
    assert desk.block.open_question() == started.question
    assert rows(desk, Attempt, lead_id=lead_id) == []


def test_no_needs_a_reason_and_puts_the_touch_back(desk, lead_id):
    """As due as before; the blocker is kept."""
    touch = open_touch(desk, lead_id)
    started = start(desk, lead_id)
    for reason in ("", "phone was dead"):
        with pytest.raises(Refused):
            answer(desk, started, word="no", reason=reason)

    done = answer(desk, started, word="no", reason="tool_down")

    assert done.outcome == "no"
    again = open_touch(desk, lead_id)
    assert (again.id, again.state, again.due) == (touch.id, "open", touch.due)
    assert log(desk, "action.confirmed")[0]["codes"]["reason"] == "tool_down"


def test_partly_says_what_is_left_and_asks_for_the_rest(desk, lead_id):
    """An e-mail that went half is due again in a business hour; then it is done, and not a third
    time."""
    call(desk, lead_id, "NO_ANSWER")
    with pytest.raises(Refused):
        answer(desk, started := start(desk, lead_id), word="partly")
    answer(desk, started, word="partly", note="the attachment is missing")

    front = open_touch(desk, lead_id)
    assert (front.channel, front.kind, front.due) == ("email", "retry", MONDAY + timedelta(hours=1))
    answer(desk, start(desk, lead_id))
    assert open_touch(desk, lead_id).step_id == "call-2"


def test_an_answer_counts_the_seconds_from_when_it_was_shown(desk, lead_id, clock):
    """Shown once, however often it is painted."""
    started = start(desk, lead_id)
    dial(desk, started)
    clock.advance(seconds=40)
    desk.confirm.shown(started.question.id)
    clock.advance(seconds=2)
    desk.confirm.shown(started.question.id)
    clock.advance(seconds=1.5)
    answer(desk, started, "NO_ANSWER")

    (entry,) = log(desk, "action.confirmed")
    assert (entry["codes"]["seconds_ms"], entry["codes"]["dialed_ms"]) == (3500, 43500)
    assert len(log(desk, "question.shown")) == 1


def test_what_was_typed_is_kept_until_it_is_answered(desk, lead_id):
    """A kill loses nothing of it; what is no outcome is not kept as one."""
    started = start(desk, lead_id)
    desk.confirm.keep(started.question.id, "VOICEMAIL", note="left word with")
    desk.confirm.keep(started.question.id, branches="A")
    with pytest.raises(Refused):
        desk.confirm.keep(started.question.id, "Jane said no")

    question = desk.block.open_question()
    assert question.draft == {"note": "left word with", "branches": "A"}
    assert question.outcome == "VOICEMAIL"
    assert answer(desk, started, note="left word with Ms Ogden").outcome == "VOICEMAIL"


def test_an_outcome_is_foreseen_as_it_will_be(desk, lead_id):
    """The preview says what the answer then does, what is missing, and whether it asks "sure?"; it
    does nothing."""
    started = start(desk, lead_id)
    before = len(log(desk))

    found = desk.confirm.preview(started.question.id, "CALLBACK")
    assert (found.missing, found.sure) == (("at",), False)
    given = Given("yes", "CALLBACK", at=denver("24 15:00"))
    assert (
        desk.confirm.preview(started.question.id, "CALLBACK", given).next
        == "call, Tue 24 Nov 15:00 Denver, still at the top"
    )
    assert desk.confirm.preview(started.question.id, "DO_NOT_CALL").sure
    assert desk.confirm.preview(started.question.id, "HUNG_UP").next == "enters weekly-nurture"
    assert len(log(desk)) == before
    assert answer(desk, started, "CALLBACK", at=given.at).next.local == "Tue 24 Nov 15:00 Denver"


def test_a_lead_without_a_zone_is_foreseen_where_it_is_planned(desk, clock):
    """What the question says comes next is what then stands in the queue, in the floor's zone."""
    lead = a_lead(desk, phone="+18005550142", country="", region="")
    clock.advance(hours=2)  # evening in UTC, the middle of the day on the floor
    started = start(desk, lead)
    given = Given("yes", "BUSY")
    foreseen = desk.confirm.preview(started.question.id, "BUSY", given).next
    said = desk.confirm.answer(started.question.id, given).next
    assert foreseen == f"{said.action}, {said.local}"


def test_nobody_answers_for_another_or_twice(desk, other, lead_id):
    """An obligation is its rep's, until it is answered."""
    started = start(desk, lead_id)
    with pytest.raises(Refused, match="no open question"):
        answer(other, started, "NO_ANSWER")
    answer(desk, started, "NO_ANSWER")
    with pytest.raises(Refused, match="no open question"):
        answer(desk, started, "NO_ANSWER")


def test_a_confirmation_keeps_what_was_asked_and_said(desk, lead_id):
    """Codes, versions and hashes in the chained body, the words apart, the script's text once."""
    started = start(desk, lead_id)
    dial(desk, started)
    done = answer(
        desk, started, "NO_ANSWER", note="rang eight times", branches=("A",), objections=("price",)
    )

    (entry,) = log(desk, "action.confirmed")
    codes = entry["codes"]
    assert entry["seq"] == done.entry
    assert (codes["answer"], codes["outcome"], codes["cadence"], codes["step"]) == (
        "yes",
        "NO_ANSWER",
        "inquiry",
        "call-1",
    )
    assert (codes["options"], codes["branches"], codes["objections"]) == (
        ["yes", "partly", "no"],
        ["A"],
        ["price"],
    )
    assert (codes["verdict"], codes["started_in"], codes["contact"]) == ("clear", "test", 0)
    assert entry["after"]["touch"] == "done"
    assert entry["after"]["next"] == open_touch(desk, lead_id).id
    assert entry["playbook"]
    with desk.context.store.read() as session:
        body = session.get(TextBody, entry["hashes"]["script"]).body
        assert body == desk.context.playbook(session).templates["script/inquiry-call-1-asked"].body
        assert (
            session.exec(select(LogPrivate.text).where(LogPrivate.seq == done.entry)).one()
            == "rang eight times"
        )
    line = desk.block.history(lead_id)[0]
    assert (line.kind, line.who, line.words) == (
        "call",
        "Dana Reyes",
        "No answer: rang eight times",
    )


def test_an_answer_without_a_dial_is_taken_with_the_verdict_of_the_moment(desk, lead_id, clock):
    """By whatever phone it was made: the response was attempted, and the record says that no dial
    is known."""
    clock.at = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    answer(desk, start(desk, lead_id), "NO_ANSWER")

    (attempt,) = rows(desk, Attempt, lead_id=lead_id)
    assert (attempt.dialed_at, attempt.verdict) == (None, "blocked")
    assert one(desk, Response, lead_id=lead_id).first_attempt_at == clock.at
    assert not any(touch.first for touch in planned(desk, lead_id))


# -- what crosses it -------------------------------------------------------------------------------


def respond(desk, lead_id, offer):
    """The lead asks for something else."""
    from leadtui.desk.intake.admitting import admit

    with desk.context.write() as unit:
        response = Response(lead_id=lead_id, offer=offer, inquiry_at=unit.now, recorded_at=unit.now)
        unit.session.add(response)
        unit.session.flush()
        admit(desk.context, unit, [(lead_id, response.id)])
        unit.log("response.added", subjects={"lead": lead_id})


def test_a_stronger_response_ends_the_weaker_cadence(desk):
    """And a weaker one stands beside the stronger."""
    lead_id = a_lead(desk, offer="white-paper")
    respond(desk, lead_id, "contact-us")
    assert cadences(desk, lead_id) == {"inquiry": "active"}
    assert one(desk, Enrolment, cadence="white-paper").end_reason == "stronger response"

    respond(desk, lead_id, "webinar")
    assert cadences(desk, lead_id) == {"inquiry": "active"}


@pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "VOICEMAIL", "HUNG_UP", "WRONG_NUMBER"])
def test_a_stronger_response_during_a_call_is_not_lost_with_its_outcome(desk, outcome):
    """While somebody is being called they ask for a demo: whatever the call comes to, the lead
    stays in that cadence."""
    lead_id = a_lead(desk, offer="trade-show")
    started = start(desk, lead_id)
    respond(desk, lead_id, "demo")

    answer(desk, started, outcome)

    assert the_lead(desk, lead_id).status == "open"
    assert "demo-executive" in cadences(desk, lead_id) or outcome == "WRONG_NUMBER"
    assert planned(desk, lead_id)


def test_a_step_of_an_ended_cadence_does_not_come_back(desk):
    """Started, overtaken by a stronger response, and not done: the new cadence's step is next."""
    lead_id = a_lead(desk, offer="trade-show")
    started = start(desk, lead_id)
    respond(desk, lead_id, "contact-us")

    answer(desk, started, word="no", reason="urgent_lead")

    assert one(desk, Touch, id=started.touch).state == "cancelled"
    assert open_touch(desk, lead_id).cadence == "inquiry"


def test_a_closed_lead_that_responds_is_open_again(desk, lead_id):
    """Any new response brings it back."""
    call(desk, lead_id, "NOT_INTERESTED", reason="never_fits")
    respond(desk, lead_id, "trial")

    assert the_lead(desk, lead_id).status == "open"
    assert cadences(desk, lead_id) == {"trial": "active"}


def test_one_thing_of_a_lead_is_due_at_a_time(desk, lead_id, clock):
    """Whatever else is planned waits behind it, and comes when it is done."""
    call(desk, lead_id, "WRONG_NUMBER")

    states = [touch.state for touch in planned(desk, lead_id)]
    assert sorted(states) == ["open", "waiting"]
    answer(desk, start(desk, lead_id), note="asked at the switchboard")
    assert [touch.state for touch in planned(desk, lead_id)].count("open") == 1


def test_steps_move_off_weekends_and_holidays(desk, clock):
    """Thanksgiving, and the weekend behind it, in the lead's zone; the reasons are kept with the
    touch."""
    clock.at = denver("25 10:00")
    lead_id = a_lead(desk, offer="trade-show")
    for _ in range(3):
        touch = open_touch(desk, lead_id)
        clock.at = max(clock.at, touch.due)
        answer(desk, start(desk, lead_id), "NO_ANSWER" if touch.call else "")

    touch = open_touch(desk, lead_id)
    assert touch.due.astimezone(denver("27 10:00").tzinfo).date().isoformat() == "2026-11-27"
    assert any("Thanksgiving" in why for why in touch.moved_because)


# -- what the log must not hold --------------------------------------------------------------------


def test_no_body_of_the_log_holds_anything_personal(desk, other, clock):
    """Names, numbers, addresses, companies, titles and every word that was typed stand apart, where
    they can be erased."""
    typed = {
        name: f"{name} 0xSECRET"
        for name in ("note", "memo", "override", "gatekeeper", "zone", "draft", "partly", "fit")
    }
    lead_id = a_lead(desk, title="Chief Zeppelin Officer", offer="contact-us")
    twin = a_lead(other, "Tom Weiss", email="tom@kestrel.example")
    desk.block.note(lead_id, typed["memo"])
    desk.block.confirm_zone(lead_id, "America/Denver", typed["zone"])
    clock.at = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    started = start(desk, lead_id)
    desk.confirm.keep(started.question.id, "GATEKEEPER", note=typed["draft"])
    dial(desk, started, override="supervisor", reason=typed["override"])
    answer(desk, started, "GATEKEEPER", colleague=typed["gatekeeper"], note=typed["note"])
    clock.at = open_touch(desk, lead_id).due
    desk.block.defer(
        open_touch(desk, lead_id).id, desk.now() + timedelta(hours=1), "needs_preparation"
    )
    desk.block.already_done(
        open_touch(desk, lead_id).id,
        Given("partly", "NO_ANSWER", typed["partly"], already="20 min ago"),
        out_of_turn="same_company",
    )
    answer(desk, desk.block.inbound(lead_id), "REFERRED", colleague="Quill Park")
    call(other, twin, "DO_NOT_CALL", note=typed["note"])
    for _ in range(3):
        desk.tick()
        clock.advance(days=1)

    everything = "\n".join(json.dumps(entry) for entry in log(desk)).casefold()
    personal = [
        "Okafor",
        "Jane",
        "Tom",
        "Weiss",
        "Quill",
        "Park",
        "3035550142",
        "303-555",
        "brightwater",
        "kestrel",
        "Zeppelin",
    ]
    for text in (*personal, *typed.values(), "0xSECRET"):
        assert text.casefold() not in everything, text
    with desk.context.store.read() as session:
        apart = " ".join(session.exec(select(LogPrivate.text)).all())
    assert typed["note"] in apart
    assert typed["override"] in apart
