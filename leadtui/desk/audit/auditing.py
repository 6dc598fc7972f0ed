"""Use cases of the compliance log: verify it, tell and keep its head, export it, correct an entry
by a new one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from leadtui.clock import Clock
from leadtui.desk.audit import tampering
from leadtui.desk.audit.witnesses import Witnesses, places_of, read_witness
from leadtui.desk.core.context import Context
from leadtui.errors import LeadtuiError, NotFound, Refused, WrongUse
from leadtui.files import write_new
from leadtui.store import floor
from leadtui.store.engine.entries import Verification, Witness
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.log import auditing, bodies, replay

RULE = "leadtui-log-v1"
MIN_NOTE = 10
"""A correction that says nothing corrects nothing: so many characters at least."""

EXPORT_PAGE = 5_000

ROWS_UP_TO = 300_000
"""Of a longer log the view does not check the rows by itself: it would be busy for minutes."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    path: Path
    entries: int
    size: int
    head: str


class Auditing:
    """The log of one floor, looked at by one account; reads through a connection that cannot
    write."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        witnesses: Witnesses | None = None,
        *,
        folder: Path | None = None,
    ) -> None:
        self.url = url
        self.clock = clock
        self._rows = Rows(url)
        self.witnesses = witnesses or Witnesses(*places_of(self._rows.place, folder))
        self._verifier: auditing.Verifier | None = None
        self._since: tuple[bytes, int] = (b"", -1)

    def close(self) -> None:
        """Give the connection back."""
        self._rows.close()

    def verify(
        self, *, deep: bool = False, progress: Callable[[int], None] | None = None
    ) -> Verification:
        """Verify against every witness this account ever stored, and store one more only when
        everything holds.

        A second call checks what is new. With ``deep`` the tables are compared with what the log
        says of them."""
        now = self.clock.now()
        found = self._verifier_for().run(progress)
        if found.ok and found.witnesses == 0 and self._is_real():
            found = replace(found, findings=(*found.findings, *self._never_seen(found)))
        if found.ok and deep:
            found = _with_disagreements(found, replay.replay(self._rows))
        if found.ok:
            self._keep(Witness(found.head.log_id, found.head.seq, found.head.hash, now))
        return found

    def _never_seen(self, found: Verification) -> Iterator[str]:
        """A remark where this account knows other logs and never saw this one: moved to another
        place, a floor that was replaced has no name left by which it is known."""
        others = self.witnesses.others(found.head.log_id)
        if others:
            place, name = min(others.items())
            yield (
                f"this account never saw this log ({found.head.log_id.hex()[:8]}) before, and "
                f"keeps witnesses of another ({name[:8]}, at {place}); if this is meant to be "
                "that floor, ask who replaced it"
            )

    def changed_rows(
        self, tick: Callable[[], None] | None = None
    ) -> tuple[replay.Disagreement, ...] | None:
        """Rows that are not as the log left them; ``None`` where the log is too long to look while
        people wait.

        ``tick`` is called now and then and may raise to stop. Only of a log that holds."""
        if auditing.head(self._rows).seq > ROWS_UP_TO:
            return None
        return replay.replay(self._rows, tick=tick)

    @property
    def witnessed_at(self) -> datetime | None:
        """When the newest of the witnesses that were checked, or stored since, was seen."""
        known = self._verifier.witnesses if self._verifier else ()
        return max((witness.seen_at for witness in known), default=None)

    def head(self) -> Witness:
        """The last entry as it stands, unverified, with the time it was seen: what to mail to
        somebody else."""
        found = auditing.head(self._rows)
        return Witness(found.log_id, found.seq, found.hash, self.clock.now())

    def add_witness(self, path: Path) -> Witness:
        """Import a witness from a file; one of another log is refused, since it says that this is
        not that floor."""
        found = read_witness(path)
        mine = auditing.head(self._rows).log_id
        if found.log_id != mine:
            raise LeadtuiError(
                f"{path}: this witness is of log {found.log_id.hex()[:8]}, the floor's log is "
                f"{mine.hex()[:8]}; either "
                "you named the wrong floor with --floor, or somebody replaced this one"
            )
        self.witnesses.add(found, bind=self._is_real())
        self._verifier = None
        return found

    def witness_count(self) -> int:
        """How many witnesses of this log are stored."""
        return self.witnesses.count(auditing.head(self._rows).log_id)

    def export(self, path: Path, *, private: bool = False) -> Exported:
        """Write the log as JSON lines that an outsider can verify with the documented rule.

        Bodies are verbatim, hashes hex; personal texts only with ``private``. Nothing is
        overwritten."""
        tail: dict[str, Any] = {}
        size = write_new(path, self._lines(private=private, tail=tail), 0o600)
        return Exported(path, tail["entries"], size, tail["head"])

    def _lines(self, *, private: bool, tail: dict[str, Any]) -> Iterator[bytes]:
        rows, after, last = self._rows, 0, bytes(32)
        log_id = auditing.head(rows).log_id.hex()
        yield _line(
            {
                "rule": RULE,
                "log_id": log_id,
                "private": private,
                "exported_at": self.clock.now().isoformat(),
            }
        )
        columns = (
            f"l.seq, l.at, {rows.blob('l.recorded_by')}, {rows.blob('l.body')}, "
            "l.private_hash, "
            "l.hash"
        )
        extra = ", p.salt, p.text" if private else ""
        joined = " LEFT JOIN log_private p ON p.seq = l.seq" if private else ""
        query = f"SELECT {columns}{extra} FROM log l{joined} WHERE l.seq > ? ORDER BY l.seq LIMIT ?"  # noqa: S608
        while page := rows.all(query, (after, EXPORT_PAGE)):
            for row in page:
                yield _line(_entry(row))
            after, last = page[-1][0], page[-1][5]
        tail.update(entries=after, head=last.hex())
        yield _line(tail)

    def _keep(self, witness: Witness) -> None:
        if (witness.log_id, witness.seq) != self._since:
            self.witnesses.add(witness, bind=self._is_real())
            self._since = (witness.log_id, witness.seq)
            if self._verifier is not None:
                self._verifier.witnesses += (witness,)

    def _is_real(self) -> bool:
        return not auditing.demo_floor(self._rows)

    def _verifier_for(self) -> auditing.Verifier:
        if self._verifier is None:
            stored = self.witnesses.of(auditing.head(self._rows).log_id)
            self._verifier = auditing.Verifier(self._rows, stored, self.clock.now())
        self._verifier.now = self.clock.now()
        return self._verifier


def correct(context: Context, entry: int, note: str) -> int:
    """Add an entry that corrects an earlier one by naming it, and return its seq; the earlier one
    stays as it is.

    A rep corrects what they did themselves, a supervisor anything. A supervisor's correction also
    takes rows as they are that were changed outside leadtui after that entry: from then on they are
    what the log says; and where the chain is broken at that entry, it lets the floor be written
    again. Who is a supervisor the log says, not the table: a role that was taken with SQL corrects
    nothing. Raises ``WrongUse``, ``NotFound`` and ``Refused``."""
    note = note.strip()
    if len(note) < MIN_NOTE:
        raise WrongUse(
            f"--note {note!r}: say in {MIN_NOTE} characters or more what was wrong and what "
            "is right"
        )
    rows = Rows(context.store.url)
    try:
        query = f"SELECT {rows.blob('body')} FROM log WHERE seq = ?"  # noqa: S608
        body = rows.value(query, (entry,))
    finally:
        rows.close()
    supervisor = context.identity.role == "supervisor"
    if supervisor:
        not_a_usurper(context, entry)
    broken = supervisor and tampering.go_on(context, entry)
    if body is None and not broken:
        raise NotFound(f"the log has no entry {entry}; 'leadtui log show' lists them")
    said = _said(body)
    allowed = supervisor or said.actor == context.identity.id
    taken = _changed_behind(context, entry) if supervisor else {}
    with context.write() as unit:
        if broken:
            floor.set_meta(unit, tampering.ACCEPTED, str(entry))
        subjects = {"entry": entry, "lead": said.subjects.lead, "touch": said.subjects.touch}
        subjects = {key: value for key, value in subjects.items() if value is not None}
        if allowed:
            for table, ids in taken.items():
                unit.changes.accept(table, ids)
            made = unit.log(
                Event.ENTRY_CORRECTED,
                subjects=subjects,
                codes={Code.EVENT: said.event},
                private=note,
            )
        else:
            made = unit.log(
                Event.REFUSED,
                subjects=subjects,
                codes={Code.WHAT: "correcting an entry", Code.RULE: "not_yours"},
            )
    if not allowed:
        raise Refused(
            "not_yours", f"entry {entry} is another's; they or a supervisor can correct it"
        )
    return made


def not_a_usurper(context: Context, entry: int) -> None:
    """Raise ``Refused``, and say so in the log, where the log never made this person a supervisor;
    ``entry`` is what they were about to settle."""
    rows = Rows(context.store.url)
    try:
        role = replay.role_of(rows, context.identity.id, "supervisor")
    finally:
        rows.close()
    if role == "supervisor":
        return
    with context.write() as unit:
        unit.log(
            Event.REFUSED,
            subjects={"entry": entry},
            codes={Code.WHAT: "correcting an entry", Code.RULE: "role_not_logged"},
        )
    raise Refused(
        "role_not_logged",
        f"your row says supervisor, but the log never made you one (it says {role}), so you "
        "correct nothing; let a "
        "supervisor whom the log names do it",
    )


def _said(body: Any) -> bodies.Body:
    """A body as it can be read; one that is damaged or gone says nothing."""
    try:
        return bodies.read(body)
    except bodies.NoEntryError:
        return bodies.Body("")


def _changed_behind(context: Context, entry: int) -> dict[str, list[int]]:
    """Table -> the rows that this entry was the last to speak of, and that are not as it left
    them."""
    found: dict[str, list[int]] = {}
    rows = Rows(context.store.url)
    try:
        _, held = replay.heard(rows)
        for one in held.check(rows):
            if one.seq == entry and one.id and not one.later:
                found.setdefault(one.table, []).append(one.id)
    finally:
        rows.close()
    return found


def _with_disagreements(found: Verification, rows: tuple[replay.Disagreement, ...]) -> Verification:
    if not rows:
        return found
    lines = tuple(f"{where}: {words}" for where, words in _in_order(rows))
    words = "the chain holds, but tables were changed behind it: " + lines[0]
    more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
    first = min((row.seq for row in rows if row.seq), default=None)
    advice = (
        "; keep this database as it is, ask who worked on it, and compare those rows "
        "with the last "
        "backup"
    )
    return replace(
        found,
        ok=False,
        damage="tables",
        first_bad=first,
        message=words + more + advice,
        disagreements=lines,
    )


def _in_order(rows: tuple[replay.Disagreement, ...]) -> list[tuple[str, str]]:
    """``(where, what)`` of each row, those first that give somebody power."""
    told = sorted(map(tampering.told, rows), key=lambda one: one.rank)
    return [(one.where, one.what) for one in told]


def _entry(row: Any) -> dict[str, Any]:
    seq, at, who, body, private, digest = row[:6]
    entry: dict[str, Any] = {
        "seq": seq,
        "at": at,
        **_text("recorded_by", who),
        **_text("body", body),
    }
    entry |= {"private_hash": private.hex(), "hash": digest.hex()}
    if len(row) > 6 and row[6] is not None:
        entry |= {"salt": bytes(row[6]).hex(), "text": row[7]}
    return entry


def _text(name: str, value: bytes) -> dict[str, str]:
    """A stored text; bytes that are no UTF-8 (a damaged file) go out as hex, so that nothing is
    lost or mended."""
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {f"{name}_hex": value.hex()}


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
