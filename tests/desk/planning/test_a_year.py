"""A year of the default playbook, lived through: every step at its time, nothing twice, nobody
forgotten."""

import shutil
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from leadtui.cadence.calendar import is_holiday
from leadtui.cadence.simulate import simulate
from leadtui.desk.answers.given import Given
from leadtui.desk.core.facts import LeadSheet
from leadtui.store import leads
from leadtui.store.engine import sqlite as sqlite_build
from leadtui.store.engine.tables import Email, Enrolment, Lead, Touch
from tests.builders import MONDAY, a_lead
from tests.desk.lives import Life

FAST = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=OFF",
    "foreign_keys=ON",
    "recursive_triggers=ON",
)
YEAR = timedelta(days=368)
OFFERS = {
    "trial": "CO",
    "white-paper": "IL",
    "webinar": "NY",
    "newsletter": "WA",
    "trade-show": "AL",
}
"""One lead of each, somewhere else: the cadences they begin with lead through all of nurture."""
pytestmark = pytest.mark.timeout(900)


class Year(Life):
    """Reps who do everything the moment it is due, and leads who never answer."""

    def __init__(self, folder):
        super().__init__(folder)
        self.start = {}
        self.asked_at_once = []
        self.leads = {
            offer: a_lead(
                self.dana,
                f"Lead {offer}",
                offer=offer,
                region=region,
                phone=f"+1312555{number:04}",
                email=f"{offer}@example.com",
                street="1 Main Street",
                city="Town",
                postal_code="12345",
            )
            for number, (offer, region) in enumerate(OFFERS.items())
        }

    def live_through(self, span=YEAR):
        end = self.clock.at + span
        while (due := self.next_due()) is not None and due <= end:
            self.clock.at = max(self.clock.at, due)
            self.dana.tick()
            self.work()
            with self.context.store.read() as session:
                assert leads.without_next_step(session) == [], self.clock.at

    def next_due(self):
        with self.context.store.read() as session:
            front = select(Touch.due).where(Touch.state == "open").order_by(col(Touch.due)).limit(1)
            pause = (
                select(Enrolment.resume_at)
                .where(Enrolment.state == "paused")
                .order_by(col(Enrolment.resume_at))
                .limit(1)
            )
            found = [
                at
                for at in (session.exec(front).first(), session.exec(pause).first())
                if at is not None
            ]
        return min(found, default=None)

    def work(self):
        for _ in range(20):
            with self.context.store.read() as session:
                open_ = select(Touch).where(
                    Touch.state == "open", Touch.system == 0, col(Touch.due) <= self.clock.at
                )
                touch = session.exec(open_.order_by(col(Touch.due), col(Touch.id)).limit(1)).first()
            if touch is None:
                return
            self.do(
                self.dana,
                touch.id,
                Given("yes", "NO_ANSWER") if touch.call else Given("yes", elsewhere=True),
            )
            self.dana.tick()
        raise AssertionError(f"there is no end of touches at {self.clock.at}")


@pytest.fixture(scope="module")
def year():
    """One year, lived once for all tests."""
    old, sqlite_build.pragmas = sqlite_build.pragmas, lambda version: FAST
    home = Path(tempfile.mkdtemp(prefix="leadtui-year-"))
    found = Year(home / "floor")
    found.live_through()
    yield found
    found.close()
    sqlite_build.pragmas = old
    shutil.rmtree(home)


def done(year, **wanted):
    found = year.rows(Touch, Touch.state == "done", Touch.kind == "step")
    return [
        touch
        for touch in found
        if all(getattr(touch, name) == value for name, value in wanted.items())
    ]


def test_the_first_cadence_of_everybody_comes_as_simulated(year):
    """What `playbook simulate` prints is what happens, to the minute."""
    for offer, lead_id in year.leads.items():
        first = year.rows(Enrolment, Enrolment.lead_id == lead_id)[0]
        with year.context.store.read() as session:
            sheet = LeadSheet(session, session.get(Lead, lead_id), year.context.settings.zone)
            facts, book = sheet.facts(cadence=first.cadence), year.context.playbook(session)
        foreseen = simulate(
            book, first.cadence, first.anchor, facts, year.context.calendar(book, None)
        )
        there = {touch.step_id: touch.due for touch in done(year, enrolment_id=first.id)}
        assert there, offer
        for touch in foreseen:
            if touch.due <= year.clock.at and touch.step.id in there:
                assert there[touch.step.id] == touch.due, (offer, touch.step.id)


def test_nothing_happens_twice(year):
    """Each step of an enrolment is done once, and each e-mail left once."""
    counts = Counter((touch.enrolment_id, touch.step_id) for touch in done(year))
    assert max(counts.values()) == 1
    assert max(Counter(email.touch_id for email in year.rows(Email)).values()) == 1
    assert {email.state for email in year.rows(Email)} == {"sent"}


def test_nothing_is_done_on_a_day_on_which_nobody_works(year):
    """No weekend and no public holiday where the lead is; only what follows a download at once may
    be there."""
    people = {lead.id: lead for lead in year.rows(Lead)}
    for touch in done(year):
        lead = people[touch.lead_id]
        local = touch.due.astimezone(ZoneInfo(lead.zones[0]))
        assert local.weekday() < 5, touch
        assert not is_holiday(lead.country, lead.region, local.date()), touch


def test_everything_is_done_the_moment_it_is_due(year):
    """Nobody waits behind anybody: what came due was in the hands of its rep at that time."""
    late = [touch for touch in done(year) if touch.closed_at - touch.due > timedelta(hours=1)]
    assert [(touch.cadence, touch.step_id, touch.due, touch.closed_at) for touch in late] == []


def test_the_year_goes_as_the_playbook_says(year):
    """From the trial through the tail and the weekly e-mails to the monthly letter, and so for
    every offer."""
    ways = {
        offer: list(
            dict.fromkeys(row.cadence for row in year.rows(Enrolment, Enrolment.lead_id == lead_id))
        )
        for offer, lead_id in year.leads.items()
    }
    assert ways["trial"][:3] == ["trial", "inquiry-tail", "weekly-nurture"]
    assert ways["white-paper"][:3] == ["white-paper", "monthly-letter", "quarterly-note"]
    assert ways["trade-show"][:3] == ["trade-show", "monthly-letter", "quarterly-note"]
    assert ways["webinar"][:3] == ["weekly-nurture", "monthly-letter", "quarterly-note"]
    assert ways["newsletter"][0] == "nurture-12-month"
    nurtured = [touch.step_id for touch in done(year, lead_id=year.leads["newsletter"])]
    months = (
        "m1-article",
        "m3-newsletter",
        "m4-article",
        "m6-letter",
        "m11-registration",
        "m12-call",
    )
    assert tuple(step for step in nurtured if step in months) == months
    assert [touch.title for touch in done(year, step_id="judge")]


def test_the_monthly_letter_is_split_by_lead_and_letter(year):
    """Each letter has one of its two wordings, on record; over the leads and months both are
    used."""
    sent = [email for email in year.rows(Email) if email.template.startswith("monthly-")]
    assert sent
    assert len({email.wording for email in sent}) == 2
    assert all(email.wording for email in sent)


def test_the_silent_are_retired_with_their_reason(year):
    """Whoever gave no sign of life for a year is closed as silent, once nothing of a rep waits for
    them."""
    year.live_through(timedelta(days=110))
    closed = {lead.closed_reason for lead in year.rows(Lead) if lead.status == "closed"}
    assert closed == {"silent"}
    year.holds()


def test_the_trial_is_dated_to_the_minute(year):
    """The dates of the case: download on Monday 23 November 10:40 in Chicago."""
    zone = ZoneInfo("America/Denver")
    there = {touch.step_id: touch.due.astimezone(zone) for touch in done(year, cadence="trial")}
    assert there["call-1"] == datetime(2026, 11, 24, 9, 40, tzinfo=zone)
    assert there["call-2"].date().isoformat() == "2026-11-27"  # Thanksgiving is in between
    assert there["day-5-note"].date().isoformat() == "2026-11-30"  # the fifth day is a Saturday
    assert (
        there["expiry-note"].date().isoformat() == "2026-12-04"
    )  # two days before the 7th is a Saturday
    assert year.rows(Touch, Touch.step_id == "welcome")[0].closed_at == MONDAY
