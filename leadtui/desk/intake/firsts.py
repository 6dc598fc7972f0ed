"""The first touches of many leads as rows: gathered while each is looked at, written table by
table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.intake.kinds import First, Kinds, planned
from leadtui.desk.planning.front import NOT_CALLED
from leadtui.desk.planning.planning import SKIPPED, Planning
from leadtui.store.engine.tables import DatedRule, Enrolment, HistoryEvent, Touch
from leadtui.store.importing import Bulk
from leadtui.text import words

_ENROLMENT = "lead_id cadence goal response_id next_step"
_OF_STEP = words("channel call due due_bm step_id step_index system title template")
_TOUCH = (
    f"enrolment_id {' '.join(_OF_STEP)} lead_id response_id cadence rep_id moved_because state "
    "first sla_minutes sla_due_bm inquiry_at fit stage_weight calling_class_id held_until held_rule"
)
_FIX = "lead_id channel due due_bm title kind rep_id state fit stage_weight"
_NO_LEVEL: tuple[Any, ...] = (0, None, None, None)
_UNRANKED = (0, 60)
"""Fit and stage of a touch that waits: what the queue ranks by is kept with the one in front."""


class Firsts:
    """First touches on their way into the database."""

    def __init__(self, planning: Planning, kinds: Kinds) -> None:
        self._planning, self._kinds = planning, kinds
        now = planning.unit.now
        hashed = planning.unit.playbook_hash
        self._enrolments = Bulk(
            Enrolment, _ENROLMENT, playbook_hash=hashed, anchor=now, created_at=now
        )
        self._fixes = Bulk(Touch, _FIX, created_at=now)
        self._rules = Bulk(DatedRule, "lead_id rule anchor at due")
        by = planning.unit.actor.person
        self._history = Bulk(HistoryEvent, "lead_id code note", kind=SKIPPED, at=now, rep_id=by)
        self._touches: list[tuple[Any, ...]] = []
        self._workers: dict[tuple[int | None, datetime, int], int | None] = {}

    def add(self, sheet: LeadSheet, response: Any, name: str, first: First, *, quiet: bool) -> None:
        """The first touches of a lead that enters the cadence ``name``; its response is told by
        when it should have been answered."""
        lead, planning, step = sheet.lead, self._planning, first.step
        cadence = planning.book.cadences[name]
        self._enrolments.add((lead.id, name, cadence.goal, response.id, first.index))
        for code, note in first.skipped:
            self._history.add((lead.id, code, note))
        for rule in first.rules:
            self._rules.add((lead.id, rule["rule"], rule["anchor"], rule["at"], rule["due"]))
        for place, fix in enumerate(first.fixes):
            self._fix(lead, fix, first.weight if place == first.front else None)
        reached = self._kinds.reached(sheet, quiet=quiet) if step["call"] else None
        level, why = _NO_LEVEL, step["moved_because"]
        if first.level and response.first_attempt_at is None:
            minutes, from_planned = self._kinds.level(sheet, name)
            asked = step["due"] if from_planned else response.inquiry_at
            start = planning.chances.first(reached.place, asked) if reached else asked
            due_bm, later = planning.runs(asked, start, minutes, sheet.zone)
            level, why = (1, minutes, due_bm, response.inquiry_at), [*why, *later]
            response.sla_minutes, response.sla_due = minutes, planning.business.at(due_bm)
        in_front = first.front == len(first.fixes)
        self._touches.append(
            (
                *(step[column] for column in _OF_STEP),
                lead.id,
                response.id,
                name,
                self._worker(lead.owner_id, step) if in_front else lead.owner_id,
                why,
                "open" if in_front else "waiting",
                *level,
                *((lead.fit, first.weight) if in_front else _UNRANKED),
                *(reached.calling if reached and in_front else NOT_CALLED),
            )
        )

    def _fix(self, lead: Any, fix: dict[str, Any], weight: int | None) -> None:
        """A task to mend the lead's data, in front where it has a weight."""
        in_front = weight is not None
        rep = self._worker(lead.owner_id, fix) if in_front else lead.owner_id
        said = (fix["channel"], fix["due"], fix["due_bm"], fix["title"], fix["kind"])
        state = "open" if in_front else "waiting"
        self._fixes.add(
            (lead.id, *said, rep, state, *((lead.fit, weight) if in_front else _UNRANKED))
        )

    def _worker(self, owner: int | None, row: dict[str, Any]) -> int | None:
        """Who does a touch in front."""
        touch = planned(row)
        key = owner, touch.due, touch.system
        if key not in self._workers:
            self._workers[key] = self._planning.front.worker(owner, touch)
        return self._workers[key]

    def write(self) -> set[int]:
        """Write them all; the responses whose leads have their first touches now."""
        unit = self._planning.unit
        done = {row[3] for row in self._enrolments.rows}
        ids = self._enrolments.write(unit)
        self._fixes.write(unit)
        touches = Bulk(Touch, _TOUCH, created_at=unit.now)
        touches.rows.extend((made, *row) for made, row in zip(ids, self._touches, strict=True))
        touches.write(unit)
        self._rules.write(unit)
        self._history.write(unit)
        return done
