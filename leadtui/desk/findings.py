"""What an examination finds: how bad it is, what, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; ``severity`` is ``error``, ``warning`` or ``note``."""

    severity: str
    what: str
    where: str
    do: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, the worst first."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing found is an error."""
        return not any(finding.severity == ERROR for finding in self.findings)


def few(items: list[int] | list[str], limit: int = 10) -> str:
    """The first of many, and how many more there are."""
    shown = ", ".join(map(str, items[:limit]))
    return shown + (f" and {len(items) - limit} more" if len(items) > limit else "")
