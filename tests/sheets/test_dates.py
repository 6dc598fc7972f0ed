"""Scan times: order of day and month, zones, and the questions instead of guesses."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.errors import LeadtuiError, WrongUse
from leadtui.sheets.dates import TimeReading, column_order, read_time, zone_named

CHICAGO = ZoneInfo("America/Chicago")


def order(*cells, given=""):
    return column_order(enumerate(cells, 2), "leads.csv", "Scan time", given)


def at(cell, day_order="mdy", zone=UTC):
    found = read_time(cell, TimeReading(day_order, zone))
    return found and found[0].isoformat()


def test_a_day_over_twelve_proves_the_order():
    """One cell speaks for its column."""
    assert order("03/04/2026", "25/04/2026") == "dmy"
    assert order("03/04/2026", "04/25/2026") == "mdy"


def test_nothing_to_tell_means_nothing_to_ask():
    """ISO dates, names of months, dots and equal numbers can be read in one way only."""
    assert order("2026-03-04", "4 March 2026", "03.04.2026", "04/04/2026", "", "n/a") == "mdy"


def test_ambiguous_columns_are_asked_about():
    """The question names the line, the cell and the option."""
    with pytest.raises(LeadtuiError, match=r"line 2, '03/04/2026'.*--dates dmy.*--dates mdy"):
        order("03/04/2026", "05/06/2026")
    assert order("03/04/2026", given="dmy") == "dmy"
    with pytest.raises(WrongUse, match="ymd"):
        order("03/04/2026", given="ymd")


def test_contradictions_are_asked_about():
    """A column with both orders, and a cell in doubt."""
    with pytest.raises(LeadtuiError, match="--dates"):
        order("25/04/2026", "04/25/2026", "03/04/2026")
    assert order("25/04/2026", "04/25/2026") in ("dmy", "mdy")


@pytest.mark.parametrize(
    ("cell", "iso"),
    [
        ("2026-11-05T14:30:00Z", "2026-11-05T14:30:00+00:00"),
        ("2026-11-05 14:30", "2026-11-05T14:30:00+00:00"),
        ("2026-11-05T14:30:00.123456-06:00", "2026-11-05T20:30:00.123456+00:00"),
        ("2026-11-05T14:30:00+0100", "2026-11-05T13:30:00+00:00"),
        ("2026/11/05", "2026-11-05T00:00:00+00:00"),
        ("11/5/2026 2:30 PM", "2026-11-05T14:30:00+00:00"),
        ("11/05/26 12:05 am", "2026-11-05T00:05:00+00:00"),
        ("11/5/2026, 2:30:15 p.m.", "2026-11-05T14:30:15+00:00"),
        ("5.11.2026 14:30 Uhr", "2026-11-05T14:30:00+00:00"),
        ("Nov 5, 2026 2:30 PM EST", "2026-11-05T19:30:00+00:00"),
        ("5 November 2026", "2026-11-05T00:00:00+00:00"),
        ("Thursday, November 5, 2026 at 2:30 PM", "2026-11-05T14:30:00+00:00"),
        ("Thu, 05 Nov 2026 14:30:00 GMT", "2026-11-05T14:30:00+00:00"),
        ("05-Nov-2026", "2026-11-05T00:00:00+00:00"),
        ("5 de noviembre de 2026", "2026-11-05T00:00:00+00:00"),
        ("1. März 2026", "2026-03-01T00:00:00+00:00"),
        ("1793889000", "2026-11-05T14:30:00+00:00"),
        ("1793889000000", "2026-11-05T14:30:00+00:00"),
        ("46331.604166667", "2026-11-05T14:30:00+00:00"),
        ("46331", "2026-11-05T00:00:00+00:00"),
    ],
)
def test_forms(cell, iso):
    """The forms that portals and spreadsheets write."""
    assert at(cell) == iso


@pytest.mark.parametrize(
    "cell",
    ["", "n/a", "soon", "32/13/2026", "2026-02-30", "11/5/2026 25:00", "5", "11/5/2026 3", "11/5"],
)
def test_what_is_no_time(cell):
    """Nothing is made of nothing."""
    assert at(cell) is None


def test_order_decides():
    """The same cell under both orders; dots are always day first."""
    assert at("03/04/2026", "dmy") == "2026-04-03T00:00:00+00:00"
    assert at("03/04/2026", "mdy") == "2026-03-04T00:00:00+00:00"
    assert at("03.04.2026", "mdy") == "2026-04-03T00:00:00+00:00"


def test_local_times_that_do_not_exist_or_exist_twice():
    """A gap moves forward; of two the first."""
    assert at("2026-03-08 02:30", zone=CHICAGO) == "2026-03-08T08:30:00+00:00"
    assert at("2026-11-01 01:30", zone=CHICAGO) == "2026-11-01T06:30:00+00:00"


def test_a_named_zone_is_told_from_a_missing_one():
    """So that the event's zone is only asked for where it matters."""
    assert read_time("2026-11-05T14:30:00Z", TimeReading("mdy", CHICAGO)) == (
        datetime(2026, 11, 5, 14, 30, tzinfo=UTC),
        True,
    )
    assert read_time("2026-11-05 14:30", TimeReading("mdy", CHICAGO)) == (
        datetime(2026, 11, 5, 20, 30, tzinfo=UTC),
        False,
    )


def test_unknown_zone():
    """With what to write instead."""
    with pytest.raises(WrongUse, match="America/Chicago"):
        zone_named("Chicagoland", "--event-zone")


@given(st.datetimes(datetime(1971, 1, 1), datetime(2069, 12, 31)), st.sampled_from(["dmy", "mdy"]))
def test_written_and_read_again(moment, day_order):
    """A date written in an order is read in that order."""
    moment = moment.replace(microsecond=0)
    form = "%d/%m/%Y %H:%M:%S" if day_order == "dmy" else "%m/%d/%Y %I:%M:%S %p"
    assert at(moment.strftime(form), day_order) == moment.replace(tzinfo=UTC).isoformat()


@given(st.text(max_size=30))
def test_any_text(cell):
    """A time or nothing, never a traceback."""
    found = read_time(cell, TimeReading("mdy", CHICAGO))
    assert found is None or found[0].utcoffset() == timedelta(0)
