"""Backups: whole, checked, and never in place of something else."""

import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from leadtui.desk.floor.backing import back_up
from leadtui.errors import LeadtuiError
from leadtui.store.engine.sqlite import driver
from leadtui.store.log import auditing
from tests.builders import a_desk, a_floor, a_lead, open_touch


@pytest.fixture
def desk(tmp_path):
    desk = a_desk(a_floor(tmp_path / "floor"))
    a_lead(desk)
    yield desk
    desk.close()


def test_a_backup_is_the_whole_floor_and_nobody_else_reads_it(desk, tmp_path):
    """The copy opens as a floor with the same leads, and its log holds."""
    made = back_up(desk.context, tmp_path / "copy.db")
    restored = tmp_path / "restored"
    shutil.copytree(desk.settings.folder, restored)
    for name in ("leadtui.db", "leadtui.db-wal", "leadtui.db-shm"):
        (restored / name).unlink(missing_ok=True)
    shutil.copy(made.path, restored / "leadtui.db")
    again = a_desk(restored)

    assert again.block.counts() == desk.block.counts()
    assert auditing.verify(again.context.store).head.hash.hex() == made.head
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.logged
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "floor", "restored"]
    again.close()


def test_a_backup_overwrites_nothing_and_follows_no_link(desk, tmp_path):
    """What has the name keeps it, even a link that leads nowhere."""
    (tmp_path / "there.db").write_text("mine")
    (tmp_path / "link.db").symlink_to(tmp_path / "elsewhere.db")
    for name in ("there.db", "link.db"):
        with pytest.raises(LeadtuiError, match="not overwritten"):
            back_up(desk.context, tmp_path / name)

    assert (tmp_path / "there.db").read_text() == "mine"
    assert not (tmp_path / "elsewhere.db").exists()
    with pytest.raises(LeadtuiError, match="no such folder"):
        back_up(desk.context, tmp_path / "nowhere" / "copy.db")


def test_a_backup_made_while_others_write_is_one_state(desk, tmp_path):
    """Every copy holds although a thread goes on writing."""
    stop = threading.Event()
    lead = open_touch(desk, 1).lead_id

    def write() -> None:
        while not stop.is_set():
            desk.block.note(lead, "one more memo")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(desk.context, tmp_path / f"copy{number}.db") for number in range(5)]
    finally:
        stop.set()
        writer.join()

    assert [one.entries for one in made] == sorted(one.entries for one in made)
    for one in made:
        with closing(sqlite3.connect(one.path)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_log_that_was_changed_is_not_backed_up(desk, tmp_path):
    """A copy whose chain does not hold gets no name, and no temporary file is left."""
    raw = driver().connect(desk.context.store.path)
    raw.execute("DROP TRIGGER log_no_update")
    raw.execute("UPDATE log SET recorded_by = 'someone' WHERE seq = 2")
    raw.commit()
    raw.close()

    with pytest.raises(LeadtuiError, match="does not hold"):
        back_up(desk.context, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["floor"]


def test_a_damaged_file_is_not_backed_up(desk, tmp_path):
    """Torn pages are found, and the last backup is spoken of."""
    path = Path(desk.context.store.path)
    desk.context.store.raw().driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.close()
    data = bytearray(path.read_bytes())
    data[40_960:200_000] = os.urandom(159_040)
    path.write_bytes(data)

    with pytest.raises(LeadtuiError, match="backup"):
        back_up(desk.context, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_postgresql_is_left_to_its_own_tool(desk, tmp_path):
    """The sentence names it."""
    desk.context.store.is_sqlite = False
    with pytest.raises(LeadtuiError, match="pg_dump"):
        back_up(desk.context, tmp_path / "copy.db")
