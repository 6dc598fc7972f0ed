"""The tables held against the log, as the supervisor's view shows it: what was changed outside
leadtui; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadtui.desk.audit import tampering
from leadtui.desk.figures.compliance_views import ExceptionLine
from leadtui.store.log.row_check import Disagreement

TOP = 1_000
"""Above every other exception: who changes rows also makes the other lines vanish."""

LISTED = 50
"""So many rows have a line each."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """What a check of the rows came to: how many differ, a line for each, and whether it was made
    at all."""

    made: bool = True
    count: int = 0
    lines: tuple[ExceptionLine, ...] = ()

    @property
    def words(self) -> str:
        """In a few words, for the line on top."""
        if not self.made:
            return "rows not checked"
        return (
            f"▲ {self.count:,} row{'' if self.count == 1 else 's'} changed"
            if self.count
            else "rows hold"
        )


def row_check(found: Sequence[Disagreement] | None) -> RowCheck:
    """The lines of what was found, those first that give somebody power; ``None`` where nobody
    looked."""
    if found is None:
        return RowCheck(made=False)
    ordered = sorted(found, key=lambda one: (tampering.told(one).rank, one.table, one.id, one.seq))
    lines = [_line(one, place) for place, one in enumerate(ordered[:LISTED])]
    if (more := len(ordered) - LISTED) > 0:
        words = f"and {more:,} more; 'leadtui log verify --deep' lists them all"
        lines.append(ExceptionLine("rows", None, "the tables", words, (), TOP, of="more"))
    return RowCheck(count=len({(one.table, one.id) for one in found}), lines=tuple(lines))


def _line(one: Disagreement, place: int) -> ExceptionLine:
    finding = tampering.told(one)
    seqs = tuple(sorted({seq for seq in (one.seq, one.later) if seq}, reverse=True))
    return ExceptionLine(
        kind="rows",
        rep_id=None,
        rep="the tables",
        words=f"{finding.where}: {finding.what}",
        seqs=seqs,
        weight=TOP + LISTED - place,
        lead_id=one.id if one.table == "lead" else None,
        count=len(seqs),
        of=f"{one.table}.{one.id}.{one.column}.{one.later}",
    )
