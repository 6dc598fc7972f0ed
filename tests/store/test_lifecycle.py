"""The queries about a lead's way through the process say the same on both engines."""

from datetime import timedelta

from leadtui.store import lifecycle
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import DatedRule, Enrolment, Lead, Rep, Touch
from tests.engines import START

ACTOR = Actor(1, "t", "t", "rep", "t", "s", "h", "t", "0")
LONG_AGO = START - timedelta(days=400)


def a_row(unit, row):
    unit.session.add(row)
    unit.session.flush()
    return row.id


def a_silent_lead(unit, **more):
    values = {
        "full_name": "L",
        "name_key": "l",
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
        **more,
    }
    return a_row(unit, Lead(**{"last_sign_of_life": LONG_AGO, **values}))


def a_touch(unit, lead_id, **more):
    values = {
        "channel": "call",
        "title": "T",
        "due": START,
        "state": "open",
        "created_at": START,
        **more,
    }
    return a_row(unit, Touch(lead_id=lead_id, **values))


def test_only_leads_that_nobody_waits_for_are_silent(store):
    """Work that is due, a promise and an agreed date keep a lead; mail of the system does not."""
    since, soon = START - timedelta(days=365), START + timedelta(days=7)
    with store.write(ACTOR, START) as unit:
        plain = a_silent_lead(unit)
        mailed = a_silent_lead(unit)
        a_touch(unit, mailed, system=1, channel="email")
        later = a_silent_lead(unit)
        a_touch(unit, later, due=soon + timedelta(days=1))
        a_touch(unit, a_silent_lead(unit))
        a_touch(unit, a_silent_lead(unit), state="started", due=soon + timedelta(days=9))
        a_touch(unit, a_silent_lead(unit), promised=1, due=soon + timedelta(days=9))
        a_silent_lead(unit, last_sign_of_life=START)
        a_silent_lead(unit, status="closed")
        a_silent_lead(unit, stage="closed_won")
        agreed = a_silent_lead(unit)
        enrolment = Enrolment(
            lead_id=agreed,
            cadence="x",
            goal="x",
            playbook_hash="",
            anchor=START,
            created_at=START,
            state="paused",
            resume_at=soon + timedelta(days=30),
        )
        a_row(unit, enrolment)
        unit.log("test")
    with store.read() as session:
        assert lifecycle.silent(session, since, soon, 100) == [plain, mailed, later]


def test_dates_rules_and_absences_are_found(store):
    """Each query on a floor small enough to count by hand."""
    with store.write(ACTOR, START) as unit:
        rep, cover = (
            a_row(unit, Rep(name=name, name_key=name, login=name, created_at=START))
            for name in ("ann", "bob")
        )
        lead = a_silent_lead(
            unit, owner_id=rep, dates={"budget_month": "2027-01-01T00:00:00+00:00"}
        )
        a_silent_lead(unit)
        first = a_touch(unit, lead, rep_id=cover)
        letter = a_touch(unit, lead, rep_id=rep, state="waiting", channel="letter")
        rule = a_row(
            unit, DatedRule(lead_id=lead, rule="r", anchor="budget_month", at=START, due=START)
        )
        unit.session.get(Rep, rep).away_until = START - timedelta(days=1)
        unit.log("test")
    with store.read() as session:
        assert lifecycle.with_dates(session) == [lead]
        assert lifecycle.due_rules(session, START, 10) == [rule]
        assert [row.id for row in lifecycle.dated_rules(session, lead)] == [rule]
        assert lifecycle.stand_in_work(session, rep) == [lead]
        assert [row.id for row in lifecycle.planned_of(session, cover, START)] == [first]
        assert [row.id for row in lifecycle.letters(session, START, rep)] == [letter]
        assert lifecycle.letters(session, START, cover) == []
        assert lifecycle.back_by(session, START) == [rep]
        assert lifecycle.newest_near(session) == {}
        assert lifecycle.company_named(session, "nobody") is None
        assert lifecycle.last_address(session, lead) == ""
