"""What was refused at the door to the web, counted by source, reason and day; and what is kept of
accepted posts, which runs out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from leadtui.desk.core.context import Context
from leadtui.desk.web.sources import hashed
from leadtui.store import batches, web
from leadtui.store.engine.vocabulary import Code, Event

KEPT = timedelta(days=90)
"""So long it is known that a post was accepted: a post that is sent on late may be 30 days old."""
AT_ONCE = 500
NOBODY = "no source"
"""Whose a post is that came with no token, or with one that is none."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """How many posts of a source were refused on one day, and why."""

    day: date
    source: str
    why: str
    """``token``, ``site``, ``mistakes``, ``too many``, ``unreadable`` or ``not now``."""
    posts: int


def note(context: Context, counts: Mapping[tuple[str, str], int]) -> int:
    """Put on record how many posts were refused since the last time, ``(token, why)`` -> how many;
    nothing of the posts themselves is kept. How many there were."""
    counts = {pair: count for pair, count in counts.items() if count}
    if not counts:
        return 0
    with context.write() as unit:
        named: Counter[tuple[str, str]] = Counter()
        ids: dict[str, int | None] = {}
        for (token, why), count in counts.items():
            row = web.by_token(unit.session, hashed(token)) if token else None
            name = row.name if row else NOBODY
            ids[name] = row.id if row else None
            named[name, why] += count
        for (name, why), count in sorted(named.items()):
            unit.log(
                Event.WEB_REFUSED,
                subjects={"source": ids[name]},
                codes={Code.NAME: name, Code.WHY: why, Code.OF: count},
            )
    return sum(counts.values())


def listed(context: Context, days: int = 7) -> tuple[Refusal, ...]:
    """What was refused in the last days, by day, the newest first."""
    now = context.now()
    since = context.start_of_day(now) - timedelta(days=days - 1)
    counts: Counter[tuple[date, str, str]] = Counter()
    with context.store.read() as session:
        for at, body in web.entries_of(
            session, Event.WEB_REFUSED, since, now + timedelta(seconds=1)
        ):
            codes = json.loads(body).get("codes", {})
            day = at.astimezone(context.zone).date()
            counts[day, str(codes.get("name")), str(codes.get("why"))] += int(codes.get("of", 0))
    rows = sorted(counts.items(), key=lambda row: (-row[0][0].toordinal(), *row[0][1:]))
    return tuple(Refusal(*key, count) for key, count in rows)


def prune(context: Context) -> int:
    """Forget which posts were accepted longer ago than ``KEPT``: the same id would be taken again
    then, and nothing asks for it any more. How many."""
    now, count = context.now(), 0
    while True:
        with context.store.read() as session:
            old = web.run_out(session, now - KEPT, AT_ONCE)
        if not old:
            return count
        with context.write(now) as unit:
            with unit.untracked():
                batches.remove(unit, "webpost", old)
            unit.log(Event.WEB_PRUNED, codes={Code.OF: len(old)})
        count += len(old)
