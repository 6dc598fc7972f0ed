"""Cadences from CadenceML files: converted, checked together with the playbook they join, then
written."""

from __future__ import annotations

from pathlib import Path

from leadtui.cadence.reading.cadenceml import convert
from leadtui.cadence.reading.checking import problems
from leadtui.desk.playbook.files import MAX_FILE, read_folder, write_folder
from leadtui.errors import LeadtuiError
from leadtui.files import read_text


def bring_in(file: Path, folder: Path) -> tuple[str, ...]:
    """Write a CadenceML file's cadences into a playbook folder; returns the names written.

    Raises ``LeadtuiError`` where the file cannot be read, a name is taken, or the whole would not
    pass ``check``."""
    text = read_text(file, "name a CadenceML file", MAX_FILE)
    before = read_folder(folder)
    made = convert(text, file.name)
    if taken := sorted(set(made) & set(before)):
        raise LeadtuiError(
            f"{folder / taken[0]}: this file exists already; rename the cadence in {file} first"
        )
    found = problems({**before, **made})
    if found:
        raise LeadtuiError(f"{found[0]}; nothing was written")
    write_folder(folder, made)
    return tuple(sorted(made))
