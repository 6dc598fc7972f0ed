"""Times as people type them: read where they mean one thing, asked where they mean two, refused
where they are past."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.desk.calls.when import Ambiguous, When, parse_when
from leadtui.desk.core.words import said_at
from leadtui.errors import Refused
from tests.builders import a_lead

DENVER = "America/Denver"
NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)  # Monday, 09:40 in Denver


def denver(text: str) -> datetime:
    """A Denver wall-clock time as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(DENVER)).astimezone(UTC)


def options(text: str, now: datetime = NOW, zone: str = DENVER) -> list[str]:
    """The choices that are asked, as local times."""
    found = parse_when(text, now, zone)
    assert isinstance(found, Ambiguous), found
    assert found.question.endswith("?")
    return [f"{option.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for option in found.options]


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("tomorrow 3pm", "2026-11-24 15:00"),
        ("Tomorrow at 3 PM", "2026-11-24 15:00"),
        ("tomorrow 15:00", "2026-11-24 15:00"),
        ("3pm", "2026-11-23 15:00"),
        ("today 4:30pm", "2026-11-23 16:30"),
        ("tue 10:30", "2026-11-24 10:30"),
        ("thursday 9am", "2026-11-26 09:00"),
        ("sun 10:30", "2026-11-29 10:30"),
        ("25 nov 14:00", "2026-11-25 14:00"),
        ("nov 25 2pm", "2026-11-25 14:00"),
        ("2 jan 10:00", "2027-01-02 10:00"),
        ("december 24, 11am", "2026-12-24 11:00"),
        ("11/25 2pm", "2026-11-25 14:00"),
        ("25.11. 14:00", "2026-11-25 14:00"),
        ("tomorrow noon", "2026-11-24 12:00"),
        ("3", "2026-11-23 15:00"),
        ("in 2 hours", "2026-11-23 11:40"),
        ("in 45 min", "2026-11-23 10:25"),
        ("90 minutes", "2026-11-23 11:10"),
        ("2h", "2026-11-23 11:40"),
        ("3pm EST", "2026-11-23 13:00"),
        ("tomorrow 3 pm eastern time", "2026-11-24 13:00"),
        ("14.30", "2026-11-23 14:30"),
        ("15h30", "2026-11-23 15:30"),
        ("1430", "2026-11-23 14:30"),
        ("330pm", "2026-11-23 15:30"),
        ("thurs 3pm", "2026-11-26 15:00"),
        ("thu 26 nov 3pm", "2026-11-26 15:00"),
        ("the 25th at 3pm", "2026-11-25 15:00"),
        ("31.12. 14:00", "2026-12-31 14:00"),
        ("29 feb 10am", "2028-02-29 10:00"),
        ("tmrw 3pm", "2026-11-24 15:00"),
        ("day after tomorrow 10am", "2026-11-25 10:00"),
        ("next week tue 10:00", "2026-12-01 10:00"),
        ("in 2 weeks at 3pm", "2026-12-07 15:00"),
        ("in an hour", "2026-11-23 10:40"),
        ("half an hour", "2026-11-23 10:10"),
        ("an hour and a half", "2026-11-23 11:10"),
        ("1h 20m", "2026-11-23 11:00"),
        ("1.5 hours", "2026-11-23 11:10"),
        ("tomorrow afternoon at 3", "2026-11-24 15:00"),
        ("eod", "2026-11-23 17:00"),
        ("half past 3", "2026-11-23 15:30"),
        ("3pm denver time", "2026-11-23 15:00"),
        ("2026-11-25T14:00", "2026-11-25 14:00"),
        ("2026-11-25 14:00", "2026-11-25 14:00"),
        ("2026-11-25T21:00:00Z", "2026-11-25 14:00"),
        ("2026-11-25T14:00:00-07:00", "2026-11-25 14:00"),
    ],
)
def test_what_means_one_thing_is_read(text, local):
    """In the lead's zone, and said back so that it can be checked."""
    found = parse_when(text, NOW, DENVER)

    assert isinstance(found, When), found
    assert found.at == denver(local)
    assert found.shown.endswith("Denver")


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("tomorrow at 3", ["2026-11-24 03:00", "2026-11-24 15:00"]),
        ("tue 8", ["2026-11-24 08:00", "2026-11-24 20:00"]),
        ("5/6 10:00", ["2027-05-06 10:00", "2027-06-05 10:00"]),
        ("mon 10:30", ["2026-11-23 10:30", "2026-11-30 10:30"]),
        ("tomorrow 3:30", ["2026-11-24 03:30", "2026-11-24 15:30"]),
        ("15h", ["2026-11-23 15:00", "2026-11-24 00:40"]),
        ("in 20", ["2026-11-23 10:00", "2026-11-24 05:40"]),
        ("14.12", ["2026-11-23 14:12", "2026-12-14 09:00"]),
        ("this afternoon", ["2026-11-23 14:00", "2026-11-23 15:00", "2026-11-23 16:00"]),
        ("tomorrow morning", ["2026-11-24 09:00", "2026-11-24 10:00", "2026-11-24 11:00"]),
        ("tmrw", [f"2026-11-24 {hour}:00" for hour in ("09", "11", "14", "16")]),
        ("2 weeks", [f"2026-12-07 {hour}:00" for hour in ("09", "11", "14", "16")]),
        ("tomorrow 3pm edt", ["2026-11-24 12:00", "2026-11-24 13:00"]),
        (
            "next week",
            [f"2026-{day} 11:00" for day in ("11-30", "12-01", "12-02", "12-03", "12-04")],
        ),
        ("next friday 10:30", ["2026-11-27 10:30", "2026-12-04 10:30"]),
        (
            "tomorrow",
            ["2026-11-24 09:00", "2026-11-24 11:00", "2026-11-24 14:00", "2026-11-24 16:00"],
        ),
        (
            "25 nov",
            ["2026-11-25 09:00", "2026-11-25 11:00", "2026-11-25 14:00", "2026-11-25 16:00"],
        ),
    ],
)
def test_what_means_two_things_is_asked(text, choices):
    """Morning or afternoon, day or month first, this week or next, at what time: never guessed."""
    assert options(text) == choices


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "soon",
        "when she is back",
        "around 3pm",
        "a",
        "3pm or 4pm",
        "thu 24 nov 3pm",
        "9am",
        "asap",
        "yesterday 3pm",
        "today 9am",
        "2026-11-23T09:00",
        "23 nov 2025 10:00",
        "in 0 minutes",
        "25:99",
        "31 feb 10:00",
        "in 99999999999999 hours",
        "in 99999999999 months",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "9999-12-31 23:59",
    ],
)
def test_what_is_past_or_no_time_is_refused_in_one_sentence(text):
    """With what is wrong, and how to write it."""
    with pytest.raises(Refused) as caught:
        parse_when(text, NOW, DENVER)
    assert caught.value.code == "when"
    assert "\n" not in str(caught.value)


def test_a_time_that_the_clocks_skip_moves_forward():
    """On the second Sunday of March there is no half past two."""
    now = datetime(2027, 3, 12, 18, 0, tzinfo=UTC)
    found = parse_when("2027-03-14 02:30", now, DENVER)

    assert isinstance(found, When)
    assert found.at == datetime(2027, 3, 14, 9, 30, tzinfo=UTC)
    assert found.shown == "Sun 14 Mar 03:30 Denver"


def test_a_time_that_comes_twice_means_the_first():
    """On the first Sunday of November half past one comes twice."""
    now = datetime(2026, 10, 30, 18, 0, tzinfo=UTC)
    found = parse_when("2026-11-01 01:30", now, DENVER)

    assert isinstance(found, When)
    assert found.at == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_hours_elapse_and_days_keep_the_clock():
    """Over the change of clocks a day is not 24 hours."""
    now = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # Saturday, 10:00 in Denver
    elapsed, next_day = (
        parse_when("in 24 hours", now, DENVER),
        parse_when("tomorrow 10am", now, DENVER),
    )

    assert isinstance(elapsed, When)
    assert isinstance(next_day, When)
    assert elapsed.at == now + timedelta(hours=24)
    assert next_day.at == now + timedelta(hours=25)


@given(
    minutes=st.integers(1, 60 * 24 * 365 * 3),
    zone=st.sampled_from(
        [DENVER, "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"]
    ),
    offset=st.sampled_from(["utc", "local", "half"]),
)
def test_any_iso_time_to_come_comes_back(minutes, zone, offset):
    """With an offset it is that instant, in whatever zone it is asked."""
    at = NOW.replace(second=0) + timedelta(minutes=minutes)
    written = {
        "utc": at.isoformat().replace("+00:00", "Z"),
        "local": at.astimezone(ZoneInfo(zone)).isoformat(),
        "half": at.astimezone(ZoneInfo("Asia/Kolkata")).isoformat(sep=" "),
    }[offset]
    found = parse_when(written, NOW, zone)

    assert isinstance(found, When)
    assert found.at == at


@given(text=st.text(max_size=40) | st.from_regex(r"[a-z0-9 :./,+-]{0,20}", fullmatch=True))
def test_any_words_are_read_asked_or_refused(text):
    """Nothing that is typed ends in anything else, and no answer is in the past."""
    try:
        found = parse_when(text, NOW, DENVER)
    except Refused:
        return
    for reading in [found] if isinstance(found, When) else found.options:
        assert reading.at > NOW


SPOKEN = st.tuples(
    st.sampled_from(
        ["", "today", "tmrw", "thurs", "next fri", "25 nov", "11/25", "2 weeks", "25th"]
    ),
    st.sampled_from(["", "3pm", "at 9:15", "15h", "14.30", "1630", "morning", "noon", "8", "3.30"]),
    st.sampled_from(["", "EST", "pdt", "cet", "denver", "utc", "+0530"]),
).map(" ".join) | st.builds(
    "{}{} {}".format,
    st.sampled_from(["in ", ""]),
    st.sampled_from(["20", "an", "1.5", "3", "half an"]),
    st.sampled_from(["hour", "hours", "min", "h", "days", "weeks", "months", ""]),
)


@given(
    text=SPOKEN | st.text(max_size=20),
    zone=st.sampled_from([DENVER, "Europe/Berlin", "Australia/Lord_Howe", "America/New_York"]),
    later=st.integers(0, 60 * 24 * 800).map(lambda minutes: timedelta(minutes=minutes, seconds=17)),
)
def test_whatever_is_understood_printed_and_read_again_is_the_same(text, zone, later):
    """Each reading to come, said as it is said back: the same instant, and never another."""
    now = NOW + later
    try:
        found = parse_when(text, now, zone, "America/Chicago")
    except Refused:
        return
    options = [found] if isinstance(found, When) else found.options
    assert len(options) <= 9, "each is chosen with one digit"
    for option in options:
        assert option.at > now
        again = parse_when(option.shown, now, zone, "America/Chicago")
        assert isinstance(again, When), option.shown
        assert again.at == option.at, option.shown


@given(text=st.text(st.characters(categories=["Ll"]), max_size=8))
def test_a_word_that_is_unknown_makes_the_whole_text_no_time(text):
    """Nothing is passed over: what stands beside a clock is understood, or it is asked again."""
    with pytest.raises(Refused, match="is no time"):
        parse_when(f"q{text} tomorrow 15:00", NOW, DENVER)


def test_a_time_that_comes_twice_is_printed_with_its_offset():
    """So that it can be read again."""
    at = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert said_at(at, DENVER, at) == "Sun 1 Nov 01:30 UTC-0700 Denver"


def test_both_clocks_are_said():
    """The lead's, and that of whoever calls where it shows another time."""
    found = parse_when("tue 3pm", NOW, DENVER, "America/Chicago")
    assert isinstance(found, When)
    assert found.words == "Tue 24 Nov 15:00 Denver, 16:00 yours"
    same = parse_when("tue 3pm", NOW, DENVER, DENVER)
    assert isinstance(same, When)
    assert same.words == "Tue 24 Nov 15:00 Denver"
    sydney = parse_when("tue 3pm", NOW, DENVER, "Australia/Sydney")
    assert isinstance(sydney, When)
    assert sydney.yours == "Wed 09:00 yours"


def test_what_is_closed_is_said_and_offers_lie_in_working_hours(desk):
    """Thanksgiving, a weekend, half past nine at night; three at night is not offered at all."""
    lead = a_lead(desk)

    def read(words):
        return desk.block.parse_when(words, lead)

    assert "Thanksgiving" in read("thu 3pm").closed
    assert "Saturdays" in read("sat 10:30").closed
    assert "it is 21:30" in read("tomorrow 9:30pm").closed
    assert read("tomorrow 3pm").closed == ""
    assert f"{read('tomorrow at 3').at:%d %H:%M}" == "24 22:00"
    thursday = read("thu")
    assert "Thanksgiving" in thursday.question
    assert thursday.options[0].shown[:16] == "Fri 27 Nov 09:00"
    assert not any(option.closed for option in thursday.options)


def test_a_time_of_another_year_says_its_year():
    """Ten months away a day and a month alone could be this year's."""
    now = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)

    assert (
        said_at(datetime(2036, 11, 20, 11, tzinfo=UTC), "America/Denver", now)
        == "Thu 20 Nov 2036 04:00 Denver"
    )
    assert (
        said_at(datetime(2027, 3, 1, 17, tzinfo=UTC), "America/Denver", now)
        == "Mon 1 Mar 10:00 Denver"
    )
