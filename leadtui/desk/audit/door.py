"""The door to the audit: the compliance log, samples of it, and what the telephone knows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from leadtui.desk.audit import auditing, call_records, clocks, copies, samples
from leadtui.desk.audit.tampering import stop_where_broken
from leadtui.desk.audit.witnesses import as_json
from leadtui.desk.core.door import Door, UseCase
from leadtui.store.engine.entries import Verification


class Audit(Door):
    """Whether what stands in the log is true."""

    correct = UseCase(auditing.correct)
    times = UseCase(clocks.times)
    clock_is_right = UseCase(clocks.accept)
    settle_clock = UseCase(clocks.settle)
    copies = UseCase(copies.standing)
    samples_of = UseCase(samples.of_week)
    last_week = UseCase(samples.last_week)
    sign_sample = UseCase(samples.sign)
    import_calls = UseCase(call_records.import_calls)
    check_calls = UseCase(call_records.check)

    @cached_property
    def log(self) -> auditing.Auditing:
        """The log, through a connection that cannot write; the desk closes it."""
        return auditing.Auditing(
            self.context.store.url, self.context.clock, folder=self.context.settings.folder
        )

    def head(self) -> dict[str, Any]:
        """The last entry as a witness that another account can keep."""
        return as_json(self.log.head())

    def verify(
        self, *, deep: bool = False, progress: Callable[[int], None] | None = None
    ) -> Verification:
        """Verify the log, and stop everybody's writing where it is broken in the file itself."""
        found = self.log.verify(deep=deep, progress=progress)
        stop_where_broken(self.context, found)
        return found

    def close(self) -> None:
        """Give the connection back."""
        self.log.close()
