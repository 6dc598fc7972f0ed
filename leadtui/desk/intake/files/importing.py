"""The use case: a file becomes companies, leads and responses in one transaction, or nothing of it
does."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from leadtui.desk.intake.files.identity import Directory, Person, company_key, person_of
from leadtui.desk.intake.files.joining import ROWS, wants_company
from leadtui.desk.intake.files.options import KINDS, ImportOptions, ImportReport, ReadingRules
from leadtui.desk.intake.files.rows import RowReader
from leadtui.desk.intake.files.writing import Writing
from leadtui.errors import WrongUse
from leadtui.files import read_whole
from leadtui.sheets.cells import key
from leadtui.sheets.dates import ORDERS, zone_named
from leadtui.sheets.headers import check_mapping, find_columns, is_known
from leadtui.sheets.incoming import IncomingLead, Rejection
from leadtui.sheets.reading import Table, read_table
from leadtui.sheets.rejects import check_target, rejects_text, write_rejects
from leadtui.store import importing as rows_of
from leadtui.store.engine.tables import ImportBatch
from leadtui.store.engine.vocabulary import Code, Event

if TYPE_CHECKING:
    from leadtui.desk.core.context import Context
    from leadtui.store.engine.unit_of_work import Unit

Admit = Callable[["Unit", list[tuple[int, int]]], None]
"""What happens to new responses, ``(lead id, response id)``, inside the import's transaction."""
Progress = Callable[[str, int, int], None]
"""Told what is being done, how many rows of it are done, and of how many."""


class _NothingToKeep(Exception):
    """Ends a dry run, and an import that changes nothing."""


def import_file(
    context: Context,
    source: Path | bytes | Table,
    options: ImportOptions,
    *,
    admit: Admit | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a file, or a table that was read already. ``admit`` gives new responses their owner
    and first touch (default: ``desk.intake``).

    Raises ``WrongUse`` for options nobody knows and ``LeadtuiError`` for a file that cannot be
    read, an order of dates that cannot be told, and a file of rejects that is there already;
    nothing was changed then."""
    with _without_collector():
        return _Import(
            context, source, options, admit or _intake(context), progress or _silent
        ).run()


@contextmanager
def _without_collector() -> Iterator[None]:
    """No garbage collection meanwhile: rows make no cycles, and looking for them takes a quarter of
    the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _intake(context: Context) -> Admit:
    from leadtui.desk.intake.admitting import admit

    return lambda unit, arrivals: admit(context, unit, arrivals)


def _silent(_what: str, _done: int, _of: int) -> None:
    return


class _Import:
    """One import, step by step."""

    def __init__(
        self,
        context: Context,
        source: Path | bytes | Table,
        options: ImportOptions,
        admit: Admit,
        progress: Progress,
    ) -> None:
        self.context, self.options, self.admit, self.progress = context, options, admit, progress
        self.now = context.now()
        self.name = options.name or (source.name if isinstance(source, Path) else "the file")
        self.source = source if isinstance(source, Table) else _load(source)
        said = repr(source).encode() if isinstance(self.source, Table) else self.source
        self.sha256 = hashlib.sha256(said).hexdigest()
        self.counts = dict.fromkeys(KINDS, 0)
        self.batch: int | None = None

    def run(self) -> ImportReport:
        """Read, match, write."""
        self._check()
        table = self._table()
        leads, rejections, warnings = self._rows(table)
        self.counts["rejected"] = len(rejections)
        if self.options.rejects is not None and rejections:
            write_rejects(self.options.rejects, rejects_text(table.header, rejections))
        try:
            with self.context.write(self.now) as unit:
                self._write(unit, leads, rejections)
        except _NothingToKeep:
            pass
        except BaseException:
            if self.options.rejects is not None and rejections:
                self.options.rejects.unlink(missing_ok=True)
            raise
        return ImportReport(
            rows=len(leads) + len(rejections),
            batch=self.batch,
            warnings=tuple(warnings),
            reasons=tuple(rejections),
            dry_run=self.options.dry_run,
            **self.counts,
        )

    def _check(self) -> None:
        """Refuse options before the file is read."""
        with self.context.store.read() as session:
            offers = self.context.playbook(session).offers
        if self.options.offer not in offers:
            raise WrongUse(
                f"--offer {self.options.offer!r} is unknown; the playbook has {', '.join(offers)}"
            )
        if self.options.dates and self.options.dates not in ORDERS:
            raise WrongUse(
                f"--dates {self.options.dates!r} is unknown; write dmy (31/12/2026) or mdy "
                "(12/31/2026)"
            )
        if self.options.rejects is not None:
            check_target(self.options.rejects)

    def _table(self) -> Table:
        from leadtui.sheets.spreadsheets import is_sheet, read_sheet

        mapping = check_mapping(self.options.mapping)

        def known(header: str) -> bool:
            return is_known(header, mapping)

        if isinstance(self.source, Table):
            return self.source
        if is_sheet(self.source):
            return read_sheet(self.source, self.name, known)
        return read_table(self.source, self.name, known, self.options.encoding)

    def _rules(self) -> ReadingRules:
        options, settings = self.options, self.context.settings
        given = bool(options.event_zone)
        zone = zone_named(options.event_zone, "--event-zone") if given else self.context.zone
        return ReadingRules(
            country=settings.country,
            zone=zone,
            now=self.now,
            zone_given=given,
            dates=options.dates,
            currency=options.currency,
            source=options.source,
            event=options.event,
            offer=options.offer,
        )

    def _rows(self, table: Table) -> tuple[list[IncomingLead], list[Rejection], list[str]]:
        columns = find_columns(table.header, check_mapping(self.options.mapping))
        reader = RowReader(table, columns, self._rules(), self.name)
        leads: list[IncomingLead] = []
        rejections = [Rejection(one.line, "", "", one.reason, one.cells) for one in table.broken]
        for count, row in enumerate(table.rows, 1):
            found = reader.read(row)
            if isinstance(found, Rejection):
                rejections.append(found)
            else:
                leads.append(found)
            if count % 1000 == 0 or count == len(table.rows):
                self.progress("reading", count, len(table.rows))
        rejections.sort(key=lambda one: one.line)
        warnings = [*table.warnings, *reader.finish()]
        if not table.rows and not table.broken:
            warnings.append("the file has a header and no rows")
        return leads, rejections, warnings

    def _write(self, unit: Unit, leads: list[IncomingLead], rejections: list[Rejection]) -> None:
        earlier = rows_of.earlier_batch(unit.session, self.sha256)
        if earlier is not None and earlier.counts.get("options") == self._fingerprint():
            self.batch = earlier.id
            self.counts["unchanged"] = len(leads)
            raise _NothingToKeep
        firms = _firms(unit, leads)
        people = self._match(unit, leads, firms)
        batch_id = self._open_batch(unit, rejections)
        writing = Writing(unit, self.options.offer, self.options.currency, batch_id, firms)
        self.progress("writing", 0, len(leads))
        self._settle(unit, writing, people)
        self.progress("writing", len(leads), len(leads))
        kept = sum(self.counts[kind] for kind in ("new", "updated", "merged", "review"))
        if not kept:
            self.batch = earlier.id if earlier is not None else None
            raise _NothingToKeep
        if self.options.dry_run:
            raise _NothingToKeep
        self.admit(unit, writing.finish(self.options.cost_minor))
        self._log(unit, batch_id, writing)
        self.batch = batch_id

    def _fingerprint(self) -> str:
        """The options under which a second import of the same file cannot differ from the first."""
        said = self.options
        return repr(
            (
                said.offer,
                said.source,
                said.event,
                said.event_zone,
                sorted(said.mapping.items()),
                said.dates,
            )
        )

    def _match(self, unit: Unit, leads: list[IncomingLead], firms: dict[str, int]) -> list[Person]:
        """Everybody these rows are, each with the rows that are theirs."""
        known = _known(unit, leads, sorted(firms.values()))
        directory = Directory(known)
        seen = rows_of.asked_digests(unit.session)
        for extra in rows_of.extras_of(unit.session, [int(one.lead_id or 0) for one in known]):
            seen.update(extra.get(ROWS, ()))
        people: dict[int, Person] = {}
        for count, row in enumerate(leads, 1):
            if count % 1000 == 0 or count == len(leads):
                self.progress("matching", count, len(leads))
            if (
                row.digest in seen
            ):  # imported before: what people changed since then stays as they left it
                self.counts["unchanged"] += 1
                continue
            made = person_of(row)
            found = directory.match(made)
            made.near, made.why = found.near, found.why
            person = directory.join(found.person or made, made, row)
            people[id(person)] = person
        return list(people.values())

    def _settle(self, unit: Unit, writing: Writing, people: Sequence[Person]) -> None:
        """New leads, leads that were there, and questions; every row is counted once."""
        fresh = [one for one in people if one.lead_id is None and not one.why]
        there = [one for one in people if one.lead_id is not None]
        waiting = [one for one in people if one.why]
        wanted = [row for one in fresh for row in one.rows]
        wanted += [row for one in there for row in one.rows if wants_company(one.company, row)]
        writing.companies(
            wanted, fill=any(row.industry or row.website or row.employees for row in wanted)
        )
        self._change(unit, writing, there)
        writing.make(fresh)
        writing.ask(waiting, self.options.event)
        for kind, group in (("new", fresh), ("review", waiting)):
            self.counts[kind] += len(group)
            self.counts["merged"] += sum(len(one.rows) - 1 for one in group)

    def _change(self, unit: Unit, writing: Writing, there: Sequence[Person]) -> None:
        ids = [int(one.lead_id or 0) for one in there]
        leads = rows_of.leads_by_id(unit.session, ids)
        responses = rows_of.responses_of(unit.session, ids)
        for one, lead_id in zip(there, ids, strict=True):
            if writing.change(one, leads[lead_id], one.company, responses.get(lead_id, [])):
                self.counts["updated"] += 1
                self.counts["merged"] += len(one.rows) - 1
            else:
                self.counts["unchanged"] += len(one.rows)

    def _open_batch(self, unit: Unit, rejections: list[Rejection]) -> int:
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

    def _log(self, unit: Unit, batch_id: int, writing: Writing) -> None:
        """The last entry of the transaction: the before-images of what was updated stand under its
        number."""
        seq = unit.log(
            Event.IMPORT,
            subjects={"batch": batch_id},
            after={"counts": self.counts, "made": writing.made},
            codes={Code.OFFER: self.options.offer},
            hashes={"file": self.sha256},
            private=self.name,
        )
        counts = {**self.counts, "options": self._fingerprint(), "made": writing.made, "seq": seq}
        rows_of.close_batch(unit, batch_id, counts)


def _load(source: Path | bytes) -> bytes:
    return source if isinstance(source, bytes) else read_whole(source, "name a file of leads")


def _firms(unit: Unit, leads: list[IncomingLead]) -> dict[str, int]:
    """The companies that these rows name and the floor knows under any spelling, company key ->
    id."""
    wanted = {company_key(name) for name in {row.company for row in leads if row.company}}
    firms: dict[str, int] = {}
    for company_id, name in rows_of.companies_like(
        unit.session, sorted({firm[:4] for firm in wanted})
    ):
        if (firm := company_key(name)) in wanted:
            firms.setdefault(firm, company_id)
    return firms


def _known(unit: Unit, leads: list[IncomingLead], companies: list[int]) -> list[Person]:
    """The floor's leads that any of these rows could be."""
    keys = rows_of.Keys(
        emails=sorted({key(address) for row in leads for address in row.emails}),
        numbers=sorted({phone.number for row in leads for phone in row.phones}),
        names=sorted({key(row.full_name) for row in leads if row.first_name or row.last_name}),
        companies=companies,
    )
    return [
        Person(
            one.full_name,
            one.name_key,
            one.last_key,
            company_key(one.company),
            one.emails,
            one.numbers,
            one.lead_id,
            one.company,
            frozenset(one.emails),
            frozenset(one.numbers),
        )
        for one in rows_of.known_people(unit.session, keys)
    ]
