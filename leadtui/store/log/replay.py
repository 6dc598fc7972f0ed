"""Replaying the log against the tables: rows that say something else than the last entry about
them.

Editing a touch, an owner or a do-not-call row does not touch the chain; this is what finds it.
``held.py`` compares whole rows with the digests in the entries. What is checked here follows from
what entries mean: a touch that claims to be done must have been confirmed, whoever wrote the row
and however."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import from_micros
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.log.kept_texts import playbook
from leadtui.store.log.row_check import Disagreement, Held

PAGE = 5_000
OVER = frozenset(("done", "started"))
"""States of a touch that only a logged action of a rep brings about."""


@dataclass
class Said:
    """The last after-values of everything the log names; a value is ``(what, seq)``."""

    touches: dict[int, tuple[str, int]] = field(default_factory=dict)
    touch_owners: dict[int, tuple[int, int]] = field(default_factory=dict)
    dues: dict[int, tuple[str, int]] = field(default_factory=dict)
    lead_seen: dict[int, int] = field(default_factory=dict)
    lead_owners: dict[int, tuple[int, int]] = field(default_factory=dict)
    roles: dict[int, tuple[str, int]] = field(default_factory=dict)
    answers: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    """Obligation -> answer (empty: open), outcome, seq."""
    blocked: dict[int, int] = field(default_factory=dict)
    """Lead that asked not to be called -> seq."""
    playbook: tuple[str, int] = ("", 0)
    """The version that was activated last."""
    numbers: dict[int, tuple[bool, int]] = field(default_factory=dict)
    """Do-not-call row -> stands, seq."""


def replay(
    rows: Rows, blocking: Iterable[str] = ("DO_NOT_CALL",), tick: Callable[[], None] | None = None
) -> tuple[Disagreement, ...]:
    """Every disagreement between log and tables; ``blocking`` are the outcomes that put a person on
    do-not-call.

    ``tick`` is called once for each page of the log; it may raise to stop.

    Others may write meanwhile: what then seems to disagree is looked at once more, in one snapshot.
    Memory grows with the rows that the log names, not with the log."""
    last = rows.value("SELECT max(seq) FROM log")
    found = _replayed(rows, frozenset(blocking), tick)
    if found and rows.value("SELECT max(seq) FROM log") != last:
        with rows.snapshot():
            found = _replayed(rows, frozenset(blocking), tick)
    return found


def _replayed(
    rows: Rows, codes: frozenset[str], tick: Callable[[], None] | None
) -> tuple[Disagreement, ...]:
    said, held = heard(rows, codes, tick)
    found = tuple(held.check(rows))
    earlier = tuple(one for one in found if one.later)
    known = {(one.table, one.id, one.column): one for one in found if not one.later}
    for one in (
        *_touches(rows, said),
        *_obligations(rows, said),
        *_owners(rows, said),
        *_roles(rows, said),
        *_do_not_call(rows, said),
        *playbook(rows, said.playbook),
    ):
        # What a digest found is told once; what a supervisor took as it is, is no longer what
        # earlier entries say.
        if (one.table, one.id) not in held.accepted:
            known.setdefault((one.table, one.id, one.column), one)
    worded = {(one.table, one.id) for one in known.values() if one.column != "row"}
    now = (
        one for one in known.values() if one.column != "row" or (one.table, one.id) not in worded
    )
    return (*earlier, *now)


def heard(
    rows: Rows, blocking: frozenset[str] = frozenset(), tick: Callable[[], None] | None = None
) -> tuple[Said, Held]:
    """Everything the log says, read once from its first entry to its last."""
    said, held, after = Said(), Held(), 0
    while page := rows.all(
        "SELECT seq, body FROM log WHERE seq > ? ORDER BY seq LIMIT ?", (after, PAGE)
    ):
        for seq, body in page:
            entry = json.loads(body)
            _take(said, seq, entry, blocking)
            if entry["event"] == Event.PLAYBOOK_ACTIVATED:
                said.playbook = (str((entry.get("after") or {}).get("playbook", "")), seq)
            held.take(seq, entry)
        after = page[-1][0]
        if tick is not None:
            tick()
    return said, held


def role_of(rows: Rows, rep_id: int, claimed: str) -> str:
    """The role that the log gave somebody, whatever their row says now; ``claimed`` where the log
    never said one.

    Bodies that are no entries any more are passed over: this is asked of damaged logs too."""
    held, after = Held(), 0
    while page := rows.all(
        "SELECT seq, body FROM log WHERE seq > ? ORDER BY seq LIMIT ?", (after, PAGE)
    ):
        for seq, body in page:
            with suppress(ValueError, TypeError, KeyError, AttributeError):
                held.take(seq, json.loads(body))
        after = page[-1][0]
    return held.role_of(rep_id, claimed)


def _take(said: Said, seq: int, entry: dict[str, Any], blocking: frozenset[str]) -> None:
    subjects, after, codes = (entry.get(key) or {} for key in ("subjects", "after", "codes"))
    touch, lead, obligation, event = (
        subjects.get("touch"),
        subjects.get("lead"),
        subjects.get("obligation"),
        entry["event"],
    )
    if lead is not None:
        said.lead_seen[lead] = seq
    if touch is not None:
        if "touch" in after:
            said.touches[touch] = (str(after["touch"]), seq)
        if after.get("owner") is not None:
            said.touch_owners[touch] = (int(after["owner"]), seq)
    elif lead is not None and after.get("owner") is not None:
        said.lead_owners[lead] = (int(after["owner"]), seq)
    if event == Event.TOUCH_DEFERRED and touch is not None and after.get("due"):
        said.dues[touch] = (str(after["due"]), seq)
    if after.get("next") is not None and after.get("next_due"):
        said.dues[int(after["next"])] = (str(after["next_due"]), seq)
    if subjects.get("rep") is not None and "role" in after:
        said.roles[subjects["rep"]] = (str(after["role"]), seq)
    if obligation is not None:
        _take_answer(said, seq, event, obligation, codes)
    if lead is not None and codes.get(Code.OUTCOME) in blocking and codes.get(Code.ANSWER) == "yes":
        said.blocked[lead] = seq
    _take_numbers(said, seq, event, subjects, after)


def _take_answer(said: Said, seq: int, event: str, obligation: int, codes: dict[Code, Any]) -> None:
    if event == Event.TOUCH_STARTED:
        said.answers[obligation] = ("", "", seq)
    elif event == Event.ACTION_CONFIRMED:
        said.answers[obligation] = (
            str(codes.get(Code.ANSWER, "")),
            str(codes.get(Code.OUTCOME, "")),
            seq,
        )


def _take_numbers(
    said: Said, seq: int, event: str, subjects: dict[str, Any], after: dict[str, Any]
) -> None:
    named = after.get("dnc", subjects.get("dnc"))
    for one in named if isinstance(named, list) else [named]:
        if isinstance(one, int) and not isinstance(one, bool):
            said.numbers[one] = (event != Event.DNC_REMOVED, seq)
    if event == Event.DNC_REMOVED and subjects.get("lead") is not None:
        said.blocked.pop(subjects["lead"], None)


def _touches(rows: Rows, said: Said) -> Iterable[Disagreement]:
    last, seen = 0, set()
    query = (
        "SELECT id, state, rep_id, system, lead_id, due FROM touch WHERE id > ? ORDER BY id LIMIT ?"
    )
    while page := rows.all(query, (last, PAGE)):
        for id_, state, rep_id, system, lead_id, due in page:
            logged, seq = said.touches.get(id_, ("", 0))
            seen.add(id_)
            if logged in OVER and state != logged:
                yield Disagreement("touch", id_, "state", logged, state, seq)
            elif state in OVER and logged != state and not system:
                yield Disagreement("touch", id_, "state", logged or "nothing", state, seq)
            owner, seq = said.touch_owners.get(id_, (rep_id, 0))
            if owner != rep_id and state in OVER:
                yield Disagreement("touch", id_, "rep_id", str(owner), str(rep_id), seq)
            yield from _due(said, id_, state, lead_id, due)
        last = page[-1][0]
    for id_, (logged, seq) in said.touches.items():
        if id_ not in seen:
            yield Disagreement("touch", id_, "row", logged, "gone", seq)


def _due(said: Said, id_: int, state: str, lead_id: int, due: int) -> Iterable[Disagreement]:
    """A due time moved later than logged, with no entry about the lead since: overdue work was
    hidden."""
    logged, seq = said.dues.get(id_, ("", 0))
    if not logged or state not in {"open", "waiting"} or said.lead_seen.get(lead_id, 0) > seq:
        return
    if from_micros(due) > datetime.fromisoformat(logged):
        yield Disagreement("touch", id_, "due", logged, from_micros(due).isoformat(), seq)


def _obligations(rows: Rows, said: Said) -> Iterable[Disagreement]:
    last, seen = 0, set()
    query = (
        "SELECT id, answer, outcome, answered_at FROM obligation WHERE id > ? ORDER BY id LIMIT ?"
    )
    while page := rows.all(query, (last, PAGE)):
        for id_, answer, outcome, answered_at in page:
            seen.add(id_)
            if id_ not in said.answers:
                yield Disagreement("obligation", id_, "row", "nothing", answer or "open", 0)
                continue
            logged, code, seq = said.answers[id_]
            stored = answer if answered_at is not None else ""
            if stored != logged:
                yield Disagreement(
                    "obligation", id_, "answer", logged or "open", stored or "open", seq
                )
            elif logged and outcome != code:
                yield Disagreement("obligation", id_, "outcome", code, outcome, seq)
        last = page[-1][0]
    for id_, (logged, _, seq) in said.answers.items():
        if id_ not in seen:
            yield Disagreement("obligation", id_, "row", logged or "open", "gone", seq)


def _owners(rows: Rows, said: Said) -> Iterable[Disagreement]:
    if not said.lead_owners:
        return
    last = 0
    while page := rows.all(
        "SELECT id, owner_id FROM lead WHERE id > ? ORDER BY id LIMIT ?", (last, PAGE)
    ):
        for id_, owner_id in page:
            owner, seq = said.lead_owners.get(id_, (owner_id, 0))
            if owner != owner_id:
                yield Disagreement("lead", id_, "owner_id", str(owner), str(owner_id), seq)
        last = page[-1][0]


def _roles(rows: Rows, said: Said) -> Iterable[Disagreement]:
    for id_, role in rows.all("SELECT id, role FROM rep ORDER BY id"):
        logged, seq = said.roles.get(id_, (role, 0))
        if logged != role:
            yield Disagreement("rep", id_, "role", logged, role, seq)


def _do_not_call(rows: Rows, said: Said) -> Iterable[Disagreement]:
    stored = {
        id_: removed_at is None
        for id_, removed_at in rows.all("SELECT id, removed_at FROM donotcall")
    }
    for id_, (stands, seq) in said.numbers.items():
        if stored.get(id_) is not stands:
            words = {True: "stands", False: "removed", None: "gone"}
            yield Disagreement("donotcall", id_, "row", words[stands], words[stored.get(id_)], seq)
    held = {row[0] for row in rows.all("SELECT lead_id FROM donotcall WHERE removed_at IS NULL")}
    opted = {
        row[0] for row in rows.all("SELECT id FROM lead WHERE calls_opt_out OR status = 'erased'")
    }
    for lead_id, seq in said.blocked.items():
        if lead_id not in held and lead_id not in opted:
            yield Disagreement("donotcall", lead_id, "lead", "do not call", "may be called", seq)


__all__ = ["Disagreement", "Held", "Said", "heard", "replay"]
