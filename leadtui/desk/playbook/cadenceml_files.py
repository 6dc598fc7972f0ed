"""Cadences from CadenceML files: converted, checked together with the playbook they join, then
written."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from leadtui.cadence.reading._readers import Unfinished
from leadtui.cadence.reading.cadenceml import GOAL, convert
from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import read
from leadtui.desk.playbook.files import MAX_FILE, read_folder, write_folder
from leadtui.errors import LeadtuiError, PlaybookError
from leadtui.files import read_text


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """The files that were written, what of the original they do not keep, and what has still to be
    written before the playbook can run."""

    written: tuple[str, ...]
    remarks: tuple[str, ...]
    unfinished: tuple[PlaybookError, ...]


def bring_in(file: Path, folder: Path) -> BroughtIn:
    """Write a CadenceML file's cadences into a playbook folder.

    Raises ``LeadtuiError`` where the file cannot be read, a name is taken, or the whole would not
    pass ``check`` even with its texts written."""
    text = read_text(file, "name a CadenceML file", MAX_FILE)
    before = read_folder(folder)
    goals = read(before, []).floor.goals
    made = convert(text, file.name, goal=GOAL if not goals or GOAL in goals else goals[0])
    if taken := sorted(set(made) & set(before)):
        raise LeadtuiError(
            f"{folder / taken[0]}: this file exists already; rename the cadence in {file} first"
        )
    found = problems({**before, **made})
    if wrong := [one for one in found if not isinstance(one, Unfinished)]:
        raise LeadtuiError(f"{wrong[0]}; nothing was written")
    write_folder(folder, made)
    cadences = [tomllib.loads(made[name]) for name in made if name.startswith("cadences/")]
    remarks = tuple(f"{one['name']}: {one['description']}" for one in cadences)
    unfinished = tuple(one for one in found if one.file in made)
    return BroughtIn(tuple(sorted(made)), remarks, unfinished)
