"""The phone system's records against the confirmations, both ways."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from leadtui.desk.answers.given import Given
from leadtui.desk.audit import call_records
from leadtui.desk.audit.call_matching import TOLERANCE, clock_of, pairs
from leadtui.desk.calls.starting import Dial
from leadtui.desk.core.people import Changes, set_rep
from leadtui.errors import LeadtuiError, Refused, WrongUse
from leadtui.sheets.call_columns import direction_of, read_calls, seconds_of
from leadtui.store.call_records import Made, Recorded
from leadtui.store.engine.tables import CallRecord, Phone
from tests.builders import MONDAY, a_desk, a_lead, open_touch

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def mira(floor, clock, desk):
    """The supervisor."""
    opened = a_desk(floor, "mira", clock=clock)
    yield opened
    opened.close()


def read(words, mapping=None, **options):
    return read_calls(
        words.encode(), "cdr.csv", mapping or {}, zone=CHICAGO, country="US", **options
    )


def test_exports_of_any_make_are_read():
    """A header of three makers, numbers and times as they come, durations in every spelling."""
    plain, rejected = read(
        "calldate,src,dst,billsec,uniqueid\n2026-11-23 "
        "10:40:05,101,3035550142,83,171.1\n2026-11-23 10:50:00,101,102,5,171.2\n"
    )
    assert rejected == []
    assert (plain[0].number, plain[0].seconds, plain[0].external_id) == (
        "+13035550142",
        83,
        "171.1",
    )
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
        "Number,Start,Duration\nn/a,2026-11-23 "
        "10:40,5\n+13035550142,yesterday,5\n+13035550142,2026-11-23 10:41,long\n"
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
    [
        ("83", 83),
        ("1:23", 83),
        ("0:01:23", 83),
        ("01:00:00", 3600),
        ("1m 23s", 83),
        ("83 sec", 83),
        ("82.6", 83),
        ("", 0),
        ("2 min", 120),
        ("1h 2m", 3720),
        ("soon", None),
        ("1:99", None),
    ],
)
def test_durations(text, seconds):
    """Every spelling seen."""
    assert seconds_of(text) == seconds


def test_directions():
    """What is not said is outgoing; international is no extension."""
    assert [
        direction_of(word)
        for word in ("Outgoing", "INBOUND", "", "Internal", "International", "missed")
    ] == ["out", "in", "out", "internal", "out", "in"]


def test_asterisk_says_by_its_numbers_who_called():
    """Without a column for it: a short number is within the house; the extension is found wherever
    it stands."""
    calls, rejected = read(
        "calldate,src,dst,billsec,uniqueid,channel\n"
        "2026-11-23 10:40:05,3035550142,104,83,1,SIP/trunk\n"
        "2026-11-23 10:41:05,104,3035550142,83,2,SIP/104\n"
        "2026-11-23 10:42:05,104,105,83,3,SIP/104\n"
        "2026-11-23 10:43:05,anonymous,104,83,4,SIP/trunk\n"
        "2026-11-23 10:44:05,104,913035550142,83,5,SIP/104\n"
    )
    assert [(call.direction, call.number, call.extension) for call in calls] == [
        ("in", "+13035550142", "104"),
        ("out", "+13035550142", "104"),
        ("internal", "", ""),
        ("out", "+13035550142", "104"),
    ]
    assert [(one.line, one.reason) for one in rejected] == [(5, "the caller's number was withheld")]
    named, _ = read("Number,Ext,Start\n303 555 0142,SIP/104-0000a3f2,2026-11-23 10:40\n")
    assert named[0].extension == "104"


HOSTILE = (
    "+13035550142,2026-11-23 10:40," + "9" * 400,
    "+13035550142,2026-11-23 10:40,1e999",
    "+13035550142,0001-01-01 00:00,5",
    "+13035550142,9999-12-31 23:59,5",
    '=HYPERLINK("http://x"),2026-11-23 10:40,5',
    "\x1b]0;owned\x07,2026-11-23 10:40,5",
    "'; DROP TABLE callrecord; --,2026-11-23 10:40,5",
    "+1303555014" + "2" * 5000 + ",2026-11-23 10:40,5",
    "\x00,\x00,\x00",
    "+13035550142",
)


def test_a_hostile_file_is_listed_line_by_line(mira, tmp_path):
    """Nothing in it stops the import, and the good line is kept; an unclosed quote takes what
    follows with it."""
    file = tmp_path / "cdr.csv"
    rows = [
        "Number,Start,Duration",
        "+13035550142,2026-11-23 10:39,5",
        *HOSTILE,
        '"unclosed,2026-11-23 10:40,5',
    ]
    file.write_bytes("\r\n".join(rows).encode() + b"\xff\xfe")
    found = call_records.import_calls(mira.context, file, {}, dates="mdy")

    assert found.new + len(found.rejected) + found.internal == found.rows
    assert found.new >= 1
    assert len(found.rejected) >= 7
    assert call_records.import_calls(mira.context, file, {}, dates="mdy").new == 0


def test_the_encoding_of_records_can_be_said(mira, tmp_path):
    """As the refusal of a file whose encoding cannot be told advises."""
    file = tmp_path / "cdr.csv"
    file.write_bytes(
        "Number,Start,Duration,Who\n+13035550142,2026-11-23 10:39,5,Zoë Müller\n".encode("cp500")
    )

    with pytest.raises(LeadtuiError, match="encoding 'klingon' is unknown"):
        call_records.import_calls(mira.context, file, {}, encoding="klingon")
    assert call_records.import_calls(mira.context, file, {}, encoding="cp500").new == 1


# -- matching --------------------------------------------------------------------------------------


def made(number, phone, minutes=0.0, rep=7, **more):
    return Made(number, (phone,), MONDAY + timedelta(minutes=minutes), rep, **more)


def recorded(number, phone, minutes=0.0, rep=None, **more):
    return Recorded(number, phone, MONDAY + timedelta(minutes=minutes), rep, **more)


def test_pairs_are_one_to_one_and_the_nearest_first():
    """Two calls to one number in a row keep their own records; another rep's record is another
    call."""
    attempts = [made(1, "+13035550142"), made(2, "+13035550142", 3), made(3, "+13035550143")]
    records = [
        recorded(10, "+13035550142", 3.3),
        recorded(11, "+13035550142", 0.6, 7),
        recorded(12, "+13035550143", 0, 8),
        recorded(13, "+13035550142", 60),
    ]
    assert pairs(attempts, records, TOLERANCE) == ((10, 2), (11, 1))


def test_a_number_is_the_same_in_every_form():
    """National, international, with a trunk prefix that was misread: the last nine digits
    decide."""
    assert pairs([made(1, "+493012345678")], [recorded(2, "+13012345678")], TOLERANCE) == ((2, 1),)
    assert pairs([made(1, "+493012345678")], [recorded(2, "+493012345679")], TOLERANCE) == ()


def test_inbound_is_matched_with_inbound_alone():
    """Taken at any time while the call lasted, from any number of the lead; a dial at that time is
    another call."""
    call = Made(
        1, ("+13035550142", "+13035550143"), MONDAY + timedelta(minutes=12), 7, inbound=True
    )
    record = recorded(5, "+13035550143", 0, inbound=True, seconds=900)
    assert pairs([call], [record], TOLERANCE) == ((5, 1),)
    assert (
        pairs([call], [recorded(5, "+13035550143", 0, inbound=True, seconds=60)], TOLERANCE) == ()
    )
    assert pairs([call], [recorded(5, "+13035550143", 12)], TOLERANCE) == ()


@pytest.mark.parametrize(
    "ahead", [timedelta(minutes=9), -timedelta(minutes=17, seconds=30), timedelta(hours=6)]
)
def test_a_clock_that_is_off_is_found_out(ahead):
    """From eight calls at no regular times, each some seconds after the dial; two of them are not
    in the file."""
    minutes = (0, 7, 19, 41, 88, 131, 170, 207)
    attempts = [made(place, f"+1303555{place:04}", minute) for place, minute in enumerate(minutes)]
    records = [
        replace(
            recorded(place, f"+1303555{place:04}", minute),
            at=MONDAY + timedelta(minutes=minute, seconds=place * 3) + ahead,
        )
        for place, minute in enumerate(minutes[:6])
    ]
    found = clock_of(attempts, records)

    assert abs(found - ahead) <= timedelta(seconds=30)
    moved = [replace(record, at=record.at - found) for record in records]
    assert len(pairs(attempts, moved, TOLERANCE)) == 6


def test_nothing_is_said_about_a_clock_from_little():
    """Four calls, or many to one number at regular times, or a clock that is right."""
    few = [made(place, f"+1303555{place:04}", place * 20) for place in range(4)]
    assert clock_of(
        few, [recorded(one.id, one.numbers[0], one.id * 20 + 30) for one in few]
    ) == timedelta(0)
    same = [made(place, "+13035550142", place * 20) for place in range(20)]
    assert clock_of(
        same, [recorded(one.id, "+13035550142", one.id * 20 + 20) for one in same]
    ) == timedelta(0)
    right = [made(place, f"+1303555{place:04}", place * 20) for place in range(9)]
    assert clock_of(
        right, [recorded(one.id, one.numbers[0], one.id * 20 + 0.5) for one in right]
    ) == timedelta(0)


# -- both sides ------------------------------------------------------------------------------------


def called_in(desk, clock, lead, minutes=2):
    """An inbound call, answered for."""
    started = desk.block.inbound(lead)
    clock.advance(minutes=minutes)
    desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
    clock.advance(minutes=20)


def test_inbound_calls_are_checked_both_ways(desk, mira, clock, tmp_path):
    """A call that leadtui does not know, one that never came, and one that both know, from the
    lead's other number."""
    leads = {}
    for number, name in (
        ("+13035550142", "Jane Okafor"),
        ("+13035550143", "Tom Weiss"),
        ("+13035550144", "Lee Brandt"),
    ):
        leads[name] = a_lead(
            desk, name, phone=number, email=f"{number[-3:]}@a.example", company=name
        )
    with desk.context.write() as unit:
        unit.session.add(
            Phone(
                lead_id=leads["Jane Okafor"], number="+13035550199", raw="", created_at=clock.now()
            )
        )
        unit.log("test")
    set_rep(mira.context, "dana", Changes(extension="104"))
    called_in(desk, clock, leads["Jane Okafor"])
    called_in(desk, clock, leads["Tom Weiss"])
    file = tmp_path / "cdr.csv"
    file.write_text(
        "calldate,src,dst,billsec,uniqueid\n"
        "2026-11-23 10:39:50,3035550199,104,95,a\n"
        "2026-11-23 10:39:50,3035550199,105,0,b\n"  # the same call, rung at a second telephone
        "2026-11-23 11:20:00,3035550144,104,30,c\n"
        "2026-11-23 11:50:00,3125550177,104,0,d\n"
    )
    assert call_records.import_calls(mira.context, file, {}).matched == 1
    found = call_records.check(mira.context)

    assert [(one.name, one.rep, one.inbound) for one in found.without_record] == [
        ("Tom Weiss", "Dana Reyes", True)
    ]
    assert [(one.number, one.name, one.rep, one.words) for one in found.without_confirmation] == [
        ("+13035550144", "Lee Brandt", "Dana Reyes", "30 s"),
        ("+13125550177", "", "Dana Reyes", "not answered"),
    ]


def test_without_inbound_records_no_inbound_call_is_asked_for(desk, mira, clock, tmp_path):
    """An export of outgoing calls alone says nothing about others."""
    called_in(desk, clock, a_lead(desk))
    file = tmp_path / "cdr.csv"
    file.write_text(
        "Number,Start,Duration\n3125550177,2026-11-23 10:30,5\n3125550177,2026-11-23 12:30,5\n"
    )
    call_records.import_calls(mira.context, file, {})
    assert call_records.check(mira.context).without_record == ()


def test_a_clock_that_is_off_is_said_and_remembered(desk, mira, clock, tmp_path, capsys):
    """It is taken off again when a call is answered after the import; what the file says is kept as
    it is."""
    numbers = [f"+1303555{1000 + place}" for place in range(7)]
    lines, started = ["Number,Start,Duration"], None
    for place, number in enumerate(numbers):
        lead = a_lead(
            desk, f"Lead {place}", phone=number, email=f"{place}@a.example", company=f"{place}"
        )
        started = desk.block.start(
            open_touch(desk, lead).id, out_of_turn="supervisor_asked", dial=Dial(acknowledge=True)
        )
        local = (clock.now() + timedelta(minutes=11)).astimezone(CHICAGO)
        lines.append(f"{number},{local:%Y-%m-%d %H:%M:%S},31")
        clock.advance(minutes=13 + place)
        if place < 6:
            desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
    file = tmp_path / "cdr.csv"
    file.write_text("\n".join(lines))
    found = call_records.import_calls(mira.context, file, {})
    desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
    checked = call_records.check(mira.context)

    assert (found.ahead, found.matched) == (timedelta(minutes=11), 7)
    assert (checked.without_record, checked.without_confirmation) == ((), ())
    with mira.context.store.read() as session:
        assert session.exec(
            select(CallRecord.at).order_by(CallRecord.at)
        ).first() == MONDAY + timedelta(minutes=11)


def test_both_sides_are_checked_and_the_figure_follows(desk, mira, clock, tmp_path):
    """A call that never rang, and one that leadtui does not know; importing again changes
    nothing."""
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
        ("+13035550143", "Tom Weiss", "Dana Reyes"),
        ("+13125550199", "", "Ali Haddad"),
    }
    figure = next(line for line in mira.supervise.reps("all") if line.name == "Dana Reyes").figures[
        6
    ]
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
        "Number,Start,Duration\n+13035550142,2026-11-23 "
        "10:40:20,0:31\n+13035550142,2026-11-23 13:40:20,0:31\n"
    )
    assert call_records.import_calls(mira.context, file, {}).matched == 1
    clock.advance(hours=3)
    desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
    second = desk.block.start_call(lead)
    desk.block.dial(second.question.id, desk.block.lead(lead).phones[0].id, acknowledge=True)
    found = call_records.check(mira.context)

    assert (found.without_record, found.without_confirmation) == ((), ())


def test_only_a_supervisor_imports_and_checks(desk, tmp_path):
    """A rep cannot bring their own proof."""
    file = tmp_path / "cdr.csv"
    file.write_text("Number,Start\n+13035550142,2026-11-23 10:40:20\n")
    with pytest.raises(Refused, match="supervisor"):
        call_records.import_calls(desk.context, file, {})
    with pytest.raises(Refused, match="supervisor"):
        call_records.check(desk.context)
    with desk.context.store.read() as session:
        assert session.exec(select(CallRecord)).all() == []
