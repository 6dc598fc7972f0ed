"""The phone system's records against the confirmations, both ways."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from leadtui.desk import call_records
from leadtui.desk.call_columns import direction_of, read_calls, seconds_of
from leadtui.desk.confirming import Given
from leadtui.desk.starting import Dial
from leadtui.errors import LeadtuiError, Refused, WrongUse
from leadtui.store.call_records import Made, Recorded
from leadtui.store.tables import CallRecord
from tests.builders import MONDAY, a_desk, a_lead, open_touch

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def mira(floor, clock, desk):
    """The supervisor."""
    opened = a_desk(floor, "mira", clock=clock)
    yield opened
    opened.close()


def read(words, mapping=None, **options):
    return read_calls(words.encode(), "cdr.csv", mapping or {}, zone=CHICAGO, country="US", **options)


def test_exports_of_any_make_are_read():
    """A header of three makers, numbers and times as they come, durations in every spelling."""
    plain, rejected = read(
        "calldate,src,dst,billsec,uniqueid\n2026-11-23 10:40:05,101,3035550142,83,171.1\n2026-11-23 10:50:00,101,102,5,171.2\n"
    )
    assert rejected == []
    assert (plain[0].number, plain[0].seconds, plain[0].external_id) == ("+13035550142", 83, "171.1")
    assert plain[0].at == datetime(2026, 11, 23, 16, 40, 5, tzinfo=UTC)
    assert plain[1].direction == "internal"

    german, _ = read(
        "Datum;Uhrzeit;Rufnummer;Dauer;Benutzer;Richtung\n23.11.2026;10:40;0013035550142;1:23;dana;ausgehend\n"
    )
    assert (german[0].number, german[0].seconds, german[0].rep) == ("+13035550142", 83, "dana")
    cloud, _ = read(
        "Call ID,Direction,From,To,Start Time,Duration,Agent\n"
        'x1,Inbound,(303) 555-0142,+13125550100,"11/23/2026, 10:40 AM",1m 23s,Dana Reyes\n'
    )
    assert (cloud[0].direction, cloud[0].number, cloud[0].seconds) == ("in", "+13035550142", 83)


def test_what_cannot_be_read_is_listed_with_its_line():
    """No number, no time, no duration; a file without the columns is refused with what it has."""
    calls, rejected = read(
        "Number,Start,Duration\nn/a,2026-11-23 10:40,5\n+13035550142,yesterday,5\n+13035550142,2026-11-23 10:41,long\n"
        "+13035550142,2026-11-23 10:42,\n"
    )
    assert [(one.line, one.field) for one in rejected] == [(2, "number"), (3, "at"), (4, "seconds")]
    assert [call.direction for call in calls] == ["out"]
    with pytest.raises(LeadtuiError, match="--map at=…"):
        read("Number,When\n+13035550142,2026-11-23 10:40\n")
    mapped, _ = read("Number,When\n+13035550142,2026-11-23 10:40\n", {"at": "When"})
    assert len(mapped) == 1
    with pytest.raises(WrongUse, match="no field of a call"):
        read("a,b\n1,2\n", {"colour": "a"})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("83", 83), ("1:23", 83), ("0:01:23", 83), ("01:00:00", 3600), ("1m 23s", 83), ("83 sec", 83), ("82.6", 83), ("", 0),
     ("2 min", 120), ("1h 2m", 3720), ("soon", None), ("1:99", None)],
)  # fmt: skip
def test_durations(text, seconds):
    """Every spelling seen."""
    assert seconds_of(text) == seconds


def test_directions():
    """What is not said is outgoing; international is no extension."""
    assert [direction_of(word) for word in ("Outgoing", "INBOUND", "", "Internal", "International", "missed")] == [
        "out", "in", "out", "internal", "out", "in",
    ]  # fmt: skip


def test_pairs_are_one_to_one_and_the_nearest_first():
    """Two calls to one number in a row keep their own records; another rep's record is another call."""
    at = MONDAY
    attempts = [Made(1, "+1", at, 7), Made(2, "+1", at + timedelta(minutes=3), 7), Made(3, "+2", at, 7)]
    records = [
        Recorded(10, "+1", at + timedelta(minutes=3, seconds=20), None), Recorded(11, "+1", at + timedelta(seconds=40), 7),
        Recorded(12, "+2", at, 8), Recorded(13, "+1", at + timedelta(hours=1), None),
    ]  # fmt: skip
    assert call_records.pairs(attempts, records, timedelta(minutes=5)) == ((10, 2), (11, 1))


def test_both_sides_are_checked_and_the_figure_follows(desk, mira, clock, tmp_path):
    """A call that never rang, and one that leadtui does not know; importing again changes nothing."""
    for number, name in (
        ("+13035550142", "Jane Okafor"),
        ("+13035550143", "Tom Weiss"),
        ("+13035550144", "Lee Brandt"),
    ):
        lead = a_lead(desk, name, phone=number, email=f"{number[-3:]}@a.example", company=name)
        started = desk.block.start(
            open_touch(desk, lead).id, out_of_turn="supervisor_asked", dial=Dial(acknowledge=True)
        )
        clock.advance(minutes=2)
        desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
        clock.advance(minutes=10)
    with pytest.raises(LeadtuiError, match="no call records"):
        call_records.check(mira.context)
    file = tmp_path / "cdr.csv"
    file.write_text(
        "Number,Agent,Start,Duration\n"
        "303 555 0142,dana,2026-11-23 10:41:10,0:31\n"
        "303 555 0144,dana,2026-11-23 11:04:30,0:12\n"
        "303 555 0143,dana,2026-11-23 12:30:00,2:10\n"
        "312 555 0199,ali,2026-11-23 11:00:00,0:45\n"
        "what,dana,whenever,1\n"
    )
    first = call_records.import_calls(mira.context, file, {})
    again = call_records.import_calls(mira.context, file, {})
    found = call_records.check(mira.context)

    assert (first.rows, first.new, first.matched, len(first.rejected)) == (5, 4, 2, 1)
    assert (again.new, again.known, again.matched) == (0, 4, 0)
    assert [(one.name, one.rep, one.words) for one in found.without_record] == [
        ("Tom Weiss", "Dana Reyes", "NO_ANSWER")
    ]
    assert {(one.number, one.name, one.rep) for one in found.without_confirmation} == {
        ("+13035550143", "Tom Weiss", "Dana Reyes"), ("+13125550199", "", "Ali Haddad"),
    }  # fmt: skip
    figure = next(line for line in mira.supervise.reps("all") if line.name == "Dana Reyes").figures[6]
    assert figure.value == 1
    mira.supervise.close()
    early = call_records.check(mira.context, until=datetime(2026, 11, 23, 16, 50, tzinfo=UTC))
    assert early.without_record == ()


def test_a_call_answered_after_the_import_is_matched_by_the_check(desk, mira, clock, tmp_path):
    """The question may stand open while the records are taken."""
    lead = a_lead(desk)
    started = desk.block.start(open_touch(desk, lead).id, dial=Dial(acknowledge=True))
    file = tmp_path / "cdr.csv"
    file.write_text(
        "Number,Start,Duration\n+13035550142,2026-11-23 10:40:20,0:31\n+13035550142,2026-11-23 13:40:20,0:31\n"
    )
    assert call_records.import_calls(mira.context, file, {}).matched == 1
    clock.advance(hours=3)
    desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
    second = desk.block.start_call(lead)
    desk.block.dial(second.question.id, desk.block.lead(lead).phones[0].id, acknowledge=True)
    found = call_records.check(mira.context)

    assert (found.newly_matched, found.without_record, found.without_confirmation) == (1, (), ())


def test_only_a_supervisor_imports_and_checks(desk, tmp_path):
    """A rep cannot bring their own proof."""
    file = tmp_path / "cdr.csv"
    file.write_text("Number,Start\n+13035550142,2026-11-23 10:40:20\n")
    with pytest.raises(Refused, match="supervisor"):
        call_records.import_calls(desk.context, file, {})
    with pytest.raises(Refused, match="supervisor"):
        call_records.check(desk.context)
    with desk.context.store.read() as session:
        from sqlmodel import select

        assert session.exec(select(CallRecord)).all() == []
