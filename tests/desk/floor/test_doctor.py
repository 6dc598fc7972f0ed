"""The doctor finds what is wrong, says where, and what to do."""

import json
import os
import stat
from datetime import timedelta

import pytest
import typer
from typer.testing import CliRunner

from leadtui.cli import common, upkeep
from leadtui.desk.core.people import os_login
from leadtui.desk.floor.doctor import examine
from leadtui.desk.playbook import notices
from leadtui.store.engine.sqlite import driver
from leadtui.store.engine.tables import Rep
from tests.builders import MONDAY, a_desk, a_floor, a_lead, open_touch


@pytest.fixture
def desk(tmp_path, clock):
    desk = a_desk(a_floor(tmp_path / "floor"), clock=clock)
    a_lead(desk)
    yield desk
    desk.close()


def run_sql(desk, *statements):
    raw = driver().connect(desk.context.store.path)
    for statement in statements:
        raw.execute(statement)
    raw.commit()
    raw.close()


def found(desk, severity=None):
    return [one.what for one in examine(desk.context).findings if severity in (None, one.severity)]


def test_a_sound_floor_has_no_errors(desk):
    """On a new floor nothing is broken, and every finding says what to do."""
    diagnosis = examine(desk.context)

    assert diagnosis.ok
    assert all(one.what and one.where and one.do for one in diagnosis.findings)
    assert found(desk, "warning") == []


def test_what_was_done_to_the_tables_is_found(desk):
    """An edited row, a lead without a next step, a lost index, a row that points nowhere."""
    lead = open_touch(desk, 1).lead_id
    desk.block.start(open_touch(desk, lead).id)
    second = a_lead(desk, "Tom Weiss", phone="+13125550110", email="tom@kestrel.example")
    run_sql(
        desk,
        "UPDATE touch SET state = 'done' WHERE lead_id = 1",
        f"UPDATE touch SET state = 'cancelled' WHERE lead_id = {second}",
        "DROP INDEX event_lead_at",
        "INSERT INTO phone (lead_id, number, extension, kind, raw, valid, status, created_at) "
        "VALUES (999, '+1', '', '', '', 1, 'ok', 0)",
    )
    errors = " | ".join(found(desk, "error"))

    assert "state is 'done', and entry" in errors
    assert "nothing is planned for this open lead" in errors
    assert "lacks index event_lead_at" in errors
    assert "refers to a lead that is not there" in errors


def test_a_broken_chain_is_an_error(desk):
    """The entry is named."""
    run_sql(desk, "DROP TRIGGER log_no_update", "UPDATE log SET recorded_by = 'x' WHERE seq = 2")
    diagnosis = examine(desk.context)
    broken = next(one for one in diagnosis.findings if "does not hold (edited)" in one.what)

    assert not diagnosis.ok
    assert broken.where == "entry 2"


def test_what_waits_too_long_is_a_warning(desk, clock, tmp_path):
    """An old question, an unread notice, training, stuck e-mails."""
    desk.block.start(open_touch(desk, 1).id)
    mira = a_desk(desk.settings.folder, "mira", clock=clock)
    notices.publish(mira.context, "New script", "Use it from Monday on.")
    run_sql(
        desk,
        "INSERT INTO email (lead_id, to_address, template, wording, subject_hash, text_hash, "
        "message_id, transport, "
        "state, path, error, tries, created_at) VALUES (1, 'x@y.example', '', '', '', '', "
        "'<1>', 'smtp', 'failed', '', "
        "'', 1, 0)",
    )
    clock.advance(days=20)
    words = " | ".join(found(desk))

    assert "an action of Dana Reyes is not answered for since Mon 23 Nov 10:40" in words
    assert "not read by Dana Reyes, Ali Haddad since Mon 23 Nov 10:40: New script" in words
    assert "no training was ever recorded" in words
    assert "1 e-mail is failed" in words
    broken = [one.where for one in examine(desk.context).findings if one.severity == "error"]
    assert broken == ["email 1"], "only the message that this test forged"
    mira.close()


def test_a_clock_that_went_back_is_a_warning(desk, clock):
    """The step is an entry, and the doctor reads it."""
    clock.at = MONDAY - timedelta(hours=3)
    desk.block.note(1, "the clock was wrong")
    clock.at = MONDAY + timedelta(hours=1)

    assert any("a clock was set back 1 time" in words for words in found(desk, "warning"))


def test_drafts_that_differ_or_cannot_run_are_told(desk):
    """A change that was not activated, and one that cannot be."""
    book = desk.settings.folder / "playbook" / "playbook.toml"
    text = book.read_text()
    book.write_text(text.replace("mql_score = 60", "mql_score = 70"))
    assert any("drafts differ" in words for words in found(desk, "note"))
    book.write_text(text.replace("mql_score = 60", "mql_score = 'many'"))
    assert any("drafts cannot be run" in words for words in found(desk, "warning"))


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_permissions_are_looked_at(desk):
    """A file that others may open; a shared floor that the group may not write."""
    path = desk.context.store.path
    assert not any("may open it" in words for words in found(desk))
    path.chmod(0o644)
    assert any(
        "other people on this machine may open it (mode 644)" in words
        for words in found(desk, "warning")
    )
    path.parent.chmod(0o2770)
    path.chmod(0o640)
    if path.parent.stat().st_mode & stat.S_ISGID:
        assert any("the floor's group may not write it" in words for words in found(desk, "error"))


def test_a_torn_file_is_told_and_stops_no_other_check(desk, tmp_path):
    """The command still answers, with 1."""
    floor = desk.settings.folder
    desk.context.store.raw().driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = desk.context.store.path
    desk.close()
    data = bytearray(path.read_bytes())
    data[81_920:] = os.urandom(len(data) - 81_920)
    path.write_bytes(data)
    done = run(floor, "doctor", "--json")

    assert done.exit_code == 1
    assert not json.loads(done.output)["ok"]


def run(floor, *words):
    app = typer.Typer(rich_markup_mode=None)
    app.callback()(lambda: None)
    upkeep.register(app)
    common.remember("", "", "")
    try:
        return CliRunner().invoke(app, [*words, "--floor", str(floor)])
    finally:
        common.remember("", "", "")


STRANGE = (
    ("playbook", "files", "'[]'"),
    ("touch", "due", "'soon'"),
    ("lead", "dates", "'{bad'"),
    ("phone", "number", "x'ff'"),
    ("enrolment", "anchor", "9223372036854775807"),
)


def test_values_that_leadtui_never_writes_are_damage(desk):
    """Each is named with its row, and the other checks are made; where nobody can even log in, the
    command says the same."""
    run_sql(desk, *(f"UPDATE {table} SET {column} = {value}" for table, column, value in STRANGE))
    said = [words for words in found(desk, "error") if "which leadtui never writes" in words]
    for table, column, _ in STRANGE:
        assert any(f" {table} " in words and f": {column} is " in words for words in said), table
    run_sql(desk, f"UPDATE rep SET settings = '[1', login = '{os_login()}' WHERE login = 'dana'")
    done = run(desk.settings.folder, "doctor", "--json")
    assert "settings is '[1'" in done.output
    assert done.exit_code == 1


def test_the_commands_print_one_document(tmp_path, monkeypatch):
    """Doctor ends with 0 where nothing is broken; backup says what it made; a missing floor is a
    finding."""
    from leadtui.desk.floor.making import NewRep

    floor = a_floor(tmp_path / "floor", people=[NewRep("Me", os_login(), "supervisor")])
    doctor = run(floor, "doctor", "--json")
    backup = run(floor, "backup", str(tmp_path / "copy.db"), "--json")
    nowhere = run(tmp_path / "nothing", "doctor", "--json")

    assert (doctor.exit_code, json.loads(doctor.output)["ok"]) == (0, True)
    assert json.loads(backup.output)["file"] == str(tmp_path / "copy.db")
    assert (nowhere.exit_code, json.loads(nowhere.output)["ok"]) == (1, False)
    assert (
        "broken" in run(floor, "doctor").output or "Nothing is wrong" in run(floor, "doctor").output
    )


def test_somebody_without_name_or_login_is_mentioned(desk):
    """As an older version let them be added."""
    with desk.context.write() as unit:
        unit.session.add(Rep(name="", name_key="", login=" ", role="rep", created_at=unit.now))
        unit.log("rep.added")

    found = next(one for one in examine(desk.context).findings if one.where.startswith("person "))
    assert found.what == "somebody has no name and no login"
    assert found.severity == "warning"


def test_calling_rules_that_nobody_checked_for_long_are_named(desk, clock):
    """Those of places where leads are, and no others."""
    clock.at = MONDAY + timedelta(days=400)
    (rules,) = [
        one for one in examine(desk.context).findings if "not checked for 180 days" in one.what
    ]
    assert rules.what == "1 calling rule was not checked for 180 days"
    assert rules.where == "US"
    assert "legal-hours.toml" in rules.do
