"""Days keep their distance: no two steps on one day that are two days in the file, whatever closed
day, pause or late rep came between; and no planned call beyond the limit of attempts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.calendar import is_holiday
from leadtui.cadence.model import (
    By,
    Cadence,
    Channel,
    EnrolmentState,
    Finished,
    LeadFacts,
    OnClosedDay,
    Planned,
    Playbook,
)
from leadtui.cadence.pace import paces_of
from leadtui.cadence.reading.cadenceml import convert
from leadtui.cadence.reading.loading import load
from leadtui.cadence.schedule import Calendar, performed, plan_next
from leadtui.cadence.simulate import simulate
from tests.cadence.processes import a_cadence, a_calendar, a_lead, a_step, utc
from tests.cadence.test_shipped_playbook import shipped
from tests.conftest import share

SEVEN = """7x7:
  cadence:
    1: [{channel: email, title: Intro, notes: n}, {channel: call, title: Call, notes: n}]
    2: [{channel: call, title: Call, notes: n}]
    3: [{channel: call, title: AM, notes: n}, {channel: call, title: PM, notes: n}]
    4: [{channel: email, title: Mail, notes: n}]
    7: [{channel: email, title: Mail, notes: n}]
"""
PLACES = [
    LeadFacts(zones=zones, country=country, region=region)
    for zones, country, region in (
        (("America/Chicago",), "US", "IL"),
        (("America/New_York",), "US", "PA"),
        (("America/New_York",), "US", "RI"),
        (("America/Denver",), "US", "UT"),
        (("America/Los_Angeles",), "US", "CA"),
        (("America/New_York", "America/Los_Angeles"), "US", "NY"),
        (("Asia/Tokyo", "America/Los_Angeles"), "US", "CA"),
        (("America/Toronto",), "CA", "ON"),
        (("America/St_Johns",), "CA", "NL"),
        (("Europe/London",), "GB", ""),
        (("Europe/Berlin",), "DE", "BY"),
        (("Europe/Paris",), "FR", ""),
        (("Asia/Tokyo",), "JP", ""),
        (("Asia/Kolkata",), "IN", ""),
        (("Australia/Sydney",), "AU", "NSW"),
        ((), "", ""),
    )
]
MONDAY = utc("2026-11-16 15:00")
STARTS = [
    *(MONDAY + timedelta(days=day, hours=hours) for day in range(7) for hours in (0, 8)),
    *(
        utc(text)
        for text in (
            "2026-11-20 23:45",
            "2026-11-21 09:13",
            "2026-11-25 23:40",
            "2026-12-24 18:00",
            "2026-12-31 16:00",
            "2027-03-12 22:00",
            "2027-10-29 20:00",
            "2026-05-22 21:30",
        )
    ),
]


@cache
def book() -> Playbook:
    """The shipped playbook, with a public cadence counted in business days."""
    return load({**shipped(), **convert(SEVEN, "7x7")})


@cache
def calendar() -> Calendar:
    """Its calling hours, and a rep who is there."""
    return Calendar(book().calling, book().floor)


NAMES = sorted(load({**shipped(), **convert(SEVEN, "7x7")}).cadences)
assert len(PLACES) * len(STARTS) >= 350, "sixteen places, twenty-two starts"


def local(touch: Planned) -> datetime:
    """When a touch is due on its lead's clock."""
    return touch.due.astimezone(ZoneInfo(touch.zone))


def faults(cadence: Cadence, touches: list[Planned], lead: LeadFacts, most: int) -> list[str]:
    """What a row of touches breaks: its order, the file's days, closed days, the limit of calls."""
    paces, said = paces_of(cadence), []
    for before, touch in pairwise(touches):
        said += ["before the one before"] if touch.due < before.due else []
        apart = paces[touch.index].in_days and paces[touch.index].on != paces[before.index].on
        if apart and local(touch).date() == local(before).date():
            said.append(f"{before.step.id} and {touch.step.id} on {local(touch):%a %d %b}")
    calls = [touch.due for touch in touches if touch.step.channel is Channel.CALL]
    for call in calls:
        made = sum(call <= other < call + timedelta(hours=24) for other in calls)
        said += [f"{made} calls in 24 hours"] if made > most else []
    for touch in touches:
        day, kept = local(touch), touch.step.on_closed_day is OnClosedDay.KEEP
        closed = day.weekday() > 4 or is_holiday(lead.country, lead.region, day.date())
        if closed and touch.step.by is By.REP and not kept:
            said.append(f"{touch.step.id} on a closed day, {day:%a %d %b}")
    return said


@pytest.mark.parametrize("name", share(NAMES, 5))
def test_no_shipped_cadence_breaks_its_days_or_the_limit(name: str):
    """Each cadence at sixteen places from twenty-two starts, nobody ever answering."""
    cadence, found = book().cadences[name], []
    for lead in PLACES:
        for start in share(STARTS, 8):
            touches = list(simulate(book(), name, start, lead, calendar()))
            broken = faults(cadence, touches, lead, book().calling.max_attempts_24h)
            found += [f"{lead.zones} {start}: {fault}" for fault in broken]
    assert not found, found[:3]


@given(
    st.sampled_from(NAMES),
    st.sampled_from(PLACES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),
    st.lists(st.integers(0, 60 * 24 * 40), max_size=4),
)
def test_late_reps_and_pauses_lose_nothing_and_keep_the_pace(
    name: str, lead: LeadFacts, start: datetime, waits: list[int]
):
    """Each touch is done minutes to weeks after it was due: what follows keeps its days, its order
    and the limit, and no step is left out but for a date that has passed."""
    cadence = book().cadences[name]
    state, now, touches = EnrolmentState(name, start), start, []
    late = dict(enumerate(waits))
    while isinstance(plan := plan_next(cadence, state, lead, calendar(), now), Planned):
        assert all(allowed(why) for _, why in plan.skipped), plan.skipped
        at = plan_next(cadence, state, lead, calendar(), plan.due + minutes(late, len(touches)))
        if isinstance(at, Finished) or at.index != plan.index:
            now = plan.due + minutes(late, len(touches))
            continue
        touches.append(replace(at, due=max(at.due, plan.due)))
        now = touches[-1].due
        state = performed(cadence, state, at, now)
    assert not faults(cadence, touches, lead, book().calling.max_attempts_24h)


def allowed(why: str) -> bool:
    """Whether nothing but a date, a condition or the attempts passes a step over."""
    known = ("has passed", "condition does not hold", "exhausted", "demo_at is not known")
    return any(one in why for one in known)


def minutes(late: dict[int, int], number: int) -> timedelta:
    """How long after its time the touch of that number is looked at again."""
    return timedelta(minutes=late.get(number, 0))


def run(cadence: Cadence, start: str, *late: str, **kept: object) -> list[str]:
    """The touches of a cadence on their local clock, each done when due or at the time given."""
    state, now, said = EnrolmentState(cadence.name, utc(start), **kept), utc(start), []
    moments = {int(place): utc(at) for place, at in (text.split(": ") for text in late)}
    while isinstance(plan := plan_next(cadence, state, a_lead(), a_calendar(), now), Planned):
        now = max(plan.due, moments.get(len(said), plan.due))
        said.append(f"{plan.step.id} {now.astimezone(ZoneInfo(plan.zone)):%a %d %b %H:%M}")
        state = performed(cadence, state, plan, now)
    return said


DAYS = a_cadence(
    a_step("call", "start", "1"),
    a_step("call", "start + 1 day", "2"),
    a_step("call", "start + 2 days", "3"),
    a_step("email", "start + 2 days", "3-mail"),
    a_step("call", "start + 1 week", "8"),
)


def test_what_was_done_late_moves_what_follows():
    """Day 2 done on day 5: day 3 is the day after it, and day 8 five days after that."""
    assert run(DAYS, "2026-11-02 15:00", "1: 2026-11-06 16:00") == [
        "1 Mon 02 Nov 09:00",
        "2 Fri 06 Nov 10:00",
        "3 Mon 09 Nov 09:00",
        "3-mail Mon 09 Nov 09:00",
        "8 Mon 16 Nov 09:00",
    ]


def test_hours_that_make_up_days_keep_them_too():
    """Calls 24 and 72 hours after a Friday's download are on Monday and on Wednesday."""
    trial = a_cadence(a_step("call", "start + 24 hours", "1"), a_step("call", "start + 72 hours"))
    assert run(trial, "2026-11-13 15:00")[1].endswith("Wed 18 Nov 09:00")


def test_months_keep_their_date_where_days_are_made_up_for():
    """A year of months does not drift by its weekends; after a pause it keeps its distances."""
    year = a_cadence(
        *(a_step("email", f"start + {month} months", f"m{month}") for month in (1, 2, 3, 4))
    )
    assert run(year, "2026-07-01 15:00") == [
        "m1 Mon 03 Aug 10:00",
        "m2 Tue 01 Sep 10:00",
        "m3 Thu 01 Oct 10:00",
        "m4 Mon 02 Nov 10:00",
    ]
    assert run(year, "2026-07-01 15:00", "1: 2026-10-20 15:00")[2:] == [
        "m3 Fri 20 Nov 10:00",
        "m4 Mon 21 Dec 10:00",
    ]


def test_a_date_that_has_passed_is_passed_over_with_its_reason():
    """Two days before the trial ends is never after it; what follows a date waits for nothing."""
    ends = a_step("task", "start + 14 days").at
    trial = a_cadence(
        a_step("call", "start", "call"),
        a_step("email", "ends - 2 days", "note", on_closed_day="previous"),
        a_step("call", "ends + 1 day", "after"),
        dates={"ends": ends},
    )
    start, late = utc("2026-11-02 15:00"), utc("2026-11-18 15:00")
    state = EnrolmentState("test", start, 1, late)
    found = plan_next(trial, state, a_lead(), a_calendar(), late)
    assert isinstance(found, Planned)
    assert found.skipped == (("note", "ends has passed: it was Monday 16 November"),)
    assert found.step.id == "after"
    on_the_day = plan_next(trial, state, a_lead(), a_calendar(), utc("2026-11-16 20:00"))
    assert isinstance(on_the_day, Planned | Finished)


def test_a_demo_is_given_on_its_day_and_not_after():
    """An hour late it is still due; the day after it has passed."""
    demo = a_cadence(a_step("demo", "demo_at", "show", on_closed_day="keep"))
    at, state = utc("2026-11-18 16:00"), EnrolmentState("test", MONDAY)
    lead = a_lead(dates={"demo_at": at})
    found = plan_next(demo, state, lead, a_calendar(), at + timedelta(hours=1))
    assert isinstance(found, Planned)
    gone = plan_next(demo, state, lead, a_calendar(), at + timedelta(days=1))
    assert gone.skipped == (("show", "demo_at has passed: it was Wednesday 18 November"),)


@pytest.mark.parametrize(
    ("at", "start", "state", "due"),
    [
        ("start + 0 days", "2026-11-16 16:13", {}, "Tue 17 Nov 09:00"),  # nine is over today
        ("start", "2026-11-16 16:13", {}, "Tue 17 Nov 09:00"),
        ("start", "2026-11-21 16:13", {}, "Mon 23 Nov 09:00"),
        ("start + 1 day", "2026-11-16 16:13", {}, "Tue 17 Nov 09:00"),
        ("start + 1 day", "2026-11-16 16:13", {"email": "2026-11-16 21:13"}, "Tue 17 Nov 09:00"),
        ("start + 1 day", "2026-11-16 16:13", {"email": "2026-11-17 14:00"}, "Wed 18 Nov 09:00"),
        ("start + 9 days", "2026-11-16 16:13", {}, "Wed 25 Nov 09:00"),
        ("start + 10 days", "2026-11-16 16:13", {}, "Fri 27 Nov 09:00"),
    ],
)
@pytest.mark.parametrize("by", ["rep", "system"])
def test_an_hour_that_is_named_survives_closed_days_and_gaps(
    at: str, start: str, state: dict, due: str, by: str
):
    """Nine o'clock is nine o'clock, on the day or on the next one that is open."""
    step = a_step("email", at, at_time="09:00", by=by)
    sent = {Channel(channel): utc(moment) for channel, moment in state.items()}
    begun = EnrolmentState("test", utc(start), last_touch=sent)
    found = plan_next(a_cadence(step), begun, a_lead(), a_calendar(), utc(start))
    assert isinstance(found, Planned)
    assert f"{local(found):%a %d %b %H:%M}" == due


def test_an_hour_outside_the_window_is_the_nearest_inside():
    """Seven in the evening is a quarter of an hour before the window closes, on the day itself."""
    step = a_step("call", "start + 1 day", at_time="19:00")
    found = plan_next(
        a_cadence(step), EnrolmentState("test", MONDAY), a_lead(), a_calendar(), MONDAY
    )
    assert isinstance(found, Planned)
    assert f"{local(found):%a %H:%M}" == "Tue 17:15"


def test_an_e_mail_has_its_day_for_itself():
    """Another cadence wrote this morning: what is due today comes tomorrow, at its clock."""
    step = a_step("email", "start + 1 day", by="system")
    begun = EnrolmentState("test", MONDAY, last_touch={Channel.EMAIL: utc("2026-11-17 06:30")})
    night = replace(begun, start=utc("2026-11-17 04:00"))
    for state, due in ((begun, "Wed 09:00"), (night, "Wed 22:00")):
        found = plan_next(a_cadence(step), state, a_lead(), a_calendar(), state.start)
        assert isinstance(found, Planned)
        assert f"{local(found):%a %H:%M}" == due


def test_a_planned_call_keeps_the_limit_of_attempts():
    """After three calls in a day the fourth waits until the first is a day old."""
    made = tuple(utc(f"2026-11-16 {hour}:00") for hour in (15, 17, 20))
    begun = EnrolmentState("test", MONDAY, calls=made)
    step = a_step("call", "start + 6 hours")
    found = plan_next(a_cadence(step), begun, a_lead(), a_calendar(), utc("2026-11-16 20:10"))
    assert isinstance(found, Planned)
    assert found.due == utc("2026-11-17 15:00")
    assert found.moved_because == (
        "3 calls in 24 hours are the most; moved to Tuesday 17 November 09:00",
    )
