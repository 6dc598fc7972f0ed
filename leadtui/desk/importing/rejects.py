"""The rows that could not become leads, as a CSV file that can be corrected and imported again."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from leadtui.desk.importing.cells import guarded
from leadtui.desk.importing.headers import WHY
from leadtui.desk.importing.incoming import Rejection
from leadtui.errors import LeadtuiError


def check_target(path: Path) -> None:
    """Refuse a file that is there already, or a folder that is not."""
    if path.is_symlink() or path.exists():
        raise LeadtuiError(f"{path}: there is a file here already; name another with --rejects")
    if not path.parent.is_dir():
        raise LeadtuiError(f"{path}: there is no folder {path.parent}; make it or name another file with --rejects")


def rejects_text(header: Sequence[str], rejections: Iterable[Rejection]) -> str:
    """The file's text: the original header and cells, and a last column that says why."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
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
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("x", encoding="utf-8-sig", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _appear(draft, path)
    except OSError as error:
        raise LeadtuiError(f"{path}: cannot be written ({error.strerror}); name another file with --rejects") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _appear(draft: Path, path: Path) -> None:
    """Give the finished file its name, unless somebody took the name meanwhile."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        path.touch(exist_ok=False)
        draft.replace(path)
