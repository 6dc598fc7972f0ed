"""PostgreSQL's side of the log: an append-only table that only a definer function writes, stamped by the server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from leadtui.store.log import seal
from leadtui.store.types import to_micros

LOCK = 0x4C656164
"""The advisory lock every writing transaction takes first: entries are appended one transaction at a time."""

FUNCTION = """
CREATE OR REPLACE FUNCTION log_append(in_seq bigint, in_body text, in_private bytea, in_at bigint)
RETURNS bytea LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $body$
DECLARE
    last record; new_at bigint; new_hash bytea; ident bytea; demo boolean; author text := session_user;
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
        || coalesce(last.hash, decode(repeat('00', 32), 'hex')) || int8send(in_seq) || int8send(new_at)
        || sha256(convert_to(author, 'UTF8')) || in_private || convert_to(in_body, 'UTF8'));
    INSERT INTO log (seq, at, recorded_by, body, private_hash, hash)
    VALUES (in_seq, new_at, author, in_body, in_private, new_hash);
    RETURN new_hash;
END $body$;
"""

GUARD = """
CREATE OR REPLACE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION 'the compliance log is append-only'; END $body$;
CREATE TRIGGER log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON log FOR EACH STATEMENT EXECUTE FUNCTION log_refuse();
"""


def guard(connection: Connection) -> None:
    """Create the append function and the triggers, and where this login may, the role that owns the log."""
    schema = connection.execute(text("SELECT current_schema()")).scalar_one()
    quoted = connection.dialect.identifier_preparer.quote(schema)
    connection.exec_driver_sql(FUNCTION.format(schema=quoted).replace("%", "%%"))
    for statement in (GUARD.split("END $body$;")[0] + "END $body$;", GUARD.split("END $body$;")[1]):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("REVOKE ALL ON FUNCTION log_append FROM PUBLIC")
    _give_away(connection)


def _give_away(connection: Connection) -> None:
    """Hand the log to a NOLOGIN role, so that not even the floor's maker writes it except through the function."""
    may = connection.execute(text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"))
    if not may.scalar():
        return
    me = connection.dialect.identifier_preparer.quote(
        connection.execute(text("SELECT current_user")).scalar_one()
    )
    exists = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = 'leadtui_log'")).scalar()
    if not exists:
        connection.exec_driver_sql("CREATE ROLE leadtui_log NOLOGIN")
    schema = connection.dialect.identifier_preparer.quote(
        connection.execute(text("SELECT current_schema()")).scalar_one()
    )
    for statement in (
        f"GRANT leadtui_log TO {me}",
        f"GRANT USAGE, CREATE ON SCHEMA {schema} TO leadtui_log",
        "GRANT SELECT ON log_meta TO leadtui_log",
        "ALTER TABLE log OWNER TO leadtui_log",
        "ALTER FUNCTION log_append OWNER TO leadtui_log",
        f"REVOKE CREATE ON SCHEMA {schema} FROM leadtui_log",
        f"GRANT SELECT ON log TO {me}",
        f"GRANT EXECUTE ON FUNCTION log_append TO {me}",
    ):
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
        arguments: dict[str, Any] = {"seq": seq, "body": body, "private": hidden, "at": to_micros(now)}
        connection.execute(text("SELECT log_append(:seq, :body, :private, :at)"), arguments)
