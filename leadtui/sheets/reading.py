"""Text to a table with line numbers, whatever surrounds it: delimiters, title rows, broken quotes,
blank headers.

The lines of the file are read by the standard ``csv`` module in strict mode. A quote that is never
closed makes it swallow the lines that follow; the record is then given up at the line where the
quote opened, listed, and reading goes on with the next line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from leadtui.errors import LeadtuiError
from leadtui.sheets.cells import letters
from leadtui.sheets.decoding import decode

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_LOOK = 20
"""How many records may stand above the header."""
_SAMPLE = 60
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\W\d_]{2,}")
_DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?\b|\d\d?([/.])\d\d?\1(?:\d{4}|\d\d)\b|[^\W\d_]{3,9} \d\d?,? \d{4}\b"
)
_NUMBER = re.compile(
    r"(?:p:|tel:?|'|=\")?\s*(?:\+|\(|00)?\d(?:[\d().-]| (?! )|/)+(?:\s*(?:x|ext\.?|#)\s*\d+)?\"?",
    re.IGNORECASE,
)


class NoHeader(LeadtuiError):
    """No row of a file is a header that is known."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it begins on, counted from 1, and its cells as they stand in the
    file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that could not be cut into cells: the line, what it holds (split without regard to
    quotes), and why."""

    line: int
    cells: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a header, its rows, and what could not be read."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    broken: tuple[Broken, ...]
    encoding: str
    delimiter: str
    warnings: tuple[str, ...] = ()
    line: int = 0
    """Where the header stands; 0 for none."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How records are cut; ``spaced`` means that a space may stand between delimiter and quote."""

    delimiter: str
    spaced: bool = False

    def reader(self, lines: Iterable[str], *, strict: bool) -> Reader:
        return csv.reader(
            lines, delimiter=self.delimiter, strict=strict, skipinitialspace=self.spaced
        )


def read_table(
    data: bytes, where: str, is_known: Callable[[str], bool], encoding: str = ""
) -> Table:
    """The table in ``data``; ``where`` names the file in messages, ``is_known`` tells a header from
    anything else.

    Raises ``LeadtuiError`` for an empty file, no header to be found, or no text at all; a header
    alone is a table."""
    decoded = decode(data, where, encoding)
    lines = list(io.StringIO(decoded.text, newline=""))
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise LeadtuiError(f"{where}: the file is empty; export the list again")
    named = _SEPARATOR.fullmatch(lines[first].strip(" \r\n"))
    start = first + 1 if named else 0
    shape = _shape(lines[start:], is_known, named[1] if named else "")
    records, broken = _records(lines, start, shape)
    table = _table(records, broken, shape, is_known, where)
    return replace(table, encoding=decoded.encoding, warnings=decoded.warnings + table.warnings)


def table_of(rows: Sequence[Sequence[str]], where: str, is_known: Callable[[str], bool]) -> Table:
    """A table from cells that were already cut, a spreadsheet's; the same rules find the header."""
    records = [
        Row(number, tuple(cells))
        for number, cells in enumerate(rows, 1)
        if any(cell.strip() for cell in cells)
    ]
    if not records:
        raise LeadtuiError(f"{where}: the file is empty; export the list again")
    return _table(records, [], None, is_known, where)


def _shape(lines: Sequence[str], is_known: Callable[[str], bool], named: str) -> _Shape:
    """The delimiter that the first line names, else the one under which most headers are known and
    rows agree."""
    sample = lines[:_SAMPLE]
    spaced = re.compile(r'[,;|\t] +"')
    loose = (False, True) if any(spaced.search(line) for line in sample) else (False,)
    shapes = [_Shape(delimiter, space) for delimiter in (named or DELIMITERS) for space in loose]
    return (
        max(shapes, key=lambda shape: _fitness(sample, shape, is_known))
        if len(shapes) > 1
        else shapes[0]
    )


def _fitness(
    sample: Sequence[str], shape: _Shape, is_known: Callable[[str], bool]
) -> tuple[int, float, int, bool]:
    records, _ = _records(sample, 0, shape)
    cut = [_unwrapped(record.cells, shape, 2) for record in records]
    known = max((sum(map(is_known, cells)) for cells in cut[:_LOOK]), default=0)
    widths = [len(cells) for cells in cut]
    usual = max(set(widths), key=widths.count) if widths else 0
    agree = widths.count(usual) / len(widths) if usual > 1 else 0.0
    return known, agree, usual, not shape.spaced


def _records(lines: Sequence[str], start: int, shape: _Shape) -> tuple[list[Row], list[Broken]]:
    """Cut lines into records; a record whose quote never closes costs only the line where it
    began."""
    rows: list[Row] = []
    broken: list[Broken] = []
    position = start
    while position < len(lines):
        position += _run(lines, position, shape, rows)
        if position == len(lines):
            break
        line = lines[position]
        mended = _mended(line, shape)
        if mended is not None:
            rows.append(Row(position + 1, tuple(mended)))
        else:
            split = tuple(line.rstrip("\r\n").split(shape.delimiter))
            broken.append(
                Broken(
                    position + 1,
                    split,
                    "a quote is opened here and not closed; close it or take it out",
                )
            )
        position += 1
    return rows, broken


def _run(lines: Sequence[str], position: int, shape: _Shape, rows: list[Row]) -> int:
    """Add the sound records from ``position`` on to ``rows``; how many lines they took, up to the
    first odd one."""
    reader = shape.reader(map(lines.__getitem__, range(position, len(lines))), strict=True)
    done = 0
    try:
        for cells in reader:
            if any(cells):
                rows.append(Row(position + done + 1, tuple(cells)))
            done = reader.line_num
    except csv.Error:
        return done
    return len(lines) - position


def _mended(line: str, shape: _Shape) -> list[str] | None:
    """The cells of a line whose quotes are odd but closed: ``"Ann "the pump" Lee"`` and a backslash
    before the quote. A quote closes a cell only where the cell ends."""
    body = line.rstrip("\r\n")
    if '\\"' in body:
        try:
            reader = csv.reader(
                [body], delimiter=shape.delimiter, strict=True, doublequote=False, escapechar="\\"
            )
            return next(reader)
        except csv.Error:
            return None
    end = re.escape(shape.delimiter)
    cell = re.compile(rf' *"(.*?)" *(?={end}|$)|((?:"[^{end}"]*")?[^"{end}][^{end}]*|)(?={end}|$)')
    cells, position = [], 0
    while found := cell.match(body, position):
        cells.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        position = found.end() + 1
        if position > len(body):
            return cells
    return None


def _unwrapped(cells: tuple[str, ...], shape: _Shape | None, width: int) -> tuple[str, ...]:
    """A row that was quoted as one field, cut again where that gives ``width`` cells or more."""
    if len(cells) != 1 or shape is None or shape.delimiter not in cells[0]:
        return cells
    try:
        inner = next(shape.reader([cells[0]], strict=True), [])
    except csv.Error:
        return cells
    return tuple(inner) if len(inner) >= width else cells


def _table(
    records: list[Row],
    broken: list[Broken],
    shape: _Shape | None,
    is_known: Callable[[str], bool],
    where: str,
) -> Table:
    place, header = _header(records, shape, is_known, where)
    while header and not header[-1].strip() and not _used(records, place, len(header) - 1, shape):
        header = header[:-1]
    line = records[place].line if place >= 0 else 0
    above = [
        *records[: max(place, 0)],
        *(Row(one.line, one.cells) for one in broken if one.line < line),
    ]
    warnings = [
        f"line {row.line} stands above the header and was left out: {_shown(row.cells)}"
        for row in above
        if not any(map(_is_data, row.cells))
    ]
    width = len(header)
    rows: list[Row] = []
    bad = [item for item in broken if item.line > line]
    bad += [
        Broken(row.line, row.cells, "it stands above the header; put it below")
        for row in above
        if any(map(_is_data, row.cells))
    ]
    folded, other = _folded(header), 0
    for row in records[place + 1 :]:
        cells = (
            row.cells if len(row.cells) > 1 or width == 1 else _unwrapped(row.cells, shape, width)
        )
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                bad.append(Broken(row.line, cells, _too_wide(len(cells), width, shape)))
                continue
            cells = cells[:width]
        if is_known(cells[0]) and _is_header(cells, is_known):
            other = 0 if _folded(cells) == folded else row.line
            again = "another header" if other else "the header again"
            bad.append(Broken(row.line, cells, f"{again}, no lead"))
        elif other:
            why = f"it stands below another header (line {other}); import it as a file of its own"
            bad.append(Broken(row.line, cells, why))
        elif any(cell.strip() for cell in cells):
            rows.append(Row(row.line, cells + ("",) * (width - len(cells))))
    delimiter = shape.delimiter if shape else ""
    return Table(
        header,
        tuple(rows),
        tuple(sorted(bad, key=lambda item: item.line)),
        "",
        delimiter,
        tuple(warnings),
        line,
    )


def _folded(cells: Sequence[str]) -> list[str]:
    return [letters(cell) for cell in cells if cell.strip()]


def _is_header(cells: Sequence[str], is_known: Callable[[str], bool]) -> bool:
    """Whether a row holds headers and nothing else."""
    filled = [cell for cell in cells if cell.strip()]
    known = sum(map(is_known, filled))
    return known > 1 and known * 2 > len(filled) and not any(map(_is_data, filled))


def _too_wide(cells: int, width: int, shape: _Shape | None) -> str:
    inside = f"; put a cell that holds {shape.delimiter!r} in quotes" if shape else ""
    return f"{cells} cells where the header has {width}{inside}"


def _used(records: list[Row], place: int, column: int, shape: _Shape | None) -> bool:
    rows = (_unwrapped(row.cells, shape, column + 1) for row in records[place + 1 :])
    return any(len(cells) > column and cells[column].strip() for cells in rows)


def _header(
    records: list[Row], shape: _Shape | None, is_known: Callable[[str], bool], where: str
) -> tuple[int, tuple[str, ...]]:
    """Where the header stands and what it holds: the first record with more than half as many known
    headers as the best one among the first records. Place -1 is a file whose columns were named by
    their numbers."""
    cut = [_unwrapped(row.cells, shape, 2) for row in records[:_LOOK]]
    known = [0 if any(map(_is_data, cells)) else sum(map(is_known, cells)) for cells in cut]
    for place, cells in enumerate(cut[1:], 1):
        if known[place] == 1 and sum(map(bool, cells)) > 3:
            known[place] = 0  # a word of a row that happens to be a header elsewhere
    best = max(known, default=0)
    if best:
        place = next(index for index, count in enumerate(known) if count * 2 > best)
        return place, cut[place]
    numbered = tuple(f"column {number}" for number in range(1, max(map(len, cut), default=0) + 1))
    if any(map(is_known, numbered)):
        return -1, numbered
    raise NoHeader(f"{where}: no header was found, {_advice(cut)}")


def _advice(cut: Sequence[tuple[str, ...]]) -> str:
    """What the first row is, and how its columns can be named."""
    first = cut[0] if cut else ()
    data = any(map(_is_data, first))
    named = [f"column {place}" if data else cell for place, cell in enumerate(first, 1)]
    example = next((cells for cells in cut if any(map(_is_data, cells))), ())
    like = [
        f'--map "{kind}={name}"'
        for name, cell in zip(named, example, strict=False)
        if (kind := looks_like(cell)) in ("email", "phone")
    ]
    told = " ".join(like) or ('--map "full_name=column 1"' if data else "--map our=theirs")
    is_row = "the first row is data" if data else "the first row is"
    return f"{is_row} {_shown(first) if first else 'nothing'}; name the columns, like {told}"


def looks_like(cell: str) -> str:
    """``email``, ``phone`` or ``scanned_at`` for what a cell looks like; else empty."""
    text = cell.strip()
    if _ADDRESS.search(text):
        return "email"
    if _DATE.match(text):
        return "scanned_at"
    return "phone" if _NUMBER.fullmatch(text) and sum(map(str.isdigit, text)) >= 7 else ""


def _is_data(cell: str) -> bool:
    return looks_like(cell) in ("email", "phone")


def _shown(cells: Sequence[str], limit: int = 80) -> str:
    text = " · ".join(" ".join(cell.split()) for cell in cells if cell.strip())
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
