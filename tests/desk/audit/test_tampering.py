"""What somebody who may write the file could change with SQL, past the log: each is found, named,
and an error."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from leadtui.desk.audit.auditing import Auditing, correct
from leadtui.desk.audit.witnesses import Witnesses
from leadtui.desk.distribution import absence, assigning
from leadtui.desk.floor.doctor import examine
from leadtui.desk.intake import batches
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.leads import do_not_call, erasing, merging
from leadtui.desk.playbook import activating, notices, training
from leadtui.errors import Damaged, NotSaved, Refused
from leadtui.store.engine import digests, migrations
from leadtui.store.engine.entries import entry_hash
from leadtui.store.engine.retelling import FirstRule
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.sqlite import driver
from leadtui.store.engine.tables import LogEntry
from leadtui.store.log.replay import replay, role_of
from tests import builders
from tests.builders import MONDAY, a_copy, a_desk, a_floor, a_lead, open_touch

FILE = b"""First Name,Last Name,Company,Email,Phone,Country
Tom,Weiss,Kestrel Freight,tom@kestrel.example,+13125550110,US
Lee,Brandt,Aldera Clinics,lee@aldera.example,+16025550155,US
"""
MORE = b"""First Name,Last Name,Company,Email,Phone,Country
Tom,Weiss,Kestrel Freight,tom@kestrel.example,+13125550111,US
Ada,Quist,Norrland Energi,ada@norrland.example,+13035550177,US
"""


def busy_floor(folder: Path) -> Path:
    """A floor where everything that changes rows was done once, by the use cases."""
    clock = FixedClock(MONDAY)
    a_floor(folder)
    dana, mira = (a_desk(folder, login, clock=clock) for login in ("dana", "mira"))
    jane = a_lead(dana)
    twin = a_lead(dana, "Jane Okafor-Lee", phone="+13035550143", email="lee@brightwater.example")
    third = a_lead(dana, "Omar Said", phone="+13035550144", email="omar@said.example")
    fourth = a_lead(dana, "Ines Roth", phone="+13035550145", email="ines@roth.example")
    started = dana.block.start(open_touch(dana, jane).id)
    dana.block.dial(started.question.id, dana.block.lead(jane).phones[0].id, acknowledge=True)
    clock.advance(minutes=1)
    dana.confirm.shown(started.question.id)
    dana.confirm.keep(started.question.id, note="rang long")
    dana.confirm.answer(started.question.id, Given("yes", "NO_ANSWER", "rang long"))
    do_not_call.add(mira.context, "+13125550177", "asked by letter")
    do_not_call.add(mira.context, "+13125550178", "asked by letter")
    do_not_call.remove(mira.context, "+13125550178", "the letter was meant for somebody else")
    import_file(mira.context, FILE, ImportOptions(offer="white-paper"))
    clock.advance(minutes=1)
    again = import_file(mira.context, MORE, ImportOptions(offer="demo"))
    batches.undo(mira.context, again.batch)
    merging.merge(mira.context, jane, twin)
    erasing.erase(mira.context, third, "asked us by letter of 20 November")
    assigning.assign(mira.context, fourth, "ali")
    day = clock.at.date()
    absence.send_away(
        mira.context, "ali", day + timedelta(days=1), day + timedelta(days=2), cover="dana"
    )
    notices.publish(mira.context, "New script", "Use it from Monday on.")
    dana.notices.acknowledge(1)
    training.record(mira.context, "objections", ["Dana Reyes"])
    book = folder / "playbook" / "playbook.toml"
    book.write_text(book.read_text().replace("mql_score = 60", "mql_score = 70"))
    activating.activate(mira.context, folder / "playbook", move=True)
    clock.advance(days=3)
    dana.tick()
    dana.block.start(open_touch(dana, jane).id, out_of_turn="lead_is_calling")
    dana.close()
    mira.close()
    return folder


@pytest.fixture(scope="session")
def busy(tmp_path_factory):
    """Made once; tests work on copies."""
    return busy_floor(tmp_path_factory.mktemp("busy") / "floor")


@pytest.fixture
def floor(busy, tmp_path):
    return a_copy(busy, tmp_path / "floor")


def run_sql(floor, *statements):
    """What a rep can do who has the file: the number of rows the last statement changed."""
    raw = driver().connect(floor / "leadtui.db")
    for statement in statements:
        count = raw.execute(statement).rowcount
    raw.commit()
    raw.close()
    return count


def numbered(texts):
    """Names for tests whose texts begin alike."""
    return [f"{number} {text[:60]}" for number, text in enumerate(texts)]


def found(floor):
    rows = Rows(f"sqlite:///{floor / 'leadtui.db'}")
    try:
        return replay(rows)
    finally:
        rows.close()


def supervisor(floor):
    return a_desk(floor, "mira", clock=FixedClock(MONDAY + timedelta(days=3, hours=1)))


def test_honest_work_gives_no_finding(floor):
    """Calls, imports, taking them back, a merge, an erasure, an absence, an activation: every row
    is as it was left."""
    assert found(floor) == ()
    mira = supervisor(floor)
    assert [one.what for one in examine(mira.context).findings if one.severity == "error"] == []
    mira.close()


OPEN = "(SELECT max(id) FROM touch WHERE state = 'open')"

ATTACKS = [
    # more power
    ("UPDATE rep SET role = 'supervisor' WHERE login = 'dana'", "rep", "role is 'supervisor'"),
    ("UPDATE rep SET login = 'eve' WHERE login = 'mira'", "rep", "login is 'eve'"),
    ("UPDATE rep SET capacity = 0 WHERE login = 'dana'", "rep", "changed outside leadtui"),
    (
        "UPDATE rep SET cover_id = 2, away_from = 0, away_until = 4000000000000000 WHERE id = 1",
        "rep",
        "cover_id is",
    ),
    (
        (
            "INSERT INTO rep (name, name_key, login, email, phone, role, team, active, "
            "weight, capacity, settings, "
            "created_at)"
            " VALUES ('Eve', 'eve', 'eve', '', '', 'supervisor', 'inside', 1, 1, 60, '{}', 0)"
        ),
        "rep",
        "no entry says",
    ),
    (
        (
            "UPDATE meta SET value = (SELECT min(hash) FROM playbook WHERE hash <> value) WHERE "
            "key = 'playbook'"
        ),
        "meta",
        "playbook is",
    ),
    (
        "UPDATE text SET body = body || ' ' WHERE hash = (SELECT min(hash) FROM text)",
        "text",
        "another text",
    ),
    ("UPDATE playbook SET files = replace(files, 'calling', 'called')", "playbook", "other files"),
    # reaching who may not be called
    (
        "UPDATE donotcall SET removed_at = added_at WHERE removed_at IS NULL",
        "donotcall",
        "removed_at is",
    ),
    (
        "UPDATE donotcall SET number = '+13125559999' WHERE removed_at IS NULL",
        "donotcall",
        "changed outside",
    ),
    ("DELETE FROM donotcall WHERE removed_at IS NULL", "donotcall", "gone"),
    ("UPDATE donotcall SET removed_at = NULL", "donotcall", "removed_at is"),
    ("UPDATE lead SET calls_opt_out = 1 WHERE id = 1", "lead", "calls_opt_out is '1'"),
    ("UPDATE lead SET calls_consent = 1 WHERE id = 1", "lead", "calls_consent is '1'"),
    ("UPDATE lead SET screened_at = 9 WHERE id = 1", "lead", "changed outside"),
    ("UPDATE lead SET confirmed_zone = 'Asia/Tokyo' WHERE id = 1", "lead", "changed outside"),
    ("UPDATE callingclass SET zones = '[\"Asia/Tokyo\"]'", "callingclass", "changed outside"),
    # whose leads they are, and which are left
    ("UPDATE lead SET owner_id = 2 WHERE id = 1", "lead", "owner_id is '2'"),
    ("UPDATE lead SET status = 'closed' WHERE id = 1", "lead", "status is 'closed'"),
    (
        "UPDATE lead SET status = 'open', merged_into = NULL WHERE id = 2",
        "lead",
        "status is 'open'",
    ),
    (
        "UPDATE lead SET lease_rep_id = 2, lease_until = 4000000000000000 WHERE id = 1",
        "lead",
        "changed outside",
    ),
    ("DELETE FROM phone WHERE id = 1", "phone", "gone"),
    ("UPDATE phone SET status = 'wrong' WHERE id = 1", "phone", "changed outside"),
    ("UPDATE emailaddress SET status = 'bounced' WHERE id = 1", "emailaddress", "changed outside"),
    # what was answered for
    (
        "UPDATE obligation SET answered_at = started_at, answer = 'yes' WHERE answered_at IS NULL",
        "obligation",
        "answer is",
    ),
    (
        "UPDATE obligation SET outcome = 'VOICEMAIL' WHERE id = 1",
        "obligation",
        "outcome is 'VOICEMAIL'",
    ),
    (
        "UPDATE obligation SET started_at = started_at - 60000000 WHERE id = 1",
        "obligation",
        "changed outside",
    ),
    ("DELETE FROM obligation WHERE answered_at IS NULL", "obligation", "gone"),
    ("UPDATE attempt SET dialed_at = dialed_at - 60000000 WHERE id = 1", "attempt", "dialed_at is"),
    ("UPDATE attempt SET number = '+13125550000' WHERE id = 1", "attempt", "changed outside"),
    ("UPDATE attempt SET verdict = 'clear', rule = '' WHERE id = 1", "attempt", ""),
    (
        (
            "INSERT INTO attempt (lead_id, touch_id, obligation_id, rep_id, number, at, part, "
            "verdict, rule, override_code, "
            "disposition, contact, inbound) SELECT lead_id, touch_id, obligation_id, rep_id, "
            "number, at, part, verdict, "
            "rule, "
            "override_code, disposition, contact, inbound FROM attempt LIMIT 1"
        ),
        "attempt",
        "no entry says",
    ),
    (
        "INSERT INTO acknowledgement (notice_id, rep_id, at) VALUES (1, 2, 0)",
        "acknowledgement",
        "no entry says",
    ),
    ("UPDATE training SET attended = '[1,2]'", "training", "changed outside"),
    ("UPDATE notice SET body = 'nothing new'", "notice", "changed outside"),
    # what was planned
    (f"UPDATE touch SET due = due + 86400000000 WHERE id = {OPEN}", "touch", "due is"),
    (f"UPDATE touch SET state = 'done' WHERE id = {OPEN}", "touch", "state is 'done'"),
    (f"UPDATE touch SET state = 'skipped' WHERE id = {OPEN}", "touch", "state is 'skipped'"),
    (
        f"UPDATE touch SET held_until = 4000000000000000 WHERE id = {OPEN}",
        "touch",
        "changed outside",
    ),
    (f"UPDATE touch SET stage_weight = 1 WHERE id = {OPEN}", "touch", "changed outside"),
    (f"UPDATE touch SET rep_id = 2 - rep_id WHERE id = {OPEN}", "touch", "rep_id is"),
    (f"DELETE FROM touch WHERE id = {OPEN}", "touch", "gone"),
    (
        (
            "UPDATE response SET first_attempt_at = sla_due WHERE first_attempt_at IS NULL AND "
            "sla_due IS NOT "
            "NULL"
        ),
        "response",
        "first_attempt_at is",
    ),
    ("UPDATE response SET sla_due = sla_due + 3600000000 WHERE id = 1", "response", "sla_due is"),
    (
        "UPDATE enrolment SET state = 'paused' WHERE state = 'active'",
        "enrolment",
        "state is 'paused'",
    ),
    # another value that looks like the one that stood there
    ("UPDATE obligation SET answered_at = 0 WHERE answered_at IS NULL", "obligation", "answer is"),
    ("UPDATE enrolment SET resume_at = 0 WHERE resume_at IS NULL", "enrolment", "changed outside"),
    ("UPDATE lead SET merged_into = '' WHERE id = 1", "lead", "changed outside"),
    ("UPDATE lead SET extra = '[]' WHERE extra = '{}'", "lead", "changed outside"),
    ("UPDATE touch SET fit = fit + 0.5 WHERE id = 1", "touch", "changed outside"),
    (
        "UPDATE lead SET confirmed_zone = CAST(confirmed_zone AS BLOB) WHERE id = 1",
        "lead",
        "changed outside",
    ),
    (
        "UPDATE lead SET full_name = CAST(x'ff4a616e65' AS TEXT) WHERE id = 1",
        "lead",
        "changed outside",
    ),
    (f"UPDATE touch SET due = 9223372036854775807 WHERE id = {OPEN}", "touch", "due is"),
    (f"UPDATE touch SET due = 'soon' WHERE id = {OPEN}", "touch", "due is"),
    # rows where nobody looks
    (
        (
            "INSERT INTO rep (id, name, name_key, login, email, phone, role, team, active, "
            "weight, capacity, settings, created_at) VALUES (0, 'Eve', 'eve', 'eve', '', '', "
            "'supervisor', 'inside', 1, 1, 60, '{}', 0)"
        ),
        "rep",
        "no entry says",
    ),
    (
        (
            "INSERT INTO rep (id, name, name_key, login, email, phone, role, team, active, "
            "weight, capacity, settings, created_at) VALUES (-5, 'Eve', 'eve', 'eve', '', '', "
            "'supervisor', 'inside', 1, 1, 60, '{}', 0)"
        ),
        "rep",
        "no entry says",
    ),
    ("UPDATE phone SET id = -id WHERE id = 1", "phone", "no entry says"),
    ("UPDATE phone SET id = 4294967296 WHERE id = 1", "phone", "no entry says"),
    # the means by which all that is found
    (
        "UPDATE meta SET value = '00112233445566778899aabbccddeeff' WHERE key = 'row_key'",
        "meta",
        "another one",
    ),
    ("DELETE FROM meta WHERE key = 'row_key'", "meta", "gone"),
]


@pytest.mark.parametrize(
    ("statement", "table", "words"), ATTACKS, ids=numbered(sql for sql, _, _ in ATTACKS)
)
def test_a_row_changed_past_the_log_is_found(floor, statement, table, words):
    """Whatever table and column: the row is named, and what it says where the log keeps that."""
    # The file's own constraints are no help: who edits it switches them off.
    if run_sql(floor, "PRAGMA foreign_keys = OFF", statement) < 1:
        pytest.fail("this floor holds no such row, so nothing was tried")

    said = [one.words for one in found(floor) if one.table == table]

    assert any(words in one for one in said), found(floor)


def test_it_is_an_error_for_the_doctor_and_for_verify(floor, tmp_path):
    """Who may do what comes first; both end with an error, and the rows are no notes."""
    run_sql(
        floor,
        "UPDATE touch SET due = due + 1 WHERE state = 'open'",
        "UPDATE rep SET role = 'supervisor' WHERE login = 'dana'",
        "UPDATE donotcall SET removed_at = added_at WHERE removed_at IS NULL",
    )
    mira = supervisor(floor)
    diagnosis = examine(mira.context)
    errors = [one.where for one in diagnosis.findings if one.severity == "error"]
    auditing = Auditing(
        mira.context.store.url, mira.clock, Witnesses("here", folder=tmp_path / "kept")
    )
    verified = auditing.verify(deep=True)

    assert not diagnosis.ok
    assert errors[:2] == ["rep 1", "donotcall 1"]
    assert {where.split()[0] for where in errors[2:]} == {"donotcall", "touch"}, errors
    assert (verified.ok, verified.damage) == (False, "tables")
    assert verified.disagreements[0].startswith("rep 1: role is 'supervisor'")
    assert not any("rep 1" in one for one in verified.findings)
    auditing.close()
    mira.close()


def test_a_later_entry_does_not_wash_an_edit_clean(floor):
    """A due time is pushed ahead, and then leadtui writes the same row: the entry itself tells that
    it was changed."""
    row = "(SELECT id FROM touch WHERE state = 'open' AND lead_id = 4)"
    assert run_sql(floor, f"UPDATE touch SET due = due + 864000000000 WHERE id = {row}") == 1
    mira = supervisor(floor)
    assigning.assign(mira.context, 4, "dana")
    later = mira.context.store
    with later.read() as session:
        seq = session.exec(select(LogEntry.seq).order_by(col(LogEntry.seq).desc())).first()

    broken = [one for one in found(floor) if one.table == "touch"]

    assert [one.later for one in broken] == [seq]
    assert "was changed outside leadtui between entries" in broken[0].words
    mira.close()


def test_a_supervisor_settles_it_and_what_comes_after_is_found_again(floor):
    """A correction takes the rows of an entry as they are, which is on record; a rep's correction
    does not."""
    run_sql(floor, "UPDATE lead SET owner_id = 2 WHERE id = 1", "DELETE FROM phone WHERE id = 1")
    first = found(floor)
    dana, mira = (
        a_desk(floor, "dana", clock=FixedClock(MONDAY + timedelta(days=4))),
        supervisor(floor),
    )
    for seq in {one.seq for one in first}:
        with dana.context.store.read() as session:
            if f'"actor":{dana.identity.id},' in session.get(LogEntry, seq).body:
                correct(dana.context, seq, "nothing to see here, all is well")
    assert {one.id for one in found(floor)} == {one.id for one in first}

    for seq in {one.seq for one in first}:
        correct(mira.context, seq, "Ali agreed to take her over by telephone")

    assert found(floor) == ()
    run_sql(floor, "UPDATE lead SET owner_id = 3 WHERE id = 1")
    assert [(one.table, one.column, one.stored) for one in found(floor)] == [
        ("lead", "owner_id", "3")
    ]
    dana.close()
    mira.close()


def test_a_role_that_was_taken_settles_nothing_and_is_told_though_it_was_given_back(floor):
    """Dana makes herself a supervisor, takes the row as it is, acts, and puts the row back: the log
    knows her role."""
    run_sql(floor, "UPDATE rep SET role = 'supervisor' WHERE login = 'dana'")
    seq = found(floor)[0].seq
    dana = a_desk(floor, "dana", clock=FixedClock(MONDAY + timedelta(days=4)))
    with pytest.raises(Refused, match="the log never made you one"):
        correct(dana.context, seq, "I have been a supervisor all along")
    assert "rep" in {one.table for one in found(floor)}
    do_not_call.remove(dana.context, "+13125550177", "no longer wanted")
    dana.close()
    run_sql(floor, "UPDATE rep SET role = 'rep' WHERE login = 'dana'")

    said = [one.words for one in found(floor) if one.table == "rep"]

    assert any(
        one.startswith("acted as supervisor in entry") and "says 'rep'" in one for one in said
    ), said


def test_a_role_that_was_taken_is_not_given_by_an_honest_write_of_the_row(floor):
    """Mira changes something else of Dana's row: the entry tells the role that stands there, and
    that makes nobody one."""
    run_sql(floor, "UPDATE rep SET role = 'supervisor' WHERE login = 'dana'")
    mira = supervisor(floor)
    day = MONDAY.date() + timedelta(days=10)
    absence.send_away(mira.context, "dana", day, day)
    rows = Rows(mira.context.store.url)
    assert (role_of(rows, 1, "supervisor"), role_of(rows, 3, "supervisor")) == ("rep", "supervisor")
    dana = a_desk(floor, "dana", clock=FixedClock(MONDAY + timedelta(days=4)))
    later = next(one.later for one in found(floor) if one.table == "rep" and one.later)
    with pytest.raises(Refused, match="supervisor whom the log names"):
        correct(dana.context, later, "I have been a supervisor all along")
    assert any(one.table == "rep" and one.later == later for one in found(floor))

    correct(mira.context, later, "I did make her a supervisor, in the file")

    assert role_of(rows, 1, "rep") == "supervisor"
    rows.close()
    dana.close()
    mira.close()


def test_somebody_put_in_by_sql_settles_nothing(floor):
    """The log never made Eve anything, so what she corrects is refused; an entry of hers settles no
    row."""
    run_sql(
        floor,
        "INSERT INTO rep (name, name_key, login, email, phone, role, team, active, weight, "
        "capacity, settings, "
        "created_at)"
        " VALUES ('Eve', 'eve', 'eve', '', '', 'supervisor', 'inside', 1, 1, 60, '{}', 0)",
        "UPDATE lead SET owner_id = 2 WHERE id = 1",
    )
    before = found(floor)
    eve = a_desk(floor, "eve", clock=FixedClock(MONDAY + timedelta(days=4)))
    for seq in {one.seq for one in before if one.seq}:
        with pytest.raises(Refused):
            correct(eve.context, seq, "all of this is as it should be")
        with eve.context.write() as unit:
            unit.changes.accept("lead", [1])
            unit.log(
                "entry.corrected",
                subjects={"entry": seq},
                codes={"event": "x"},
                private="forged by hand",
            )
    eve.close()

    assert {(one.table, one.id) for one in before} <= {(one.table, one.id) for one in found(floor)}


def test_the_log_tells_nothing_of_a_row_by_its_digest(floor):
    """The key of the digests is in no entry, and another floor's key makes other digests of the
    same rows."""
    rows = Rows(f"sqlite:///{floor / 'leadtui.db'}")
    key = rows.value("SELECT value FROM meta WHERE key = 'row_key'")
    told = rows.value("SELECT count(*) FROM log WHERE body LIKE ?", (f"%{key}%",))
    rows.close()

    assert len(bytes.fromhex(key)) == 16
    assert told == 0


# -- what the database is made of ------------------------------------------------------------------

SCHEMA = "UPDATE sqlite_master SET sql = replace(sql, {}, {}) WHERE name = '{}'"
REMADE = [
    (
        (
            "CREATE TRIGGER grab AFTER UPDATE ON rep BEGIN UPDATE rep SET role = 'supervisor' "
            "WHERE login = 'dana'; END"
        ),
        "trigger grab on rep was put in",
    ),
    ("CREATE VIEW calls AS SELECT * FROM attempt", "view calls was put in"),
    ("DROP TRIGGER log_no_update", "trigger log_no_update on log is gone"),
    (
        "DROP INDEX obligation_open; CREATE INDEX obligation_open ON obligation (rep_id)",
        "index obligation_open on obligation is not the one",
    ),
    (
        "PRAGMA writable_schema = ON; "
        + SCHEMA.format("'CREATE UNIQUE'", "'CREATE'", "touch_front"),
        "index touch_front on touch is not the one",
    ),
    (
        "PRAGMA writable_schema = ON; "
        + SCHEMA.format("'''rep'', ''supervisor'''", "'''rep'', ''boss'', ''supervisor'''", "rep"),
        "table rep is not the one",
    ),
    ("ALTER TABLE rep ADD COLUMN boss INTEGER", "table rep is not the one"),
    ("ALTER TABLE rep ADD COLUMN boss AS (role = 'rep')", "table rep is not the one"),
    (
        "ALTER TABLE donotcall RENAME TO kept; CREATE VIEW donotcall AS SELECT * FROM kept",
        "view donotcall was put in",
    ),
    (
        (
            "ALTER TABLE donotcall RENAME TO kept; CREATE VIEW donotcall AS WITH RECURSIVE more AS "
            "(SELECT 1 AS id UNION ALL SELECT id + 1 FROM more) SELECT id, '' AS number, 1 AS "
            "lead_id, '' AS reason, 0 AS requested_at, 0 AS added_at, 1 AS added_by, NULL AS "
            "removed_at, NULL AS removed_by FROM more"
        ),
        "view donotcall was put in",
    ),
    (
        (
            "CREATE TABLE other (hash VARCHAR PRIMARY KEY, body TEXT) WITHOUT ROWID; INSERT INTO "
            "other SELECT hash, body FROM text; DROP TABLE text; ALTER TABLE other RENAME TO text"
        ),
        "table text is not the one",
    ),
    ("DROP TABLE training", "table training is gone"),
    ("CREATE TABLE beside (id INTEGER)", "table beside was put in"),
    ("DELETE FROM migration WHERE number = 2", "the list of migrations"),
    ("INSERT INTO migration (number, name, at) VALUES (0, 'mine', 0)", "the list of migrations"),
]


@pytest.mark.parametrize(("script", "words"), REMADE, ids=numbered(one for one, _ in REMADE))
def test_a_database_that_was_remade_is_found(floor, tmp_path, script, words):
    """Triggers, views, indexes, tables and the list of migrations are what this program makes."""
    raw = driver().connect(floor / "leadtui.db")
    raw.executescript(script)
    raw.close()

    said = [one.words for one in found(floor)]
    url = f"sqlite:///{floor / 'leadtui.db'}"
    auditing = Auditing(url, FixedClock(MONDAY), Witnesses("here", tmp_path / "kept"))
    verified = auditing.verify(deep=True)
    auditing.close()

    assert any(words in one for one in said), said
    assert (verified.ok, verified.damage) == (False, "tables")


def test_a_planted_trigger_writes_with_nobodys_hands(floor):
    """Mira's own entry would vouch for the role that it gives Dana: nothing is saved while it is
    there."""
    mira = supervisor(floor)
    run_sql(floor, REMADE[0][0])
    day = MONDAY.date() + timedelta(days=10)
    with pytest.raises(NotSaved, match=r"the trigger 'grab'.*DROP TRIGGER"):
        absence.send_away(mira.context, "dana", day, day)

    run_sql(floor, "DROP TRIGGER grab")
    absence.send_away(mira.context, "dana", day, day)

    assert found(floor) == ()
    mira.close()


def test_an_index_that_only_looks_like_ours_is_found_by_the_doctor(floor):
    """Its text is ours and its pages are another's: SQLite's own check sees it."""
    raw = driver().connect(floor / "leadtui.db")
    (text,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'touch_lead'").fetchone()
    raw.executescript("DROP INDEX touch_lead; CREATE INDEX touch_lead ON touch (lead_id, due)")
    raw.execute("PRAGMA writable_schema = ON")
    raw.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'touch_lead'", (text,))
    raw.commit()
    raw.close()
    assert found(floor) == ()
    mira = supervisor(floor)

    said = [one.what for one in examine(mira.context).findings if one.severity == "error"]

    assert any("touch_lead" in one for one in said), said
    mira.close()


def test_a_number_is_never_given_twice(floor):
    """A row that leadtui made last is deleted, and the counter set back: the next one gets its
    number."""
    number = run_sql(floor, "DELETE FROM training") and 1
    run_sql(floor, "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'training'")
    mira = supervisor(floor)
    training.record(mira.context, "objections", ["Dana Reyes"])
    mira.close()

    said = [one.words for one in found(floor) if (one.table, one.id) == ("training", number)]

    assert any("given its number a second time" in one for one in said), said


# -- whatever stands in a body ---------------------------------------------------------------------

ROWS = '{{"actor":1,"event":"x","role":"rep","rows":{{"lead":{{{}}}}}}}'
BODIES = [
    "[]",
    "null",
    "",
    "7",
    "no JSON at all",
    '{"event":5}',
    '{"actor":1}',
    '{"actor":[1],"event":"x"}',
    '{"actor":' + "9" * 5000 + ',"event":"x"}',
    '{"actor":9223372036854775808,"event":"x"}',
    '{"event":"x","subjects":[]}',
    '{"event":"x","subjects":{"lead":{}}}',
    '{"event":"x","subjects":' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"event":"touch.deferred","subjects":{"touch":1},"after":{"due":"soon"}}',
    '{"event":"touch.deferred","subjects":{"touch":1},"after":{"due":"2026-11-23T09:00:00"}}',
    '{"event":"x","rows":[]}',
    '{"event":"x","rows":{"lead":7}}',
    ROWS.format('"one":"+' + "0" * 32 + '"'),
    ROWS.format('"1":""'),
    ROWS.format('"1":"-"'),
    ROWS.format('"1":"+xyz"'),
    ROWS.format('"1":"' + "0" * 11 + '"'),
    ROWS.format('"' + "9" * 5000 + '":"+' + "0" * 32 + '"'),
    '{"event":"\\ud800"}',
    b'{"event":"\\xff"}',
]


def put_in(floor, seq, body):
    """Put a body in place of an entry's and compute the chain anew, as somebody with the file
    does."""
    raw = driver().connect(floor / "leadtui.db")
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    stored = body if isinstance(body, bytes) else body.encode()
    raw.execute("UPDATE log SET body = CAST(? AS TEXT) WHERE seq = ?", (stored, seq))
    (log_id,) = raw.execute("SELECT log_id FROM log_meta").fetchone()
    previous = bytes(32)
    query = "SELECT seq, at, recorded_by, private_hash, CAST(body AS BLOB) FROM log ORDER BY seq"
    for one, at, who, private, said in raw.execute(query).fetchall():
        previous = entry_hash(log_id, previous, one, at, who, private, said)
        raw.execute("UPDATE log SET hash = ? WHERE seq = ?", (previous, one))
    for _, sql in triggers:
        raw.execute(sql)
    raw.commit()
    raw.close()


@pytest.mark.parametrize("body", BODIES, ids=numbered(map(str, BODIES)))
def test_an_entry_that_is_none_is_damage_and_ends_no_audit(floor, body):
    """It hashes, since the chain was computed anew: every auditor names it and goes on."""
    seq = 20
    put_in(floor, seq, body)

    said = {one.id: one.words for one in found(floor) if one.table == "log"}
    mira = supervisor(floor)
    diagnosis = examine(mira.context)
    mira.supervise.feed()
    mira.supervise.check_rows()
    mira.supervise.entry(seq)
    mira.supervise.board("all")
    mira.supervise.close()

    assert "is no entry that leadtui writes" in said[seq]
    assert f"entry {seq}" in {one.where for one in diagnosis.findings}
    correct(mira.context, seq, "looked at with Dana, nothing is lost by it")
    assert not [one for one in found(floor) if one.table == "log"]
    mira.close()


def test_a_row_number_beyond_every_table_costs_nothing(floor):
    """An entry tells of row 2**32, and of one below zero: they are not there, and that is said."""
    for seq, one in ((20, 2**32), (21, -(2**63))):
        put_in(floor, seq, ROWS.format(f'"{one}":"+{"0" * 32}"'))

    odd = '"codes":{"answer":{},"outcome":[1]},"event":"action.confirmed"'
    put_in(floor, 22, f'{{{odd},"subjects":{{"lead":1,"obligation":1}}}}')

    said = {one.id: one.words for one in found(floor) if one.table == "lead"}

    assert {2**32, -(2**63)} <= said.keys()
    assert "is gone" in said[2**32]


def test_a_list_of_migrations_that_lost_its_rows_is_damage(tmp_path):
    """Nothing is told anew for it; the doctor says it, though the floor does not open."""
    folder = busy_floor(tmp_path / "floor")
    for which in ("number >= 5", "number > 0"):
        run_sql(folder, f"DELETE FROM migration WHERE {which}")
        with pytest.raises(Damaged, match="list of migrations lacks"):
            supervisor(folder)


# -- a floor from before ---------------------------------------------------------------------------


@pytest.fixture
def old_floor(tmp_path, monkeypatch):
    """A floor whose entries keep digests of 48 bits, as they were before."""
    with monkeypatch.context() as earlier:
        earlier.setattr(digests, "digests_under", FirstRule)
        earlier.setattr(builders, "_FLOORS", {})
        folder = busy_floor(tmp_path / "old")
    retold = next(step.number for step in migrations.STEPS if step.retells)
    run_sql(
        folder,
        "ALTER TABLE touch DROP COLUMN due_before",
        "DROP TABLE webpost",
        f"DELETE FROM migration WHERE number >= {retold}",
    )
    return folder


def test_a_floor_from_before_is_told_anew_and_nothing_is_laundered(old_floor):
    """What was changed with SQL before the program was renewed is found after it; honest rows
    hold."""
    run_sql(
        old_floor,
        "UPDATE rep SET role = 'supervisor' WHERE login = 'dana'",
        "DELETE FROM phone WHERE id = 1",
        "UPDATE phone SET status = 'wrong' WHERE id = 2",
    )
    mira = supervisor(old_floor)
    with mira.context.store.read() as session:
        told = session.exec(select(LogEntry).order_by(col(LogEntry.seq).desc())).first()
    mira.close()

    said = {(one.table, one.id) for one in found(old_floor)}

    assert '"event":"rows.retold"' in told.body
    assert said == {("rep", 1), ("phone", 1), ("phone", 2)}
    run_sql(old_floor, "UPDATE lead SET merged_into = 0 WHERE id = 1")
    assert ("lead", 1) in {(one.table, one.id) for one in found(old_floor)}


def test_a_floor_from_before_holds(old_floor):
    """Opened by the new program it has one entry more, at the time of its last, and holds."""
    before = Rows(f"sqlite:///{old_floor / 'leadtui.db'}")
    last = before.one("SELECT seq, at FROM log ORDER BY seq DESC LIMIT 1")
    before.close()
    supervisor(old_floor).close()
    after = Rows(f"sqlite:///{old_floor / 'leadtui.db'}")
    now = after.one("SELECT seq, at FROM log ORDER BY seq DESC LIMIT 1")
    after.close()

    assert now == (last[0] + 1, last[1])
    assert found(old_floor) == ()
