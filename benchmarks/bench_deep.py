"""Holding the tables against a log of a million entries (``log verify --deep``, ``doctor``), beside
checking its chain.

Every entry tells of a touch that it made and of a lead that it changed, and those rows stand in the
tables: a million touches. ``LEADTUI_BENCH_ENTRIES`` says how many (default 1,000,000)."""

import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import Measure
from benchmarks.bench_verify import COLUMNS, START
from leadtui.store.engine import digests
from leadtui.store.engine.database import Store, open_store
from leadtui.store.engine.entries import ZERO, Actor, entry_hash, make_body
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.sqlite import driver
from leadtui.store.engine.vocabulary import Event
from leadtui.store.log.auditing import Verifier
from leadtui.store.log.replay import replay

ENTRIES = int(os.environ.get("LEADTUI_BENCH_ENTRIES", "1000000"))
LEADS = 10_000
KEY = bytes(range(16))
AT = int(START.timestamp()) * 1_000_000


def run() -> Iterator[Measure]:
    """Build the floor by the driver, then check its chain, then its rows."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'leadtui.db'}"
        store = open_store(url, create=True, now=START, durable=False)
        fill(store)
        store.dispose()
        with closing(Rows(url)) as rows:
            start = perf_counter()
            if not Verifier(rows).run().ok:
                raise AssertionError("the chain does not hold")
            chain = perf_counter() - start
            before = _memory()
            start = perf_counter()
            if found := replay(rows):
                raise AssertionError(found[0].words)
            deep = perf_counter() - start
        more = _memory() - before
    yield Measure(f"the chain of {ENTRIES:,} entries that tell of rows", (chain,), "s")
    yield Measure(
        f"their rows against the tables: {ENTRIES:,} touches, {more:,} MB more memory", (deep,), "s"
    )


def _memory() -> int:
    """The most memory this process ever had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1_000_000 if sys.platform == "darwin" else 1_000)


def fill(store: Store) -> None:
    """Entries with the digests of the rows that stand in the tables."""
    connection = driver().connect(str(store.path))
    digester = digests.Digests(KEY)
    for pragma in ("synchronous = OFF", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (digests.KEY, KEY.hex()))
    log_id = bytes(connection.execute("SELECT log_id FROM log_meta").fetchone()[0])
    touches, lead_columns = _Table("touch"), _Table("lead")
    leads: dict[int, tuple[tuple[Any, ...], str]] = {}
    previous, actor = (
        ZERO,
        Actor(
            7, "Dana Reyes", "dana", "rep", "tui", "5f2c9a1e", "desk-14", "dana", "leadtui 0.1.0"
        ),
    )
    for first in range(1, ENTRIES + 1, 10_000):
        entries, made = [], []
        for seq in range(first, min(first + 10_000, ENTRIES + 1)):
            lead_id = seq % LEADS + 1
            touch = touches.row(
                id=seq, lead_id=lead_id, rep_id=7, state="skipped", due=AT + seq, created_at=AT
            )
            lead = lead_columns.row(
                id=lead_id,
                full_name=f"Lead {lead_id}",
                name_key=f"lead {lead_id}",
                owner_id=7,
                status="closed",
                last_contact_at=AT + seq,
                created_at=AT,
                updated_at=AT,
            )
            now, before = (
                digester.of("lead", lead_columns.digested(lead)),
                leads.get(lead_id, ((), ""))[1],
            )
            leads[lead_id] = (lead, now)
            told = (
                f"+{digester.of('touch', touches.digested(touch))} state=skipped "
                f"due={AT + seq} "
                "rep_id=7"
            )
            said: dict[str, Any] = {
                "touch": {str(seq): told},
                "lead": {str(lead_id): f"{now}<{before}" if before else f"+{now}"},
            }
            if seq == 1:
                said[digests.OF_ALL] = {"key": digests.fingerprint(KEY), "first": "1"}
            parts = {
                "subjects": {"lead": lead_id},
                "codes": {"answer": "yes", "outcome": "NO_ANSWER", "channel": "call"},
                "rows": said,
                "playbook": "9d" * 32,
            }
            body = make_body(actor, Event.LEAD_NOTE, parts)
            previous = entry_hash(log_id, previous, seq, AT + seq, "dana", ZERO, body.encode())
            entries.append((seq, AT + seq, "dana", body, ZERO, previous))
            made.append(touch)
        connection.executemany(f"INSERT INTO log ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", entries)
        connection.executemany(touches.insert, made)
    connection.executemany(lead_columns.insert, [lead for lead, _ in leads.values()])
    connection.commit()
    connection.close()


class _Table:
    """Rows of one table as the driver takes them: what is not named is as empty as its type
    allows."""

    def __init__(self, name: str) -> None:
        from sqlmodel import SQLModel

        columns = list(SQLModel.metadata.tables[name].columns)
        self.names = [column.name for column in columns]
        self.blank: dict[str, Any] = {
            column.name: None if column.nullable else 0 for column in columns
        }
        self.blank |= {
            column.name: ""
            for column in columns
            if any(kind in str(column.type) for kind in ("CHAR", "TEXT"))
        }
        marks = ", ".join("?" * len(columns))
        self.insert = f"INSERT INTO {name} ({', '.join(self.names)}) VALUES ({marks})"
        self.places = [self.names.index(one) for one in digests.columns_of(name)]

    def row(self, **values: Any) -> tuple[Any, ...]:
        """One row, in the order of the columns."""
        return tuple((self.blank | values).values())

    def digested(self, row: tuple[Any, ...]) -> list[Any]:
        """What of it is digested."""
        return [row[place] for place in self.places]
