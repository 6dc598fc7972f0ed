"""Running enrolments under another version of the playbook: where each of them stands there, which
cannot be followed, and taking them along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from leadtui.cadence.calendar import add_span
from leadtui.cadence.diffing import Standing, carried, gone
from leadtui.cadence.model import Cadence, EnrolmentState, LeadFacts, Planned, Playbook
from leadtui.cadence.schedule import plan_next
from leadtui.cadence.sources.places import nearest, quoted, suggestion
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, enrolment_state, sheet_of
from leadtui.desk.planning.ground import weekday
from leadtui.desk.planning.planning import Planning, template_of
from leadtui.errors import Refused, WrongUse
from leadtui.store import leads, lifecycle
from leadtui.store.engine.tables import Enrolment, Rep, Touch

HAVE_IT_OPEN = "somebody is at work on the lead"
STAYS = "its cadence is gone, and it finishes the version it is in"


@dataclass(frozen=True, slots=True)
class Gap:
    """A step or a cadence that running enrolments hang on and the other version does not have."""

    name: str
    """``trial`` or ``trial/call-2``."""
    waiting: int
    """How many enrolments have it before them."""
    done: int
    candidates: tuple[str, ...]
    """What could be its new name, the nearest first; empty where nothing is new."""

    def __str__(self) -> str:
        counts = [f"{self.waiting} wait for it"] if self.waiting else []
        counts += [f"{self.done} have had it"] if self.done else []
        return f"{quoted(self.name)} is gone ({', '.join(counts)})"


class Unmapped(Refused):
    """Steps or cadences that are gone, and nobody has said what takes their place."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        first = gaps[0]
        example = first.candidates[0] if first.candidates else ""
        super().__init__(
            "unmapped",
            f"nothing was moved: {'; '.join(map(str, gaps))}; say what takes the place of each "
            f"with --map {first.name}={example}, or --map {first.name}= for nothing",
        )
        self.gaps = gaps


@dataclass(frozen=True, slots=True)
class Move:
    """One enrolment in the other version; ``changes`` where its next step or its time does."""

    enrolment_id: int
    cadence: str
    at: Standing
    steps: Mapping[str, str]
    """The steps that have another id now."""
    changes: bool


@dataclass(slots=True)
class Moves:
    """What becomes of every running enrolment."""

    found: list[Move] = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)
    """Why enrolments stay with their version -> how many."""
    gaps: tuple[Gap, ...] = ()

    @property
    def changed(self) -> int:
        """How many get another step or another time."""
        return sum(move.changes for move in self.found)


def moves(context: Context, session: Any, new: Playbook, mapping: Sequence[str] = ()) -> Moves:
    """Where each running enrolment stands under ``new``. Raises ``WrongUse`` for a mapping that
    names what is not there."""
    running = [row for row in lifecycle.under_way(session) if row.playbook_hash != new.hash]
    look = _Look(context, session, new, _Mapping(mapping))
    look.mapping.check(new, [look.old(row) for row in running])
    found = Moves()
    for row in running:
        move = look.at(row)
        if isinstance(move, Move):
            found.found.append(move)
        else:
            found.kept[move] = found.kept.get(move, 0) + 1
    found.gaps = tuple(look.gaps())
    return found


class _Mapping:
    """``trial/call-2=second-call``, ``trial=trial-14``; nothing after ``=`` for nothing."""

    def __init__(self, said: Iterable[str]) -> None:
        self.of: dict[str, str] = {}
        for one in said:
            name, sign, target = (part.strip() for part in one.partition("="))
            if not sign or not name:
                raise WrongUse(
                    f"--map {one!r}: write CADENCE/STEP=NEW, CADENCE=NEW, or nothing after '='"
                )
            self.of[name] = target

    def cadence(self, name: str) -> str:
        return self.of.get(name, name)

    def steps(self, old: Cadence) -> dict[str, str]:
        """Old id -> new id for the steps of a cadence; empty for nothing."""
        named = {step.id: f"{old.name}/{step.id}" for step in old.steps}
        return {ident: self.of[key] for ident, key in named.items() if key in self.of}

    def check(self, new: Playbook, old: Iterable[Cadence]) -> None:
        known = dict.fromkeys(name for one in old for name in _names(one))
        for name, target in self.of.items():
            if name not in known:
                hint = suggestion(name, known)
                raise WrongUse(f"--map {name}={target}: nothing runs in {quoted(name)}; {hint}")
            cadence = new.cadences.get(self.cadence(name.partition("/")[0]))
            ids = [step.id for step in cadence.steps] if cadence else []
            allowed = ids if "/" in name else list(new.cadences)
            if target and target not in allowed:
                hint = suggestion(target, allowed)
                raise WrongUse(
                    f"--map {name}={target}: the new playbook has no {quoted(target)}; {hint}"
                )


def _names(cadence: Cadence) -> Iterator[str]:
    yield cadence.name
    yield from (f"{cadence.name}/{step.id}" for step in cadence.steps)


@dataclass
class _Look:
    """Enrolments held against the other version, one by one."""

    context: Context
    session: Any
    new: Playbook
    mapping: _Mapping
    missing: dict[str, list[int]] = field(default_factory=dict)
    """Name -> how many wait for it, and how many have had it."""
    fresh: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def old(self, row: Enrolment) -> Cadence:
        return self.context.playbook(self.session, row.playbook_hash).cadences[row.cadence]

    def at(self, row: Enrolment) -> Move | str:
        """Where it stands, or why it stays."""
        old, name = self.old(row), self.mapping.cadence(row.cadence)
        touches = leads.open_touches(self.session, row.lead_id)
        if any(touch.state == "started" for touch in touches):
            return HAVE_IT_OPEN
        new = self.new.cadences.get(name)
        if new is None:
            if name:
                known = self.context.playbook(self.session, row.playbook_hash).cadences
                fresh = [one for one in self.new.cadences if one not in known]
                self._miss(name, tuple(fresh or self.new.cadences), waiting=True)
            return STAYS
        before = Standing(row.next_step, frozenset(row.passed.split()))
        steps = self.mapping.steps(old)
        self._miss_steps(old, new, before, steps)
        at = carried(old, new, before, steps)
        own = [touch for touch in touches if touch.enrolment_id == row.id]
        changes = self._changes(row, own, (old, new), at, steps)
        return Move(int(row.id or 0), name, at, steps, changes)

    def _miss_steps(
        self, old: Cadence, new: Cadence, at: Standing, steps: Mapping[str, str]
    ) -> None:
        """What an enrolment has had is missed only where a new step might be the same."""
        without, fresh = gone(old, new)
        free = tuple(one for one in fresh if one not in steps.values())
        past = {step.id for step in old.steps[: at.next_step]} | at.passed
        for ident in without:
            if ident not in steps and (free or ident not in past):
                self._miss(f"{old.name}/{ident}", free, waiting=ident not in past)

    def _miss(self, name: str, fresh: tuple[str, ...], *, waiting: bool) -> None:
        self.missing.setdefault(name, [0, 0])[0 if waiting else 1] += 1
        self.fresh[name] = fresh

    def gaps(self) -> Iterator[Gap]:
        """What is missing, with the nearest new name first."""
        for name, (waiting, done) in self.missing.items():
            fresh = self.fresh[name]
            near = nearest(name.rpartition("/")[2], fresh)
            yield Gap(name, waiting, done, tuple(dict.fromkeys([near, *fresh] if near else fresh)))

    def _changes(
        self,
        row: Enrolment,
        touches: Sequence[Touch],
        versions: tuple[Cadence, Cadence],
        at: Standing,
        steps: Mapping[str, str],
    ) -> bool:
        """Whether the change, and not the time that has passed, gives it another step or due
        time."""
        old, new = versions
        following = old.steps[row.next_step].id if row.next_step < len(old.steps) else ""
        arriving = new.steps[at.next_step].id if at.next_step < len(new.steps) else ""
        planned = next((touch for touch in touches if touch.kind == "step"), None)
        if planned is None or row.state != "active":
            return steps.get(following, following) != arriving
        was_book = self.context.playbook(self.session, row.playbook_hash)
        same_rules = (was_book.calling, was_book.floor) == (self.new.calling, self.new.floor)
        if old == new and same_rules:
            return False
        sheet = sheet_of(self.context, self.session, row.lead_id)
        state = enrolment_state(row, leads.last_touches(self.session, row.lead_id))
        then = replace(state, cadence=new.name, next_step=at.next_step, passed=at.passed)
        moved = {**sheet.lead.dates, **dates_moved(sheet, old, new, sheet.began(row))}
        dates = {name: datetime.fromisoformat(when) for name, when in moved.items()}
        facts = sheet.facts(cadence=new.name, enrolment=row)
        before = self._planned(was_book, old, state, facts, planned)
        after = self._planned(self.new, new, then, replace(facts, dates=dates), planned)
        return (steps.get(before[0], before[0]), *before[1:]) != after

    def _planned(
        self,
        book: Playbook,
        cadence: Cadence,
        state: EnrolmentState,
        facts: LeadFacts,
        touch: Touch,
    ) -> tuple[str, ...]:
        """The next step as it would have been planned when the touch was."""
        rep = self.session.get(Rep, touch.rep_id) if touch.rep_id else None
        calendar = self.context.calendar(book, rep)
        found = plan_next(cadence, state, facts, calendar, touch.created_at)
        if not isinstance(found, Planned):
            return (found.reason, *found.exit.cadences, found.exit.close)
        return found.step.id, found.step.channel, found.step.by, found.due.isoformat()


def dates_moved(sheet: LeadSheet, old: Cadence, new: Cadence, anchor: datetime) -> dict[str, str]:
    """The dates of a lead that its cadence gave it, as the other version gives them."""

    def given(cadence: Cadence, name: str) -> str:
        return add_span(anchor, cadence.dates[name].offset, sheet.zone, weekday).isoformat()

    own = sheet.lead.dates
    kept = [name for name in new.dates if name in old.dates and own.get(name) == given(old, name)]
    before = {name for name, at in own.items() if datetime.fromisoformat(at) < anchor}
    fresh = [name for name in new.dates if name not in old.dates]
    added = [name for name in fresh if name not in own or name in before]
    return {name: given(new, name) for name in (*kept, *added)}


def take_along(planning: Planning, new: Playbook, found: Moves) -> None:
    """Bring every enrolment to where it stands, inside the caller's transaction. What was done
    outside the cadence's steps (a callback, a retry) stays as it is."""
    for move in found.found:
        row = planning.unit.session.get(Enrolment, move.enrolment_id)
        if row is not None:
            _take(planning, row, new.cadences[move.cadence], new.hash, move)


def _take(planning: Planning, row: Enrolment, cadence: Cadence, version: str, move: Move) -> None:
    session, sheet = planning.unit.session, planning.sheet(row.lead_id)
    dates = dates_moved(sheet, planning.cadence_of(row), cadence, sheet.began(row))
    if dates:
        sheet.lead.dates = {**sheet.lead.dates, **dates}
    others = {one.goal for one in leads.live_enrolments(session, row.lead_id) if one.id != row.id}
    row.playbook_hash, row.cadence = version, cadence.name
    row.goal = row.goal if cadence.goal in others else cadence.goal
    row.next_step, row.passed = move.at.next_step, " ".join(sorted(move.at.passed))
    own = [t for t in leads.open_touches(session, row.lead_id) if t.enrolment_id == row.id]
    for touch in own:
        if touch.kind in {"step", "retry"}:
            _follow(planning, row, touch, cadence, move)
    session.flush()
    if move.changes and row.state == "active":
        planning.go_on(sheet, row)
        planning.settle(sheet)


def _follow(planning: Planning, row: Enrolment, touch: Touch, cadence: Cadence, move: Move) -> None:
    """A planned step under the ids of the other version; one that comes otherwise now is planned
    anew, and so is a retry of a step that another one goes before."""
    ident = move.steps.get(touch.step_id, touch.step_id)
    index = next((n for n, step in enumerate(cadence.steps) if step.id == ident), -1)
    stays = index == row.next_step if touch.kind == "retry" else not move.changes
    if index < 0 or not stays:
        planning.close(touch, "cancelled", "planned anew")
        return
    step = cadence.steps[index]
    touch.cadence, touch.step_id, touch.step_index = cadence.name, ident, index
    row.next_step = index  # what stands between was passed over when the touch was planned
    if touch.kind == "step":
        touch.title, touch.template = step.title, template_of(step)
