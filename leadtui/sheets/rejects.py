"""The rows that could not become leads, as a CSV file that can be corrected and imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from leadtui.errors import LeadtuiError
from leadtui.files import create
from leadtui.sheets.cells import guarded
from leadtui.sheets.headers import WHY
from leadtui.sheets.incoming import Rejection


def check_target(path: Path) -> None:
    """Refuse a file that is there already, or a folder that is not."""
    if path.is_symlink() or path.exists():
        raise LeadtuiError(f"{path}: there is a file here already; name another with --rejects")
    if not path.parent.is_dir():
        raise LeadtuiError(
            f"{path}: there is no folder {path.parent}; make it or name another file with --rejects"
        )


def rejects_text(
    header: Sequence[str], rejections: Iterable[Rejection], delimiter: str = ","
) -> str:
    """The file's text: the original header and cells between delimiters of its own, and a last
    column that says why."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    width = len(header)
    writer.writerow([*map(guarded, header), WHY])
    for item in rejections:
        cells = [guarded(cell) for cell in item.cells]
        cells += [""] * (width - len(cells))
        # what is beyond the header stands behind the reason, where it can be seen
        writer.writerow([*cells[:width], guarded(reason_line(item)), *cells[width:]])
    return out.getvalue()


def reason_line(item: Rejection) -> str:
    """One sentence for a person: line, column, value, reason."""
    blamed = f", {item.field} {item.value!r}" if item.field else ""
    return f"line {item.line}{blamed}: {item.reason}"


def write_rejects(path: Path, text: str) -> None:
    """Write the file whole or not at all; nothing that is there is overwritten.

    Raises ``LeadtuiError`` where the file cannot be written.
    """
    check_target(path)
    try:
        create(path, [text.encode("utf-8-sig")])
    except OSError as error:
        raise LeadtuiError(
            f"{path}: cannot be written ({error.strerror}); name another file with --rejects"
        ) from error
