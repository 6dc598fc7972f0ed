"""The supervisor's connection cannot write, whatever is asked of it."""

from contextlib import suppress

import pytest

from leadtui.desk.figures.compliance_views import EVERYBODY
from leadtui.errors import LeadtuiError
from leadtui.store.engine import sqlite
from leadtui.store.engine.database import open_store
from leadtui.store.engine.rows import Rows, errors
from tests.engines import START, new_postgres_url
from tests.floors import a_desk, an_actor, lay

WRITES = [
    "INSERT INTO rep (name) VALUES ('x')",
    "UPDATE log SET body = '{}'",
    "DELETE FROM log",
    "REPLACE INTO meta VALUES ('a', 'b')",
    "DROP TABLE log",
    "DROP TRIGGER log_no_update",
    "CREATE TABLE mine (x)",
    "CREATE TEMP TABLE mine (x)",
    "CREATE INDEX mine ON log (at)",
    "ALTER TABLE log RENAME TO gone",
    "ALTER TABLE log DISABLE TRIGGER ALL",
    "TRUNCATE log",
    "COMMIT",
    "VACUUM",
    "VACUUM INTO '{folder}/copy.db'",
    "REINDEX",
    "ANALYZE",
    "SAVEPOINT mine",
    "ATTACH '{path}' AS other",
    "ATTACH '{folder}/new.db' AS other",
    "DETACH main",
    "PRAGMA writable_schema = 1",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA user_version = 7",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA query_only = 0",
    "SET TRANSACTION READ WRITE",
    "SET default_transaction_read_only = off",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "COPY log TO PROGRAM 'true'",
    "LOCK TABLE log",
    "GRANT ALL ON log TO PUBLIC",
    "DO 'BEGIN DELETE FROM log; END'",
    "CALL mine()",
    "BEGIN IMMEDIATE",
    "BEGIN EXCLUSIVE",
    "BEGIN READ WRITE",
    "START TRANSACTION READ WRITE",
    "ROLLBACK; DELETE FROM rep",
    "RELEASE mine",
    "ATTACH ':memory:' AS other",
    "ATTACH 'file:{path}?mode=rwc' AS other",
    "CREATE TEMP TABLE log (seq, at, recorded_by, body)",
    "CREATE TEMP VIEW log AS SELECT 1 AS seq",
    "CREATE TEMP TRIGGER mine AFTER INSERT ON log BEGIN DELETE FROM rep; END",
    "CREATE VIRTUAL TABLE mine USING fts5(x)",
    "INSERT INTO meta VALUES ('a', 'b') ON CONFLICT DO NOTHING",
    "UPDATE sqlite_schema SET sql = ''",
    "DELETE FROM sqlite_schema",
    "PRAGMA writable_schema = ON",
    "PRAGMA trusted_schema = 1",
    "PRAGMA data_version = 7",
    "PRAGMA application_id = 7",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA temp_store_directory = '{folder}'",
    "PRAGMA incremental_vacuum",
    "PRAGMA optimize",
    "PRAGMA foreign_keys = 0",
    "EXPLAIN ANALYZE DELETE FROM rep",
    "PREPARE mine AS DELETE FROM rep",
    "EXECUTE mine",
    "DECLARE mine CURSOR FOR SELECT * FROM rep FOR UPDATE",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'DELETE FROM rep RETURNING 1'",
    "CREATE MATERIALIZED VIEW mine AS SELECT 1",
    "COPY log FROM '{folder}/x'",
    "COMMENT ON TABLE log IS 'mine'",
    "SET ROLE NONE",
    "RESET default_transaction_read_only",
    "ALTER ROLE CURRENT_USER SET default_transaction_read_only = off",
    "ALTER SYSTEM SET default_transaction_read_only = off",
    "VALUES (1)",
    "",
    "/* SELECT */ DELETE FROM rep",
    "-- SELECT\nDELETE FROM rep",
]

HIDDEN_WRITES = [
    "WITH gone AS (DELETE FROM rep RETURNING 1) SELECT * FROM gone",
    "WITH made AS (INSERT INTO meta VALUES ('a', 'b') RETURNING 1) SELECT * FROM made",
    "WITH one AS (SELECT 1) INSERT INTO meta VALUES ('a', 'b')",
    "WITH one AS (SELECT 1) DELETE FROM rep",
    "WITH one AS (SELECT 1) UPDATE rep SET role = 'supervisor'",
    "SELECT * INTO mine FROM log",
    "SELECT 1; DELETE FROM rep",
    "SELECT 1; COMMIT; DELETE FROM rep",
    "SELECT log_append(99, '{}', decode(repeat('00', 32), 'hex'), 0)",
    "SELECT nextval('rep_id_seq')",
    "SELECT setval('rep_id_seq', 1)",
    "SELECT lo_create(0)",
    (
        "SELECT set_config('transaction_read_only', 'off', true), (SELECT log_append(99, '{}', "
        "''::bytea, 0))"
    ),
    "SELECT * FROM rep FOR UPDATE",
    "SELECT load_extension('mine')",
    "SELECT load_extension('mine', 'start')",
    "select LOAD_EXTENSION('mine')",
    "WITH one AS (SELECT 1) REPLACE INTO meta VALUES ('a', 'b')",
    "WITH one AS (SELECT 1) INSERT INTO meta VALUES ('a', 'b') RETURNING *",
    "SELECT * FROM pragma_user_version(7)",
    "SELECT * FROM pragma_writable_schema(1)",
    "SELECT * FROM pragma_journal_mode('delete')",
    "SELECT fts3_tokenizer('mine', x'00')",
    "SELECT query_to_xml('DELETE FROM rep RETURNING 1', true, true, '')",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_import('{path}')",
    "SELECT pg_catalog.lo_unlink(1)",
    "SELECT * FROM dblink('', 'DELETE FROM rep') AS mine (x int)",
    "SELECT * FROM rep FOR SHARE",
    "SELECT writefile('{folder}/x', 'y')",
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def floor(request, tmp_path_factory):
    """A floor and the connection a supervisor gets to it; no test changes it, which each test
    checks."""
    folder = tmp_path_factory.mktemp("floor")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'leadtui.db'}"
    else:
        url = new_postgres_url(request.getfixturevalue("postgres_server"))
    store = open_store(url, create=True, now=START)
    lay(store)
    rows = Rows(store.url)
    yield store, rows, {"path": str(store.path), "folder": str(folder)}
    rows.close()
    store.dispose()


@pytest.fixture(scope="module")
def file_floor(tmp_path_factory):
    """A SQLite floor in a folder of its own."""
    store = open_store(
        f"sqlite:///{tmp_path_factory.mktemp('bare') / 'leadtui.db'}", create=True, now=START
    )
    lay(store)
    yield store
    store.dispose()


def everything(store):
    """The state of the tables that the writes aim at."""
    rows = Rows(store.url)
    found = [
        rows.all(f"SELECT * FROM {table} ORDER BY 1")
        for table in ("log", "log_meta", "rep", "meta")
    ]
    rows.close()
    return [[tuple(map(str, row)) for row in table] for table in found]


@pytest.mark.parametrize("statement", [*WRITES, *HIDDEN_WRITES])
def test_a_statement_that_writes_fails_and_changes_nothing(floor, statement):
    """Asked through the view's own door, each is refused before or by the database."""
    store, rows, places = floor
    before = everything(store)

    with pytest.raises((LeadtuiError, *errors(rows))):
        rows.all(
            statement.format(**places)
            if "{folder}" in statement or "{path}" in statement
            else statement
        )

    assert everything(store) == before
    assert rows.value("SELECT count(*) FROM rep") == 3


@pytest.mark.parametrize("statement", [*WRITES, *HIDDEN_WRITES])
def test_the_sqlite_connection_itself_refuses(file_floor, statement):
    """Past the door, on the bare SQLite connection: read-only mode and the authorizer hold by
    themselves."""
    folder = file_floor.path.parent
    before = everything(file_floor)
    connection = sqlite.open_read_only(file_floor.path)
    statement = statement.replace("{folder}", str(folder)).replace("{path}", str(file_floor.path))

    for run in (connection.execute, connection.executescript):
        with suppress(sqlite.driver().Error, sqlite.driver().Warning):
            run(statement)
        with suppress(sqlite.driver().Error):
            connection.execute("COMMIT")

    connection.close()
    assert everything(file_floor) == before
    assert [path.name for path in folder.iterdir() if path.suffix == ".db"] == ["leadtui.db"]


def test_the_drivers_side_doors_are_shut_too(file_floor):
    """Backup into it, incremental blobs and deserialising cannot change the file either."""
    module = sqlite.driver()
    before = everything(file_floor)
    connection = sqlite.open_read_only(file_floor.path)
    empty = module.connect(":memory:")

    doors = [
        lambda: empty.backup(connection),
        lambda: connection.blobopen("log", "hash", 1, readonly=False).write(bytes(32)),
        lambda: connection.deserialize(empty.serialize()),
        lambda: connection.enable_load_extension(True) or connection.load_extension("x"),
        lambda: connection.executemany("INSERT INTO meta VALUES (?, ?)", [("a", "b")]),
    ]
    for door in doors:
        with suppress(module.Error, AttributeError):
            door()

    assert everything(file_floor) == before


def test_a_default_that_is_turned_off_opens_nothing(floor):
    """PostgreSQL lets a reader set what its next transactions are by default; each look says for
    itself that it reads."""
    _, rows, _ = floor
    turned = (
        "SELECT set_config('default_transaction_read_only', 'off', false), "
        "set_config('role', 'none', "
        "false)"
    )
    with suppress(*errors(rows)):
        rows.all(turned)

    for statement in HIDDEN_WRITES[:5]:
        with pytest.raises((LeadtuiError, *errors(rows))):
            rows.all(statement)

    assert rows.value("SELECT count(*) FROM rep") == 3


def test_every_question_of_the_view_leaves_all_as_it_was(floor, tmp_path):
    """Boards, tables, lists, finding, verifying and exporting: afterwards every table is what it
    was."""
    store, _, _ = floor
    view = a_desk(store, tmp_path).supervise
    before = everything(store)

    view.verify()
    view.board("all")
    view.table("last week")
    view.feed()
    view.entries([1, 2])
    view.lead_entries(1)
    view.rep_entries(1)
    view.show(rep_id=1)
    view.find("dana'; DELETE FROM rep; --")
    view.overdue()
    view.entry(1)
    view.everybody()
    view.export("all", EVERYBODY, "log verified", tmp_path / "report")
    view.close()

    assert everything(store) == before


def test_news_shows_at_once(floor):
    """What a rep commits is there at the supervisor's next look, and the stamp has changed."""
    store, rows, _ = floor
    before, count = rows.stamp(), rows.value("SELECT count(*) FROM log")

    with store.write(an_actor(1), START) as unit:
        unit.log("lead.note", subjects={"lead": 1})

    assert rows.stamp() != before
    assert rows.value("SELECT count(*) FROM log") == count + 1


def test_a_floor_that_is_not_there_is_a_clear_message(tmp_path):
    """No traceback and no empty file where the path is wrong."""
    with pytest.raises(LeadtuiError, match="there is no database"):
        Rows(f"sqlite:///{tmp_path / 'none.db'}")

    assert list(tmp_path.iterdir()) == []
