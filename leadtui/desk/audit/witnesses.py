"""Witnesses of a log: heads kept where the log's writers cannot reach them, in the account of the
one who looks.

One folder for each log, one small file for each head that was ever seen. ``places.json`` remembers
which log stood at which place, by every name of the place (the floor's folder and the database, as
they were named and as links lead there), so that a floor that was replaced whole does not pass for
the old one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leadtui.errors import LeadtuiError
from leadtui.files import read_whole, write_new
from leadtui.store.engine.entries import Witness

PLACES = "places.json"


def default_folder() -> Path:
    """Where this account keeps its witnesses."""
    from platformdirs import user_state_path

    return user_state_path("leadtui", appauthor=False) / "witnesses"


def as_json(witness: Witness) -> dict[str, Any]:
    """A witness as it is stored and printed: hex, and ISO 8601 UTC."""
    return {
        "log_id": witness.log_id.hex(),
        "seq": witness.seq,
        "hash": witness.hash.hex(),
        "seen_at": witness.seen_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def read_witness(path: Path) -> Witness:
    """A stored witness. A file that is none is an error: skipping it would be what a forger
    wants."""
    try:
        said = json.loads(read_whole(path, "name the file 'leadtui log head' wrote", 1_000_000))
        seen_at = datetime.fromisoformat(said["seen_at"])
        found = Witness(
            bytes.fromhex(said["log_id"]), int(said["seq"]), bytes.fromhex(said["hash"]), seen_at
        )
    except (ValueError, KeyError, TypeError) as error:
        raise LeadtuiError(
            f"{path}: this is no witness; it should hold what 'leadtui log head --json' "
            "prints: log_id, seq, hash, "
            "seen_at"
        ) from error
    if len(found.log_id) != 16 or len(found.hash) != 32 or found.seq < 0 or seen_at.tzinfo is None:
        raise LeadtuiError(
            f"{path}: this witness is not whole; fetch the head it was made from again"
        )
    return found


def places_of(place: str, folder: Path | None = None) -> tuple[str, ...]:
    """Every name by which the database at ``place``, of the floor in ``folder``, may be known."""
    names = [place, *([os.path.realpath(place)] if Path(place).is_absolute() else [])]
    if folder is not None:
        named = folder.absolute()
        names += [f"floor {named}", f"floor {os.path.realpath(named)}"]
    return tuple(dict.fromkeys(names))


class Witnesses:
    """The witnesses of one account, and of one place where a floor stands."""

    def __init__(self, *places: str, folder: Path | None = None) -> None:
        self.places = places
        self.folder = folder or default_folder()

    def of(self, log_id: bytes) -> tuple[Witness, ...]:
        """Every witness ever stored of this log, oldest first; and of the log that stood here
        before, if another did."""
        known = self._places()
        names = {log_id.hex(), *(known[place] for place in self.places if place in known)}
        return tuple(
            witness for name in sorted(names, reverse=True) for witness in self._stored(name)
        )

    def others(self, log_id: bytes) -> dict[str, str]:
        """Place -> log, of the other logs that this account has seen."""
        return {place: name for place, name in self._places().items() if name != log_id.hex()}

    def count(self, log_id: bytes) -> int:
        """How many are stored of this log."""
        return sum(1 for _ in (self.folder / log_id.hex()).glob("*.json"))

    def add(self, witness: Witness, *, bind: bool) -> Path | None:
        """Store a head, unless this very head is stored; ``bind`` remembers that its log stands at
        this place."""
        folder = self.folder / witness.log_id.hex()
        self._make(folder)
        if bind:
            self._bind(witness.log_id.hex())
        path = folder / f"{witness.seq:012d}-{witness.hash.hex()[:16]}.json"
        if witness.seq == 0 or path.exists():
            return None
        text = json.dumps(as_json(witness), indent=1) + "\n"
        write_new(path, [text.encode()], 0o600)
        return path

    def _stored(self, name: str) -> Iterator[Witness]:
        for path in sorted((self.folder / name).glob("*.json")):
            yield read_witness(path)

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path in (self.folder, folder):
                path.chmod(0o700)
        except OSError as error:
            raise LeadtuiError(
                f"{folder}: witnesses cannot be kept there ({error.strerror})"
            ) from error

    def _places(self) -> dict[str, str]:
        path = self.folder / PLACES
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise LeadtuiError(
                f"{path}: cannot be read; it should be a JSON object, mend or remove it"
            ) from error
        return (
            {str(key): str(value) for key, value in found.items()}
            if isinstance(found, dict)
            else {}
        )

    def _bind(self, log_id: str) -> None:
        known = self._places()
        fresh = {place: log_id for place in self.places if place not in known}
        if fresh:
            self._store_places({**known, **fresh})

    def _store_places(self, places: dict[str, str]) -> None:
        path = self.folder / PLACES
        fresh = path.with_name(f".{PLACES}.{os.getpid()}")
        with suppress(FileNotFoundError):
            fresh.unlink()
        write_new(fresh, [json.dumps(places, indent=1, sort_keys=True).encode() + b"\n"], 0o600)
        fresh.replace(path)
