"""Texts that stand in the database under their own hash: scripts, messages, and the playbook that
runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from leadtui.cadence.reading.loading import playbook_hash
from leadtui.store.engine.rows import Rows
from leadtui.store.log.row_check import Disagreement

PAGE = 500


def playbook(rows: Rows, activated: tuple[str, int]) -> Iterator[Disagreement]:
    """Texts that are not what their hash says, and a running playbook that is not the one activated
    last."""
    yield from _texts(rows)
    version, seq = activated
    if not version:
        return
    running = str(rows.value("SELECT value FROM meta WHERE key = 'playbook'") or "nothing")
    if running != version:
        yield Disagreement("meta", 0, "playbook", version[:12], running[:12], seq)
    files = rows.value("SELECT files FROM playbook WHERE hash = ?", (running,))
    if files is None:
        yield Disagreement("playbook", 0, "row", running[:12], "gone", seq)
        return
    try:
        listed = dict(json.loads(files))
    except (TypeError, ValueError, RecursionError):
        yield Disagreement("playbook", 0, "files", running[:12], "no list of files", seq)
        return
    texts = {
        path: rows.value("SELECT body FROM text WHERE hash = ?", (str(digest),))
        for path, digest in listed.items()
    }
    lost = sorted(path for path, body in texts.items() if body is None)
    if lost:
        yield Disagreement("playbook", 0, "row", lost[0], "without its text", seq)
    elif playbook_hash({path: str(body) for path, body in texts.items()}) != running:
        yield Disagreement("playbook", 0, "files", running[:12], "other files", seq)


def _texts(rows: Rows) -> Iterator[Disagreement]:
    for digest, body in rows.every("SELECT hash, body FROM text", key="hash", page=PAGE):
        if hashlib.sha256(str(body).encode("utf-8", "surrogatepass")).hexdigest() != digest:
            yield Disagreement("text", 0, "body", str(digest)[:12], "another text", 0)
