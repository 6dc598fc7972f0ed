"""The people of a file, brought in a few at a time: each part is a transaction and an entry of its
own, so that nobody waits for it, and one undo takes all parts back.

Who is who is decided for the whole file before anything is written. A part that finds somebody
there who was not, because others work meanwhile, writes nothing, and who is left is looked at
anew. A file that was stopped half way goes on under its first number when it is imported again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leadtui.desk.core.pacing import Pace
from leadtui.desk.intake.admitting import follow
from leadtui.desk.intake.files import neighbours
from leadtui.desk.intake.files.identity import Directory, Match, Person, person_of
from leadtui.desk.intake.files.joining import new_responses, wants_company
from leadtui.desk.intake.files.known import firms_of, keys_of, people_of
from leadtui.desk.intake.files.matched import outcome, said_of
from leadtui.desk.intake.files.options import KINDS, HalfIn, ImportOptions, Outcome
from leadtui.desk.intake.files.sides import NEW, Doubt, chosen, doubt
from leadtui.desk.intake.files.writing import Writing
from leadtui.desk.planning.planning import Planning
from leadtui.errors import LeadtuiError, Refused
from leadtui.sheets.incoming import ROWS
from leadtui.store import importing as rows_of
from leadtui.store.engine.tables import ImportBatch, Response
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.importing import BACK, LEFT
from leadtui.store.leads import open_touches

if TYPE_CHECKING:
    from datetime import datetime

    from leadtui.desk.core.context import Context
    from leadtui.sheets.incoming import IncomingLead, Rejection
    from leadtui.store.engine.unit_of_work import Unit

Admit = Callable[["Unit", list[tuple[int, int]]], None]
"""What happens to new responses, ``(lead id, response id)``, inside the import's transaction."""
Known = Callable[["Unit", Sequence[int]], None]
"""Asked about leads that rows turn out to be, before anything is changed; may raise."""
Progress = Callable[[str, int, int], None]
"""Told what is being done, how many rows of it are done, and of how many."""


TOLD = 200
"""After so many rows it is told how far it is, and may be stopped."""
SAMPLED = 200
"""So many responses of a dry run are planned in earnest, and taken back with it."""


class _NothingToKeep(Exception):
    """Ends the transaction of a dry run, and of a part that changes nothing."""


class Bringing:
    """One file on its way in; ``counts`` and ``batch`` say what it came to."""

    def __init__(
        self,
        context: Context,
        options: ImportOptions,
        file: tuple[str, str],
        now: datetime,
        hooks: tuple[Admit, Known, Progress],
        columns: Sequence[str] = (),
    ) -> None:
        """``file`` is its name and SHA-256; ``columns``, where given, are kept with what was said
        beside them, for the next file of its maker."""
        self.context, self.options, self.now = context, options, now
        self.name, self.sha256 = file
        self.admit, self.known, self.progress = hooks
        self.taught = options.taught(columns) if columns else {}
        self.counts = dict.fromkeys(KINDS, 0)
        self.batch: int | None = None
        self.warnings: list[str] = []
        self.firsts: Counter[str] = Counter()
        """Of a dry run: how many of the responses it planned in earnest begin on which channel."""
        self._decided = dict(options.decided)
        self._met: list[Person] = []
        self._told: dict[int, tuple[str, Person, Match]] = {}
        """Line -> what its row came to, who it is, and by what evidence."""
        self._rows = 0
        self._done = 0
        self._borrowed = 0
        """Leads of whose firms something was taken from others of their domain."""
        self._made: dict[str, list[int]] = {}
        self._seqs: list[int] = []
        self._begun = False
        """Whether a part of it is in."""
        self._there: set[int] = set()
        """Every lead that shared a key with the file when it was looked at, and those it made."""
        self._cost = options.cost_minor
        self._shares = 0
        """Responses that are still to come, over which the rest of the cost is spread."""
        self._pace = Pace()

    def run(self, leads: Sequence[IncomingLead], rejections: Sequence[Rejection]) -> None:
        """Bring them in. Raises what a part raises; parts before it stay, and it says so."""
        self._rows, rest = len(leads), list(leads)
        self.counts["rejected"] = len(rejections)
        if self._is_in(leads):
            return
        try:
            while rest:
                people = self._match(rest)
                rest = self._bring(people, rejections)
            self._close()
            with self.context.store.read() as session:
                self.warnings += said_of(session, self._met)
            self.warnings += neighbours.said_of(self._borrowed)
        except LeadtuiError as error:
            if not self._begun:
                raise
            raise HalfIn(f"{error}; {self._half()}", int(self.batch or 0)) from error

    def doubts(self) -> tuple[Doubt, ...]:
        """The rows that wait for a decision, side by side with those they are near to."""
        near = [
            (line, person, found)
            for line, (kind, person, found) in sorted(self._told.items())
            if kind == "review"
        ]
        if not near:
            return ()
        with self.context.store.read() as session:
            return tuple(doubt(self.context, session, *one) for one in near)

    def outcomes(self) -> tuple[Outcome, ...]:
        """What each row came to that was looked at, by line."""
        return tuple(
            outcome(line, *told, dry_run=self.options.dry_run)
            for line, told in sorted(self._told.items())
        )

    def _half(self) -> str:
        return (
            f"{self._done:,} of {self._rows:,} rows are in, as import {self.batch}: the same file "
            f"again goes on there, 'leadtui batch undo {self.batch}' takes them back"
        )

    # -- before ------------------------------------------------------------------------------------

    def _is_in(self, leads: Sequence[IncomingLead]) -> bool:
        """Whether this file is in already; one that was stopped half way is gone on with."""
        with self.context.store.read() as session:
            earlier = rows_of.earlier_batch(session, self.sha256)
            if earlier is None:
                return False
            if BACK in earlier.counts:
                raise Refused(
                    "half_undone",
                    f"{self.name}: import {earlier.id} of this file is half taken back; finish "
                    f"that with 'leadtui batch undo {earlier.id}', then import it again",
                )
            self.batch = earlier.id
            if earlier.counts.get("options") != self.options.fingerprint():
                return False
            if LEFT not in earlier.counts:
                self.counts["unchanged"] = len(leads)
                return True
            self._go_on(session, earlier)
        return False

    def _go_on(self, session: Any, earlier: ImportBatch) -> None:
        """Take up an import where it was stopped."""
        said = earlier.counts
        for kind in ("new", "updated", "merged", "review"):
            self.counts[kind] = int(said.get(kind, 0))
        self._made = {table: list(ends) for table, ends in said["made"].items()}
        self._seqs, self._begun = list(said["seqs"]), True
        if self._cost is not None:
            self._cost -= rows_of.cost_of(session, int(earlier.id or 0))
        self.warnings.append(
            f"an import of this file was stopped with {said[LEFT]:,} rows left, and goes on as "
            f"import {earlier.id}"
        )

    def _match(self, leads: Sequence[IncomingLead]) -> list[Person]:
        """Everybody these rows are, each with the rows that are theirs."""
        keys = keys_of(leads)
        self.progress("matching", 0, len(leads))
        with self.context.store.read() as session:
            companies = sorted(firms_of(session, leads).values())
            known = people_of(session, rows_of.Keys(**keys, companies=companies))
            self._there |= rows_of.sharing(session, rows_of.Keys(**keys, companies=()))
            seen = rows_of.asked_digests(session)
            for extra in rows_of.extras_of(session, [int(one.lead_id or 0) for one in known]):
                seen.update(extra.get(ROWS, ()))
        self.progress("matching", 0, len(leads))
        directory = Directory(known)
        people: dict[int, Person] = {}
        # Who has a name first: a scan without one says nothing of those who share its line.
        ordered = sorted(leads, key=_is_nameless) if any(map(_is_nameless, leads)) else leads
        for count, row in enumerate(ordered, 1):
            if count % TOLD == 0 or count == len(leads):
                self.progress("matching", count, len(leads))
            if (
                row.digest in seen
            ):  # imported before: what people changed since then stays as they left it
                self._done += 1
                continue
            made = person_of(row)
            found = directory.match(made)
            decided = self._decided.get(row.line) if found.near else None
            if (same := chosen(found, decided)) is not None:
                found = Match(same, why=found.why)
            elif found.near and decided != NEW:
                made.near, made.why = found.near, found.why
            person = directory.join(found.person or made, made, row)
            self._told[row.line] = _came_to(person, made), person, found
            people[id(person)] = person
        self._foresee_shares(list(people.values()))
        return list(people.values())

    def _foresee_shares(self, people: Sequence[Person]) -> None:
        """How many responses these people will make."""
        if self._cost is None:
            return
        ids = [int(one.lead_id) for one in people if one.lead_id is not None]
        with self.context.store.read() as session:
            there = rows_of.responses_of(session, ids)
        self._shares = sum(
            len(new_responses(self.options.offer, one.rows, there.get(int(one.lead_id or 0), ())))
            for one in people
            if not one.why
        )

    # -- part by part ------------------------------------------------------------------------------

    def _bring(
        self, people: Sequence[Person], rejections: Sequence[Rejection]
    ) -> list[IncomingLead]:
        """Write these people; the rows that have to be looked at anew, if any."""
        start = 0
        while start < len(people):
            some = people[start : start + self._pace.size]
            self.progress("writing", self._done, self._rows)
            with self._pace.turn(len(some)):
                written = self._part(some, rejections)
            if not written:
                rest = [row for one in people[start:] for row in one.rows]
                return sorted(rest, key=lambda row: row.line)
            start += len(some)
            if start < len(people):
                self._pace.rest()
        self.progress("writing", self._done, self._rows)
        return []

    def _part(self, people: Sequence[Person], rejections: Sequence[Rejection]) -> bool:
        """One transaction; false where somebody else has changed who is there, and nothing was
        written."""
        rows = [row for one in people for row in one.rows]
        counts, there = dict(self.counts), [one for one in people if one.lead_id is not None]
        try:
            with self.context.write() as unit:
                if self._is_stale(unit, people, rows):
                    return False
                batch = self.batch if self._seqs else self._open(unit, rejections)
                writing = Writing(
                    unit,
                    self.options.offer,
                    self.options.currency,
                    int(batch or 0),
                    firms_of(unit.session, rows),
                )
                self._settle(unit, writing, people, counts)
                self._foresee_firsts(unit, writing)
                self._keep_any(counts)
                arrivals = writing.finish(self._share(writing))
                borrowed = neighbours.borrow(unit, [lead_id for lead_id, _ in arrivals])
                self.admit(unit, arrivals)
                self._follow(unit, writing.moved)
                counts["unchanged"] = self._done + len(rows) - _kept(counts)
                if self._seqs:
                    self._log(unit, Event.IMPORT_PART, int(batch or 0), counts, writing.made)
                else:
                    self._log(unit, Event.IMPORT, int(batch or 0), counts, writing.made)
                self.batch = batch
        except _NothingToKeep:
            for one in people:  # who was made meanwhile is gone again
                one.lead_id = one.lead_id if one.is_known else None
        else:
            self._borrowed += borrowed
        self.counts, self._begun = counts, bool(self._seqs)
        self._done += len(rows)
        self._met += there
        self._there.update(int(one.lead_id or 0) for one in people)
        return True

    def _foresee_firsts(self, unit: Unit, writing: Writing) -> None:
        """What the first touches of these responses would be; some are enough."""
        wanted = self.options.dry_run and self.options.foresee
        if not wanted or self.firsts.total() >= SAMPLED:
            return
        arrivals = writing.finish(None)
        self.admit(unit, arrivals)
        unit.session.flush()
        self.firsts += rows_of.channels_of(unit.session, [made for _, made in arrivals])

    def _follow(self, unit: Unit, leads: Sequence[int]) -> None:
        """Zones, persona and queue of leads that have another place or title now."""
        if not leads:
            return
        planning = Planning(self.context, unit)
        for lead_id in leads:
            if open_touches(unit.session, lead_id):
                follow(planning, planning.sheet(lead_id))

    def _keep_any(self, counts: Mapping[str, int]) -> None:
        if self.options.dry_run or _kept(counts) == _kept(self.counts):
            raise _NothingToKeep

    def _is_stale(self, unit: Unit, people: Sequence[Person], rows: Sequence[IncomingLead]) -> bool:
        """Whether somebody is there who was not when the file was looked at, or is no more."""
        keys = rows_of.Keys(**keys_of(rows), companies=())
        if rows_of.sharing(unit.session, keys) - self._there:
            return True
        ids = [int(one.lead_id) for one in people if one.lead_id is not None]
        living = rows_of.leads_by_id(unit.session, ids)
        return any(one not in living or living[one].status not in {"open", "closed"} for one in ids)

    def _settle(
        self, unit: Unit, writing: Writing, people: Sequence[Person], counts: dict[str, int]
    ) -> None:
        """New leads, leads that were there, and questions; every row is counted once."""
        fresh = [one for one in people if one.lead_id is None and not one.why]
        there = [one for one in people if one.lead_id is not None]
        waiting = [one for one in people if one.why]
        self.known(unit, [int(one.lead_id or 0) for one in there])
        wanted = [row for one in fresh for row in one.rows]
        ids = [int(one.lead_id or 0) for one in there]
        responses = rows_of.responses_of(unit.session, ids)
        edited = rows_of.edited_at(unit.session, ids) if ids else {}
        for one, lead_id in zip(there, ids, strict=True):
            one.since = max((told.inquiry_at for told in responses.get(lead_id, ())), default=None)
            one.edited = edited.get(lead_id)
        wanted += [row for one in there for row in one.rows if wants_company(one, row)]
        writing.companies(
            wanted, fill=any(row.industry or row.website or row.employees for row in wanted)
        )
        self._change(unit, writing, there, responses, counts)
        writing.make(fresh)
        writing.ask(waiting, self.options.event)
        for kind, group in (("new", fresh), ("review", waiting)):
            counts[kind] += len(group)
            counts["merged"] += sum(len(one.rows) - 1 for one in group)

    def _change(
        self,
        unit: Unit,
        writing: Writing,
        there: Sequence[Person],
        responses: Mapping[int, list[Response]],
        counts: dict[str, int],
    ) -> None:
        leads = rows_of.leads_by_id(unit.session, [int(one.lead_id or 0) for one in there])
        for one in there:
            lead_id = int(one.lead_id or 0)
            if writing.change(one, leads[lead_id], responses.get(lead_id, [])):
                counts["updated"] += 1
                counts["merged"] += len(one.rows) - 1

    def _share(self, writing: Writing) -> int | None:
        """What this part's responses cost of what is left."""
        if self._cost is None:
            return None
        count = len(writing.responses)
        share = self._cost if count >= self._shares else self._cost * count // self._shares
        if not count:
            return 0
        self._cost -= share
        self._shares -= count
        return share

    # -- what is kept of it ------------------------------------------------------------------------

    def _open(self, unit: Unit, rejections: Sequence[Rejection]) -> int:
        said = self.options
        bulk = rows_of.Bulk(
            ImportBatch,
            "sha256",
            at=self.now,
            by_id=unit.actor.rep_id,
            file_name=self.name,
            offer=said.offer,
            source=said.source,
            event=said.event,
            cost_minor=said.cost_minor,
            currency=said.currency,
            rejects=[
                {
                    "line": one.line,
                    "field": one.field,
                    "value": one.value,
                    "reason": one.reason,
                    "cells": list(one.cells),
                }
                for one in rejections
            ],
        )
        bulk.add((self.sha256,))
        return bulk.write(unit)[0]

    def _log(
        self,
        unit: Unit,
        event: Event,
        batch: int,
        counts: Mapping[str, int],
        made: Mapping[str, Sequence[int]],
    ) -> None:
        """The last entry of a part: the before-images of what it changed stand under its number."""
        seq = unit.log(
            event,
            subjects={"batch": batch},
            after={"counts": counts, "made": made},
            codes={
                Code.OFFER: self.options.offer,
                **({Code.OWN: self.options.own} if self.options.own else {}),
            },
            hashes={"file": self.sha256},
            private="" if self._seqs else self.name,
        )
        self._seqs.append(seq)
        for table, ends in made.items():
            _append(self._made.setdefault(table, []), ends)
        said = {
            **counts,
            "options": self.options.fingerprint(),
            **self.taught,
            "made": self._made,
            "seq": self._seqs[0],
            "seqs": self._seqs,
        }
        if left := self._rows - _kept(counts) - counts["unchanged"]:
            said[LEFT] = left
        rows_of.close_batch(unit, batch, said)

    def _close(self) -> None:
        """Say that the file is in whole, where the last part that wrote did not say so."""
        before, unchanged = self.counts["unchanged"], self._rows - _kept(self.counts)
        self.counts["unchanged"] = unchanged
        if self.options.dry_run:
            self.batch = None if _kept(self.counts) else self.batch
        elif self._seqs and before != unchanged:
            with self.context.write() as unit:
                self._log(unit, Event.IMPORT_PART, int(self.batch or 0), self.counts, {})


def _kept(counts: Mapping[str, int]) -> int:
    return sum(counts[kind] for kind in ("new", "updated", "merged", "review"))


def _is_nameless(row: IncomingLead) -> bool:
    """Whether a row can be known by its number alone."""
    return not (row.first_name or row.last_name or row.emails)


def _came_to(person: Person, made: Person) -> str:
    if person is made:
        return "review" if made.why else "new"
    return "merged" if len(person.rows) > 1 or person.lead_id is None else "updated"


def _append(known: list[int], ends: Sequence[int]) -> None:
    """``[first, last …]`` after others; what follows on is one with it."""
    for first, last in zip(ends[::2], ends[1::2], strict=True):
        if known and known[-1] + 1 == first:
            known[-1] = last
        else:
            known.extend((first, last))
