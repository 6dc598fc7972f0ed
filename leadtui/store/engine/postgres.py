"""PostgreSQL's side of the log: an append-only table that only a definer function writes, stamped
by the server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from leadtui.store.engine.entries import seal
from leadtui.store.engine.types import to_micros

LOCK = 0x4C656164
"""The advisory lock every writing transaction takes first: entries are appended one transaction at
a time."""

FUNCTION = """
CREATE OR REPLACE FUNCTION log_append(in_seq bigint, in_body text, in_private bytea, in_at bigint)
RETURNS bytea LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $body$
DECLARE
    last record; new_at bigint; new_hash bytea; ident bytea; demo boolean;
    author text := session_user;
BEGIN
    SELECT seq, at, hash INTO last FROM log ORDER BY seq DESC LIMIT 1;
    IF in_seq <> coalesce(last.seq, 0) + 1 THEN
        RAISE EXCEPTION 'log: entry % does not follow %', in_seq, coalesce(last.seq, 0);
    END IF;
    SELECT log_id INTO ident FROM log_meta;
    SELECT (body::jsonb -> 'after' ->> 'demo') = 'true' INTO demo FROM log WHERE seq = 1;
    IF in_seq = 1 THEN demo := (in_body::jsonb -> 'after' ->> 'demo') = 'true'; END IF;
    IF coalesce(demo, false) THEN
        new_at := in_at;
    ELSE
        new_at := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    END IF;
    new_at := greatest(new_at, coalesce(last.at, 0));
    new_hash := sha256(convert_to('leadtui-log-v1', 'UTF8') || '\\x00'::bytea || ident
        || coalesce(last.hash, decode(repeat('00', 32), 'hex'))
        || int8send(in_seq) || int8send(new_at)
        || sha256(convert_to(author, 'UTF8')) || in_private || convert_to(in_body, 'UTF8'));
    INSERT INTO log (seq, at, recorded_by, body, private_hash, hash)
    VALUES (in_seq, new_at, author, in_body, in_private, new_hash);
    RETURN new_hash;
END $body$;
"""

REFUSE = """
CREATE OR REPLACE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT'
        AND current_user = (SELECT relowner::regrole::name FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the compliance log is append-only, and only log_append writes it';
END $body$;
"""

GUARDS = (
    (
        "CREATE TRIGGER log_no_change BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON log "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()"
    ),
    (
        "CREATE TRIGGER log_meta_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON log_meta "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()"
    ),
)

READ_ONLY = frozenset(("log", "log_meta", "migration"))
APPEND_ONLY = frozenset(("log_private", "beforeimage"))


def guard(connection: Connection) -> None:
    """Create the append function and the triggers, and where this login may, the role that owns the
    log."""
    connection.exec_driver_sql(FUNCTION.format(schema=_schema(connection)).replace("%", "%%"))
    connection.exec_driver_sql(REFUSE)
    for statement in GUARDS:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("REVOKE ALL ON FUNCTION log_append FROM PUBLIC")
    _give_away(connection)


def _schema(connection: Connection) -> str:
    return _quoted(connection, connection.execute(text("SELECT current_schema()")).scalar_one())


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _give_away(connection: Connection) -> None:
    """Hand the log to a NOLOGIN role, so that not even the floor's maker writes it except through
    the function.

    The membership that this needs is given back at the end. Who may create roles can take it again:
    whoever administers the server is trusted."""
    may = connection.execute(
        text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    )
    if not may.scalar():
        return
    me, schema = (
        _quoted(connection, connection.execute(text("SELECT current_user")).scalar_one()),
        _schema(connection),
    )
    if not connection.execute(
        text("SELECT 1 FROM pg_roles WHERE rolname = 'leadtui_log'")
    ).scalar():
        connection.exec_driver_sql("CREATE ROLE leadtui_log NOLOGIN")
    for statement in (
        f"GRANT leadtui_log TO {me}",
        f"GRANT USAGE, CREATE ON SCHEMA {schema} TO leadtui_log",
        "ALTER TABLE log OWNER TO leadtui_log",
        "ALTER TABLE log_meta OWNER TO leadtui_log",
        "ALTER FUNCTION log_append OWNER TO leadtui_log",
        "ALTER FUNCTION log_refuse OWNER TO leadtui_log",
        f"REVOKE CREATE ON SCHEMA {schema} FROM leadtui_log",
        f"GRANT SELECT ON log, log_meta TO {me} WITH GRANT OPTION",
        f"GRANT EXECUTE ON FUNCTION log_append TO {me} WITH GRANT OPTION",
        f"REVOKE leadtui_log FROM {me}",
    ):
        connection.exec_driver_sql(statement)


def admit(connection: Connection, login: str, role: str) -> None:
    """Let the PostgreSQL role ``login`` work on this floor as ``rep``, ``supervisor`` or
    ``marketer``.

    Nobody gets more on the log than reading it and calling ``log_append``. Only supervisors change
    who is who and delete personal texts (an erasure). The login must exist; its maker is the
    database's administrator."""
    from sqlmodel import SQLModel

    name, schema = _quoted(connection, login), _schema(connection)
    supervisor = role == "supervisor"
    grants = [
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"GRANT EXECUTE ON FUNCTION log_append TO {name}",
    ]
    for table in sorted(SQLModel.metadata.tables):
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if table in READ_ONLY:
            rights = "SELECT"
        elif table in APPEND_ONLY:
            rights = "SELECT, INSERT" + (", DELETE" if supervisor else "")
        elif table == "donotcall":
            rights = "SELECT, INSERT, UPDATE"
        elif table == "rep" and not supervisor:
            rights = "SELECT, UPDATE (settings, away_from, away_until, cover_id)"
        grants.append(f"GRANT {rights} ON {_quoted(connection, table)} TO {name}")
    grants.append(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}")
    for statement in grants:
        connection.exec_driver_sql(statement)


def append(connection: Connection, entries: list[tuple[int, str, str]], now: datetime) -> None:
    """Append ``(seq, body, private text)`` entries through the definer function, in order."""
    for seq, body, private in entries:
        salt, hidden = seal(private)
        if private:
            connection.execute(
                text("INSERT INTO log_private (seq, salt, text) VALUES (:seq, :salt, :text)"),
                {"seq": seq, "salt": salt, "text": private},
            )
        arguments: dict[str, Any] = {
            "seq": seq,
            "body": body,
            "private": hidden,
            "at": to_micros(now),
        }
        connection.execute(text("SELECT log_append(:seq, :body, :private, :at)"), arguments)
