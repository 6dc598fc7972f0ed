"""The files of a floor's playbook that one may change: found by name, and looked at after a
change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load
from leadtui.cadence.sources.places import nearest
from leadtui.desk.core.context import Context
from leadtui.desk.playbook.files import SUFFIXES, read_folder
from leadtui.desk.playbook.sample_firm import remnants
from leadtui.errors import NotFound, PlaybookError, WrongUse

FOLDER = "playbook"


@dataclass(frozen=True, slots=True)
class Draft:
    """One file: ``name`` as it is asked for, ``file`` in the playbook, ``path`` on the disk."""

    name: str
    file: str
    path: Path


@dataclass(frozen=True, slots=True)
class Examined:
    """The drafts as they are now."""

    problems: tuple[PlaybookError, ...]
    """Why they cannot be run."""
    sample: tuple[PlaybookError, ...]
    """What speaks for the sample firm; none on a demo floor."""
    differs: bool
    """Whether they are another process than the one that runs."""


def listed(context: Context) -> tuple[Draft, ...]:
    """Every file of the drafts, the playbook's own first, then folder by folder.

    Raises ``NotFound`` where the floor's folder has no drafts."""
    folder = context.settings.folder / FOLDER
    if not folder.is_dir():
        raise NotFound(
            f"{folder}: this floor's folder has no drafts; they are where the floor was made"
        )
    found = [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES]
    files = sorted(
        (path.relative_to(folder).as_posix() for path in found),
        key=lambda file: ("/" in file, file),
    )
    stems = [PurePosixPath(file).stem for file in files]
    return tuple(
        Draft(stem if stems.count(stem) == 1 else file, file, folder / file)
        for file, stem in zip(files, stems, strict=True)
    )


def find(context: Context, word: str) -> Draft:
    """The one file of that name, with or without its folder and ending.

    Raises ``NotFound``, and ``WrongUse`` for more than one."""
    known = listed(context)
    said = word.strip().strip("/")
    found = [
        draft
        for draft in known
        if said in {draft.file, draft.file.rpartition(".")[0], draft.name}
        or said == PurePosixPath(draft.file).stem
    ]
    exact = [draft for draft in found if said in {draft.file, draft.file.rpartition(".")[0]}]
    if len(exact or found) > 1:
        raise WrongUse(f"{word!r} is {', '.join(draft.file for draft in found)}; name one of them")
    if not found:
        near = nearest(said, (draft.name for draft in known))
        hint = f"did you mean {near}? " if near else ""
        raise NotFound(
            f"the playbook has no {word[:60]!r}; {hint}'leadtui playbook edit' lists what it has"
        )
    return (exact or found)[0]


def examined(context: Context) -> Examined:
    """What is wrong with the drafts now, and whether they are what runs."""
    folder = context.settings.folder / FOLDER
    contents = read_folder(folder)
    found = problems(contents)
    with context.store.read() as session:
        running = context.running_hash(session)
    return Examined(
        found, sample_words(context, folder), differs=bool(found) or load(contents).hash != running
    )


def sample_words(context: Context, folder: Path) -> tuple[PlaybookError, ...]:
    """What a playbook folder still says in the sample firm's name; nothing on a demo floor."""
    return () if context.is_demo else remnants(read_folder(folder))
