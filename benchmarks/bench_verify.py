"""Verifying a log of a million entries, against a bare SHA-256 loop that fetches the same rows.

``LEADTUI_BENCH_ENTRIES`` says how many entries (default 1,000,000), ``LEADTUI_BENCH_DATABASE``
names an empty PostgreSQL database to measure there as well."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks import Measure
from leadtui.store.engine.database import Store, open_store
from leadtui.store.engine.entries import ZERO, Actor, entry_hash, make_body, seal
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.vocabulary import Event
from leadtui.store.log.auditing import PAGE, Verifier

ENTRIES = int(os.environ.get("LEADTUI_BENCH_ENTRIES", "1000000"))
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
COLUMNS = "seq, at, recorded_by, body, private_hash, hash"


def run() -> Iterator[Measure]:
    """Build a log by the driver, then measure the bare loop and the verifier on it, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        yield from measure(f"sqlite:///{Path(folder) / 'leadtui.db'}", "SQLite")
    if url := os.environ.get("LEADTUI_BENCH_DATABASE"):
        yield from measure(url, "PostgreSQL")


def measure(url: str, engine: str, times: int = 5) -> Iterator[Measure]:
    """Measure on one engine, the two in turns; the median of their ratios stands in the verifier's
    row."""
    store = open_store(url, create=True, now=START)
    fill(store, ENTRIES)
    store.dispose()
    rows = Rows(url)
    pairs = [(_seconds(bare_loop, rows), _seconds(verify, rows)) for _ in range(times + 1)][1:]
    rows.close()
    ratio = median(full / bare for bare, full in pairs)
    what = f"{ENTRIES:,} entries ({engine})"
    yield Measure(f"a bare SHA-256 loop over {what}", tuple(bare for bare, _ in pairs), "s")
    yield Measure(
        f"verify {what}: {ratio:.2f} times the bare loop", tuple(full for _, full in pairs), "s"
    )


def _seconds(action: Callable[[Rows], None], rows: Rows) -> float:
    start = perf_counter()
    action(rows)
    return perf_counter() - start


def bare_loop(rows: Rows) -> None:
    """Fetch the rows that the verifier fetches, pages and personal texts too, and hash their bytes,
    nothing else."""
    sha256, after, previous = hashlib.sha256, 0, ZERO
    columns = f"seq, at, {rows.blob('recorded_by')}, {rows.blob('body')}, private_hash, hash"
    texts = f"SELECT seq, salt, {rows.blob('text')} FROM log_private WHERE seq > ? AND seq <= ?"
    while page := rows.all(
        f"SELECT {columns} FROM log WHERE seq > ? ORDER BY seq LIMIT ?", (after, PAGE)
    ):
        for _, _, _, body, private, _ in page:
            previous = sha256(previous + private + body).digest()
        for _, salt, words in rows.all(texts, (after, page[-1][0])):
            sha256(salt + words).digest()
        after = page[-1][0]


def verify(rows: Rows) -> None:
    """Verify everything anew."""
    found = Verifier(rows).run()
    if not found.ok or found.entries != ENTRIES:
        raise AssertionError(found.message)


def fill(store: Store, entries: int) -> None:
    """Append entries as a floor would hold them: bodies of some 450 bytes, a fifth with a personal
    text."""
    actor = Actor(
        7, "Dana Reyes", "dana", "rep", "tui", "5f2c9a1e", "desk-14", "dana", "leadtui 0.1.0"
    )
    raw = store.raw()
    cursor = raw.cursor()
    cursor.execute("SELECT log_id FROM log_meta")
    log_id, previous, at = bytes(cursor.fetchone()[0]), ZERO, int(START.timestamp()) * 1_000_000
    mark = "?" if store.is_sqlite else "%s"
    if store.is_sqlite:
        cursor.execute("BEGIN")
    else:
        cursor.execute("ALTER TABLE log DISABLE TRIGGER ALL")
    for first in range(1, entries + 1, 10_000):
        rows: list[Any] = []
        texts: list[Any] = []
        for seq in range(first, min(first + 10_000, entries + 1)):
            said = f"asks for the June figures, call {seq} back" if seq % 5 == 0 else ""
            salt, hidden = seal(said)
            body = make_body(actor, Event.ACTION_CONFIRMED, _parts(seq))
            at += 30_000_000
            previous = entry_hash(log_id, previous, seq, at, "dana", hidden, body.encode())
            rows.append((seq, at, "dana", body, hidden, previous))
            if said:
                texts.append((seq, salt, said))
        values = ", ".join([mark] * 6)
        cursor.executemany(f"INSERT INTO log ({COLUMNS}) VALUES ({values})", rows)
        cursor.executemany(f"INSERT INTO log_private VALUES ({', '.join([mark] * 3)})", texts)
    raw.commit()
    raw.close()


def _parts(seq: int) -> dict[str, Any]:
    return {
        "subjects": {"lead": seq % 9000, "touch": seq, "obligation": seq},
        "codes": {
            "answer": "yes",
            "outcome": "NO_ANSWER",
            "seconds_ms": 4200,
            "channel": "call",
            "verdict": "clear",
            "cadence": "trial",
            "step": "call-2",
            "dialed_ms": 31000,
            "due": "2026-11-23T15:00:00+00:00",
        },
        "after": {"touch": "done", "next": seq + 1, "next_due": "2026-11-25T15:00:00+00:00"},
        "playbook": "9d" * 32,
    }
