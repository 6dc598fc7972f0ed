"""An answer taken back: a wrong key, for as long as nobody has built on it.

What the answer changed goes back to its before-images, what it made is gone, and the question
stands open again. Both entries stay in the log, and taking back is an entry of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.answers.questions import question_view
from leadtui.desk.core import leases
from leadtui.desk.core.context import Context
from leadtui.desk.core.views import GivenAnswer, ReasonView
from leadtui.desk.log.telling import parse, words_of
from leadtui.errors import NotFound, Refused
from leadtui.store import batches as rows
from leadtui.store import call_block, leads
from leadtui.store.engine import digests
from leadtui.store.engine.tables import DoNotCall, Lead, LogEntry, Obligation, Rep, Touch
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

WHY = (
    ReasonView("wrong_key", "I hit the wrong key", "1"),
    ReasonView("misheard", "I had understood it wrongly", "2"),
    ReasonView("said_since", "They said something else at once", "3"),
)
"""Why an answer is taken back."""

HARMLESS = frozenset(
    (
        Event.ENTRY_CORRECTED,
        Event.LEAD_NOTE,
        Event.POPUP_SHOWN,
        Event.REFUSED,
        Event.SAMPLE_DRAWN,
        Event.SAMPLE_SIGNED,
    )
)
"""Entries about a lead that build on nothing."""

ONE_MINUTE = timedelta(minutes=1)
BLOCK_STANDS = 30 * ONE_MINUTE
"""So long a rep may lift a do-not-call that a wrong key made; it binds everybody else at once."""

LEFT = frozenset(("drafted", "sending", "sent", "unknown"))
"""States of a message that somebody may have got."""

MADE = (
    *("event", "question", "datedrule", "fulfilment", "attempt", "touch", "enrolment"),
    *("response", "phone", "emailaddress", "lead"),
)
"""Tables of which an answer makes rows, each before those that it refers to. A do-not-call row is
not among them: it is ended, never deleted."""


@dataclass
class _Trace:
    """Everything an answer did to rows, as its entry tells it."""

    seq: int
    lead_id: int
    made: dict[str, list[int]] = field(default_factory=dict)
    found: dict[tuple[str, int], bytes] = field(default_factory=dict)
    """Row that was there -> its digest before the answer."""
    changed: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    """Row that was there -> its columns before the answer."""
    leads: set[int] = field(default_factory=set)

    @property
    def by_table(self) -> Mapping[str, list[int]]:
        """Every row it touched."""
        ids = {table: list(made) for table, made in self.made.items()}
        for table, key in self.found:
            ids.setdefault(table, []).append(key)
        return ids


def last(context: Context) -> GivenAnswer:
    """The rep's last answer. Raises ``NotFound`` where there is none to take back."""
    with context.store.read() as session:
        obligation = call_block.last_answered(session, context.identity.id)
        if obligation is None or obligation.log_seq is None:
            raise NotFound(
                "there is no answer of yours to take back; an older one goes by its entry: "
                "leadtui confirm --again ENTRY"
            )
        return _given(session, _entry(context, session, obligation.log_seq))


def given(context: Context, seq: int) -> GivenAnswer:
    """An answer of the rep's by its entry. Raises ``NotFound``."""
    with context.store.read() as session:
        return _given(session, _entry(context, session, seq))


def take_back(context: Context, seq: int, why: str) -> None:
    """Take an answer of one's own back; its question stands open again.

    Raises ``Refused``: ``question_open`` while another waits, ``taken_back`` for one that was,
    ``built_on`` with what stands in the way."""
    with context.write() as unit:
        reopen(context, unit, seq, why)


def reopen(context: Context, unit: Unit, seq: int, why: str) -> Obligation:
    """Take an answer back inside the caller's transaction; the obligation that is open by it."""
    if why not in {reason.code for reason in WHY}:
        known = ", ".join(reason.code for reason in WHY)
        raise Refused("reason", f"{why!r} is no reason to take an answer back; known are {known}")
    entry = _entry(context, unit.session, seq)
    obligation = _obligation(context, unit, entry)
    trace = _trace(unit, entry)
    if stop := _built_on(unit, trace):
        raise Refused("built_on", f"entry {seq} cannot be taken back: {stop}")
    cancelled = _restore(context, unit, trace, entry.at)
    _check_whole(unit, trace)
    touch = _open_again(context, unit, trace, obligation)
    was = parse((seq, 0, "", entry.body))
    unit.log(
        Event.ACTION_TAKEN_BACK,
        subjects={**was.subjects, "entry": seq},
        after={"touch": touch.state},
        codes={
            Code.REASON: why,
            Code.ANSWER: was.codes.get(Code.ANSWER),
            Code.OUTCOME: was.codes.get(Code.OUTCOME),
            Code.CHANNEL: touch.channel,
            Code.MESSAGES: cancelled,
        },
    )
    return obligation


# -- what may be taken back ------------------------------------------------------------------------


def _entry(context: Context, session: Any, seq: int) -> LogEntry:
    """The entry of an answer that this rep gave."""
    entry: LogEntry | None = session.get(LogEntry, seq)
    said = parse((seq, 0, "", entry.body)) if entry is not None else None
    if entry is None or said is None or said.event != Event.ACTION_CONFIRMED:
        raise NotFound(f"entry {seq} is no answer; 'leadtui confirm' says the entry of each")
    if said.actor != context.identity.id:
        raise Refused(
            "not_yours", f"entry {seq} is another rep's answer; who gave it takes it back"
        )
    return entry


def _given(session: Any, entry: LogEntry) -> GivenAnswer:
    said = parse((entry.seq, 0, "", entry.body))
    words = words_of(said, _name(session, said.lead_id))
    return GivenAnswer(entry.seq, said.lead_id or 0, words, entry.at, WHY)


def _obligation(context: Context, unit: Unit, entry: LogEntry) -> Obligation:
    """What the entry answered, unless something else has to be answered first."""
    said = parse((entry.seq, 0, "", entry.body))
    obligation: Obligation | None = unit.session.get(Obligation, said.subjects.get("obligation"))
    stands = obligation is not None and obligation.answered_at is not None
    if obligation is None or not stands or obligation.log_seq not in {None, entry.seq}:
        raise Refused("taken_back", f"entry {entry.seq} was taken back already")
    if said.codes.get(Code.LATE):
        raise Refused("built_on", f"entry {entry.seq} moved nothing: the lead was taken over")
    waiting = call_block.open_obligations(unit.session, context.identity.id)
    beside = obligation.inbound and not any(one.inbound for one in waiting)
    if waiting and not beside:
        first = question_view(context, unit.session, waiting[0])
        raise Refused("question_open", f"answer first: {first.action_line} is not confirmed yet")
    return obligation


def _trace(unit: Unit, entry: LogEntry) -> _Trace:
    body = json.loads(entry.body)
    trace = _Trace(entry.seq, int(body["subjects"]["lead"]))
    for table, said in (body.get("rows") or {}).items():
        for key, what in said.items() if table != digests.OF_ALL else ():
            _, found, new = digests.parse(what)
            if new:
                trace.made.setdefault(table, []).append(int(key))
            else:
                trace.found[table, int(key)] = found
    changed, fresh = rows.images_of(unit.session, (entry.seq,))
    trace.changed = {row: old for row, old in changed.items() if row in trace.found}
    trace.made["event"] = [*trace.made.get("event", ()), *fresh.get("event", ())]
    for table, ids in trace.by_table.items():
        trace.leads.update(rows.leads_behind(unit.session, table, ids).values())
    return trace


def _built_on(unit: Unit, trace: _Trace) -> str:
    """What was done since on top of the answer, in words; empty for nothing."""
    touched = {(table, key) for table, ids in trace.by_table.items() for key in ids}
    made = set(trace.made.get("lead", ()))
    for seq, body in rows.later_entries(unit.session, trace.seq):
        entry = parse((seq, 0, "", body))
        about = entry.lead_id in trace.leads and not _harmless(entry, made)
        told = (json.loads(body).get("rows") or {}).items()
        if about or any((table, int(key)) in touched for table, said in told for key in said):
            rep = unit.session.get(Rep, entry.actor) if entry.actor else None
            words = words_of(entry, _name(unit.session, entry.lead_id))
            return f"since then: {f'{rep.name} ' if rep else ''}{words} (entry {seq})"
    return ""


def _harmless(entry: Any, made: set[int]) -> bool:
    if entry.event in {Event.EMAIL_HANDED_OVER, Event.EMAIL_STATE}:
        return entry.after.get("email") not in LEFT
    return entry.event in HARMLESS and entry.lead_id not in made


def _name(session: Any, lead_id: int | None) -> str:
    lead = session.get(Lead, lead_id) if lead_id else None
    return lead.full_name if lead else ""


# -- the way back ----------------------------------------------------------------------------------


def _restore(context: Context, unit: Unit, trace: _Trace, answered: datetime) -> int:
    """Everything as it was before the answer; how many messages that waited are cancelled."""
    made = trace.made
    _lift(context, unit, trace, answered)
    unit.session.flush()
    cancelled = rows.let_go(unit, made.get("touch", ()), made.get("attempt", ()))
    rows.remove(unit, "event", made.get("lead", []), by="lead_id")
    for table in MADE:
        rows.remove(unit, table, made.get(table, []))
    rows.restore_all(unit, trace.changed)
    unit.session.expire_all()
    return cancelled


def _lift(context: Context, unit: Unit, trace: _Trace, answered: datetime) -> None:
    """The blocks of numbers that the answer made are ended; that they stood is kept."""
    if blocks := trace.made.get("donotcall", []):
        if unit.now - answered > BLOCK_STANDS and context.identity.role != "supervisor":
            raise Refused(
                "block_stands",
                f"entry {trace.seq} put a number on do-not-call at {answered:%d %b %H:%M} UTC; a "
                f"wrong key is taken back within {BLOCK_STANDS // ONE_MINUTE} minutes, later a "
                "supervisor takes the number off ('leadtui dnc remove')",
            )
        for one in blocks:
            row = unit.session.get_one(DoNotCall, one)
            row.removed_at, row.removed_by = unit.now, context.identity.id
        unit.log(
            Event.DNC_REMOVED,
            subjects={"lead": trace.lead_id, "dnc": blocks},
            after={"blocked": False},
            codes={Code.BY_ANSWER: 1},
        )


def _check_whole(unit: Unit, trace: _Trace) -> None:
    """Every row that was there has the digest that it had before the answer; but a lead whose
    action was started with the answer has the rep's lease."""
    leased = ("lead", trace.lead_id if "obligation" in trace.made else 0)
    for table, ids in trace.by_table.items():
        now = unit.changes.now(table, ids)
        for key in ids:
            before = trace.found.get((table, key))
            if before is not None and now.get(key) != before and (table, key) != leased:
                raise Refused(
                    "built_on",
                    f"entry {trace.seq} cannot be taken back whole: {table} {key} would not be "
                    "what it was; a supervisor can say what is true ('leadtui log correct')",
                )


def _open_again(context: Context, unit: Unit, trace: _Trace, obligation: Obligation) -> Touch:
    """The question stands open, is asked anew, and the rep has the lead's lease."""
    touch = unit.session.get(Touch, obligation.touch_id)
    if touch is None:
        raise LookupError(f"touch {obligation.touch_id}")
    if obligation.id in trace.made.get("obligation", ()):  # started and answered in one
        obligation.answered_at, obligation.seconds, obligation.draft = None, None, {}
        obligation.answer = obligation.reason = obligation.outcome = ""
        touch.state, touch.started_at = "started", obligation.started_at
    leases.renew(context, unit, obligation)
    obligation.shown_at, obligation.log_seq = None, trace.seq
    leads.add_event(unit, trace.lead_id, "taken_back", touch_id=touch.id)
    unit.session.flush()
    return touch
