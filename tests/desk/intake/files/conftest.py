"""A floor to import into, on both engines; new responses are only noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions, ImportReport
from leadtui.store.engine.entries import Actor
from tests.engines import engine_url, postgres_server, postgres_url, store
from tests.sheets.files import NOW

__all__ = ["engine_url", "postgres_server", "postgres_url", "store"]


ACTOR = Actor(None, "Sam Ortiz", "sam", "supervisor")


@dataclass
class Floor:
    """A floor without people: what is imported is admitted by nobody, and kept in ``arrivals``."""

    context: Any
    arrivals: list[tuple[int, int]] = field(default_factory=list)

    def bring(
        self, text: str | bytes, *, admit: Any = None, progress: Any = None, **options: Any
    ) -> ImportReport:
        """Import a file that holds ``text``; the report's arithmetic is checked each time."""
        data = text.encode() if isinstance(text, str) else text
        report = import_file(
            self.context,
            data,
            ImportOptions(**options),
            admit=admit or self._note,
            progress=progress,
        )
        kinds = (
            report.new,
            report.updated,
            report.merged,
            report.unchanged,
            report.review,
            report.rejected,
        )
        assert report.rows == sum(kinds), report
        assert len(report.reasons) == report.rejected
        return report

    def _note(self, _unit: Any, arrivals: list[tuple[int, int]]) -> None:
        self.arrivals += arrivals

    def all(self, model: Any) -> list[Any]:
        """Every row of a table, by id."""
        from sqlalchemy import select

        with self.context.store.read() as session:
            return list(session.scalars(select(model).order_by(model.id)))

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the database."""
        from sqlalchemy import text
        from sqlmodel import SQLModel

        with self.context.store.read() as session:
            return {
                table.name: sorted(
                    map(tuple, session.execute(text(f'SELECT * FROM "{table.name}"'))), key=repr
                )
                for table in SQLModel.metadata.sorted_tables
            }


@pytest.fixture
def floor(store: Any) -> Floor:
    """A floor in Chicago with the default playbook."""
    return laid(store)


def laid(store: Any) -> Floor:
    """Put a playbook into an empty store."""
    from leadtui.cadence.reading.loading import load
    from leadtui.desk.playbook import files as playbooks
    from leadtui.store import floor as floor_rows

    files = playbooks.default_files()
    with store.write(ACTOR, NOW) as unit:
        unit.log("floor.made", after={"demo": True})
        floor_rows.keep_playbook(unit, load(files).hash, files, None)
    return floor_on(store)


def floor_on(store: Any) -> Floor:
    """A floor whose store is laid."""
    from pathlib import Path

    from leadtui.desk.core.context import Context
    from leadtui.desk.core.views import RepView
    from leadtui.settings import Settings

    me = RepView(1, "Sam Ortiz", "sam", "supervisor", "inside", "")
    return Floor(Context(store, FixedClock(NOW), Settings(Path()), ACTOR, me, is_demo=True))
