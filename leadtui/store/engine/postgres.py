"""PostgreSQL's side of the log: an append-only table that only a definer function writes, which
stamps it by the server's clock and login, and refuses what is not the login's to say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from leadtui.errors import LeadtuiError
from leadtui.store.engine import grants
from leadtui.store.engine.entries import seal
from leadtui.store.engine.places import place_of, server_parts
from leadtui.store.engine.types import to_micros
from leadtui.store.engine.vocabulary import BY_SUPERVISORS, BY_THE_OFFICE, Event

LOCK = 0x4C656164
"""The advisory lock every writing transaction takes first: entries are appended one transaction at
a time."""

PATIENCE = "10s"
"""So long a statement waits for a lock that somebody else holds."""

HELD = (
    f"somebody else has held the database for {PATIENCE}; try again, and if it stays so, let its "
    "administrator see in pg_stat_activity who"
)

DEEPEST = 8
"""An entry's body is no deeper than so many levels."""

APPEND = "log_append(bigint, text, bytea, text, text, bigint)"
BEFORE = "log_append(bigint, text, bytea, bigint)"
"""The function of floors that were made before it checked whose entry it is."""

REFUSAL = """
CREATE OR REPLACE FUNCTION log_refusal(in_seq bigint, in_body text, demo boolean)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = {schema}, pg_temp AS $body$
DECLARE
    said jsonb; me record; maker text; who text;
    parts text[] := '{{actor,after,boot,codes,event,front,hashes,host,os_user,playbook,program,role,
        rows,session,subjects}}';
BEGIN
    BEGIN
        said := in_body::jsonb;
    EXCEPTION WHEN OTHERS THEN
        RETURN 'its body is no JSON';
    END;
    IF jsonb_typeof(said) <> 'object' THEN RETURN 'its body is no JSON object'; END IF;
    IF (SELECT count(*) <> count(DISTINCT key) FROM json_object_keys(in_body::json) AS key) THEN
        RETURN 'its body says something twice';
    END IF;
    IF EXISTS (SELECT FROM jsonb_object_keys(said) AS key WHERE key <> ALL (parts)) THEN
        RETURN 'its body has a part that no entry has';
    END IF;
    IF EXISTS (SELECT FROM jsonb_each(said) AS part WHERE jsonb_typeof(part.value) <> CASE
            WHEN part.key IN ('after', 'codes', 'hashes', 'rows', 'subjects') THEN 'object'
            WHEN part.key = 'actor' THEN 'number' ELSE 'string' END
            AND NOT (part.key = 'actor' AND jsonb_typeof(part.value) = 'null')) THEN
        RETURN 'a part of its body is of another kind';
    END IF;
    IF jsonb_path_exists(said, '$.**{{{deep} to last}}') THEN RETURN 'its body is too deep'; END IF;
    IF jsonb_path_exists(said, '$.** ? (@.type() == "number" && (@.floor() != @
            || @ > 9223372036854775807 || @ < -9223372036854775808))') THEN
        RETURN 'its body has a number that is no whole one of 64 bits';
    END IF;
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN RETURN NULL; END IF;
    IF said ->> 'event' IS NULL OR NOT said ->> 'event' = ANY ('{{{events}}}'::text[]) THEN
        RETURN format('this floor knows no event %L; let its maker open it once with this leadtui',
            left(said ->> 'event', 40));
    END IF;
    IF (said ->> 'event' = 'floor.made') <> (in_seq = 1) THEN
        RETURN 'a floor is made once, by entry 1';
    END IF;
    SELECT tableowner INTO maker FROM pg_tables
        WHERE schemaname = current_schema() AND tablename = 'rep';
    who := said ->> 'actor';
    IF who IS NULL THEN
        RETURN CASE WHEN session_user <> maker THEN 'it names nobody as the one who acted' END;
    END IF;
    IF demo THEN
        RETURN CASE WHEN NOT EXISTS (SELECT FROM rep WHERE id = who::bigint)
            THEN 'it names somebody whom the floor does not know' END;
    END IF;
    SELECT id, role INTO me FROM rep WHERE login = session_user AND active;
    IF me.id IS NULL THEN
        RETURN format('the login %L belongs to nobody on this floor', session_user);
    END IF;
    IF me.id <> who::bigint OR me.role IS DISTINCT FROM said ->> 'role' THEN
        RETURN format('it names another person or role than those of the login %L', session_user);
    END IF;
    IF said ->> 'event' = ANY ('{{{supervisors}}}'::text[]) AND me.role <> 'supervisor'
        AND NOT (said ->> 'event' = 'dnc.removed' AND said #>> '{{codes,by_answer}}' IS NOT NULL)
        OR said ->> 'event' = ANY ('{{{office}}}'::text[]) AND me.role = 'rep' THEN
        RETURN format('%L is no event of a %s', said ->> 'event', me.role);
    END IF;
    RETURN NULL;
END $body$;
"""

FUNCTION = """
CREATE OR REPLACE FUNCTION log_append(in_seq bigint, in_body text, in_salt bytea, in_text text,
    in_images text, in_at bigint)
RETURNS bytea LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $body$
DECLARE
    last record; new_at bigint; new_hash bytea; ident bytea; demo boolean; refusal text;
    private bytea := decode(repeat('00', 32), 'hex');
    author text := session_user;
BEGIN
    SELECT seq, at, hash INTO last FROM log ORDER BY seq DESC LIMIT 1;
    IF in_seq IS DISTINCT FROM coalesce(last.seq, 0) + 1 THEN
        RAISE EXCEPTION 'log: entry % does not follow %', in_seq, coalesce(last.seq, 0);
    END IF;
    SELECT log_id INTO ident FROM log_meta;
    SELECT (body::jsonb -> 'after' ->> 'demo') = 'true' INTO demo FROM log WHERE seq = 1;
    refusal := log_refusal(in_seq, in_body, coalesce(demo, false));
    IF refusal IS NOT NULL THEN RAISE EXCEPTION 'log: %', refusal; END IF;
    IF in_seq = 1 THEN demo := (in_body::jsonb -> 'after' ->> 'demo') = 'true'; END IF;
    IF coalesce(in_text, '') <> '' THEN
        IF length(in_salt) IS DISTINCT FROM 16 THEN
            RAISE EXCEPTION 'log: the salt of a personal text has 16 bytes';
        END IF;
        INSERT INTO log_private (seq, salt, text) VALUES (in_seq, in_salt, in_text);
        private := sha256(in_salt || convert_to(in_text, 'UTF8'));
    END IF;
    IF in_images IS NOT NULL THEN
        IF jsonb_typeof(in_images::jsonb) <> 'array' THEN
            RAISE EXCEPTION 'log: before-images are a list';
        END IF;
        INSERT INTO beforeimage (seq, images) VALUES (in_seq, in_images);
    END IF;
    IF coalesce(demo, false) THEN
        new_at := in_at;
    ELSE
        new_at := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    END IF;
    IF (in_body::jsonb ->> 'event') IS DISTINCT FROM 'clock.settled' THEN
        new_at := greatest(new_at, coalesce(last.at, 0));
    END IF;
    new_hash := sha256(convert_to('leadtui-log-v1', 'UTF8') || '\\x00'::bytea || ident
        || coalesce(last.hash, decode(repeat('00', 32), 'hex'))
        || int8send(in_seq) || int8send(new_at)
        || sha256(convert_to(author, 'UTF8')) || private || convert_to(in_body, 'UTF8'));
    INSERT INTO log (seq, at, recorded_by, body, private_hash, hash)
    VALUES (in_seq, new_at, author, in_body, private, new_hash);
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
    "DROP TRIGGER IF EXISTS log_no_change ON log",
    (
        "CREATE TRIGGER log_no_change BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON log "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()"
    ),
    "DROP TRIGGER IF EXISTS log_meta_no_change ON log_meta",
    (
        "CREATE TRIGGER log_meta_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON log_meta "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()"
    ),
)

_APPEND = text(
    "SELECT log_append(CAST(:seq AS bigint), CAST(:body AS text), CAST(:salt AS bytea), "
    "CAST(:private AS text), CAST(:images AS text), CAST(:at AS bigint))"
)


def guard(connection: Connection) -> None:
    """Create the append function and the triggers, and the role that owns the log.

    Raises ``LeadtuiError`` where this login can make no roles: the log would be its own to
    rewrite."""
    schema = grants.schema_of(connection)
    with grants.as_keeper(connection) as keeper:
        for statement in (*_functions(schema), *GUARDS):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        grants.give_away(connection, keeper, APPEND)
        words = _fingerprint(schema)
        connection.exec_driver_sql(f"COMMENT ON FUNCTION {APPEND} IS '{words}'")
    grants.fence(connection)


def _functions(schema: str) -> tuple[str, ...]:
    refusal = REFUSAL.format(
        schema=schema,
        deep=DEEPEST + 1,
        events=",".join(Event),
        supervisors=",".join(sorted(BY_SUPERVISORS)),
        office=",".join(sorted(BY_THE_OFFICE)),
    )
    return f"DROP FUNCTION IF EXISTS {BEFORE}", refusal, FUNCTION.format(schema=schema), REFUSE


def _fingerprint(schema: str) -> str:
    said = repr((_functions(schema), GUARDS, grants.FENCES, grants.RIGHTS))
    return f"leadtui {hashlib.sha256(said.encode()).hexdigest()[:16]}"


def keep_current(connection: Connection, place: str) -> None:
    """Renew what stands on the server where it is another leadtui's, if this login may.

    Raises ``LeadtuiError`` where this program cannot append to the log as it is."""
    schema = grants.schema_of(connection)
    found = connection.execute(
        text("SELECT to_regprocedure(:name), obj_description(to_regprocedure(:name), 'pg_proc')"),
        {"name": APPEND},
    ).one()
    if found[1] == _fingerprint(schema):
        return
    if grants.is_maker(connection):
        guard(connection)
        grants.admit_again(connection)
    elif found[0] is None:
        raise LeadtuiError(
            f"{place}: this floor was made by an older leadtui; let its maker "
            f"({grants.maker_of(connection)}) open it once with this one"
        )


def options_of(url: str, *more: str) -> str:
    """The options of a connection to ``url``: its own, a bound on waiting for locks, and
    ``more``."""
    own = str(server_parts(url).get("options") or "")
    return " ".join(filter(None, (own, f"-c lock_timeout={PATIENCE}", *more)))


def refusal_in(error: BaseException | None, url: str) -> str:
    """The sentence for what the server refuses to this login; empty for any other error."""
    said = (str(error).strip().splitlines() or [""])[0]
    if said.startswith("log: "):
        return f"not saved: the log refuses this entry, since {said.removeprefix('log: ')}"
    if getattr(error, "sqlstate", "") == "42501":
        return (
            f"{place_of(url)}: PostgreSQL does not let your login do this ({said}); ask the "
            "floor's maker, or a supervisor whose work it is"
        )
    return ""


def append(
    connection: Connection,
    entries: Sequence[tuple[int, str, str]],
    images: str | None,
    now: datetime,
) -> None:
    """Append ``(seq, body, personal text)`` entries through the definer function, in order;
    ``images`` are the before-images of the last."""
    last = entries[-1][0]
    for seq, body, private in entries:
        arguments: dict[str, Any] = {
            "seq": seq,
            "body": body,
            "salt": seal(private)[0],
            "private": private,
            "images": images if seq == last else None,
            "at": to_micros(now),
        }
        connection.execute(_APPEND, arguments)
