"""What somebody who can write the database file can do to the log, and who notices: nobody, the
chain, or a witness.

Each attack runs against a fresh floor of forty entries in three situations: no witness at all, a
witness of entry 30 that was stored before the attack, and a witness stored only after it. The table
in docs/compliance-log.md is held against what happens here."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from leadtui.store.engine import sqlite
from leadtui.store.engine.database import open_store
from leadtui.store.engine.entries import Actor, Witness, entry_hash, private_hash
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import to_micros
from leadtui.store.log.auditing import head, verify
from tests.engines import START

EARLIER = 20
WITNESSED = 30
LAST = 40
DANA = Actor(1, "Dana Reyes", "dana", "rep")
HOUR = timedelta(hours=1)


class Floor:
    """A SQLite floor under attack: through its file, as somebody with write permission."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "leadtui.db"
        self.url = f"sqlite:///{self.path}"
        self.write(1, EARLIER)
        self.earlier = folder / "earlier.db"
        shutil.copyfile(self.path, self.earlier)
        self.write(EARLIER + 1, WITNESSED)
        self.witness = self.seen()
        self.copy = folder / "copy.db"
        shutil.copyfile(self.path, self.copy)
        self.write(WITNESSED + 1, LAST)

    def write(self, first: int, last: int) -> None:
        """Append entries as leadtui does, one a minute, every fifth with a personal text."""
        store = open_store(self.url, create=True, now=START)
        for number in range(first, last + 1):
            with store.write(DANA, START + timedelta(minutes=number)) as unit:
                unit.log(
                    "floor.made" if number == 1 else "lead.note",
                    subjects={"lead": number},
                    after={"demo": False} if number == 1 else None,
                    private="she wants it in June" if number % 5 == 0 else "",
                )
        store.dispose()

    def seen(self) -> Witness:
        """What the supervisor's account stores when it looks now."""
        rows = Rows(self.url)
        found = head(rows)
        rows.close()
        return Witness(
            found.log_id, found.seq, found.hash, START + timedelta(minutes=found.seq, seconds=30)
        )

    def sql(self, *statements: str, guarded: bool = False) -> None:
        """Run statements by hand; unless ``guarded`` the triggers are taken away for it and put
        back."""
        connection = sqlite.driver().connect(self.path)
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in [] if guarded else triggers:
            connection.execute(f"DROP TRIGGER {name}")
        try:
            for statement in statements:
                connection.execute(statement)
            for _, sql in [] if guarded else triggers:
                connection.execute(sql)
            connection.commit()
        finally:
            connection.close()

    def relink(self, first: int) -> None:
        """Compute the chain anew from an entry on."""
        connection = sqlite.driver().connect(self.path)
        log_id = connection.execute("SELECT log_id FROM log_meta").fetchone()[0]
        previous = (
            connection.execute("SELECT hash FROM log WHERE seq = ?", (first - 1,)).fetchone()
            or [bytes(32)]
        )[0]
        hashes = []
        query = (
            "SELECT seq, at, recorded_by, private_hash, body FROM log WHERE seq >= ? ORDER BY seq"
        )
        for seq, at, who, private, body in connection.execute(query, (first,)):
            previous = entry_hash(log_id, previous, seq, at, who, private, body.encode())
            hashes.append(f"UPDATE log SET hash = x'{previous.hex()}' WHERE seq = {seq}")
        connection.close()
        self.sql(*hashes)


EDIT = """UPDATE log SET body = replace(body, '"lead":10', '"lead":11') WHERE seq = 10"""


def edit(floor: Floor) -> None:
    """Change an entry and nothing else."""
    floor.sql(EDIT)


def edit_guarded(floor: Floor) -> None:
    """Change an entry with the triggers in place."""
    floor.sql(EDIT, guarded=True)


def delete(floor: Floor) -> None:
    """Delete an entry."""
    floor.sql("DELETE FROM log WHERE seq = 10")


def relink(floor: Floor) -> None:
    """Change an entry and compute every hash behind it anew."""
    floor.sql(EDIT)
    floor.relink(10)


def relink_after(floor: Floor) -> None:
    """The same, with an entry made after the last witness."""
    floor.sql(EDIT.replace("10", "35").replace("11", "36"))
    floor.relink(35)


def renumber(floor: Floor) -> None:
    """Delete an entry, move the later ones up, compute the chain anew."""
    floor.sql("DELETE FROM log_private WHERE seq = 10", "DELETE FROM log WHERE seq = 10")
    for seq in range(11, LAST + 1):
        floor.sql(
            f"UPDATE log SET seq = {seq - 1} WHERE seq = {seq}",
            f"UPDATE log_private SET seq = {seq - 1} WHERE seq = {seq}",
        )
    floor.relink(10)


def cut(floor: Floor) -> None:
    """Delete the last entries."""
    floor.sql("DELETE FROM log WHERE seq > 25")


def cut_clean(floor: Floor) -> None:
    """Delete the last entries and everything that refers to them."""
    floor.sql(
        "DELETE FROM log WHERE seq > 25",
        "DELETE FROM log_private WHERE seq > 25",
        "DELETE FROM beforeimage WHERE seq > 25",
    )


def cut_after(floor: Floor) -> None:
    """The same, behind the last witness."""
    floor.sql("DELETE FROM log WHERE seq > 35", "DELETE FROM log_private WHERE seq > 35")


def older_copy(floor: Floor) -> None:
    """Put a copy from before back in place; the witness saw more."""
    _remove(floor.path)
    shutil.copyfile(floor.earlier, floor.path)


def older_copy_after(floor: Floor) -> None:
    """Put back the copy that the last witness saw."""
    _remove(floor.path)
    shutil.copyfile(floor.copy, floor.path)


def new_log(floor: Floor) -> None:
    """Make the floor anew, entries and all."""
    _remove(floor.path)
    floor.write(1, LAST)


def backdate(floor: Floor) -> None:
    """Date an entry back and nothing else."""
    floor.sql("UPDATE log SET at = at - 3600000000 WHERE seq = 35")


def backdate_relinked(floor: Floor) -> None:
    """Date an entry before its predecessor and compute the chain anew."""
    floor.sql("UPDATE log SET at = at - 3600000000 WHERE seq = 35")
    floor.relink(35)


def append_backdated(floor: Floor) -> None:
    """Append with the clock set back to the time of the last entry, an hour after a witness saw
    it."""
    floor.witness = Witness(floor.witness.log_id, LAST, floor.seen().hash, START + HOUR * 2)
    floor.write(LAST + 1, LAST + 1)


def insert_or_replace(floor: Floor) -> None:
    """Overwrite an entry with INSERT OR REPLACE."""
    floor.sql(
        (
            "INSERT OR REPLACE INTO log SELECT seq, at, 'other', body, private_hash, hash FROM "
            "log WHERE seq = 10"
        ),
        guarded=True,
    )


def drop_triggers(floor: Floor) -> None:
    """Take the triggers away and leave it at that."""
    floor.sql("DROP TRIGGER log_no_update", "DROP TRIGGER log_no_delete", guarded=True)


def attach(floor: Floor) -> None:
    """Reach the file from another database by ATTACH."""
    connection = sqlite.driver().connect(floor.folder / "other.db")
    connection.execute("ATTACH ? AS floor", (str(floor.path),))
    try:
        connection.execute(EDIT.replace("UPDATE log", "UPDATE floor.log"))
        connection.commit()
    finally:
        connection.close()


def flip_bytes(floor: Floor) -> None:
    """Flip one byte of an entry in the file."""
    data = bytearray(floor.path.read_bytes())
    for at in _all(data, b'"lead":10}'):
        data[at + 7] ^= 1
    floor.path.write_bytes(data)


def remove_wal(floor: Floor) -> None:
    """Remove the write-ahead log of a program that was killed: the entries in it are gone."""
    store = open_store(floor.url)
    with store.write(DANA, START + timedelta(minutes=LAST + 1)) as unit:
        unit.log("lead.note", subjects={"lead": 1}, private="seen, then lost")
    floor.witness = floor.seen()
    wal = floor.path.with_name("leadtui.db-wal")
    assert wal.stat().st_size > 0
    shutil.copyfile(floor.path, floor.folder / "killed.db")
    store.dispose()
    _remove(floor.path)
    shutil.copyfile(floor.folder / "killed.db", floor.path)


def edit_text(floor: Floor) -> None:
    """Change a personal text."""
    floor.sql("UPDATE log_private SET text = 'she never called' WHERE seq = 10")


def delete_text(floor: Floor) -> None:
    """Delete a personal text."""
    floor.sql("DELETE FROM log_private WHERE seq = 10")


def edit_text_relinked(floor: Floor) -> None:
    """Change a personal text and its hash, and compute the chain anew."""
    digest = private_hash(b"0" * 16, "she never called").hex()
    floor.sql(
        (
            f"UPDATE log_private SET salt = x'{(b'0' * 16).hex()}', text = 'she never called' "
            "WHERE seq = 10"
        ),
        f"UPDATE log SET private_hash = x'{digest}' WHERE seq = 10",
    )
    floor.relink(10)


def shift_bytes(floor: Floor) -> None:
    """Move the body's first bytes into private_hash: the same bytes are hashed."""
    floor.sql(
        "UPDATE log SET private_hash = CAST(private_hash || CAST(substr(body, 1, 5) AS BLOB) "
        "AS BLOB), "
        "body = substr(body, 6) WHERE seq = 11"
    )


def salt_text(floor: Floor) -> None:
    """Move the first bytes of a personal text into its salt: the same bytes are hashed."""
    floor.sql(
        "UPDATE log_private SET salt = CAST(salt || CAST(substr(text, 1, 4) AS BLOB) AS BLOB), "
        "text = substr(text, 5) WHERE seq = 10"
    )


def blob_body(floor: Floor) -> None:
    """Store a body as a blob: the same bytes are hashed, and searches pass it by."""
    floor.sql("UPDATE log SET body = CAST(body AS BLOB) WHERE seq = 10")


def beyond_time(floor: Floor) -> None:
    """Date the last entry so far ahead that no calendar has the day."""
    floor.sql(f"UPDATE log SET at = {2**62} WHERE seq = {LAST}")
    floor.relink(LAST)


def plant(floor: Floor) -> None:
    """Put in a trigger that writes with everybody's hands."""
    floor.sql(
        "CREATE TRIGGER grab AFTER INSERT ON log BEGIN UPDATE rep SET role = 'supervisor'; END",
        guarded=True,
    )


def false_index(floor: Floor) -> None:
    """Put another index in place of the one that allows one open question."""
    floor.sql(
        "DROP INDEX obligation_open",
        "CREATE INDEX obligation_open ON obligation (rep_id)",
        guarded=True,
    )


def stand_in(floor: Floor) -> None:
    """Put a view in place of a table."""
    floor.sql(
        "ALTER TABLE donotcall RENAME TO kept",
        "CREATE VIEW donotcall AS SELECT * FROM kept WHERE removed_at IS NOT NULL",
        guarded=True,
    )


def wrong_type(floor: Floor) -> None:
    """Put a text where the time belongs."""
    floor.sql("UPDATE log SET at = 'yesterday' WHERE seq = 10")


@dataclass(frozen=True)
class Attack:
    """One attack, and what the verifier says without a witness, with one from before, and with one
    from after."""

    words: str
    do: Callable[[Floor], None]
    alone: str
    before: str
    after: str


MATRIX = [
    Attack(
        "an entry is changed, with the guards on", edit_guarded, "refused", "refused", "refused"
    ),
    Attack("`INSERT OR REPLACE` over an entry", insert_or_replace, "refused", "refused", "refused"),
    Attack("an entry is changed through `ATTACH`", attach, "refused", "refused", "refused"),
    Attack("the guards (triggers) are dropped and left off", drop_triggers, "said", "said", "said"),
    Attack("an entry is changed", edit, "edited", "edited", "edited"),
    Attack("an entry is deleted", delete, "gap", "gap", "gap"),
    Attack("a byte of an entry is flipped in the file", flip_bytes, "edited", "edited", "edited"),
    Attack("another type is put into a column", wrong_type, "edited", "edited", "edited"),
    Attack(
        "bytes are shifted between two hashed fields",
        shift_bytes,
        "private-edited",
        "private-edited",
        "private-edited",
    ),
    Attack(
        "a personal text's first bytes are moved into its salt",
        salt_text,
        "private-edited",
        "private-edited",
        "private-edited",
    ),
    Attack("a body is stored as a blob", blob_body, "edited", "edited", "edited"),
    Attack("a trigger is planted", plant, "said", "said", "said"),
    Attack("a unique index is replaced by a fake of its name", false_index, "said", "said", "said"),
    Attack("a view is put in place of a table", stand_in, "tables", "tables", "tables"),
    Attack(
        "an entry is dated beyond every calendar, the chain computed anew",
        beyond_time,
        "time",
        "time",
        "time",
    ),
    Attack("an entry is dated back", backdate, "edited", "edited", "edited"),
    Attack(
        "an entry is dated back, the chain computed anew", backdate_relinked, "time", "time", "time"
    ),
    Attack(
        "an entry is made with the clock set back, after a witness",
        append_backdated,
        "",
        "said",
        "",
    ),
    Attack(
        "a personal text is changed",
        edit_text,
        "private-edited",
        "private-edited",
        "private-edited",
    ),
    Attack(
        "a personal text is deleted",
        delete_text,
        "private-edited",
        "private-edited",
        "private-edited",
    ),
    Attack(
        "a personal text is changed, the chain computed anew",
        edit_text_relinked,
        "",
        "relinked",
        "",
    ),
    Attack("an entry is changed, the chain computed anew", relink, "", "relinked", ""),
    Attack(
        "an entry is taken out, the rest renumbered, the chain computed anew",
        renumber,
        "",
        "relinked",
        "",
    ),
    Attack("the same with an entry younger than the last witness", relink_after, "", "", ""),
    Attack("the last entries are cut off", cut, "cut", "cut", "cut"),
    Attack(
        "the last entries are cut off with all that refers to them", cut_clean, "", "older-copy", ""
    ),
    Attack("the same, only entries younger than the last witness", cut_after, "", "", ""),
    Attack("an older copy of the file is put in place", older_copy, "", "older-copy", ""),
    Attack("the copy that the last witness saw is put in place", older_copy_after, "", "", ""),
    Attack("the write-ahead log (`-wal`) is removed", remove_wal, "", "older-copy", ""),
    Attack("the floor is made anew", new_log, "", "other-log", ""),
]


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _all(data: bytearray, part: bytes) -> list[int]:
    found, at = [], data.find(part)
    while at >= 0:
        found.append(at)
        at = data.find(part, at + 1)
    return found


def outcome(floor: Floor, witnesses: list[Witness]) -> str:
    """What a supervisor is told, in one word."""
    found = verify(floor, witnesses, START + 3 * HOUR)
    return found.damage or ("said" if found.findings else "")


@pytest.mark.parametrize("attack", MATRIX, ids=lambda attack: attack.do.__name__)
def test_who_notices(tmp_path, attack):
    """The chain notices what does not hash, a witness what was computed anew; what is younger than
    it, nobody."""
    floor = Floor(tmp_path)
    if attack.alone == "refused":
        with pytest.raises(sqlite.driver().DatabaseError, match=r"append-only|must follow"):
            attack.do(floor)
        assert outcome(floor, [floor.witness]) == ""
        return

    attack.do(floor)

    told = (outcome(floor, []), outcome(floor, [floor.witness]), outcome(floor, [floor.seen()]))

    assert told == (attack.alone, attack.before, attack.after)


def test_the_documented_table_is_what_happens():
    """docs/compliance-log.md shows this matrix word for word."""
    lines = (
        (Path(__file__).parents[3] / "docs" / "compliance-log.md")
        .read_text(encoding="utf-8")
        .splitlines()
    )

    assert [line for line in table() if line not in lines] == []


def table() -> list[str]:
    """The matrix as the rows of a Markdown table."""
    say = {"": "not noticed", "said": "said", "refused": "refused"}
    return [
        f"| {attack.words} | "
        + " | ".join(
            say.get(one, f"**{one}**") for one in (attack.alone, attack.before, attack.after)
        )
        + " |"
        for attack in MATRIX
    ]


def test_the_first_bad_entry_is_named(tmp_path):
    """A supervisor learns which entry, what is wrong with it, and what to do."""
    floor = Floor(tmp_path)
    delete(floor)

    found = verify(floor)

    assert (found.first_bad, found.damage, found.entries) == (10, "gap", 9)
    assert "entry 10 is missing" in found.message
    assert "backup" in found.message


@pytest.mark.parametrize(("last", "words"), [(11, "10 to 11 are"), (13, "10 to 13 are")])
def test_a_gap_is_named_from_its_first_entry_to_its_last(tmp_path, last, words):
    """All that is missing is said, and nothing beside it."""
    floor = Floor(tmp_path)
    floor.sql(f"DELETE FROM log WHERE seq BETWEEN 10 AND {last}")

    found = verify(floor)

    assert (found.first_bad, found.damage) == (10, "gap")
    assert f"entries {words} missing" in found.message


@pytest.mark.parametrize("changed", [10, 25])
def test_what_was_computed_anew_is_said_between_the_witnesses_it_lies_between(tmp_path, changed):
    """Behind the last witness that the log still holds, up to the first that it does not."""
    floor = Floor(tmp_path)
    with closing(Rows(floor.url)) as rows:
        (log_id,) = rows.all("SELECT log_id FROM log_meta")[0]
        hashes = dict(rows.all("SELECT seq, hash FROM log"))
    witnesses = [Witness(log_id, seq, hashes[seq], START) for seq in (5, EARLIER, WITNESSED)]
    floor.sql(f"UPDATE log SET body = replace(body, '\"lead\"', '\"load\"') WHERE seq = {changed}")
    floor.relink(changed)

    found = verify(floor, witnesses, START + HOUR)

    first, last = (6, EARLIER) if changed <= EARLIER else (EARLIER + 1, WITNESSED)
    assert (found.damage, found.first_bad) == ("relinked", last)
    assert f"something from entry {first} to {last} was changed" in found.message


def test_an_erasure_explains_missing_texts_and_only_those_it_names(tmp_path):
    """Texts that an erasure entry names are erased, not damaged; another one beside them is
    damage."""
    from leadtui.store.log.auditing import erase_texts

    floor = Floor(tmp_path)
    store = open_store(floor.url)
    with store.write(Actor(2, "Lee", "lee", "supervisor"), START + HOUR) as unit:
        erase_texts(unit, [10], {})
    store.dispose()
    assert verify(floor).erased == (10,)
    assert verify(floor).ok

    floor.sql("DELETE FROM log_private WHERE seq = 15")

    assert (verify(floor).damage, verify(floor).first_bad) == ("private-edited", 15)


def test_a_flipped_byte_anywhere_in_an_entry_is_found(tmp_path):
    """Whatever byte of a stored entry changes, the chain breaks at that entry."""
    floor = Floor(tmp_path)
    floor.sql("VACUUM", guarded=True)
    body = json.dumps({"lead": 20}, separators=(",", ":")).strip("{").encode()
    data = floor.path.read_bytes()
    place = data.index(body)
    for offset in (-60, -20, -2, 0, 5, len(body) + 1):
        broken = bytearray(data)
        broken[place + offset] ^= 4
        floor.path.write_bytes(broken)
        with suppress(UnicodeDecodeError):
            found = verify(floor)
            assert (found.ok, found.first_bad) == (False, 20)
    floor.path.write_bytes(data)
    assert verify(floor).ok


def test_time_of_a_real_clock_step_is_an_entry(tmp_path):
    """A clock that goes back while leadtui writes is logged, and the log's own time does not go
    back."""
    floor = Floor(tmp_path)
    store = open_store(floor.url)
    with store.write(DANA, START) as unit:
        unit.log("lead.note", subjects={"lead": 1})
    store.dispose()
    rows = Rows(floor.url)

    events = [
        json.loads(row[0])["event"]
        for row in rows.all("SELECT body FROM log WHERE seq > ?", (LAST,))
    ]
    ats = [row[0] for row in rows.all("SELECT at FROM log WHERE seq >= ?", (LAST,))]

    rows.close()
    assert events == ["clock.step", "lead.note"]
    assert ats == [to_micros(START + timedelta(minutes=LAST))] * 3
    assert verify(floor).ok
