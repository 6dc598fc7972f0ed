"""Builds the small files that the tests of importing read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from leadtui.desk.intake.files.options import ReadingRules
from leadtui.desk.intake.files.rows import RowReader
from leadtui.sheets.headers import check_mapping, find_columns, is_known
from leadtui.sheets.incoming import IncomingLead, Rejection
from leadtui.sheets.reading import Table, read_table

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def table(text, *, encoding="utf-8", mapping=None, given=""):
    """The table in a file that holds ``text``."""
    data = text if isinstance(text, bytes) else text.encode(encoding)
    known = check_mapping((mapping or {}).items())
    return read_table(data, "leads.csv", lambda header: is_known(header, known), given)


def rules(**changes):
    """A floor in Chicago."""
    values = {"country": "US", "zone": ZoneInfo("America/Chicago"), "now": NOW, **changes}
    return ReadingRules(**values)


def read(text, *, mapping=None, **changes):
    """``(leads or rejections, remarks)`` of a file."""
    found: Table = table(text, mapping=mapping)
    reader = RowReader(
        found,
        find_columns(found.header, check_mapping((mapping or {}).items())),
        rules(**changes),
        "leads.csv",
    )
    rows: list[IncomingLead | Rejection] = [reader.read(row) for row in found.rows]
    return rows, reader.finish()


def one(text, **options):
    """The only lead of a file."""
    rows, _ = read(text, **options)
    assert len(rows) == 1, rows
    return rows[0]
