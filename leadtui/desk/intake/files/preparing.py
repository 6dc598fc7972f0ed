"""A file before it is brought in: how it is read, which column becomes what, and what nobody but
its reader can say. Nothing is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadtui.desk.intake.files.columns import LIKE, fields_of, resembling
from leadtui.desk.intake.files.importing import check_said, load, table_in
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.intake.files.remembered import Before, as_before
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.sheets import codepages
from leadtui.sheets.cells import letters
from leadtui.sheets.dates import column_order
from leadtui.sheets.decoding import Undecided
from leadtui.sheets.fields import read_money
from leadtui.sheets.headers import (
    CATALOGUE,
    FIELDS,
    KEPT,
    SEVERAL,
    check_mapping,
    find_columns,
    is_known,
)
from leadtui.sheets.reading import NoHeader, Table

if TYPE_CHECKING:
    from leadtui.desk.core.context import Context
    from leadtui.sheets.headers import Columns

SAMPLES = 20
"""So many first rows are shown."""
NUMBERED, USUAL = "column 1", "trade-show"
WHO = frozenset(("full_name", "first_name", "last_name", "email", "phone", "mobile"))
"""Fields of which a lead has at least one."""


class NoEncoding(LeadtuiError):
    """Which encoding a file has cannot be told; ``pages`` are (name, some lines as it reads
    them)."""

    def __init__(self, message: str, pages: list[tuple[str, str]]) -> None:
        super().__init__(message)
        self.pages = pages


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column: its name, the field that it becomes (empty for none), and its first cells."""

    label: str
    named: str
    """How ``--map`` names it."""
    field: str
    chosen: bool
    """Whether somebody chose that, now or for an earlier file."""
    like: str
    """What it looks like, where it became no field and looks like one."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file as it would be read, by ``options``."""

    data: bytes
    table: Table
    options: ImportOptions
    columns: tuple[FileColumn, ...]
    before: Before | None = None
    unclear: str = ""
    """Why the order of dates has to be said; empty where the file itself tells."""
    titled: bool = False
    """Whether somebody said that its first row is a header."""

    @property
    def name(self) -> str:
        """The file's."""
        return self.options.name

    @property
    def rows(self) -> int:
        """How many there are, also those that cannot be read."""
        return len(self.table.rows) + len(self.table.broken)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was odd about reading it."""
        broken = (f"line {one.line}: {one.reason}" for one in self.table.broken[:SAMPLES])
        return (*self.table.warnings, *broken)


def prepare(
    context: Context, source: Path | bytes, options: ImportOptions, *, titled: bool = False
) -> Prepared:
    """Look at a file. ``titled`` takes the first row for the header, though it knows none of its
    words. What was said of the last file of the same maker is said of this one too, where
    ``options`` do not say otherwise; an empty offer is what was said then, or the usual one.

    Raises ``NoEncoding``, ``WrongUse`` for options nobody knows, and ``LeadtuiError`` for a file
    that cannot be read."""
    with context.store.read() as session:
        offers = tuple(context.playbook(session).offers)
    usual = USUAL if USUAL in offers else offers[0]
    check_said(context, replace(options, offer=options.offer or usual))
    data = load(source)
    name = options.name or (source.name if isinstance(source, Path) else "the file")
    table = _table(data, name, options, titled=titled)
    labels = find_columns(table.header, {}).labels
    sha256 = hashlib.sha256(data).hexdigest()
    before, said = as_before(context, (sha256, labels), replace(options, name=name), offers)
    said = replace(said, offer=said.offer or usual)
    return _prepared(data, table, said, options.dates, before, titled=titled)


def _prepared(
    data: bytes,
    table: Table,
    said: ImportOptions,
    dates: str,
    before: Before | None,
    *,
    titled: bool,
) -> Prepared:
    """The view; ``dates`` is the order that was said of this very file."""
    columns = find_columns(table.header, check_mapping(said.mapping))
    unclear = _unclear(table, columns, said.name)
    return Prepared(
        data=data,
        table=table,
        # What was said of an earlier file's dates holds only where this one tells nothing.
        options=said if unclear else replace(said, dates=dates),
        columns=_columns(table, columns, said),
        before=before,
        unclear=unclear,
        titled=titled,
    )


def chosen(prepared: Prepared, column: int, field: str) -> Prepared:
    """The same with another field for a column: one of ours, ``KEPT`` for none, or nothing for
    what its header says. A field that takes one column leaves the one that had it.

    Raises ``WrongUse`` for a field that nobody knows."""
    named = prepared.columns[column].named
    rest = [
        pair
        for pair in prepared.options.mapping
        if letters(pair[1]) != letters(named)
        and (pair[0] != field or field in SEVERAL or field == KEPT)
    ]
    mapping = (*rest, (field, named)) if field else tuple(rest)
    return _again(prepared, replace(prepared.options, mapping=tuple(mapping)))


def said(context: Context, prepared: Prepared, words: Mapping[str, str]) -> Prepared:
    """The same with what was typed beside it; ``cost`` is an amount. Raises ``WrongUse``, and
    ``LeadtuiError`` where something has still to be said."""
    kept: dict[str, Any] = {key: value.strip() for key, value in words.items() if key != "cost"}
    cost, currency = words.get("cost", "").strip(), prepared.options.currency
    money = read_money(cost, currency) if cost else None
    if cost and money is None:
        raise WrongUse(f"--cost {cost!r} is no amount; write it like 12000 or 12000.50 EUR")
    minor, currency = money or (None, currency)
    options = replace(prepared.options, **kept, cost_minor=minor, currency=currency)
    check_said(context, options)
    somebody(prepared)
    if prepared.unclear and not options.dates:
        raise LeadtuiError(prepared.unclear)
    return _again(prepared, options)


def _again(prepared: Prepared, options: ImportOptions) -> Prepared:
    """The same table by other options."""
    return _prepared(
        prepared.data,
        prepared.table,
        options,
        options.dates,
        prepared.before,
        titled=prepared.titled,
    )


def somebody(prepared: Prepared) -> None:
    """Raise ``LeadtuiError`` where no column says who anybody is."""
    if not WHO & {column.field for column in prepared.columns}:
        raise LeadtuiError(
            "no column is a name, an e-mail address or a telephone number yet; choose which is"
        )


def fields() -> tuple[tuple[str, str], ...]:
    """Every field of ours, with some of the headers that mean it."""
    told = ((name, ", ".join(CATALOGUE[name].split(", ")[:4])) for name in FIELDS)
    return ((KEPT, "no field: kept beside the lead"), *told)


def rejects_place(file: Path) -> Path:
    """Where rows that cannot be leads would be written: beside the file, under a name that nothing
    has yet."""
    folder = file.parent if _writable(file.parent) else Path.cwd()
    suffix = ".csv" if file.suffix.casefold() not in (".tsv", ".txt") else file.suffix
    names = (
        f"{file.stem}-rejects{f'-{turn}' if turn > 1 else ''}{suffix}" for turn in range(1, 99)
    )
    free = (folder / name for name in names if not (folder / name).exists())
    return next(free, folder / f"{file.stem}-rejects{suffix}")


def _writable(folder: Path) -> bool:
    import os

    return os.access(folder, os.W_OK | os.X_OK)


def _table(data: bytes, name: str, options: ImportOptions, *, titled: bool) -> Table:
    """The file's table; where no header is known, under the first row or under numbers."""
    mapping = check_mapping(options.mapping)
    try:
        return table_in(data, name, lambda cell: is_known(cell, mapping), options.encoding)
    except Undecided as error:
        raise NoEncoding(str(error), codepages.apart(error.pages)) from error
    except NoHeader:
        numbered = table_in(data, name, lambda cell: cell == NUMBERED, options.encoding)
        if not titled or not numbered.rows:
            return numbered
        first = {letters(cell) for cell in numbered.rows[0].cells if letters(cell)}
        return table_in(data, name, lambda cell: letters(cell) in first, options.encoding)


def _columns(table: Table, columns: Columns, options: ImportOptions) -> tuple[FileColumn, ...]:
    mapped = {letters(theirs) for _, theirs in options.mapping}
    like = {index: LIKE[kind] for index, kind in resembling(table, columns)}
    folded = [letters(text) for text in table.header]
    found = []
    for index, (label, field) in enumerate(fields_of(columns)):
        own = folded[index] and folded.count(folded[index]) == 1
        named = table.header[index].strip() if own else f"column {index + 1}"
        said = {folded[index], f"column{index + 1}"} & mapped
        cells = tuple(row.cells[index] for row in islice(table.rows, SAMPLES))
        found.append(FileColumn(label, named, field, bool(said), like.get(index, ""), cells))
    return tuple(found)


def _unclear(table: Table, columns: Columns, name: str) -> str:
    """Why the order of dates has to be said; empty where it need not."""
    places = columns.fields.get("scanned_at", ())
    filled = (at for at in places if any(row.cells[at].strip() for row in table.rows))
    index = next(filled, None)
    if index is None:
        return ""
    try:
        cells = [(row.line, row.cells[index]) for row in table.rows]
        column_order(cells, name, columns.labels[index])
    except LeadtuiError as error:
        return str(error)
    return ""
