"""On PostgreSQL a plain rep cannot touch the log: the function appends, and stamps who and when
itself."""

from datetime import timedelta

import psycopg
import pytest
from psycopg.rows import tuple_row

from leadtui.store.engine import postgres
from leadtui.store.engine.database import open_store
from leadtui.store.engine.entries import Actor
from leadtui.store.log.auditing import verify
from tests.engines import START

FORBIDDEN = [
    "UPDATE log SET body = '{}' WHERE seq = 1",
    "DELETE FROM log",
    "TRUNCATE log",
    (
        "INSERT INTO log (seq, at, recorded_by, body, private_hash, hash) "
        "VALUES (99, 0, 'x', '{}', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), "
        "'hex'))"
    ),
    "MERGE INTO log USING (SELECT 1 AS one) AS s ON log.seq = s.one WHEN MATCHED THEN DELETE",
    "COPY log FROM STDIN",
    "DROP TABLE log",
    "ALTER TABLE log DISABLE TRIGGER ALL",
    "ALTER TABLE log ADD COLUMN note text",
    "CREATE TRIGGER mine BEFORE INSERT ON log EXECUTE FUNCTION log_refuse()",
    "DROP TRIGGER log_no_change ON log",
    (
        "CREATE OR REPLACE FUNCTION log_append(in_seq bigint, in_body text, in_private bytea, "
        "in_at bigint) "
        "RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'"
    ),
    "DROP FUNCTION log_append",
    "CREATE RULE swallow AS ON INSERT TO log DO INSTEAD NOTHING",
    "UPDATE log_meta SET log_id = decode(repeat('00', 16), 'hex')",
    "DELETE FROM log_meta",
    "DELETE FROM log_private",
    "UPDATE log_private SET text = 'other'",
    "SET ROLE leadtui_log",
    "SET session_replication_role = replica",
    "SET SESSION AUTHORIZATION leadtui_log",
    "UPDATE rep SET role = 'supervisor'",
    "DELETE FROM donotcall",
    "CREATE TABLE leadtui_schema_squat (x int)",
]


@pytest.fixture
def floor(postgres_url):
    """A real floor (no demo) with one entry, and the URL of a plain rep's login."""
    store = open_store(postgres_url, create=True, now=START)
    name = "rep_" + postgres_url.split("?")[0].rpartition("/")[2]
    maker = Actor(None, "Maker", "maker", "supervisor")
    with store.write(maker, START) as unit:
        unit.log("floor.made", after={"demo": False}, private="made by hand")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
    with store._writer.begin() as connection:
        postgres.admit(connection, name, "rep")
    yield store, postgres_url.replace("postgres:@", f"{name}:@"), name
    store.dispose()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {name}")
        connection.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_rep_cannot_write_the_log_in_any_other_way(floor, statement):
    """Every direct way to the log, its guards and what decides about roles is refused to a rep's
    login."""
    _, url, _ = floor

    with psycopg.connect(url, autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)


def test_a_reps_entry_is_stamped_by_the_server(floor):
    """On a real floor the server says who and when, whatever the rep's program claims."""
    store, url, name = floor
    theirs = open_store(url)
    liar = Actor(1, "Dana Reyes", "somebody.else", "rep")

    with theirs.write(liar, START + timedelta(days=3650)) as unit:
        seq = unit.log("lead.note", subjects={"lead": 1}, private="called, honestly")
    theirs.dispose()

    with psycopg.connect(url, row_factory=tuple_row) as connection:
        row = connection.execute(
            (
                "SELECT recorded_by, abs(at - (extract(epoch FROM now()) * 1000000)::bigint) FROM "
                "log WHERE seq = %s"
            ),
            (seq,),
        ).fetchone()
    assert row[0] == name
    assert row[1] < 60_000_000
    assert verify(store).ok


def test_a_rep_can_call_the_function_only_for_the_next_entry(floor):
    """An entry in the place of an old one, or beyond the next, is refused by the function
    itself."""
    _, url, _ = floor
    call = "SELECT log_append(%s::bigint, '{}', decode(repeat('00', 32), 'hex'), 0::bigint)"

    for seq in (1, 3, None):
        with psycopg.connect(url, autocommit=True) as connection, pytest.raises(psycopg.Error):
            connection.execute(call, (seq,))


def test_not_even_the_maker_inserts_beside_the_function(floor):
    """The trigger refuses a direct INSERT to an administrator too; only disabling it would help,
    which is seen."""
    store, _, _ = floor

    with psycopg.connect(store.url, autocommit=True) as connection:
        for statement in FORBIDDEN[:4]:
            with pytest.raises(psycopg.Error, match="append-only"):
                connection.execute(statement)
        connection.execute("ALTER TABLE log DISABLE TRIGGER log_no_change")

    assert verify(store).findings == (
        "the trigger that keeps the log append-only is gone; run 'leadtui doctor'",
    )
