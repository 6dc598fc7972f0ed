"""The order of the queue and pages of it, at a million leads and three million touches, against the
plainer ways.

``LEADTUI_BENCH_LEADS`` says how many leads (default 1,000,000)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import Measure, compared
from benchmarks.floors import ALI, DANA, Share, connect, desk_on, floor_of
from leadtui.desk.calls.call_block import CallBlock
from leadtui.store import order
from leadtui.store.order import Moment

LEADS = int(os.environ.get("LEADTUI_BENCH_LEADS", "1000000"))
JOINED = (
    f"SELECT r.id, l.full_name, c.name FROM ({order.RANKED}) AS r JOIN lead l ON l.id = r.lead_id "
    "LEFT JOIN company c ON c.id = l.company_id ORDER BY r.p DESC, r.due, r.lead_id LIMIT :limit"
)
BY_INDEX = "FROM touch INDEXED BY touch_queue WHERE"
LATER = f"FROM touch WHERE {order.OPEN} AND due > :today"


def run() -> Iterator[Measure]:
    """The first sixty of what is due today, for a rep with 200 and one with 5,000; then a page far
    down."""
    folder = floor_of(LEADS)
    connection = connect(folder)
    for login, due in ((DANA, 200), (ALI, 5_000)):
        desk = desk_on(folder, login)
        with desk.context.store.read() as session:
            moment = desk.block.moment(session, desk.now())
        bound = {**moment.parameters(), "limit": 60}

        def ask(sql: str, bound: dict[str, Any] = bound) -> Callable[[], object]:
            return lambda: connection.execute(sql, bound).fetchall()

        yield from compared(
            (
                f"order of {due:,} due, covering index",
                ask(order.DUE.replace("FROM touch WHERE", BY_INDEX)),
            ),
            ("… joined first", ask(JOINED)),
            (
                "… without the index",
                ask(order.DUE.replace("FROM touch WHERE", "FROM touch NOT INDEXED WHERE")),
            ),
            (f"first page of {due:,} due, whole use case", lambda block=desk.block: block.top()),  # type: ignore[misc]
            (
                "counts and header, whole use cases",
                lambda block=desk.block: (block.counts(), block.header()),  # type: ignore[misc]
            ),
            times=9,
        )
        desk.close()
    connection.close()
    yield from _far_down()


def _far_down() -> Iterator[Measure]:
    folder = floor_of(LEADS, Share(everything=True))
    desk, connection = desk_on(folder), connect(folder)
    with desk.context.store.read() as session:
        moment: Moment = desk.block.moment(session, desk.now())
    bound, skipped = {**moment.parameters(), "limit": 60}, LEADS * 9 // 10
    sql = f"SELECT id, due {LATER} ORDER BY due, id LIMIT :limit OFFSET {skipped}"
    last = connection.execute(sql, bound | {"limit": 1}).fetchone()
    after = {**bound, "after": last[1], "last": last[0]}
    yield from compared(
        (
            f"a page behind {skipped:,} others, keyset",
            lambda: connection.execute(order.LATER, after).fetchall(),
        ),
        ("… OFFSET", lambda: connection.execute(sql, bound).fetchall()),
        times=7,
    )
    yield from compared(
        (
            f"all {LEADS:,} ids in order, bare cursor",
            lambda: connection.execute(f"SELECT id {LATER} ORDER BY due, id", bound).fetchall(),
        ),
        ("… whole use case, first time", lambda: CallBlock(desk.context).order()),
        ("… whole use case, nobody has written since", desk.block.order),
        times=3,
    )
    desk.close()
    connection.close()
