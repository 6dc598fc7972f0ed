"""The supervisor's view over a log of a year: its first figures, and the figures of everything.

Against what a bare loop takes that fetches the same rows and parses them with ``json``, counting
nothing. ``LEADTUI_BENCH_ENTRIES`` says how many entries (default 1,000,000; a floor of twenty reps
makes them in a year)."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import Measure, compared
from leadtui.clock import FixedClock
from leadtui.desk.desk import Desk
from leadtui.desk.floor.making import NewRep, make_floor
from leadtui.opening.bootstrap import open_desk
from leadtui.store.engine import sqlite
from leadtui.store.engine.entries import Actor, make_body
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.vocabulary import Event

ENTRIES = int(os.environ.get("LEADTUI_BENCH_ENTRIES", "1000000"))
NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
REPS = 20
BUDGET = 30_000
"""What the view reads before it first shows something of a long period;
``screens/supervise/overview.py`` says the same."""
EVENTS = (Event.TOUCH_STARTED, Event.QUESTION_SHOWN, Event.CALL_DIALED, Event.ACTION_CONFIRMED)
OUTCOMES = (
    "NO_ANSWER",
    "VOICEMAIL",
    "TALKED",
    "BUSY",
    "NO_ANSWER",
    "CALLBACK",
    "GATEKEEPER",
    "WRONG_NUMBER",
)


def run() -> Iterator[Measure]:
    """Build the log by the driver, then measure in turns, each time in a view that has read nothing
    yet."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "floor"
        make_floor(
            folder,
            [NewRep(f"Rep {number}", f"rep{number}") for number in range(1, REPS + 1)],
            NOW - timedelta(days=400),
            name="Bench",
            zone="America/Chicago",
            demo=True,
        )
        fill(folder, ENTRIES)
        desk = open_desk(str(folder), rep="rep1", front_end="bench", clock=FixedClock(NOW))
        what = f"{ENTRIES:,} entries"
        view = desk.supervise
        yield from compared(
            (f"a bare json loop over {what}", lambda: bare_loop(Rows(desk.context.store.url))),
            (f"every figure of all {what}", lambda: figures(desk, lambda: view.table("all"))),
            (
                f"first figures of all {what}",
                lambda: figures(desk, lambda: view.board("all", budget=BUDGET)),
            ),
            (f"figures of 30 days of {what}", lambda: figures(desk, lambda: view.board("30 days"))),
            (f"figures of today of {what}", lambda: figures(desk, view.board)),
            times=3,
        )
        desk.close()


def figures(desk: Desk, look: Callable[[], Any]) -> None:
    """A look by a view that has read nothing yet."""
    desk.supervise.close()
    found = look()
    if not found.last_seq:
        raise AssertionError("nothing was read")


def bare_loop(rows: Rows) -> None:
    """Fetch every entry in pages and parse it."""
    after = 0
    while page := rows.all(
        "SELECT seq, at, recorded_by, body FROM log WHERE seq > ? ORDER BY seq LIMIT 2000", (after,)
    ):
        for row in page:
            json.loads(row[3])
        after = page[-1][0]
    rows.close()


def fill(folder: Path, entries: int) -> None:
    """Append entries as calls make them, four a call; they are not chained, since nobody verifies
    them here."""
    connection = sqlite.driver().connect(folder / "leadtui.db")
    connection.execute("PRAGMA synchronous=OFF")
    first = connection.execute("SELECT max(seq) FROM log").fetchone()[0] + 1
    connection.executemany(
        (
            "INSERT INTO log (seq, at, recorded_by, body, private_hash, hash) VALUES (?, ?, ?, ?, "
            "zeroblob(32), "
            "zeroblob(32))"
        ),
        _rows(first, entries),
    )
    connection.commit()
    connection.close()


def _rows(first: int, entries: int) -> Iterator[tuple[Any, ...]]:
    end = int(NOW.timestamp()) * 1_000_000
    for seq in range(first, entries + 1):
        call, step = divmod(seq, 4)
        at = end - (entries - seq) * 30_000_000
        rep = call % REPS + 1
        actor = Actor(
            rep,
            f"Rep {rep}",
            f"rep{rep}",
            "rep",
            "tui",
            "5f2c9a1e",
            "desk-14",
            f"rep{rep}",
            "leadtui 0.1.0",
        )
        yield seq, at, actor.login, make_body(actor, EVENTS[step], _parts(call, EVENTS[step], at))


def _parts(call: int, event: Event, at: int) -> dict[str, Any]:
    subjects = {"lead": call % 40_000, "touch": call, "obligation": call, "attempt": call}
    outcome = OUTCOMES[call % len(OUTCOMES)]
    due = (datetime.fromtimestamp(at / 1_000_000, UTC) - timedelta(hours=call % 30)).isoformat()
    codes: dict[str, Any] = {"channel": "call", "cadence": "trial", "step": "call-2"}
    if event == Event.TOUCH_STARTED:
        codes |= {
            "rank": call % 5 + 1,
            "out_of_turn": "" if call % 50 else "asked_for",
            "inbound": 0,
            "kind": "callback" if call % 30 == 0 else "step",
        }
    elif event == Event.CALL_DIALED:
        codes |= {
            "verdict": "clear",
            "rule": "clear",
            "override": "",
            "phone": call,
            "dial": "copy",
        }
    elif event == Event.ACTION_CONFIRMED:
        codes |= {
            "answer": "yes" if call % 40 else "no",
            "options": ["yes", "partly", "no"],
            "outcome": outcome,
            "reason": "" if call % 40 else "no_time",
            "started": due,
            "shown": due,
            "seconds_ms": call % 20_000,
            "verdict": "clear",
            "rule": "clear",
            "override": "",
            "contact": int(outcome in {"TALKED", "CALLBACK"}),
            "dialed_ms": 5_000 + call % 60_000,
            "branches": [],
            "objections": [],
            "started_in": "tui",
            "already": "",
            "due": due,
        }
    return {
        "subjects": subjects,
        "codes": codes,
        "after": {"touch": "done", "next": call + 1},
        "playbook": "9d" * 32,
    }
