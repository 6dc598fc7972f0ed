"""Replaying the log against the tables: rows that say something else than the last entry about
them.

Editing a touch, an owner or a do-not-call row does not touch the chain; this is what finds it.
``row_check.py`` compares whole rows with the digests in the entries. What is checked here follows
from what entries mean: a touch that claims to be done must have been confirmed, whoever wrote the
row and however."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from leadtui.store.engine.rows import PAGE, Rows
from leadtui.store.engine.types import to_micros
from leadtui.store.engine.vocabulary import Event
from leadtui.store.log import bodies, schema_check
from leadtui.store.log.bodies import Body, NoEntryError
from leadtui.store.log.kept_texts import playbook
from leadtui.store.log.row_check import Disagreement, Held, shown

OVER = frozenset(("done", "started"))
"""States of a touch that only a logged action of a rep brings about."""


@dataclass
class Said:
    """The last after-values of everything the log names; a value is ``(what, seq)``."""

    touches: dict[int, tuple[str, int]] = field(default_factory=dict)
    touch_owners: dict[int, tuple[int, int]] = field(default_factory=dict)
    dues: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Touch -> when it is due, in microseconds, and seq."""
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
    if schema_check.replaced(rows):
        return tuple(schema_check.differences(rows))
    said, held = heard(rows, codes, tick)
    found = (*schema_check.differences(rows), *held.check(rows))
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
    said, held = Said(), Held()
    for seq, body in rows.every(f"SELECT seq, {rows.blob('body')} FROM log", key="seq"):
        try:
            entry = bodies.read(body)
            held.take(seq, entry)
        except NoEntryError as error:
            held.no_entry(seq, str(error))
        else:
            _take(said, seq, entry, blocking)
        if tick is not None and seq % PAGE == 0:
            tick()
    return said, held


def role_of(rows: Rows, rep_id: int, claimed: str) -> str:
    """The role that the log gave somebody, whatever their row says now; ``claimed`` where the log
    never said one."""
    return heard(rows)[1].role_of(rep_id, claimed)


def _take(said: Said, seq: int, entry: Body, blocking: frozenset[str]) -> None:
    about, after = entry.subjects, entry.after
    touch, lead = about.touch, about.lead
    if lead is not None:
        said.lead_seen[lead] = seq
    if touch is not None:
        if after.touch is not None:
            said.touches[touch] = (after.touch, seq)
        if after.owner is not None:
            said.touch_owners[touch] = (after.owner, seq)
    elif lead is not None and after.owner is not None:
        said.lead_owners[lead] = (after.owner, seq)
    if entry.event == Event.TOUCH_DEFERRED and touch is not None and after.due:
        said.dues[touch] = (to_micros(after.due), seq)
    if after.next is not None and after.next_due:
        said.dues[after.next] = (to_micros(after.next_due), seq)
    if about.rep is not None and after.role is not None:
        said.roles[about.rep] = (after.role, seq)
    if about.obligation is not None:
        _take_answer(said, seq, entry, about.obligation)
    if entry.event == Event.PLAYBOOK_ACTIVATED:
        said.playbook = (after.playbook, seq)
    if str(entry.codes.outcome) in blocking and entry.codes.answer == "yes":
        _take_block(said, seq, entry)
    _take_numbers(said, seq, entry)


def _take_block(said: Said, seq: int, entry: Body) -> None:
    lead = entry.subjects.lead
    if lead is not None and entry.event == Event.ACTION_TAKEN_BACK:
        said.blocked.pop(lead, None)
    elif lead is not None:
        said.blocked[lead] = seq


def _take_answer(said: Said, seq: int, entry: Body, obligation: int) -> None:
    if entry.event in {Event.TOUCH_STARTED, Event.ACTION_TAKEN_BACK}:
        said.answers[obligation] = ("", "", seq)
    elif entry.event == Event.ACTION_CONFIRMED:
        codes = entry.codes
        said.answers[obligation] = (str(codes.answer), str(codes.outcome), seq)


def _take_numbers(said: Said, seq: int, entry: Body) -> None:
    named = entry.after.dnc if entry.after.dnc is not None else entry.subjects.dnc
    for one in named if isinstance(named, list) else [named]:
        if one is not None:
            said.numbers[one] = (entry.event != Event.DNC_REMOVED, seq)
    if entry.event == Event.DNC_REMOVED and entry.subjects.lead is not None:
        said.blocked.pop(entry.subjects.lead, None)


def _touches(rows: Rows, said: Said) -> Iterable[Disagreement]:
    seen = set()
    query = "SELECT id, state, rep_id, system, lead_id, due FROM touch"
    for id_, state, rep_id, system, lead_id, due in rows.every(query):
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
    for id_, (logged, seq) in said.touches.items():
        if id_ not in seen:
            yield Disagreement("touch", id_, "row", logged, "gone", seq)


def _due(said: Said, id_: int, state: str, lead_id: int, due: int) -> Iterable[Disagreement]:
    """A due time moved later than logged, with no entry about the lead since: overdue work was
    hidden."""
    logged, seq = said.dues.get(id_, (0, 0))
    if not seq or state not in {"open", "waiting"} or said.lead_seen.get(lead_id, 0) > seq:
        return
    if type(due) is not int or due > logged:
        told = (shown("due", str(logged)), shown("due", str(due)))
        yield Disagreement("touch", id_, "due", *told, seq)


def _obligations(rows: Rows, said: Said) -> Iterable[Disagreement]:
    seen = set()
    query = "SELECT id, answer, outcome, answered_at FROM obligation"
    for id_, answer, outcome, answered_at in rows.every(query):
        seen.add(id_)
        if id_ not in said.answers:
            yield Disagreement("obligation", id_, "row", "nothing", answer or "open", 0)
            continue
        logged, code, seq = said.answers[id_]
        stored = "" if answered_at is None else answer or "answered with nothing"
        if stored != logged:
            yield Disagreement("obligation", id_, "answer", logged or "open", stored or "open", seq)
        elif logged and outcome != code:
            yield Disagreement("obligation", id_, "outcome", code, outcome, seq)
    for id_, (logged, _, seq) in said.answers.items():
        if id_ not in seen:
            yield Disagreement("obligation", id_, "row", logged or "open", "gone", seq)


def _owners(rows: Rows, said: Said) -> Iterable[Disagreement]:
    if not said.lead_owners:
        return
    for id_, owner_id in rows.every("SELECT id, owner_id FROM lead"):
        owner, seq = said.lead_owners.get(id_, (owner_id, 0))
        if owner != owner_id:
            yield Disagreement("lead", id_, "owner_id", str(owner), str(owner_id), seq)


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
