"""Accepted, sent back, silent, covered for, given to somebody else: nobody is forgotten on the
way."""

from datetime import UTC, date, datetime, timedelta

import pytest

from leadtui.desk.answers.given import Given
from leadtui.desk.distribution.absence import come_back, send_away
from leadtui.desk.distribution.assigning import assign
from leadtui.desk.intake.responding import respond
from leadtui.desk.leads.recycling import accept, reject
from leadtui.desk.leads.signs import take
from leadtui.errors import NotFound, Refused, WrongUse
from leadtui.store.engine.tables import Rep, Response, Touch
from tests.builders import a_lead
from tests.desk.acting import log

TUESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)


# -- accepting and sending back --------------------------------------------------------------------


def test_an_accepted_lead_is_a_prospect_of_sales(life):
    """Accepting is said once, by the rep whose lead it is."""
    lead = a_lead(life.dana)
    assert life.lead(lead).stage == "mql"
    with pytest.raises(Refused, match="another rep"):
        accept(life.ali.context, lead)
    assert accept(life.context, lead).stage == "prospect_new"
    assert life.lead(lead).pipeline == "sales"
    with pytest.raises(Refused, match="already"):
        accept(life.context, lead)


def test_a_lead_that_is_sent_back_is_nurtured_and_looked_at(life):
    """Marketing gets a question with a deadline, and the lead its nurture: never the bin."""
    lead = a_lead(life.dana)
    found = reject(life.context, lead, "no_project")
    assert (found.entered, found.stage) == ("nurture-12-month", "recycled")
    assert life.live(lead) == {"nurture-12-month": "active"}
    (question,) = life.questions("recycled")
    assert question.due > life.clock.at
    assert life.lead(lead).status == "open"


def test_sending_back_needs_a_reason_and_an_answered_question(life):
    """What is started is answered first."""
    lead = a_lead(life.dana)
    with pytest.raises(Refused, match="no_project"):
        reject(life.context, lead, "do not like it")
    life.dana.block.start(life.front(lead).id)
    with pytest.raises(Refused, match="answer it first"):
        reject(life.context, lead, "no_project")
    with pytest.raises(NotFound):
        reject(life.context, 77, "no_project")


# -- silence ---------------------------------------------------------------------------------------


def silenced(life):
    """A lead of e-mails only that nobody hears of for more than a year."""
    lead = a_lead(life.dana, offer="webinar", phone="")
    for _ in range(130):
        life.later(days=3)
        for touch in life.planned(lead):
            if touch.state == "open" and not touch.system and touch.due <= life.clock.at:
                life.do(life.dana, touch.id)
    return lead


def test_a_silent_year_closes_a_lead_and_any_response_brings_it_back(life):
    """Closed with its reason, in the log, and open again at the next inquiry."""
    lead = silenced(life)
    assert (life.lead(lead).status, life.lead(lead).closed_reason) == ("closed", "silent")
    assert any('"silent"' in row.body for row in life.rows_of_log())
    respond(life.context, lead, "demo")
    assert life.lead(lead).status == "open"
    assert life.live(lead)


def test_whoever_gives_a_sign_of_life_stays(life):
    """One open in spring, and the year begins anew."""
    lead = a_lead(life.dana, offer="webinar", phone="")
    life.later(days=200)
    take(life.context, lead, "open")
    life.later(days=200)
    assert life.lead(lead).status == "open"


def test_work_that_is_due_is_done_before_a_silent_lead_is_closed(life):
    """A year of neglect is shown, not swept away."""
    lead = a_lead(life.dana)
    life.later(days=500)
    assert life.lead(lead).status == "open"
    assert life.front(lead).due < life.clock.at


def test_the_floor_s_hours_and_holidays_bound_what_a_rep_is_asked_to_do(life):
    """A lead in Berlin is asked for in the hours that both share, and not while the floor keeps
    Thanksgiving; the response time runs from the first of them, and says so."""
    life.clock.at = datetime(2026, 11, 25, 19, tzinfo=UTC)  # 13:00 in Chicago, 20:00 in Berlin
    lead = a_lead(life.dana, country="DE", region="BE", phone="+493023125999", calls_consent=True)
    front = life.front(lead)
    assert front.due == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert any("Its response time runs from" in why for why in front.moved_because)
    (response,) = life.rows(Response, Response.lead_id == lead)
    assert response.sla_due == datetime(2026, 11, 27, 16, tzinfo=UTC)  # an hour for a hot badge


# -- absence ---------------------------------------------------------------------------------------


def test_due_touches_wait_for_the_first_day_back_spread_out(life):
    """Not all at nine, in the order in which they were due, and none while the rep is away."""
    ids = [
        a_lead(life.dana, f"Lead {n}", phone=f"+1312555{n:04}", region="IL", rating="cold")
        for n in range(6)
    ]
    found = send_away(life.mira.context, "dana", TUESDAY, FRIDAY)
    assert found.moved == 0  # today's work is today's
    life.later(days=1, hours=1)  # and what is left of it does not lie there until Friday
    dues = [life.front(lead).due for lead in ids]
    assert len(set(dues)) == 6
    assert all(due.date() == date(2026, 11, 30) for due in dues)
    assert max(dues) - min(dues) >= timedelta(minutes=75)
    assert dues == sorted(dues)


def test_what_is_planned_later_avoids_the_days_off(life):
    """A step that would land on a day off lands after it."""
    lead = a_lead(life.dana, region="IL", phone="+13125550142")
    send_away(life.mira.context, "dana", date(2026, 11, 25), date(2026, 12, 4))
    life.do(life.dana, life.front(lead).id, Given("yes", "NO_ANSWER"))
    for _ in range(2):
        life.later(minutes=50)
        front = life.front(lead)
        life.do(life.dana, front.id, Given("yes", "NO_ANSWER") if front.call else None)
    life.later(days=1)
    life.do(life.dana, life.front(lead).id, Given("yes", "NO_ANSWER"))
    assert life.front(lead).due.date() >= date(2026, 12, 7)


def test_whoever_is_back_early_has_what_was_put_off(life):
    """When it was due, or from now on and spread where that is over; the rest of an absence that
    was made shorter too, and all of it for a colleague who gets the lead."""
    ids = [
        a_lead(life.dana, f"Lead {n}", phone=f"+1312555{n:04}", region="IL", rating="cold")
        for n in range(4)
    ]
    was = [life.front(lead).due for lead in ids]
    assert send_away(life.context, "dana", date(2026, 11, 23), FRIDAY).moved == 4
    assert min(life.front(lead).due for lead in ids).date() == date(2026, 11, 30)
    assign(life.mira.context, ids[3], "ali")
    assert life.front(ids[3]).due <= max(was[3], life.clock.at)
    life.later(hours=1)
    found = come_back(life.context, "dana")
    assert (found.rep, found.moved) == ("Dana Reyes", 3)
    dues = [life.front(lead).due for lead in ids[:3]]
    assert life.clock.at <= dues[0] < dues[1] < dues[2] <= life.clock.at + timedelta(hours=1)
    assert [touch.due_before for touch in life.rows(Touch)] == [None] * 4
    life.holds()


def put_off(life):
    """What the supervisor is told of absences."""
    found = life.mira.supervise.exceptions("all")
    return [line.words for line in found if line.kind == "put off"]


def test_an_absence_of_one_s_own_making_is_told(life):
    """With how much it puts off; one that a supervisor enters, or that somebody covers, is not."""
    for n in range(2):
        a_lead(life.dana, f"Lead {n}", phone=f"+1312555{n:04}", region="IL", rating="cold")
    send_away(life.mira.context, "dana", TUESDAY, FRIDAY)
    send_away(life.context, "dana", TUESDAY, FRIDAY, "ali")
    assert put_off(life) == []
    send_away(life.context, "dana", TUESDAY, FRIDAY)
    assert put_off(life) == ["2 touches put off by an absence of their own making"]


def test_a_cover_gets_what_is_due_and_gives_back_what_is_left(life):
    """Callbacks too; what is planned in those days is the cover's, and afterwards the owner's."""
    promised = a_lead(life.dana, "Cy Bell", phone="+13125550111", region="IL")
    life.do(
        life.dana,
        life.front(promised).id,
        Given("yes", "CALLBACK", at=datetime(2026, 11, 25, 17, tzinfo=UTC)),
    )
    plain = a_lead(life.dana, "Ada Park", phone="+13125550112", region="IL")
    life.clock.at = datetime(2026, 11, 24, 15, tzinfo=UTC)
    found = send_away(life.mira.context, "dana", TUESDAY, FRIDAY, "ali")
    assert (found.covered, found.moved, found.cover) == (2, 0, "Ali Haddad")
    ali, dana = life.ali.identity.id, life.dana.identity.id
    assert {life.front(promised).rep_id, life.front(plain).rep_id} == {ali}
    assert life.lead(plain).owner_id == dana
    life.do(life.ali, life.front(plain).id, Given("yes", "NO_ANSWER"))
    assert life.front(plain).rep_id == ali
    life.clock.at = datetime(2026, 11, 28, 15, tzinfo=UTC)
    life.dana.tick()
    assert {life.front(promised).rep_id, life.front(plain).rep_id} == {dana}
    assert life.rows(Rep, Rep.id == dana)[0].away_until is None


def test_what_was_overdue_goes_to_the_cover_when_the_absence_begins(life):
    """Whatever was left lying the evening before is the cover's in the morning."""
    lead = a_lead(life.dana, phone="+13125550112", region="IL")
    found = send_away(life.mira.context, "dana", TUESDAY, FRIDAY, "ali")
    assert (found.covered, life.front(lead).rep_id) == (0, life.dana.identity.id)
    life.later(days=1)
    assert life.front(lead).rep_id == life.ali.identity.id
    entries = len(life.rows_of_log())
    life.later(minutes=1)
    assert len(life.rows_of_log()) == entries, "told once"
    life.holds()


def test_a_hot_lead_that_nobody_covers_goes_to_a_colleague(life):
    """Both what comes while its owner is away and what was due before; the log says why."""
    before = a_lead(life.dana, "Ada Park", phone="+13125550112", region="IL", offer="contact-us")
    known = a_lead(life.dana, "Cy Bell", phone="+13125550111", region="IL", offer="white-paper")
    send_away(life.mira.context, "dana", TUESDAY, FRIDAY)
    life.later(days=1)
    assert life.lead(before).owner_id != life.dana.identity.id
    respond(life.context, known, "contact-us")
    front = life.front(known)
    assert life.lead(known).owner_id == front.rep_id == life.ali.identity.id
    assert (front.step_id, front.due, front.first) == ("call-1", life.clock.at, 1)
    given = log(life.dana, "lead.assigned")
    assert [entry["codes"]["why"] for entry in given] == ["away", "away"]
    life.holds()


def test_where_nobody_is_there_a_supervisor_is_asked(life):
    """Within the hour of the agreed time, and it says what to do."""
    lead = a_lead(life.dana, phone="+13125550112", region="IL", offer="white-paper")
    for who in ("dana", "ali"):
        send_away(life.mira.context, who, TUESDAY, FRIDAY)
    life.later(days=1)
    respond(life.context, lead, "contact-us")
    (question,) = life.questions("owner_away")
    assert question.due == life.clock.at + timedelta(hours=1)
    assert life.lead(lead).owner_id == life.dana.identity.id


def test_a_promise_that_nobody_covers_is_a_question(life):
    """It is never moved; a supervisor is asked who calls."""
    lead = a_lead(life.dana, phone="+13125550111", region="IL")
    at = datetime(2026, 11, 25, 17, tzinfo=UTC)
    life.do(life.dana, life.front(lead).id, Given("yes", "CALLBACK", at=at))
    found = send_away(life.mira.context, "dana", TUESDAY, FRIDAY)
    assert found.promised == 1
    assert life.front(lead).due == at
    assert [question.due for question in life.questions("callback_uncovered")] == [at]


def test_who_may_be_sent_away_and_by_whom(life):
    """A supervisor anybody, a rep himself, but not over overdue leads."""
    with pytest.raises(Refused, match="supervisor"):
        send_away(life.context, "ali", TUESDAY, FRIDAY)
    assert send_away(life.context, "dana", TUESDAY, FRIDAY).rep == "Dana Reyes"
    assert come_back(life.context, "dana").leads == 0
    with pytest.raises(Refused, match="Dana Reyes is not away"):
        come_back(life.context, "dana")
    a_lead(life.dana)
    life.later(days=3)
    with pytest.raises(Refused, match="overdue"):
        send_away(life.context, "dana", date(2026, 11, 27), date(2026, 11, 30))
    for first, last, cover in (
        (FRIDAY, TUESDAY, ""),
        (date(2020, 1, 1), date(2020, 1, 2), ""),
        (FRIDAY, FRIDAY, "dana"),
    ):
        with pytest.raises(WrongUse):
            send_away(life.mira.context, "dana", first, last, cover)


# -- assigning -------------------------------------------------------------------------------------


def test_a_lead_goes_to_somebody_else_with_all_that_is_planned(life):
    """The queue, the promised callback and the mail in the rep's name follow; the log says whose it
    is."""
    lead = a_lead(life.dana, phone="+13125550111", region="IL")
    at = datetime(2026, 11, 25, 17, tzinfo=UTC)
    life.do(life.dana, life.front(lead).id, Given("yes", "CALLBACK", at=at))
    found = assign(life.mira.context, lead, "ali")
    assert (found.owner, found.before) == ("Ali Haddad", "Dana Reyes")
    assert {touch.rep_id for touch in life.planned(lead)} == {life.ali.identity.id}
    assert (life.front(lead).due, life.front(lead).promised) == (at, 1)
    assert life.rows(Response)[0].assigned_at is not None
    assert life.dana.block.first_page(5).ids == ()


def test_what_is_started_stays_with_whoever_started_it(life):
    """The lease is respected: a lead in somebody's hands is not taken out of them."""
    lead = a_lead(life.dana)
    life.dana.block.start(life.front(lead).id)
    with pytest.raises(Refused, match="has this lead open"):
        assign(life.mira.context, lead, "ali")


def test_who_may_assign_and_to_whom(life):
    """Supervisors, and to somebody who is there."""
    lead = a_lead(life.dana)
    with pytest.raises(Refused, match="supervisor"):
        assign(life.context, lead, "ali")
    with pytest.raises(NotFound):
        assign(life.mira.context, lead, "nobody")
    send_away(life.mira.context, "ali", date(2026, 11, 23), FRIDAY)
    with pytest.raises(Refused, match="somebody who is there"):
        assign(life.mira.context, lead, "ali")
    send_away(life.mira.context, "ali", date(2026, 11, 23), FRIDAY, "mira")
    assign(life.mira.context, lead, "ali")
    assert life.front(lead).rep_id == life.mira.identity.id
