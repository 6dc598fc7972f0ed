"""Rows about the floor itself: facts, people, playbook versions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from leadtui.errors import LeadtuiError
from leadtui.store.engine import grants
from leadtui.store.engine.bare import rows_in
from leadtui.store.engine.micros import dated
from leadtui.store.engine.tables import LogMeta, Meta, PlaybookVersion, Rep, TextBody
from leadtui.store.engine.unit_of_work import Unit


def get_meta(session: Session, key: str) -> str:
    """A fact about the floor, read once a session; empty when it was never set."""
    known = session.info.setdefault(Meta, {})
    if key not in known:
        found = rows_in(session, "SELECT value FROM meta WHERE key = :key", {"key": key})
        known[key] = found[0][0] if found else ""
    return str(known[key])


def set_meta(unit: Unit, key: str, value: str) -> None:
    """Set a fact about the floor."""
    unit.session.info.setdefault(Meta, {})[key] = value
    row = unit.session.get(Meta, key)
    if row is None:
        unit.session.add(Meta(key=key, value=value))
    else:
        row.value = value
        unit.session.add(row)


def log_id(session: Session) -> bytes:
    """The 16 random bytes that name this log."""
    return bytes(session.exec(select(LogMeta.log_id)).one())


def keep_text(unit: Unit, body: str) -> str:
    """Keep a text once and return its SHA-256 in hex."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    if unit.session.get(TextBody, digest) is None:
        unit.session.add(TextBody(hash=digest, body=body))
        unit.session.flush()
    return digest


def _keep_texts(unit: Unit, files: Mapping[str, str]) -> dict[str, str]:
    """Keep many texts in two statements; path -> SHA-256."""
    digests = {path: hashlib.sha256(body.encode()).hexdigest() for path, body in files.items()}
    bodies = {digest: files[path] for path, digest in digests.items()}
    there = select(TextBody.hash).where(col(TextBody.hash).in_(list(bodies)))
    kept = set(unit.session.exec(there).all())
    unit.session.add_all(
        TextBody(hash=digest, body=body) for digest, body in bodies.items() if digest not in kept
    )
    unit.session.flush()
    return digests


def get_text(session: Session, digest: str) -> str:
    """A text by its hash; empty when it was erased."""
    row = session.get(TextBody, digest)
    return row.body if row else ""


def playbook_files(session: Session, version: str) -> dict[str, str]:
    """Path -> text of an activated playbook."""
    row = session.get(PlaybookVersion, version)
    if row is None:
        return {}
    wanted = list(set(row.files.values()))
    bodies = {
        text.hash: text.body
        for text in session.exec(select(TextBody).where(col(TextBody.hash).in_(wanted))).all()
    }
    return {path: bodies[digest] for path, digest in row.files.items()}


def keep_playbook(unit: Unit, version: str, files: Mapping[str, str], by_id: int | None) -> None:
    """Store a playbook whole, by hash, and make it the running one."""
    if unit.session.get(PlaybookVersion, version) is None:
        digests = _keep_texts(unit, files)
        unit.session.add(
            PlaybookVersion(hash=version, files=digests, activated_at=unit.now, by_id=by_id)
        )
    set_meta(unit, "playbook", version)


def server_login(session: Session) -> str:
    """Who is at work as PostgreSQL knows it, whatever the client says; empty on SQLite."""
    if session.connection().dialect.name != "postgresql":
        return ""
    return str(session.connection().execute(text("SELECT session_user")).scalar_one())


def rep_by_login(session: Session, login: str) -> Rep | None:
    """The person whom the operating system, or PostgreSQL, knows by this login."""
    return session.exec(select(Rep).where(Rep.login == login)).first()


def admit_login(unit: Unit, login: str, role: str) -> None:
    """On PostgreSQL, give a person's login its rights; on SQLite the file's permissions decide.

    Raises ``LeadtuiError`` where the database knows no such login.
    """
    if unit.connection.dialect.name != "postgresql":
        return
    known = unit.connection.execute(
        text("SELECT 1 FROM pg_roles WHERE rolname = :login"), {"login": login}
    ).scalar()
    if not known:
        raise LeadtuiError(
            f"login {login!r} is no role of this PostgreSQL; let its administrator run 'CREATE "
            f"ROLE {grants.quoted(unit.connection, login)} LOGIN' first"
        )
    grants.admit(unit.connection, login, role)


def find_rep(session: Session, word: str) -> list[Rep]:
    """People by login, full name or first name (case does not count)."""
    from leadtui.text import fold

    key = fold(word)
    rows = session.exec(select(Rep).order_by(col(Rep.id))).all()
    exact = [rep for rep in rows if rep.login == word or rep.name_key == key]
    return exact or [rep for rep in rows if rep.name_key.split(" ")[0] == key]


def reps(session: Session) -> list[Rep]:
    """Everybody, in the order in which they came."""
    return list(session.exec(select(Rep).order_by(col(Rep.id))).all())


def count_log(session: Session) -> int:
    """How many entries the log has."""
    from leadtui.store.engine.tables import LogEntry

    return int(session.exec(select(func.coalesce(func.max(LogEntry.seq), 0))).one())


def first_body(session: Session) -> dict[str, Any]:
    """The body of log entry 1: what decides whether a floor is a demo stands there."""
    import json

    from leadtui.store.engine.tables import LogEntry

    row = session.get(LogEntry, 1)
    return dict(json.loads(row.body)) if row else {}


def last_entry_at(session: Session) -> datetime | None:
    """When the last entry was made; ``None`` for an empty log, and for a time that is none."""
    at = session.connection().execute(text("SELECT at FROM log ORDER BY seq DESC LIMIT 1")).scalar()
    return dated(at)
