"""XLSX and ODS: the first sheet that has rows, as the table that a CSV would be."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from leadtui.errors import LeadtuiError
from leadtui.sheets.reading import Table, table_of

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def is_sheet(data: bytes) -> bool:
    """Whether these bytes are a spreadsheet's rather than a text's."""
    return data.startswith((_ZIP, _OLE))


def read_sheet(data: bytes, where: str, is_known: Callable[[str], bool]) -> Table:
    """The first sheet that has rows, as a table.

    Raises ``LeadtuiError`` where the file is no spreadsheet.
    """
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets: list[list[list[Any]]] = [
            book.get_sheet_by_name(name).to_python() for name in book.sheet_names
        ]
    except Exception as error:
        raise LeadtuiError(
            f"{where}: this spreadsheet cannot be read ({error}); save it as CSV and import that"
        ) from error
    filled: list[list[Any]] = next(
        (rows for rows in sheets if any(cell != "" for row in rows for cell in row)), []
    )
    return table_of([[_text(cell) for cell in row] for row in filled], where, is_known)


def _text(cell: Any) -> str:
    """A typed cell as text; whole numbers without a point, times as ISO 8601."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else str(cell.total_seconds())
