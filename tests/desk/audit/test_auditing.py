"""Verifying with witnesses, exporting for outsiders, correcting, and what --deep finds in the
tables."""

import json
import shutil
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from leadtui.desk.audit.auditing import Auditing, correct
from leadtui.desk.audit.witnesses import Witnesses, as_json, places_of
from leadtui.errors import LeadtuiError, NotFound, Refused
from leadtui.store.engine.database import open_store
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Touch
from leadtui.store.log.auditing import erase_texts
from tests.engines import START, engine_url, postgres_server, postgres_url, store
from tests.floors import HOUR, a_desk, a_touch, an_actor, confirm, lay, start

__all__ = ["engine_url", "postgres_server", "postgres_url", "store"]

FORGED = (
    "INSERT INTO obligation (rep_id, lead_id, touch_id, inbound, action, front_end, "
    "out_of_turn, started_at, "
    "outcome, answer, reason, draft) VALUES (1, 1, 1, 0, 'call', 'tui', '', 0, '', '', '', '{}')"
)
SCRIPT = Path(__file__).parents[3] / "docs" / "verify_log.py"


@pytest.fixture
def audited(store, tmp_path):
    """A worked demo floor, whose log takes the tests' clock on both engines, and the supervisor's
    account that looks at it."""
    lay(store)
    touch = a_touch(store)
    obligation = start(store, touch, START + HOUR)
    confirm(store, obligation, START + HOUR + timedelta(minutes=2), note="rang out, twice")
    desk = a_desk(store, tmp_path, now=START + 2 * HOUR)
    auditing = Auditing(store.url, desk.clock, Witnesses("here", folder=tmp_path / "witnesses"))
    yield desk, auditing
    auditing.close()
    desk.supervise.close()


def again(desk, auditing):
    """Another look by the same account."""
    return Auditing(desk.context.store.url, desk.clock, auditing.witnesses)


def outsider(*files):
    """Run the stand-alone verifier as somebody without leadtui would."""
    return subprocess.run(
        [sys.executable, "-I", SCRIPT, *files], check=False, capture_output=True, text=True
    )


def test_a_witness_is_stored_once_for_each_head_and_private(audited):
    """Verifying twice without news stores one witness, readable by its owner alone."""
    desk, auditing = audited

    assert auditing.verify().ok
    assert auditing.verify().ok
    second = again(desk, auditing)
    found = second.verify()
    second.close()

    files = list(auditing.witnesses.folder.glob("*/*.json"))
    assert (len(files), found.witnesses) == (1, 1)
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    assert json.loads(files[0].read_text())["seen_at"] == "2026-11-23T17:00:00Z"


def test_no_witness_is_stored_of_a_log_that_does_not_hold(audited):
    """A damaged log must not become the standard it is checked against."""
    desk, auditing = audited
    with desk.context.store.write(an_actor(1), START + 2 * HOUR) as unit:
        unit.connection.execute(text("UPDATE log_private SET text = 'talked for an hour'"))
        unit.log("lead.note")

    found = auditing.verify()

    assert (found.ok, found.damage) == (False, "private-edited")
    assert list(auditing.witnesses.folder.glob("*/*.json")) == []


def test_a_second_run_reads_only_what_is_new(audited):
    """The view verifies new entries as they come, without starting over."""
    desk, auditing = audited
    auditing.verify()
    seen = []
    with desk.context.store.write(an_actor(1), START + 3 * HOUR) as unit:
        last = unit.log("lead.note", subjects={"lead": 1})

    found = auditing.verify(progress=seen.append)

    assert (found.ok, found.head.seq, seen) == (True, last, [last])


def test_a_broken_witness_file_stops_the_check(audited):
    """A witness that cannot be read is named, never skipped."""
    _, auditing = audited
    auditing.verify()
    file = next(auditing.witnesses.folder.glob("*/*.json"))
    file.write_text("{}")
    auditing._verifier = None

    with pytest.raises(LeadtuiError, match="this is no witness"):
        auditing.verify()


def test_a_witness_from_a_mail_is_taken_in_and_a_strangers_is_not(audited, tmp_path):
    """log head's JSON comes back as a witness of the same log only."""
    _, auditing = audited
    mailed, strange = tmp_path / "mailed.json", tmp_path / "strange.json"
    said = as_json(auditing.head())
    mailed.write_text(json.dumps(said))
    strange.write_text(json.dumps({**said, "log_id": "00" * 16}))

    auditing.add_witness(mailed)

    assert auditing.witness_count() == 1
    assert auditing.verify().witnesses == 1
    with pytest.raises(LeadtuiError, match="somebody replaced this one"):
        auditing.add_witness(strange)


def test_a_floor_made_anew_at_the_same_place_is_noticed(tmp_path):
    """The account remembers which log stood at a place, and a real floor that took it over is
    another log."""
    witnesses = Witnesses("here", folder=tmp_path / "witnesses")
    for round_, expected in enumerate(("", "other-log")):
        path = tmp_path / f"floor{round_}.db"
        made = open_store(f"sqlite:///{path}", create=True, now=START)
        lay(made, demo=False)
        auditing = Auditing(made.url, a_desk(made, tmp_path).clock, witnesses)
        assert auditing.verify().damage == expected
        auditing.close()
        made.dispose()


def looked(place, kept, round_, folder=None):
    """What a supervisor's account is told of a real floor at a place: the damage, and remarks."""
    made = open_store(f"sqlite:///{place}", create=True, now=START)
    if round_ is not None:
        lay(made, demo=False)
    names = places_of(str(place), folder)
    desk = a_desk(made, place.parent)
    auditing = Auditing(made.url, desk.clock, Witnesses(*names, folder=kept))
    found = auditing.verify()
    auditing.close()
    desk.supervise.close()
    made.dispose()
    return found.damage, found.findings


def test_another_database_is_another_log_however_it_is_named(tmp_path):
    """Behind a link that leads elsewhere, under the folder's own name, or named by its settings."""
    kept, first, other = (tmp_path / name for name in ("kept", "first", "other"))
    link = tmp_path / "floor"
    for folder in (first, other):
        folder.mkdir()
    link.symlink_to(first)
    assert looked(link / "leadtui.db", kept, 0, link) == ("", ())

    link.unlink()
    link.symlink_to(other)
    assert looked(link / "leadtui.db", kept, 1, link)[0] == "other-log"
    assert looked(tmp_path / "third.db", kept, 2, link)[0] == "other-log"
    first.joinpath("leadtui.db").unlink()
    assert looked(first / "leadtui.db", kept, 3)[0] == "other-log"


def test_a_floor_under_a_name_of_its_own_is_said_to_be_new(tmp_path):
    """Once, while other logs are known: it may be meant to be one of them."""
    kept = tmp_path / "kept"
    assert looked(tmp_path / "one.db", kept, 0) == ("", ())
    damage, (said,) = looked(tmp_path / "two.db", kept, 1)
    assert damage == ""
    assert "never saw this log" in said
    assert str(tmp_path / "one.db") in said
    assert looked(tmp_path / "two.db", kept, None) == ("", ())


def test_an_export_verifies_without_leadtui(audited, tmp_path):
    """The stand-alone script checks an export, its personal texts and a witness, with the standard
    library alone."""
    _, auditing = audited
    bare, full, witness = tmp_path / "bare.jsonl", tmp_path / "full.jsonl", tmp_path / "w.json"
    witness.write_text(json.dumps(as_json(auditing.head())))

    made = auditing.export(bare)
    auditing.export(full, private=True)

    assert "rang out" not in bare.read_text()
    assert "rang out" in full.read_text()
    assert (
        f"good: {made.entries} entries, head {made.head}, 0 personal"
        in outsider(bare, witness).stdout
    )
    assert "1 personal texts, 1 witnesses" in outsider(full, witness).stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: [*lines[:3], *lines[4:]], "is missing"),
        (
            lambda lines: [line.replace("touch.started", "touch.skipped") for line in lines],
            "does not hash",
        ),
        (lambda lines: [line.replace("rang out", "talked") for line in lines], "personal text"),
        (lambda lines: lines[:-1], "breaks off"),
        (lambda lines: lines[1:], "rule"),
        (lambda lines: [], "no whole export"),
    ],
)
def test_an_export_that_was_changed_does_not_verify(audited, tmp_path, change, words):
    """Whatever is done to the file, the script names it and ends with 1."""
    _, auditing = audited
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    auditing.export(good, private=True)
    bad.write_text("".join(change(good.read_text().splitlines(keepends=True))))

    done = outsider(bad)

    assert done.returncode == 1
    assert words in done.stdout


def test_an_export_replaces_nothing(audited, tmp_path):
    """An existing file and a symbolic link stay as they are, and no draft is left behind."""
    _, auditing = audited
    (tmp_path / "there.jsonl").write_text("mine")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "target.jsonl")

    for name in ("there.jsonl", "link.jsonl"):
        with pytest.raises(LeadtuiError, match="not overwritten"):
            auditing.export(tmp_path / name)

    assert (tmp_path / "there.jsonl").read_text() == "mine"
    assert not (tmp_path / "target.jsonl").exists()
    assert list(tmp_path.glob(".*")) == []


def test_a_correction_is_a_new_entry_that_names_the_old_one(audited, tmp_path):
    """The wrong entry stays; the rep who made it and a supervisor may correct it, another rep may
    not."""
    desk, _ = audited
    wrong = desk.supervise.feed(0, 1)[0].seq
    ali, dana = (
        a_desk(desk.context.store, tmp_path, rep_id=id_, now=START + 2 * HOUR) for id_ in (2, 1)
    )

    with pytest.raises(Refused, match="is another's"):
        correct(ali.context, wrong, "it was somebody else's call")
    made = correct(dana.context, wrong, "she did answer, at the second ring")

    assert desk.supervise.entry(wrong).corrections == (made,)
    assert desk.supervise.entry(made).private == "she did answer, at the second ring"
    assert [line.event for line in desk.supervise.feed(wrong, 9)] == ["entry.corrected", "refused"]
    with pytest.raises(NotFound):
        correct(dana.context, 999, "there is no such entry at all")


@pytest.mark.parametrize(
    ("statement", "table", "column"),
    [
        ("UPDATE touch SET state = 'open'", "touch", "state"),
        ("UPDATE touch SET rep_id = 2", "touch", "rep_id"),
        ("UPDATE obligation SET answer = 'no'", "obligation", "answer"),
        ("UPDATE obligation SET outcome = 'TALKED'", "obligation", "outcome"),
        ("DELETE FROM obligation", "obligation", "row"),
        ("UPDATE rep SET role = 'supervisor' WHERE id = 1", "rep", "role"),
        (FORGED, "obligation", "row"),
    ],
)
def test_deep_finds_rows_that_the_log_contradicts(audited, statement, table, column):
    """Editing a table does not touch the chain; replaying the log finds it and says what was
    logged."""
    desk, auditing = audited
    assert auditing.verify(deep=True).ok
    with desk.context.store._writer.begin() as connection:
        connection.execute(text(statement))

    found = auditing.verify(deep=True)

    assert auditing.verify().ok
    assert (found.ok, found.damage) == (False, "tables")
    assert any(
        line.startswith(table) and (column in line or column == "row")
        for line in found.disagreements
    )


def test_deep_finds_overdue_work_that_was_pushed_ahead(audited, tmp_path):
    """A due time later than the one logged, with no entry about the lead since, hides overdue
    work."""
    desk, auditing = audited
    base = desk.context.store
    touch = a_touch(base, lead_id=2)
    with base.write(an_actor(1), START + 3 * HOUR) as unit:
        due = (START + 4 * HOUR).isoformat()
        unit.log(
            "touch.deferred",
            subjects={"lead": 2, "touch": touch},
            after={"touch": "open", "due": due},
        )
        unit.connection.execute(update(Touch).where(Touch.id == touch).values(due=START + 4 * HOUR))
    assert auditing.verify(deep=True).ok

    with base._writer.begin() as connection:
        connection.execute(
            text("UPDATE touch SET due = due + 864000000000 WHERE id = :id"), {"id": touch}
        )

    assert "due" in auditing.verify(deep=True).message


def test_a_do_not_call_that_vanished_is_found(audited):
    """Who asked not to be called must stand on the list as long as no entry took them off."""
    desk, auditing = audited
    base = desk.context.store
    obligation = start(base, a_touch(base, lead_id=2), START + 3 * HOUR)
    confirm(base, obligation, START + 4 * HOUR, outcome="DO_NOT_CALL", contact=1)

    found = auditing.verify(deep=True)

    assert "do not call" in found.message


def test_erasing_takes_the_texts_of_one_person_only(audited):
    """The chain stays whole, the entry says erased, and other people's texts stay."""
    desk, auditing = audited
    base = desk.context.store
    other = confirm(
        base, start(base, a_touch(base, lead_id=2), START + 3 * HOUR), START + 4 * HOUR, note="kept"
    )
    with base.write(an_actor(3), START + 5 * HOUR) as unit:
        erase_texts(unit, [1], {})

    found = auditing.verify()
    rows = Rows(base.url)
    left = rows.all("SELECT seq FROM log_private")
    rows.close()

    assert (found.ok, len(found.erased)) == (True, 1)
    assert desk.supervise.entry(found.erased[0]).erased
    assert [row[0] for row in left] == [other]


def test_a_full_disk_or_a_missing_folder_is_one_sentence(audited, tmp_path):
    """An export that cannot be written says so and leaves nothing."""
    _, auditing = audited
    shutil.rmtree(tmp_path / "none", ignore_errors=True)

    with pytest.raises(LeadtuiError, match="cannot be written"):
        auditing.export(tmp_path / "none" / "log.jsonl")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1 is empty"),
        (b"\xff\xfe\x00abc", "is not UTF-8 text"),
        (b"[]", "not a JSON object"),
        (b"{", "is not JSON"),
        (b'{"rule": "leadtui-log-v1"}', "lacks 'log_id'"),
        (b'{"rule": "leadtui-log-v1", "log_id": 5}', "wrong kind"),
    ],
)
def test_the_script_says_in_a_sentence_what_is_no_export(tmp_path, content, said):
    """Without the file's bytes and without an exception's name."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    done = outsider(path)

    assert done.returncode == 1
    assert done.stdout.startswith("BAD: ")
    assert said in done.stdout
    assert done.stdout.count("\n") == 1
    assert "Error" not in done.stdout + done.stderr
