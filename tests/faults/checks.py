"""What must hold of a floor whatever happened to the programs that worked on it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from leadtui.settings import load_settings
from leadtui.store import leads
from leadtui.store.engine import backing
from leadtui.store.engine.database import open_store
from leadtui.store.engine.rows import Rows
from leadtui.store.log import auditing, replay


@dataclass(frozen=True)
class Seen:
    """A floor's database after the fact."""

    open: tuple[int, ...]
    """Obligations that wait for an answer, in the order in which they are asked: inbound calls
    first."""
    confirmed: dict[int, int]
    """Obligation -> the log entry that says it was confirmed."""
    names: tuple[str, ...]
    """Whose actions were confirmed, in the order of the log."""
    drafts: dict[int, str]
    """Obligation -> the memo that was kept for it."""
    entries: int


def looked_at(folder: Path, *, ahead: bool = False) -> Seen:
    """Look, and fail unless the file is sound, the chain holds, and every action is whole or was
    never begun.

    ``ahead``: the last entry may be dated after this machine's clock."""
    url = load_settings(folder).database_url
    if url.startswith("sqlite"):
        assert backing.problems_of(folder / "leadtui.db") == []
    with closing(Rows(url)) as rows:
        verified = auditing.Verifier(rows).run()
        assert verified.ok, verified.message
        assert ahead or verified.findings == ()
        assert replay.replay(rows) == ()
        seen = _read(rows, verified.entries)
    store = open_store(url)
    with store.read() as session:
        assert leads.without_next_step(session) == []
    store.dispose()
    return seen


def _read(rows: Rows, entries: int) -> Seen:
    _nothing_half(rows)
    said: dict[str, dict[int, int]] = {
        "touch.started": {},
        "action.confirmed": {},
        "call.dialed": {},
    }
    for event, found in said.items():
        for seq, body in rows.all(
            "SELECT seq, body FROM log WHERE body LIKE ? ORDER BY seq", (f'%"event":"{event}"%',)
        ):
            subject = json.loads(body)["subjects"][
                "attempt" if event == "call.dialed" else "obligation"
            ]
            assert subject not in found, f"{event} of {subject} stands twice in the log"
            found[subject] = seq
    every, answered, dialed = (
        {row[0] for row in rows.all(f"SELECT id FROM {table}")}
        for table in (
            "obligation",
            "obligation WHERE answered_at IS NOT NULL",
            "attempt WHERE dialed_at IS NOT NULL",
        )
    )
    assert every == set(said["touch.started"])
    assert answered == set(said["action.confirmed"])
    assert dialed <= set(said["call.dialed"])
    names = rows.all(
        "SELECT o.id, l.full_name FROM obligation o JOIN lead l ON l.id = o.lead_id WHERE "
        "o.answered_at IS NOT "
        "NULL"
    )
    order = sorted(names, key=lambda row: said["action.confirmed"][row[0]])
    waiting = rows.all(
        "SELECT id, draft FROM obligation WHERE answered_at IS NULL ORDER BY inbound DESC, id"
    )
    return Seen(
        open=tuple(row[0] for row in waiting),
        confirmed=said["action.confirmed"],
        names=tuple(row[1] for row in order),
        drafts={row[0]: json.loads(row[1]).get("note", "") for row in waiting},
        entries=entries,
    )


def _nothing_half(rows: Rows) -> None:
    """A started touch has an open obligation and the other way round; an attempt has its
    obligation; leases too."""
    halves = {
        "touches that are started, and whose obligation is not open": (
            "SELECT id FROM touch WHERE state = 'started' EXCEPT "
            "SELECT touch_id FROM obligation WHERE answered_at IS NULL"
        ),
        "open obligations whose touch is not started": (
            "SELECT touch_id FROM obligation WHERE answered_at IS NULL EXCEPT SELECT id FROM "
            "touch WHERE state = "
            "'started'"
        ),
        "attempts without an obligation": (
            "SELECT id FROM attempt WHERE obligation_id NOT IN (SELECT id FROM obligation)"
        ),
        "attempts that are not answered, and whose obligation is": (
            "SELECT a.id FROM attempt a JOIN obligation o ON o.id = a.obligation_id "
            "WHERE o.answered_at IS NOT NULL AND o.answer <> 'no' AND a.answered_at IS NULL"
        ),
        "leads that are held, and nobody answers for": (
            "SELECT id FROM lead WHERE lease_rep_id IS NOT NULL EXCEPT "
            "SELECT lead_id FROM obligation WHERE answered_at IS NULL"
        ),
    }
    for what, sql in halves.items():
        assert rows.all(sql) == [], what


def kept(seen: Seen, told: Iterable[tuple[int, int]]) -> None:
    """Whatever was acknowledged as confirmed (obligation, entry) is there, under the same entry."""
    lost = [one for one in told if seen.confirmed.get(one[0]) != one[1]]
    assert lost == [], f"confirmed actions are lost: {lost}"
