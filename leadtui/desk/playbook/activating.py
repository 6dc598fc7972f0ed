"""The process as it is switched on: what another playbook would change, and activating it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leadtui.cadence.diffing import Change, diff
from leadtui.cadence.model import Playbook
from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load, read
from leadtui.cadence.reading.unheeded import unheeded
from leadtui.cadence.sources.places import Place, quoted, suggestion
from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.planning.holding import hold_all_again
from leadtui.desk.planning.planning import Planning
from leadtui.desk.playbook.carrying import Gap, Moves, Unmapped, moves, take_along
from leadtui.desk.playbook.files import attachments, read_folder
from leadtui.errors import LeadtuiError, PlaybookError
from leadtui.store import floor, lifecycle
from leadtui.store.engine.vocabulary import Code, Event

LEEWAY = timedelta(days=31)
"""So far may the clock of a floor be behind the day on which its rules were checked."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What another playbook would change here: in words, and how many running enrolments it would
    move."""

    changes: tuple[Change, ...]
    enrolments: int
    moved: int
    hash: str
    notes: tuple[PlaybookError, ...] = ()
    """What the other playbook says and nothing acts on yet."""
    kept: Mapping[str, int] = field(default_factory=dict)
    """Why running enrolments would stay with the version they are in -> how many."""
    held: int = 0
    """Open calls that its calling rules hold otherwise, once it runs."""
    gaps: tuple[Gap, ...] = ()
    """What running enrolments hang on and the other playbook does not have."""

    def running(self, *, move: bool, done: bool) -> Iterator[str]:
        """What becomes of the enrolments that run, in sentences."""
        if done and not move:
            yield (
                f"{self.enrolments} running enrolments keep the version they are in; "
                "'leadtui playbook activate --move' takes them along."
            )
            yield from self._held()
            return
        would, by = ("", "the move") if done else ("would ", "activate --move")
        counts = f"{self.moved} of {self.enrolments} running enrolments"
        yield f"{counts} {would}get another step or time by {by}."
        for why, count in self.kept.items():
            yield f"{count} {would}stay as they are: {why}."
        yield from self._held()
        for gap in self.gaps:
            yield f"{gap}: --map {gap.name}=… says what takes its place."

    def _held(self) -> Iterator[str]:
        if self.held:
            yield (
                f"{self.held} open calls are held, released or placed otherwise by its calling "
                "rules: 'leadtui queue --held' lists what is held."
            )


def checked(files: Mapping[str, str]) -> Playbook:
    """A playbook that has no problem, or the first of its problems."""
    found: tuple[PlaybookError, ...] = problems(files)
    if found:
        more = (
            f" ({len(found) - 1} more; 'leadtui playbook check' lists them)"
            if len(found) > 1
            else ""
        )
        raise LeadtuiError(f"{found[0]}{more}")
    return load(files)


def difference(context: Context, folder: Path, mapping: Sequence[str] = ()) -> Difference:
    """What activating ``folder`` would change; ``mapping`` as ``activate`` takes it."""
    new = checked(read_folder(folder))
    with context.store.read() as session:
        return _difference(context, session, new, mapping)[0]


def _difference(
    context: Context, session: Any, new: Playbook, mapping: Sequence[str]
) -> tuple[Difference, Moves]:
    found = moves(context, session, new, mapping)
    said = Difference(
        changes=diff(context.playbook(session), new),
        enrolments=len(lifecycle.under_way(session)),
        moved=found.changed,
        hash=new.hash,
        notes=(*unheeded(new), *_nobody_in(session, new), *_not_yet(new, context.now())),
        kept=found.kept,
        gaps=found.gaps,
    )
    return said, found


def wrong_with(context: Context, folder: Path) -> tuple[PlaybookError, ...]:
    """Why a folder cannot be run, with what else this floor lacks for it; empty where it can."""
    found = problems(read_folder(folder))
    return (*found, *nobody_in(context, folder)) if found else ()


def nobody_in(context: Context, folder: Path) -> tuple[PlaybookError, ...]:
    """What a folder says that is not so on this floor: teams and reps of ``routing.toml`` whom it
    does not have, a date that has not come."""
    found: list[PlaybookError] = []
    book = read(read_folder(folder), found)
    with context.store.read() as session:
        return (*_nobody_in(session, book), *_not_yet(book, context.now()))


def _not_yet(book: Playbook, now: datetime) -> Iterator[PlaybookError]:
    """Rows of the law that somebody is said to have checked on a day that is to come: they would
    count as checked for years."""
    file = "calling/legal-hours.toml"
    place, last = Place(file, (), book.files.get(file, "")), (now + LEEWAY).date()
    tables = {"region": book.calling.legal, "warn_region": book.calling.warn_hours}
    for table, rows in tables.items():
        for row in {rule.row: rule for rule in rows.values()}.values():
            if row.checked is not None and row.checked > last:
                yield place.at(table, row.row, "checked").error(
                    f"nobody has checked a row on {row.checked} yet; write the day on which "
                    "somebody did"
                )


def _nobody_in(session: Any, book: Playbook) -> Iterator[PlaybookError]:
    people = [rep for rep in floor.reps(session) if rep.active]
    known = {"team": {rep.team for rep in people}, "rep": {rep.login for rep in people}}
    place = Place("routing.toml", (), book.files.get("routing.toml", ""))
    for number, rule in enumerate(book.routing):
        kind, _, name = rule.to.partition(":")
        if name and name not in known.get(kind, ()):
            who = "nobody is in the team" if kind == "team" else "nobody has the login"
            said = f"{who} {quoted(name)}; {suggestion(name, sorted(known.get(kind, ())))}"
            yield place.at("rule", number, "to").error(said)


def activate(
    context: Context, folder: Path, *, move: bool, mapping: Sequence[str] = ()
) -> Difference:
    """Make ``folder`` the running playbook; enrolments keep their version unless ``move`` is said.

    ``mapping`` says what takes the place of a step or a cadence that is gone
    (``trial/call-2=second-call``, nothing after ``=`` for nothing); ``Unmapped`` is raised for what
    it leaves open. Supervisors only."""
    people.require(context, "activating a playbook", "supervisor")
    files = read_folder(folder)
    new = checked(files)
    enclosed = attachments(folder, files)
    with context.write() as unit:
        before = unit.playbook_hash
        found, running = _difference(context, unit.session, new, mapping)
        if move and found.gaps:
            raise Unmapped(found.gaps)
        floor.keep_playbook(unit, new.hash, files, context.identity.id)
        for body in enclosed:
            floor.keep_text(unit, body)
        unit.playbook_hash = new.hash
        if move:
            take_along(Planning(context, unit), new, running)
        else:
            found = replace(found, moved=0)
        _follow(context, unit, before, new)
        unit.log(
            Event.PLAYBOOK_ACTIVATED,
            hashes={"playbook": new.hash, "before": before},
            after={"playbook": new.hash},
            codes={
                Code.CHANGES: len(found.changes),
                Code.ENROLMENTS: found.enrolments,
                Code.MOVED: found.moved,
            },
        )
    return replace(found, held=hold_all_again(context))


def _follow(context: Context, unit: Any, before: str, new: Playbook) -> None:
    """Scores and dated rules follow the new playbook at once, for every lead there is."""
    from leadtui.desk.planning.dates import plan_all
    from leadtui.desk.planning.scoring import rescore_all

    old = context.playbook(unit.session, before) if before else None
    if old is None or (old.scoring, old.floor.half_life_days) != (
        new.scoring,
        new.floor.half_life_days,
    ):
        rescore_all(context, unit, new)
    if old is None or old.events != new.events:
        plan_all(context, unit)
