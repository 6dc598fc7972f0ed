"""Playbooks as files: the default one that travels with the program, a floor's drafts, and what was
activated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from leadtui.cadence.reading.attachments import FOLDER as ATTACHMENTS
from leadtui.cadence.reading.attachments import LARGEST, kept_text, read_ticket, write_ticket
from leadtui.errors import LeadtuiError
from leadtui.files import read_text, read_whole

SUFFIXES = (".toml", ".md")
_MEANT = (".toml", ".md", ".txt", ".yaml", ".yml")
"""What somebody saves a cadence or a text as; read too, so that the check says what it should be
called."""
MAX_FILE = 1_000_000


def default_files() -> dict[str, str]:
    """Path -> text of the playbook and the calling hours that ship with leadtui."""
    data = files("leadtui") / "data"
    found = dict(_walk(data / "playbook", ""))
    found |= {f"calling/{name}": text for name, text in _walk(data / "calling", "")}
    if "playbook.toml" not in found:
        raise LeadtuiError(
            "the default playbook is missing from this installation; install leadtui again"
        )
    return found


def sample(name: str) -> bytes:
    """A sample trade-show file that ships with leadtui."""
    return (files("leadtui") / "data" / "samples" / name).read_bytes()


def read_folder(folder: Path) -> dict[str, str]:
    """Path -> text of a playbook folder; the shipped calling hours stand in where it has none of
    its own."""
    if not folder.is_dir():
        raise LeadtuiError(f"{folder}: this is no folder; name one that holds a playbook.toml")
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.parent == folder / ATTACHMENTS and path.is_file() and path.name[0] != ".":
            name = path.relative_to(folder).as_posix()
            found[name] = write_ticket(read_whole(path, "check its permissions", 4 * LARGEST))
            continue
        known = path.suffix in SUFFIXES or (path.parent != folder and path.suffix.lower() in _MEANT)
        if not known or not path.is_file() or any(part.startswith(".") for part in path.parts[-2:]):
            continue
        text = read_text(path, "check its permissions", MAX_FILE)
        found[path.relative_to(folder).as_posix()] = text
    if not any(name.startswith("calling/") for name in found):
        found |= {
            name: text for name, text in default_files().items() if name.startswith("calling/")
        }
    return found


def attachments(folder: Path, contents: Mapping[str, str]) -> list[str]:
    """The texts under which the database keeps the files that these contents of a folder have
    tickets of.

    Raises ``LeadtuiError`` where a file was changed since it was looked at."""
    kept = []
    for name, text in contents.items():
        if name.startswith(f"{ATTACHMENTS}/"):
            data = read_whole(folder / name, "check its permissions", 4 * LARGEST)
            if write_ticket(data) != text:
                raise LeadtuiError(
                    f"{folder / name}: this was changed in this moment; try it again"
                )
            if read_ticket(text).size:
                kept.append(kept_text(data))
    return kept


def write_folder(folder: Path, contents: Mapping[str, str]) -> None:
    """Lay a playbook as files to edit; existing files are left alone."""
    for name, text in contents.items():
        path = folder / name
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.name.startswith((".", "_")):
            continue
        if item.is_dir():
            yield from _walk(item, f"{prefix}{item.name}/")
        elif item.name.endswith(SUFFIXES):
            yield f"{prefix}{item.name}", item.read_text(encoding="utf-8")
