"""What holds for every plan, whatever the cadence, the lead, the rep's days off and the hour."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.calendar import is_holiday
from leadtui.cadence.model import (
    By,
    Cadence,
    Channel,
    DayPart,
    EnrolmentState,
    Exit,
    LeadFacts,
    OnClosedDay,
    Planned,
    Span,
    Step,
    TimeOff,
    Unit,
    When,
)
from leadtui.cadence.pace import BEGIN, paces_of
from leadtui.cadence.schedule import Calendar, performed, plan_next
from leadtui.cadence.simulate import simulate
from leadtui.cadence.site import Site
from tests.cadence.processes import a_calendar, with_cadences

STARTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
PLACES = [
    (("America/Chicago",), "US", "IL"),
    (("America/New_York", "America/Los_Angeles"), "US", "NY"),
    (("America/Chicago", "America/Denver"), "US", "TX"),
    (("Europe/London",), "GB", ""),
    (("Asia/Tokyo", "America/Los_Angeles"), "US", "CA"),
    (("America/New_York",), "US", "RI"),
    ((), "", ""),
]
LEADS = st.builds(
    lambda place, **flags: LeadFacts(zones=place[0], country=place[1], region=place[2], **flags),
    st.sampled_from(PLACES),
    has_phone=st.booleans(),
    has_email=st.booleans(),
    calls_allowed=st.booleans(),
    emails_allowed=st.booleans(),
)
SPANS = st.builds(Span, st.integers(0, 40), st.sampled_from(list(Unit)))
STEPS = st.lists(
    st.builds(
        Step,
        id=st.just("step"),
        channel=st.sampled_from(list(Channel)),
        by=st.sampled_from(list(By)),
        at=st.builds(When, st.sampled_from(["start", "previous", "demo_at", "ends"]), SPANS),
        title=st.just("Step"),
        on_closed_day=st.sampled_from(list(OnClosedDay)),
        day_part=st.none() | st.sampled_from(list(DayPart)),
        at_time=st.none() | st.just(time(9, 30)),
        until_contact=st.booleans(),
    ),
    max_size=8,
).map(tuple)
CADENCES = st.builds(
    Cadence,
    name=st.just("any"),
    title=st.just("Any"),
    goal=st.just("any"),
    steps=STEPS,
    on_finish=st.just(Exit(("next",))),
    on_exhausted=st.just(Exit(("other",))),
    max_attempts=st.integers(1, 8),
    dates=st.just({"ends": When("start", Span(14, Unit.DAYS))}),
)
CALENDARS = st.builds(
    lambda first, days: replace(
        a_calendar(), time_off=(TimeOff(first, first + timedelta(days=days)),)
    ),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(0, 30),
)


def stays(step: Step) -> bool:
    """Whether the step is one of those that are never moved."""
    at_once = step.by is By.SYSTEM and not step.at.offset.amount and step.at_time is None
    return step.on_closed_day is OnClosedDay.KEEP or at_once


@given(CADENCES, LEADS, CALENDARS, STARTS)
def test_every_touch_of_a_simulation_is_where_it_may_be(
    cadence: Cadence, lead: LeadFacts, calendar: Calendar, start: datetime
):
    """None before the start or before the last one; a rep's on an open day inside the calling
    window, unless kept."""
    touches = simulate(with_cadences(cadence), "any", start, lead, calendar)

    assert len(touches) <= len(cadence.steps)
    last, zone = start, ZoneInfo(lead.zones[0] if lead.zones else "UTC")
    paces, before = paces_of(cadence), BEGIN
    for number, touch in enumerate(touches):
        assert touch.due >= max(start, last)
        pace, day, local = paces[touch.index], last.astimezone(zone), touch.due.astimezone(zone)
        if number and pace.in_days and pace.on != before.on:
            assert local.date() > day.date(), "two days of the file on one day"
        last, before = touch.due, pace
        if stays(touch.step):
            continue
        assert local.weekday() < 5
        assert not is_holiday(lead.country, lead.region, local.date())
        if touch.step.by is By.REP:
            assert not any(off.first <= local.date() <= off.last for off in calendar.time_off)
            assert in_window(touch, lead, calendar)


def in_window(touch: Planned, lead: LeadFacts, calendar: Calendar) -> bool:
    """Whether preferred and legal hours are open on the lead's first clock."""
    windows = Site(lead, calendar).windows(
        touch.due.astimezone(ZoneInfo(touch.zone)).toordinal(), call=False
    )
    return any(start <= touch.due.timestamp() < end for start, end in windows)


@given(CADENCES, LEADS, CALENDARS, STARTS, st.data())
def test_a_plan_is_never_past_and_always_the_same(
    cadence: Cadence, lead: LeadFacts, calendar: Calendar, start: datetime, data: st.DataObject
):
    """However late it is and whatever was done before."""
    state = EnrolmentState(
        "any",
        start,
        next_step=data.draw(st.integers(0, len(cadence.steps))),
        attempts=data.draw(st.integers(0, 9)),
        contacts=data.draw(st.integers(0, 1)),
        parts_tried=data.draw(st.frozensets(st.sampled_from(list(DayPart)[:4]))),
        last_touch=data.draw(st.dictionaries(st.sampled_from(list(Channel)), st.just(start))),
        other_part=data.draw(st.booleans()),
    )
    now = start + timedelta(minutes=data.draw(st.integers(0, 100_000)))
    plan = plan_next(cadence, state, lead, calendar, now)

    assert plan == plan_next(replace(cadence), state, lead, replace(calendar), now)
    if isinstance(plan, Planned):
        assert plan.due >= now
        assert plan.index >= state.next_step
        assert [step for step, _ in plan.skipped] == ["step"] * (plan.index - state.next_step)
        after = performed(cadence, state, plan, plan.due)
        assert after.next_step == plan.index + 1


@given(CADENCES, LEADS, STARTS, st.integers(0, 100_000))
def test_planning_again_when_it_is_due_changes_nothing(
    cadence: Cadence, lead: LeadFacts, start: datetime, late: int
):
    """A touch is computed again when it is done: at its own time it stands where it stood."""
    calendar, state = a_calendar(), EnrolmentState("any", start)
    first = plan_next(cadence, state, lead, calendar, start + timedelta(minutes=late))
    if isinstance(first, Planned):
        again = plan_next(cadence, state, lead, calendar, first.due)
        assert isinstance(again, Planned)
        assert (again.index, again.due) == (first.index, first.due)
