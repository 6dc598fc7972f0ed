"""What an examination finds: how bad it is, what, where, and what to do about it; in which order,
and many as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)

FILE, POWER, BLOCKS, OWNERS, ANSWERS, WORK, REST = range(7)
"""Within a severity: the file and its log first, then who may do what, who may not be called, whose
leads they are, what was answered for, what was planned or done, and everything else."""

SINGLY = 3
"""So many of one kind are told one by one; more are told as one, by their number and the first of
them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; ``severity`` is ``error``, ``warning`` or ``note``.

    ``kind`` is what many of the same are called (``touches that are not as the log left them``),
    empty for what stands alone; ``rank`` is its place among findings as bad as it."""

    severity: str
    what: str
    where: str
    do: str
    kind: str = ""
    rank: int = REST


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one kind, told by the first of them."""

    first: Finding
    count: int

    @property
    def what(self) -> str:
        """The finding, or how many there are and the first."""
        if self.count == 1:
            return self.first.what
        return f"{self.count:,} {self.first.kind}, the first: {self.first.where}: {self.first.what}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, the worst first."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing found is an error."""
        return not any(finding.severity == ERROR for finding in self.findings)

    def groups(self) -> Iterator[Group]:
        """The findings for people: where many are of one kind, the first of them stands for all."""
        counts = Counter((one.severity, one.kind) for one in self.findings)
        told: set[tuple[str, str]] = set()
        for one in self.findings:
            key = one.severity, one.kind
            if not one.kind or counts[key] <= SINGLY:
                yield Group(one, 1)
            elif key not in told:
                told.add(key)
                yield Group(one, counts[key])


def ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first; among equals what gives somebody power, then as they were found."""
    return tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.rank)))


def few(items: list[int] | list[str], limit: int = 10) -> str:
    """The first of many, and how many more there are."""
    shown = ", ".join(map(str, items[:limit]))
    return shown + (f" and {len(items) - limit} more" if len(items) > limit else "")
