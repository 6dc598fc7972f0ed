"""Opening a floor's database: which ones are refused, and a migration that is killed leaves the old
schema or the new."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from leadtui.errors import LeadtuiError
from leadtui.store.engine import migrations, sqlite
from leadtui.store.engine.database import open_store
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import Lead, Obligation, Rep, Touch
from tests.engines import START

ACTOR = Actor(None, "Dana Reyes", "dana", "supervisor")

PLAY = """
import os, sys
from datetime import UTC, datetime
from leadtui.store.engine import migrations
from leadtui.store.engine.database import open_store

def second(connection):
    print(f"begun {os.getpid()}", flush=True)
    connection.exec_driver_sql("CREATE TABLE extra (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    for number in range(400):
        row = f"{number}, 'name {number}'"
        connection.exec_driver_sql(f"INSERT INTO extra (id, name) VALUES ({row})")
    connection.exec_driver_sql("ALTER TABLE lead ADD COLUMN nickname TEXT NOT NULL DEFAULT ''")
    connection.exec_driver_sql("UPDATE lead SET nickname = name_key")
    connection.exec_driver_sql("CREATE INDEX extra_name ON extra (name)")

after = len(migrations.STEPS) + 1
migrations.STEPS = (*migrations.STEPS, migrations.Step(after, "the second", second))
migrations.pending.__defaults__ = (migrations.STEPS,)
for line in sys.stdin:  # a child for each floor, so that what is heavy is imported once
    child = os.fork()
    if not child:
        open_store(line.strip(), now=datetime(2026, 11, 23, 15, 0, tzinfo=UTC)).dispose()
        os._exit(0)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


@pytest.fixture
def nursery():
    """A program that migrates one floor after another, each in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", PLAY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as program:

        def migrate(url, kill_after=None):
            program.stdin.write(f"{url}\n")
            said = program.stdout.readline().split()
            if kill_after is not None:
                time.sleep(kill_after)
                with suppress(ProcessLookupError):
                    os.kill(int(said[1]), signal.SIGKILL)
            while said != ["over"]:
                said = program.stdout.readline().split()

        yield migrate
        program.stdin.close()


def schema(url: str) -> tuple[int, bool, bool, bool]:
    """The recorded number, and which parts of the second migration are there."""
    store = open_store(url) if not _newer(url) else None
    if store is not None:
        store.dispose()
    module = sqlite.driver()
    connection = module.connect(url.removeprefix("sqlite:///"))
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        columns = {row[1] for row in connection.execute("PRAGMA table_info(lead)")}
        number = connection.execute("SELECT max(number) FROM migration").fetchone()[0]
        full = (
            "extra" in names
            and connection.execute("SELECT count(*) FROM extra").fetchone()[0] == 400
        )
        return number, full, "extra_name" in names, "nickname" in columns
    finally:
        connection.close()


def _newer(url: str) -> bool:
    connection = sqlite.driver().connect(url.removeprefix("sqlite:///"))
    try:
        return connection.execute("SELECT max(number) FROM migration").fetchone()[0] > len(
            migrations.STEPS
        )
    finally:
        connection.close()


def a_database(folder, name="leadtui.db") -> str:
    """A laid SQLite database with some leads."""
    url = f"sqlite:///{folder / name}"
    store = open_store(url, create=True, now=START)
    with store._writer.begin() as connection:
        for number in range(50):
            connection.execute(
                text(
                    "INSERT INTO rep (name, name_key, login, email, phone, role, team, "
                    "active, weight, capacity, "
                    "settings, "
                    "created_at) VALUES (:n, :n, :n, '', '', 'rep', '', 1, 1, 60, '{}', 0)"
                ),
                {"n": f"rep {number}"},
            )
    store.dispose()
    return url


def test_a_migration_killed_half_way_leaves_the_old_schema_or_the_new(tmp_path, nursery):
    """Forty kills at moments chosen at random: never a table without its rows, a column without its
    record."""
    chance, old, new = random.Random(7), len(migrations.STEPS), len(migrations.STEPS) + 1
    template = Path(a_database(tmp_path, "template.db").removeprefix("sqlite:///")).read_bytes()
    found = []
    for number in range(40):
        path = tmp_path / f"floor-{number}.db"
        path.write_bytes(template)
        nursery(f"sqlite:///{path}", kill_after=chance.uniform(0, 0.06))
        found.append(schema(f"sqlite:///{path}"))

    assert set(found) <= {(old, False, False, False), (new, True, True, True)}
    assert (old, False, False, False) in found


def test_a_migration_runs_once_and_is_recorded(tmp_path, nursery):
    """A second start finds nothing to do."""
    url = a_database(tmp_path)
    nursery(url)
    nursery(url)

    assert schema(url) == (len(migrations.STEPS) + 1, True, True, True)


def test_a_step_that_fails_leaves_nothing_behind(store, monkeypatch):
    """On both engines a migration is one transaction, its record included."""

    def broken(connection):
        connection.exec_driver_sql("CREATE TABLE extra (id INTEGER)")
        raise LeadtuiError("no")

    number = len(migrations.STEPS) + 1
    steps = (*migrations.STEPS, migrations.Step(number, "broken", broken))
    monkeypatch.setattr(store, "_pending", lambda: steps[-1:])

    with pytest.raises(LeadtuiError):
        store.migrate(START)

    with store.read() as session:
        assert migrations.version(session.connection()) == number - 1
        with pytest.raises(Exception, match="extra"):
            session.connection().execute(text("SELECT * FROM extra"))


def test_a_newer_database_is_refused_by_name(store):
    """On both engines: which schema it has, which this program knows, and what to do."""
    with store._writer.begin() as connection:
        connection.execute(
            text("INSERT INTO migration (number, name, at) VALUES (99, 'to come', 0)")
        )

    with pytest.raises(
        LeadtuiError, match=r"schema 99, this program knows up to \d+; install a newer leadtui"
    ):
        open_store(store.url)


def test_a_file_of_another_program_is_refused_and_left_alone(tmp_path):
    """A database that is not ours, a file that is none, and a file that is damaged."""
    path = tmp_path / "other.db"
    connection = sqlite.driver().connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LeadtuiError, match="not a leadtui database"):
        open_store(f"sqlite:///{path}", now=START)
    assert path.read_bytes() == before

    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this is no database at all, whatever its name says" * 50)
    with pytest.raises(LeadtuiError, match="damaged"):
        open_store(f"sqlite:///{junk}", now=START)
    assert junk.read_bytes().startswith(b"this is no database")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nowhere/at/all.db", "there is no database"),
        ("mysql://root@localhost/x", "neither sqlite:///FILE nor postgresql://"),
        ("", "neither sqlite:///FILE"),
        ("postgresql://nobody@127.0.0.1:1/nothing", "does not answer"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_sentence(url, words):
    """What, where, and what to do."""
    with pytest.raises(LeadtuiError, match=words) as caught:
        open_store(url, now=START)
    assert "\n" not in str(caught.value)


def test_an_empty_file_is_no_floor(tmp_path):
    """A file that somebody touched is not laid over by accident."""
    path = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(LeadtuiError, match="empty; make a floor"):
        open_store(f"sqlite:///{path}", now=START)


def test_an_empty_database_is_laid_only_by_who_makes_a_floor(engine_url):
    """A database named by mistake is left as it is, on both engines."""
    if engine_url.startswith("sqlite"):
        Path(engine_url.removeprefix("sqlite:///")).touch()
    with pytest.raises(LeadtuiError, match="empty; make a floor"):
        open_store(engine_url, now=START)

    open_store(engine_url, create=True, now=START).dispose()
    open_store(engine_url, now=START).dispose()


def test_another_programs_tables_on_a_server_are_left_alone(postgres_url):
    """Ours would mix with theirs: a floor wants a database, or a schema, of its own."""
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE lead (id int)")

    for create in (False, True):
        with pytest.raises(LeadtuiError, match="not a leadtui database"):
            open_store(postgres_url, create=create, now=START)
    with psycopg.connect(postgres_url) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert count == 1


def test_a_network_file_system_is_refused(tmp_path, monkeypatch):
    """Where SQLite loses data."""
    monkeypatch.setattr(sqlite, "file_system", lambda path: "nfs4")
    with pytest.raises(LeadtuiError, match="network file system"):
        open_store(f"sqlite:///{tmp_path / 'leadtui.db'}", create=True, now=START)


def test_this_machines_file_system_is_known(tmp_path):
    """The mount table names the one that holds a folder."""
    if not Path("/proc/mounts").exists():
        assert sqlite.file_system(tmp_path) == ""
    else:
        assert sqlite.file_system(tmp_path) not in {"", *sqlite.NETWORK_FILE_SYSTEMS}


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 9), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_builds_that_corrupt_a_wal_database_get_a_rollback_journal(version, safe):
    """3.51.3, 3.50.7, 3.44.6 and their followers are safe; the others pay for safety with speed."""
    assert sqlite.wal_is_safe(version) is safe
    wanted = (
        ("journal_mode=WAL", "synchronous=FULL")
        if safe
        else ("journal_mode=DELETE", "synchronous=EXTRA")
    )
    assert set(wanted) <= set(sqlite.pragmas(version))


def test_every_connection_has_the_settings_that_safety_rests_on(tmp_path):
    """Readers and writers alike, with the newer of the two SQLite builds."""
    import sqlite3

    store = open_store(f"sqlite:///{tmp_path / 'leadtui.db'}", create=True, now=START)
    try:
        for engine in (store._writer, store._reader):
            with engine.connect() as connection:
                ask = lambda name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                assert ask("application_id") == sqlite.APPLICATION_ID
                assert (ask("foreign_keys"), ask("recursive_triggers"), ask("trusted_schema")) == (
                    1,
                    1,
                    0,
                )
                assert ask("busy_timeout") == 30_000
                wal = sqlite.wal_is_safe(sqlite.driver().sqlite_version_info)
                assert (ask("journal_mode"), ask("synchronous")) == (
                    ("wal", 2) if wal else ("delete", 3)
                )
        assert sqlite.driver().sqlite_version_info >= sqlite3.sqlite_version_info
    finally:
        store.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET body = '{}' WHERE seq = 1",
        "DELETE FROM log",
        (
            "INSERT INTO log (seq, at, recorded_by, body, private_hash, hash) VALUES (5, 0, '', "
            "'{}', x'00', "
            "zeroblob(32))"
        ),
        (
            "INSERT OR REPLACE INTO log (seq, at, recorded_by, body, private_hash, hash) VALUES "
            "(1, 0, '', '{}', x'00', "
            "zeroblob(32))"
        ),
        "UPDATE log_meta SET log_id = x'00'",
        "DELETE FROM log_meta",
    ],
)
def test_sqlite_keeps_the_log_append_only(tmp_path, statement):
    """Its triggers refuse what a slip or a script would do; the chain shows what removes them."""
    store = open_store(f"sqlite:///{tmp_path / 'leadtui.db'}", create=True, now=START)
    with store.write(ACTOR, START) as unit:
        unit.log("floor.made")
    try:
        with (
            pytest.raises(Exception, match=r"append-only|follow the last|identity"),
            store._writer.begin() as connection,
        ):
            connection.exec_driver_sql(statement)
    finally:
        store.dispose()


def test_the_first_schema_becomes_todays(store):
    """On both engines: an open question keeps the lease it was started under, and a second call in
    may stand beside."""
    with store._writer.begin() as connection:
        connection.execute(text("ALTER TABLE obligation DROP COLUMN lease_token"))
        connection.execute(text("DROP INDEX touch_front"))
        connection.execute(
            text(
                "CREATE UNIQUE INDEX touch_front ON touch (lead_id) WHERE state IN ('open', "
                "'started')"
            )
        )
        connection.execute(text("DELETE FROM migration WHERE number > 1"))
    with store.write(ACTOR, START) as unit:
        rep = Rep(name="Dana", name_key="dana", login="dana", created_at=START)
        lead = Lead(
            full_name="Jane", name_key="jane", lease_token=7, created_at=START, updated_at=START
        )
        unit.session.add_all([rep, lead])
        unit.session.flush()
        touch = Touch(
            lead_id=lead.id,
            channel="call",
            title="Call",
            state="started",
            due=START,
            created_at=START,
        )
        unit.session.add(touch)
        unit.session.flush()
        unit.connection.execute(
            text(
                "INSERT INTO obligation (rep_id, lead_id, touch_id, inbound, action, "
                "front_end, out_of_turn, "
                "started_at, "
                "outcome, answer, reason, draft) VALUES (:rep, :lead, :touch, 0, 'call', "
                "'test', '', 0, '', '', '', "
                "'{}')"
            ),
            {"rep": rep.id, "lead": lead.id, "touch": touch.id},
        )
        unit.log("test")

    store.migrate(START)

    with store.write(ACTOR, START) as unit:
        assert migrations.version(unit.connection) == len(migrations.STEPS)
        (obligation,) = unit.session.exec(select(Obligation)).all()
        assert obligation.lease_token == 7
        unit.session.add(
            Touch(
                lead_id=obligation.lead_id,
                channel="call",
                title="Inbound call",
                state="started",
                kind="inbound",
                due=START,
                created_at=START,
            )
        )
        unit.session.flush()
        unit.log("test")
    two = Touch(
        lead_id=obligation.lead_id,
        channel="call",
        title="Call",
        state="open",
        due=START,
        created_at=START,
    )
    with store.read() as session:
        session.add(two)
        with pytest.raises(IntegrityError):
            session.flush()
