"""A damaged database: the newest good backup is named, nobody writes any more, and the way back
works."""

import random
import shutil
from dataclasses import replace

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.audit.auditing import correct
from leadtui.desk.floor.backing import back_up
from leadtui.desk.floor.doctor import examine
from leadtui.errors import Damaged, LeadtuiError
from leadtui.store.engine import damage
from leadtui.store.engine.sqlite import driver
from tests.builders import MONDAY, a_desk, a_floor, a_lead


@pytest.fixture
def desk(tmp_path):
    desk = a_desk(a_floor(tmp_path / "floor"), clock=FixedClock(MONDAY))
    a_lead(desk)
    yield desk
    desk.close()


def tear(desk, table="phone"):
    """Overwrite the root page of one table, in the file itself."""
    path = desk.context.store.path
    raw = driver().connect(str(path))
    root, size = (
        raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0],
        raw.execute("PRAGMA page_size").fetchone()[0],
    )
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(random.Random(5).randbytes(size))


def reopened(desk):
    desk.close()
    return a_desk(desk.settings.folder, clock=FixedClock(MONDAY))


def test_the_newest_good_backup_is_named(desk, tmp_path):
    """One that is gone, or is not what was checked any more, is passed over."""
    for name in ("old.db", "good.db", "spoilt.db", "gone.db"):
        back_up(desk.context, tmp_path / name)
    (tmp_path / "gone.db").unlink()
    with (tmp_path / "spoilt.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"x")
    tear(desk)

    with pytest.raises(Damaged) as error:
        reopened(desk).block.lead(1)

    assert f"the newest good backup is {tmp_path / 'good.db'} of 23 Nov 2026" in str(error.value)
    assert "nothing more is written" in str(error.value)


def test_without_a_backup_it_says_so(desk):
    """Nothing is named that is not there."""
    tear(desk)

    with pytest.raises(Damaged, match="none made on this machine is known"):
        reopened(desk).block.lead(1)


def test_what_lies_beside_the_database_is_not_believed(desk, tmp_path):
    """A list that names another floor's database, or a file that is none; a mark beside a file that
    holds."""
    back_up(desk.context, tmp_path / "good.db")
    path = desk.context.store.path
    (good,) = damage.backups_of(path)
    theirs, none = tmp_path / "theirs.db", tmp_path / "none.db"
    shutil.copy(good.path, theirs)
    raw = driver().connect(str(theirs))
    raw.execute("DROP TRIGGER log_meta_no_update")
    raw.execute("UPDATE log_meta SET log_id = randomblob(16)")
    raw.commit()
    raw.close()
    none.write_text("not a database")
    for file in (theirs, none):
        size, digest = file.stat().st_size, damage.digest_of(file)
        damage.remember(path, replace(good, path=str(file), size=size, sha256=digest))
    assert damage.newest(path) == good
    damage.remember(path, replace(good, head="00" * 32))
    assert damage.newest(path) is None
    path.with_name(path.name + damage.DAMAGED).write_text("\x1b[2Jgone\n")
    with pytest.raises(Damaged, match="gone"):
        desk.block.note(1, "no")
    assert any("may be written again" in one.what for one in examine(desk.context).findings)
    desk.block.note(1, "on it goes")


def test_the_doctor_does_not_send_to_the_doctor(desk):
    """Who reads it has called it already."""
    tear(desk)
    hurt = reopened(desk)
    told = [one.do for one in examine(hurt.context).findings if one.severity == "error"]
    hurt.close()

    assert any("look for a backup" in do for do in told)
    assert not any("says what is wrong" in do for do in told)


def test_a_lost_database_is_restored_and_not_made_anew(desk, tmp_path):
    """The list of backups beside it is still there."""
    back_up(desk.context, tmp_path / "good.db")
    path = desk.context.store.path
    desk.close()
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)

    with pytest.raises(
        LeadtuiError,
        match=r"there is no database; the newest good backup is .*good\.db.*copy it to",
    ):
        reopened(desk)
    path.with_name(path.name + damage.BACKUPS).unlink()
    with pytest.raises(LeadtuiError, match="none made on this machine is known"):
        reopened(desk)


def test_every_program_stops_writing(desk):
    """Who has met no damaged page is refused as well, and leaves no entry."""
    tear(desk)
    other = reopened(desk)
    with pytest.raises(Damaged):
        other.block.lead(1)
    other.close()
    third = a_desk(desk.settings.folder, "ali", clock=FixedClock(MONDAY))

    with pytest.raises(Damaged, match="the database is damaged"), third.context.write() as unit:
        unit.log("lead.note", subjects={"lead": 1})

    third.close()


def test_damage_nobody_has_met_is_found_by_looking(desk):
    """Some seconds after its start the application looks through the whole file."""
    tear(desk, "notice")
    other = reopened(desk)
    other.context.store.look()

    with pytest.raises(Damaged), other.context.write() as unit:
        unit.log("lead.note", subjects={"lead": 1})

    other.close()


def test_the_doctor_names_the_way_back_and_lifts_the_stop(desk, tmp_path):
    """Follow the sentence: the backup is put in place, the doctor finds the file whole, and it is
    written again."""
    back_up(desk.context, tmp_path / "good.db")
    path = desk.context.store.path
    tear(desk)
    hurt = reopened(desk)
    told = [one for one in examine(hurt.context).findings if one.severity == "error"]
    hurt.close()

    assert str(tmp_path / "good.db") in told[0].do
    assert damage.marked(path)

    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copy(tmp_path / "good.db", path)
    mended = a_desk(desk.settings.folder, clock=FixedClock(MONDAY))
    after = examine(mended.context)

    assert after.ok
    assert any("may be written again" in one.what for one in after.findings)
    mended.block.note(1, "on it goes")
    assert not damage.marked(path)
    mended.close()


def test_a_floor_that_holds_is_written_on(desk):
    """Looking at a whole file stops nothing."""
    desk.context.store.look()
    desk.block.note(1, "all is well")

    assert examine(desk.context).ok


def flip(desk, entry: int) -> None:
    """Change a stored byte of an entry, past every guard."""
    raw = driver().connect(str(desk.context.store.path))
    raw.execute("DROP TRIGGER log_no_update")
    raw.execute("UPDATE log SET body = replace(body, '{', '[') WHERE seq = ?", (entry,))
    raw.commit()
    raw.close()


def test_a_log_that_does_not_hold_stops_the_writing_until_a_supervisor_goes_on(desk, tmp_path):
    """The pages are sound and the chain is not: the backup is named, and so is the way to go on
    without it."""
    back_up(desk.context, tmp_path / "good.db")
    flip(desk, 3)

    found = examine(desk.context)

    assert any("the log does not hold (edited)" in one.what for one in found.findings)
    stopped = next(one for one in found.findings if "nothing more is written" in one.what)
    assert "good.db" in stopped.do
    assert "'leadtui log correct 3 --note …'" in stopped.do
    with pytest.raises(
        Damaged, match=r"log entry 3: edited.*good\.db.*'leadtui log correct 3 --note …'"
    ):
        a_lead(desk)
    again = reopened(desk)
    with pytest.raises(Damaged, match="log entry 3"):
        a_lead(again)
    with pytest.raises(Damaged):
        correct(again.context, 3, "a rep cannot lift this")
    mira = a_desk(again.settings.folder, "mira", clock=FixedClock(MONDAY))
    with pytest.raises(Damaged):
        correct(mira.context, 2, "and not with another entry")
    correct(mira.context, 3, "the disk was bad; the entry told of a lead that was imported")
    a_lead(mira)
    assert not examine(mira.context).ok
    a_lead(mira, "Tom Weiss", phone="+13125550110")
    again.close()
    mira.close()


def test_a_restored_backup_is_written_again(desk, tmp_path):
    """Doctor finds the chain whole and lifts the mark."""
    back_up(desk.context, tmp_path / "good.db")
    flip(desk, 3)
    examine(desk.context)
    path = desk.context.store.path
    desk.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "good.db", path)
    back = a_desk(desk.settings.folder, clock=FixedClock(MONDAY))
    with pytest.raises(Damaged):
        a_lead(back)
    assert any("may be written again" in one.what for one in examine(back.context).findings)
    a_lead(back)
    back.close()
