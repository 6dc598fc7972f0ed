"""Local time, holidays, spans and business time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.calendar import (
    EPOCH,
    BusinessClock,
    add_span,
    day_part,
    is_holiday,
    local_to_utc,
)
from leadtui.cadence.model import DayPart, Hours, Span, Unit
from leadtui.errors import LeadtuiError
from tests.cadence.processes import utc

NINE_TO_FIVE = {day: (Hours(time(9), time(17)),) for day in range(5)}
CHICAGO = "America/Chicago"
MINUTES = st.datetimes(datetime(2020, 1, 2), datetime(2032, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


def a_clock(zone: str = CHICAGO, region: str = "IL", **fields: object) -> BusinessClock:
    return BusinessClock(NINE_TO_FIVE, zone, "US", region, **fields)


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        *(
            (7, None),
            (8, "morning"),
            (10, "midday"),
            (12, "afternoon"),
            (14, "afternoon"),
            (15, "late"),
        ),
        *((17, "late"), (18, None), (0, None)),
    ],
)
def test_day_parts_begin_at_8_10_12_and_15(hour: int, part: str | None):
    """A part begins on its hour and ends before the next."""
    assert day_part(datetime(2026, 11, 16, hour, 59)) == (DayPart(part) if part else None)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        (
            CHICAGO,
            "2026-03-08 02:30",
            "2026-03-08 08:30",
        ),  # the gap: 02:30 does not exist, 03:30 CDT does
        (CHICAGO, "2026-11-01 01:30", "2026-11-01 06:30"),  # twice: the first, still CDT
        ("Europe/London", "2026-03-29 01:15", "2026-03-29 01:15"),
        ("Asia/Kolkata", "2026-11-16 09:00", "2026-11-16 03:30"),
    ],
)
def test_local_times_in_a_gap_move_forward_and_doubled_ones_are_the_first(
    zone: str, local: str, expected: str
):
    """What does not exist moves forward by the gap; of two the earlier counts."""
    assert local_to_utc(datetime.fromisoformat(local), zone) == utc(expected)


@pytest.mark.parametrize(
    ("country", "region", "day", "name"),
    [
        ("US", "IL", "2026-11-26", "Thanksgiving Day"),
        ("US", "IL", "2026-11-27", ""),
        ("US", "CA", "2026-11-27", "Day After Thanksgiving"),
        ("US", "US-CA", "2026-11-27", "Day After Thanksgiving"),
        ("US", "no such state", "2026-11-26", "Thanksgiving Day"),
        ("DE", "BY", "2026-01-06", "Epiphany"),
        ("DE", "BE", "2026-01-06", ""),
        ("XX", "", "2026-12-25", ""),
        ("", "", "2026-12-25", ""),
    ],
)
def test_holidays_are_those_of_country_and_subdivision(
    country: str, region: str, day: str, name: str
):
    """A region that is unknown has its country's holidays, and an unknown country none."""
    assert is_holiday(country, region, date.fromisoformat(day)) == name


@pytest.mark.parametrize("worked", [("Columbus Day",), ("columbus day",), ("2026-10-12",)])
def test_worked_holidays_do_not_count(worked: tuple[str, ...]):
    """A floor names the holidays on which it works, or their dates."""
    assert is_holiday("US", "IL", date(2026, 10, 12), worked) == ""
    assert is_holiday("US", "IL", date(2026, 11, 26), worked)
    assert (
        is_holiday("US", "IL", date(2026, 7, 3), ("Independence Day",)) == ""
    )  # "(observed)" is the same holiday


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        (
            "2026-03-07 15:00",
            24,
            Unit.HOURS,
            "2026-03-08 15:00",
        ),  # elapsed, across the spring change
        ("2026-03-07 15:00", 1, Unit.DAYS, "2026-03-08 14:00"),  # 09:00 stays 09:00
        ("2026-10-31 14:00", 1, Unit.DAYS, "2026-11-01 15:00"),
        ("2026-01-31 15:00", 1, Unit.MONTHS, "2026-02-28 15:00"),
        ("2026-12-15 15:00", 2, Unit.MONTHS, "2027-02-15 15:00"),
        ("2026-03-15 14:00", -1, Unit.MONTHS, "2026-02-15 15:00"),
        ("2026-11-16 15:00", 2, Unit.WEEKS, "2026-11-30 15:00"),
        ("2026-11-20 15:00", 1, Unit.BUSINESS_DAYS, "2026-11-23 15:00"),
        ("2026-11-21 15:00", 1, Unit.BUSINESS_DAYS, "2026-11-23 15:00"),
        ("2026-11-25 15:00", 1, Unit.BUSINESS_DAYS, "2026-11-27 15:00"),  # over Thanksgiving
        ("2026-11-30 15:00", -3, Unit.BUSINESS_DAYS, "2026-11-24 15:00"),
        ("2026-03-07 08:30", 1, Unit.DAYS, "2026-03-08 08:30"),  # 02:30 falls into the gap
        ("2026-11-16 15:00", 0, Unit.DAYS, "2026-11-16 15:00"),
    ],
)
def test_minutes_elapse_and_days_keep_the_clock(start: str, amount: int, unit: Unit, expected: str):
    """Chicago's clock counts days, weeks, months and business days; hours are hours."""

    def is_open(day: date) -> bool:
        return day.weekday() < 5 and not is_holiday("US", "IL", day)

    assert add_span(utc(start), Span(amount, unit), CHICAGO, is_open) == utc(expected)


def test_business_days_of_a_calendar_that_never_opens_end():
    """A search without an answer stops."""
    add_span(utc("2026-11-16 15:00"), Span(1, Unit.BUSINESS_DAYS), CHICAGO, lambda day: False)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-16 15:00", "2026-11-16 15:05", 5),
        ("2026-11-20 22:55", "2026-11-23 15:05", 10),  # Friday 16:55 to Monday 09:05
        ("2026-11-25 22:00", "2026-11-27 16:00", 120),  # Thanksgiving between
        (
            "2026-10-30 21:00",
            "2026-11-02 16:00",
            120,
        ),  # 16:00 CDT to 10:00 CST over the autumn change
        ("2026-03-06 22:00", "2026-03-09 15:00", 120),  # over the spring change
        ("2026-11-21 15:00", "2026-11-22 15:00", 0),
        ("2026-11-16 16:00", "2026-11-16 15:00", -60),
    ],
)
def test_business_minutes_leave_out_nights_weekends_and_holidays(
    start: str, end: str, minutes: int
):
    """Only the floor's own hours count, in its zone."""
    clock = BusinessClock(NINE_TO_FIVE, CHICAGO, "US", "IL")
    assert clock.minutes_at(utc(end)) - clock.minutes_at(utc(start)) == minutes


def test_a_clock_around_the_clock_counts_the_hours_that_a_day_really_has():
    """The day of the spring change has 23 hours, that of autumn 25."""
    clock = BusinessClock({day: (Hours(time(0), time.max),) for day in range(7)}, CHICAGO)

    def length(day: date) -> int:
        first, last = (
            local_to_utc(datetime.combine(d, time()), CHICAGO)
            for d in (day, day + timedelta(days=1))
        )
        return clock.minutes_at(last) - clock.minutes_at(first)

    assert [length(date(2026, *day)) // 60 for day in ((3, 8), (11, 1), (11, 2))] == [23, 25, 24]


@given(MINUTES, MINUTES)
def test_business_time_never_runs_backwards(a: datetime, b: datetime):
    """What is later has at least as many minutes, and never more than really passed."""
    clock = a_clock()
    early, late = sorted((a, b))
    passed = clock.minutes_at(late) - clock.minutes_at(early)
    assert 0 <= passed <= (late - early).total_seconds() / 60 + 1


@given(st.integers(0, 12 * 260 * 480))
def test_at_is_the_inverse_of_minutes_at(minutes: int):
    """The moment at which so many minutes have passed has exactly so many, and the second before
    has fewer."""
    clock = a_clock()
    moment = clock.at(minutes)
    assert clock.minutes_at(moment) == minutes
    if minutes:
        assert clock.minutes_at(moment - timedelta(seconds=1)) == minutes - 1


@given(MINUTES, st.integers(1, 10_000))
def test_add_goes_so_many_business_minutes_on(moment: datetime, minutes: int):
    """Adding and measuring agree, to the second."""
    clock = a_clock()
    assert clock.minutes_at(clock.add(moment, minutes)) - clock.minutes_at(moment) == minutes


@given(MINUTES)
def test_business_time_is_what_a_day_by_day_count_gives(moment: datetime):
    """The prefix sums agree with counting the days one by one."""
    clock = a_clock()
    local = moment.astimezone(ZoneInfo(CHICAGO))
    days = (EPOCH + timedelta(days=count) for count in range((local.date() - EPOCH).days))
    whole = sum(480 for day in days if day.weekday() < 5 and not is_holiday("US", "IL", day))
    today = 0
    if local.weekday() < 5 and not is_holiday("US", "IL", local.date()):
        today = min(480, max(0, (local.hour - 9) * 60 + local.minute))
    assert clock.minutes_at(moment) == whole + today


def test_the_clock_begins_in_2020_and_ends_in_words():
    """Before the epoch nothing has passed; a year that was mistyped is named."""
    clock = a_clock()
    assert clock.minutes_at(utc("2019-06-01 12:00")) == 0
    assert clock.at(0) == local_to_utc(datetime.combine(EPOCH, time()), CHICAGO)
    assert clock.add(utc("2026-11-21 15:00"), 0) == utc("2026-11-21 15:00")
    with pytest.raises(LeadtuiError, match="2200"):
        clock.at(10**9)
    with pytest.raises(LeadtuiError, match="business hours"):
        BusinessClock({}, CHICAGO)


def test_worked_holidays_are_business_time():
    """On a holiday that the floor works its clock runs."""
    monday = utc("2026-10-12 15:00"), utc("2026-10-12 16:00")
    off, on = a_clock(), a_clock(worked=("Columbus Day",))
    assert off.minutes_at(monday[1]) - off.minutes_at(monday[0]) == 0
    assert on.minutes_at(monday[1]) - on.minutes_at(monday[0]) == 60


def test_business_clock_is_the_same_for_threads_that_grow_it_together():
    """Screens and the first page ask one clock at once; a year must not be counted twice."""
    from concurrent.futures import ThreadPoolExecutor

    hours = {day: (Hours(time(9), time(17)),) for day in range(5)}
    moment = datetime(2031, 6, 2, 15, 0, tzinfo=UTC)
    expected = BusinessClock(hours, "America/Chicago", "US").minutes_at(moment)
    for _ in range(5):
        shared = BusinessClock(hours, "America/Chicago", "US")
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(shared.minutes_at, [moment] * 16))
        assert found == {expected}
