"""What the supervisor's view reads: log entries by number, time and words, and the few table rows
beside them.

Everything goes through ``Rows``, a connection that cannot write. Times are microseconds since the
epoch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.vocabulary import Event
from leadtui.text import fold

ENTRY = "seq, at, recorded_by, body"
"""What a raw entry consists of."""

LATEST = 253_370_764_800_000_000
"""The year 9999; no calendar goes on behind it."""


def last_seq(rows: Rows) -> int:
    """The number of the last entry."""
    return int(rows.value("SELECT coalesce(max(seq), 0) FROM log"))


SETTLED = "clock_settled"
"""The fact of ``meta`` that names the entries at which the log's time was set back."""


def _settled(rows: Rows) -> list[int]:
    """These entries, the last first; a number that is none of them is passed over."""
    said = str(rows.value("SELECT value FROM meta WHERE key = ?", (SETTLED,)) or "")
    query = "SELECT seq FROM log WHERE seq = ? AND body LIKE ?"
    like = f'%"event":"{Event.CLOCK_SETTLED}"%'
    named = (int(word) for word in said.split() if word.isdecimal() and len(word) < 19)
    return sorted((seq for seq in named if rows.one(query, (seq, like))), reverse=True)


def seq_before(rows: Rows, at: int) -> int:
    """The last entry made before ``at``; entries are in order of time, but for where it was set
    back, so a few looks find it."""
    low, high = 0, last_seq(rows)
    for settled in _settled(rows):
        if (rows.value("SELECT at FROM log WHERE seq = ?", (settled,)) or 0) < at:
            low = settled
            break
        high = settled - 1
    while low < high:
        middle = (low + high + 1) // 2
        # A time that is none any more, or an entry that is gone, is taken to be as late as can be:
        # the walk goes on below.
        found = rows.value("SELECT at FROM log WHERE seq = ?", (middle,))
        if isinstance(found, int) and found < at:
            low = middle
        else:
            high = middle - 1
    return low


def time_of(rows: Rows, seq: int) -> int:
    """The time of an entry, or of the last one before it that has a time."""
    found = rows.value(
        (
            "SELECT at FROM log WHERE seq <= ? AND CAST(at AS BIGINT) = at AND at > 0 AND at < ? "
            "ORDER BY seq DESC LIMIT 1"
        ),
        (seq, LATEST),
    )
    return int(found or 0)


def after(rows: Rows, seq: int, limit: int) -> list[Any]:
    """Entries behind ``seq``, oldest first."""
    return rows.all(f"SELECT {ENTRY} FROM log WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))


def latest(rows: Rows, limit: int) -> list[Any]:
    """The last entries, newest first."""
    return rows.all(f"SELECT {ENTRY} FROM log ORDER BY seq DESC LIMIT ?", (limit,))


def by_seqs(rows: Rows, seqs: Sequence[int]) -> list[Any]:
    """These entries, newest first."""
    query = f"SELECT {ENTRY} FROM log WHERE seq IN"
    found = [row for part in pieces(seqs) for row in rows.all(_in(query, part), part)]
    return sorted(found, reverse=True)


def about(rows: Rows, subject: str, id_: int, limit: int) -> list[Any]:
    """The last entries that name this ``lead``, ``touch``, ``rep`` … among their subjects, newest
    first.

    The text is searched for the pair with what ends a number behind it: 1 is not 11. Then the
    subjects decide."""
    query = f"SELECT {ENTRY} FROM log WHERE body LIKE ? OR body LIKE ? ORDER BY seq DESC LIMIT ?"
    pair = f'%"{subject}":{id_}'
    return [
        row
        for row in rows.all(query, (f"{pair},%", f"{pair}}}%", limit))
        if _names(row[3], subject, id_)
    ]


def _names(body: str, subject: str, id_: int) -> bool:
    try:
        subjects = json.loads(body).get("subjects")
    except (ValueError, TypeError, AttributeError):
        return False
    return isinstance(subjects, dict) and subjects.get(subject) == id_


def taken_back(rows: Rows, seq: int, last: int) -> list[Any]:
    """The entries behind ``seq`` and up to ``last`` that take an answer back."""
    query = f"SELECT {ENTRY} FROM log WHERE seq > ? AND seq <= ? AND body LIKE ? ORDER BY seq"
    return rows.all(query, (seq, last, f'%"event":"{Event.ACTION_TAKEN_BACK}"%'))


def by_actor(rows: Rows, rep_id: int, since: int, last: int, limit: int) -> list[Any]:
    """The last entries of one person behind the entry ``since`` and up to ``last``, newest
    first."""
    query = (
        f"SELECT {ENTRY} FROM log WHERE seq > ? AND seq <= ? AND body LIKE ? ORDER BY seq "
        "DESC LIMIT ?"
    )
    return rows.all(query, (since, last, f'{{"actor":{rep_id},%', limit))


def whole(rows: Rows, seq: int) -> Any:
    """One entry whole: seq, at, recorded_by, body, private_hash, hash, personal text (``None``:
    none, or erased)."""
    return rows.one(
        "SELECT l.seq, l.at, l.recorded_by, l.body, l.private_hash, l.hash, p.text FROM log l "
        "LEFT JOIN log_private p ON p.seq = l.seq WHERE l.seq = ?",
        (seq,),
    )


def find(rows: Rows, words: str, limit: int) -> list[Any]:
    """Entries whose body or personal text holds the words, or that are about a lead of that name,
    newest first.

    Case does not count, and a space finds an underscore too: codes are shown without theirs."""
    if not words.strip():
        return []
    like = "LIKE" if rows.is_sqlite else "ILIKE"
    query = (
        "SELECT l.seq, l.at, l.recorded_by, l.body FROM log l LEFT JOIN log_private p ON "
        "p.seq = l.seq "
        f"WHERE l.body {like} ? ESCAPE '\\' OR p.text {like} ? ESCAPE '\\' ORDER BY l.seq "
        "DESC LIMIT ?"
    )
    found = {row[0]: row for row in rows.all(query, (_like(words), _like(words), limit))}
    name = "SELECT id FROM lead WHERE name_key LIKE ? ESCAPE '\\' ORDER BY id LIMIT 20"
    for (lead_id,) in rows.all(name, (_like(fold(words)),)):
        found.update({row[0]: row for row in about(rows, "lead", lead_id, limit)})
    return sorted(found.values(), reverse=True)[:limit]


def _like(words: str) -> str:
    """A pattern for text that holds the words; any one character stands for a space or an
    underscore."""
    return f"%{words.replace(chr(92), chr(92) * 2).replace('%', chr(92) + '%').replace(' ', '_')}%"


def private_texts(rows: Rows, seqs: Sequence[int]) -> dict[int, str]:
    """Personal texts by entry."""
    return {
        seq: words
        for part in pieces(seqs)
        for seq, words in rows.all(
            _in("SELECT seq, text FROM log_private WHERE seq IN", part), part
        )
    }


def people(rows: Rows) -> list[Any]:
    """id, name, team, role of everybody, in the order in which they came."""
    return rows.all("SELECT id, name, team, role FROM rep ORDER BY id")


def lead_names(rows: Rows, ids: Iterable[int]) -> dict[int, str]:
    """Names of leads by id."""
    wanted = sorted(set(ids))
    return {
        id_: name
        for part in pieces(wanted)
        for id_, name in rows.all(_in("SELECT id, full_name FROM lead WHERE id IN", part), part)
    }


def in_hopper(rows: Rows) -> int:
    """How many open leads are nobody's; ``hopper.nobodys`` is the same condition for the ORM."""
    return int(
        rows.value(
            "SELECT count(*) FROM lead WHERE status = 'open' AND (owner_id IS NULL OR "
            "owner_id IN (SELECT id FROM rep WHERE NOT active))"
        )
    )


def open_matters(rows: Rows) -> list[Any]:
    """Unanswered obligations, oldest first: id, rep, lead, touch, channel, started at."""
    return rows.all(
        "SELECT id, rep_id, lead_id, touch_id, action, started_at FROM obligation WHERE "
        "answered_at IS NULL "
        "ORDER BY started_at, id"
    )


def due_by(rows: Rows, at: int) -> dict[int, int]:
    """How many touches of each rep are due by then and not over."""
    return dict(
        rows.all(
            "SELECT rep_id, count(*) FROM touch WHERE state IN ('open', 'started') AND system "
            "= 0 AND due <= ? "
            "AND rep_id IS NOT NULL GROUP BY rep_id",
            (at,),
        )
    )


def overdue(
    rows: Rows, now: int, limit: int, reps: Sequence[int] | None = None, since: int | None = None
) -> list[Any]:
    """Open touches past their time, oldest first: id, rep, lead, channel, title, due, promised; of
    ``reps`` or all.

    With ``since`` only those that were due then or later."""
    whose = "" if reps is None else f" AND rep_id IN ({', '.join('?' * len(reps)) or 'NULL'})"
    return rows.all(
        (
            "SELECT id, rep_id, lead_id, channel, title, due, promised FROM touch WHERE state IN "
            "('open', 'started') "
            f"AND system = 0 AND due < ?{'' if since is None else ' AND due >= ?'}{whose} ORDER "
            "BY due, id LIMIT ?"
        ),
        (now, *(() if since is None else (since,)), *(reps or ()), limit),
    )


def broken_promises(rows: Rows, before: int, limit: int) -> list[Any]:
    """Promised callbacks that are still open though they were due before, oldest first: rep, lead,
    due."""
    return rows.all(
        "SELECT rep_id, lead_id, due FROM touch WHERE state IN ('open', 'started') AND system "
        "= 0 AND promised = 1 "
        "AND due < ? ORDER BY due, id LIMIT ?",
        (before, limit),
    )


def overdue_counts(rows: Rows, now: int, edges: tuple[int, int]) -> list[Any]:
    """rep, touches overdue by less than the first edge, between the edges, and by more than the
    second."""
    return rows.all(
        "SELECT rep_id, sum(CASE WHEN due >= ? THEN 1 ELSE 0 END), "
        "sum(CASE WHEN due < ? AND due >= ? THEN 1 ELSE 0 END), sum(CASE WHEN due < ? THEN 1 "
        "ELSE 0 END) "
        "FROM touch WHERE state IN ('open', 'started') AND system = 0 AND due < ? GROUP BY rep_id",
        (edges[0], edges[0], edges[1], edges[1], now),
    )


def still_due(rows: Rows, since: int, before: int) -> dict[int, int]:
    """How many touches of each rep fell due in a span and are not over."""
    return dict(
        rows.all(
            "SELECT rep_id, count(*) FROM touch WHERE state IN ('open', 'started') AND system "
            "= 0 AND due >= ? "
            "AND due < ? AND rep_id IS NOT NULL GROUP BY rep_id",
            (since, before),
        )
    )


def responses(rows: Rows, since: int, until: int) -> list[Any]:
    """Responses whose SLA ended, or that were first attempted, in a span: owner, lead, inquiry, SLA
    end, attempt."""
    return rows.all(
        "SELECT l.owner_id, r.lead_id, r.inquiry_at, r.sla_due, r.first_attempt_at FROM response r "
        "JOIN lead l ON l.id = r.lead_id WHERE (r.first_attempt_at >= ? AND "
        "r.first_attempt_at < ?) "
        "OR (r.first_attempt_at IS NULL AND r.sla_due >= ? AND r.sla_due < ?)",
        (since, until, since, until),
    )


COSTS_BY = {
    "offer": ("r.offer", "r.offer"),
    "source": ("r.source_key", "max(r.source)"),
    "batch": ("coalesce(r.batch_id, 0)", "max(coalesce(b.file_name, ''))"),
    "": ("r.lead_id - r.lead_id", "''"),
}
"""By what costs can be told apart -> what is compared, and what people read."""

_COSTS = """
SELECT {key}, {name}, CASE WHEN r.cost_minor IS NULL THEN '' ELSE r.currency END AS money,
count(*), count(DISTINCT r.lead_id), count(DISTINCT CASE WHEN EXISTS (
  SELECT 1 FROM event e WHERE e.lead_id = r.lead_id AND e.kind = 'opportunity'
  AND e.at >= r.inquiry_at
) THEN r.lead_id END), coalesce(sum(r.cost_minor), 0), coalesce(sum(CASE WHEN
  r.first_attempt_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM touch t WHERE t.lead_id = r.lead_id AND t.state = 'done'
    AND t.closed_at >= r.recorded_at
  ) THEN r.cost_minor ELSE 0 END), 0)
FROM response r LEFT JOIN importbatch b ON b.id = r.batch_id
WHERE r.inquiry_at >= ? AND r.inquiry_at < ?
GROUP BY {key}, money ORDER BY 2, 1, money
"""


def costs(rows: Rows, by: str, since: int, until: int) -> list[Any]:
    """Of the inquiries of a span, apart by offer, source or batch and by currency (empty for those
    whose cost nobody said): key, name, currency, responses, people, those of them who became an
    opportunity since, cost, and the cost of responses that nothing was done about; in minor
    units."""
    key, name = COSTS_BY[by]
    return rows.all(_COSTS.format(key=key, name=name), (since, until))


def unrecorded(rows: Rows, since: int, until: int) -> list[Any]:
    """rep, attempt, answered at: dials in a span that no call record of the phone system covers.

    Only of the time that the records cover; nothing without any records.
    """
    first, last = rows.one("SELECT min(at), max(at) FROM callrecord WHERE direction = 'out'") or (
        None,
        None,
    )
    if first is None:
        return []
    return rows.all(
        "SELECT a.rep_id, a.id, a.answered_at FROM attempt a LEFT JOIN callrecord c ON "
        "c.attempt_id = a.id "
        "WHERE c.id IS NULL AND a.inbound = 0 AND a.dialed_at IS NOT NULL AND a.answered_at "
        "IS NOT NULL "
        "AND a.at >= ? AND a.at <= ? AND a.at < ?",
        (max(since, first), last, until),
    )


def blocks(rows: Rows, since: int, until: int) -> list[Any]:
    """Numbers that came onto do-not-call in a span: row, lead, requested at, added at."""
    return rows.all(
        (
            "SELECT id, lead_id, requested_at, added_at FROM donotcall WHERE added_at >= ? AND "
            "added_at < ?"
        ),
        (since, until),
    )


def allowed_again(rows: Rows) -> list[Any]:
    """Numbers that were taken off do-not-call: row, lead."""
    return rows.all("SELECT id, lead_id FROM donotcall WHERE removed_at IS NOT NULL")


def dialed_though_blocked(rows: Rows, since: int, until: int) -> list[Any]:
    """attempt, dialed at: dials in a span to numbers that were on do-not-call at that moment."""
    return rows.all(
        "SELECT DISTINCT a.id, a.dialed_at FROM donotcall d JOIN attempt a ON a.number = d.number "
        "WHERE a.inbound = 0 AND a.dialed_at > d.added_at AND (d.removed_at IS NULL OR "
        "a.dialed_at < d.removed_at) "
        "AND a.dialed_at >= ? AND a.dialed_at < ?",
        (since, until),
    )


def has_call_records(rows: Rows) -> bool:
    """Whether a phone system's records were ever imported."""
    return rows.value("SELECT 1 FROM callrecord LIMIT 1") is not None


def _in(query: str, values: Sequence[int]) -> str:
    return f"{query} ({', '.join('?' * len(values))})"
