"""The use case: a file becomes companies, leads and responses, or nothing where something is wrong
with it; ``bringing.py`` writes them."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from leadtui.cadence.reading.unheeded import unrouted
from leadtui.desk.core import people
from leadtui.desk.intake.files.bringing import TOLD, Admit, Bringing, Known, Progress
from leadtui.desk.intake.files.columns import fields_of, overlooked
from leadtui.desk.intake.files.options import ImportOptions, ImportReport, ReadingRules
from leadtui.desk.intake.files.rows import RowReader
from leadtui.desk.intake.files.suppressing import suppressed
from leadtui.errors import WrongUse
from leadtui.files import read_whole
from leadtui.sheets.dates import ORDERS, zone_named
from leadtui.sheets.headers import Columns, check_mapping, find_columns, is_known
from leadtui.sheets.incoming import IncomingLead, Rejection
from leadtui.sheets.places import country_code
from leadtui.sheets.reading import Table, read_table
from leadtui.sheets.rejects import check_target, rejects_text, write_rejects

if TYPE_CHECKING:
    from leadtui.desk.core.context import Context
    from leadtui.store.engine.unit_of_work import Unit


def import_file(
    context: Context,
    source: Path | bytes | Table,
    options: ImportOptions,
    *,
    admit: Admit | None = None,
    known: Known | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a file, or a table that was read already. ``admit`` gives new responses their owner
    and first touch (default: ``desk.intake``), ``known`` is told who is there already.

    Raises ``WrongUse`` for options nobody knows and ``LeadtuiError`` for a file that cannot be
    read, an order of dates that cannot be told, and a file of rejects that is there already;
    nothing was changed then."""
    with _without_collector():
        return _Import(
            context,
            source,
            options,
            admit or _intake(context),
            known or _anybody,
            progress or _silent,
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
    from leadtui.desk.intake.kinds import Lasting

    loads: dict[int | None, int] = {}
    lasting: Lasting = {}
    return lambda unit, arrivals: admit(context, unit, arrivals, loads, lasting)


def _anybody(_unit: Unit, _leads: Sequence[int]) -> None:
    return


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
        known: Known,
        progress: Progress,
    ) -> None:
        self.context, self.options, self.progress = context, options, progress
        self.hooks = (admit, known, progress)
        self.now = context.now()
        self.name = options.name or (source.name if isinstance(source, Path) else "the file")
        self.source = source if isinstance(source, Table) else load(source)
        said = repr(source).encode() if isinstance(self.source, Table) else self.source
        self.sha256 = hashlib.sha256(said).hexdigest()

    def run(self) -> ImportReport:
        """Read, match, write."""
        self._check()
        table = self._table()
        leads, rejections, warnings = self._rows(table)
        target = self.options.rejects if rejections and not self.options.dry_run else None
        if target is not None:
            text = rejects_text(table.header, rejections, table.delimiter or ",")
            write_rejects(target, text)
        with self.context.store.read() as session:
            leads, closed = suppressed(session, leads)
            unshared = unrouted(self.context.playbook(session))
        typed = isinstance(self.source, Table)
        bringing = Bringing(
            self.context,
            self.options,
            (self.name, self.sha256),
            self.now,
            self.hooks,
            () if typed else self._columns(table).labels,
        )
        try:
            bringing.run(leads, rejections)
        except BaseException:
            if target is not None:
                target.unlink(missing_ok=True)
            raise
        return ImportReport(
            rows=len(leads) + len(rejections),
            batch=bringing.batch,
            warnings=(*warnings, *closed, *bringing.warnings, *([unshared] if unshared else [])),
            reasons=tuple(rejections),
            dry_run=self.options.dry_run,
            outcomes=bringing.outcomes(),
            columns=fields_of(self._columns(table)),
            doubts=bringing.doubts() if self.options.foresee else (),
            firsts=tuple(bringing.firsts.most_common()),
            **bringing.counts,
        )

    def _check(self) -> None:
        """Refuse options before the file is read."""
        if self.options.decided:
            people.require(self.context, "deciding near duplicates", "supervisor", "marketer")
        check_said(self.context, self.options)
        if self.options.rejects is not None:
            check_target(self.options.rejects)

    def _table(self) -> Table:
        if isinstance(self.source, Table):
            return self.source
        mapping = check_mapping(self.options.mapping)
        return table_in(
            self.source, self.name, lambda header: is_known(header, mapping), self.options.encoding
        )

    def _columns(self, table: Table) -> Columns:
        return find_columns(table.header, check_mapping(self.options.mapping))

    def _rules(self) -> ReadingRules:
        options, settings = self.options, self.context.settings
        given = bool(options.event_zone)
        zone = zone_named(options.event_zone, "--event-zone") if given else self.context.zone
        return ReadingRules(
            country=country_code(options.country) or settings.country,
            zone=zone,
            now=self.now,
            zone_given=given,
            dates=options.dates,
            currency=options.currency,
            source=options.source,
            event=options.event,
            offer=options.offer,
            beside=options.about_columns(),
        )

    def _rows(self, table: Table) -> tuple[list[IncomingLead], list[Rejection], list[str]]:
        columns = self._columns(table)
        reader = RowReader(table, columns, self._rules(), self.name)
        self.progress("reading", 0, len(table.rows))
        leads: list[IncomingLead] = []
        rejections = [Rejection(one.line, "", "", one.reason, one.cells) for one in table.broken]
        for count, row in enumerate(table.rows, 1):
            found = reader.read(row)
            if isinstance(found, Rejection):
                rejections.append(found)
            else:
                leads.append(found)
            if count % TOLD == 0 or count == len(table.rows):
                self.progress("reading", count, len(table.rows))
        rejections.sort(key=lambda one: one.line)
        # Whoever foresees has seen the columns, and chosen.
        unseen = () if self.options.foresee else overlooked(table, columns)
        warnings = [*table.warnings, *unseen, *reader.finish()]
        if not table.rows and not table.broken:
            warnings.append("the file has a header and no rows")
        return leads, rejections, warnings


def check_said(context: Context, options: ImportOptions) -> None:
    """Refuse what nobody knows of what is said beside a file. Raises ``WrongUse``."""
    with context.store.read() as session:
        offers = context.playbook(session).offers
    if options.offer not in offers:
        raise WrongUse(
            f"--offer {options.offer!r} is unknown; the playbook has {', '.join(offers)}"
        )
    if options.dates and options.dates not in ORDERS:
        raise WrongUse(
            f"--dates {options.dates!r} is unknown; write dmy (31/12/2026) or mdy (12/31/2026)"
        )
    if options.country and not country_code(options.country):
        raise WrongUse(
            f"--country {options.country!r} is no country we know; write its name or its two "
            "letters"
        )
    if options.event_zone:
        zone_named(options.event_zone, "--event-zone")


def table_in(data: bytes, name: str, known: Callable[[str], bool], encoding: str = "") -> Table:
    """The table of a file, or of a spreadsheet's first sheet; ``known`` tells a header."""
    from leadtui.sheets.spreadsheets import is_sheet, read_sheet

    if is_sheet(data):
        return read_sheet(data, name, known)
    return read_table(data, name, known, encoding)


def load(source: Path | bytes) -> bytes:
    """A file's bytes."""
    return source if isinstance(source, bytes) else read_whole(source, "name a file of leads")
