"""What every use case needs: the store, the clock, the settings, who acts, and the running
playbook."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from leadtui.cadence.calendar import BusinessClock
from leadtui.cadence.model import Playbook, TimeOff
from leadtui.cadence.schedule import Calendar
from leadtui.clock import Clock, day_of
from leadtui.desk.core.views import RepView
from leadtui.errors import LeadtuiError
from leadtui.settings import Settings
from leadtui.store import floor as floor_rows
from leadtui.store.engine.database import Store
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import Rep
from leadtui.store.engine.unit_of_work import Unit

_PLAYBOOKS: dict[str, Playbook] = {}
"""The versions this process has read: by hash, so that any floor's is the same."""
_VERSIONS = 32


@dataclass
class Context:
    """Shared by the use cases of one desk; built by ``leadtui.opening.bootstrap``."""

    store: Store
    clock: Clock
    settings: Settings
    actor: Actor
    identity: RepView
    is_demo: bool
    _clocks: dict[str, BusinessClock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        """The present instant; a use case asks once."""
        return self.clock.now()

    @property
    def zone(self) -> ZoneInfo:
        """The floor's zone."""
        return ZoneInfo(self.settings.zone)

    @contextmanager
    def write(self, now: datetime | None = None) -> Iterator[Unit]:
        """One transaction, stamped with this desk's actor and the running playbook."""
        with self.store.write(self.actor, now or self.now()) as unit:
            unit.playbook_hash = self.running_hash(unit.session)
            yield unit

    def running_hash(self, session: Any) -> str:
        """The hash of the activated playbook."""
        found = floor_rows.get_meta(session, "playbook")
        if not found:
            raise LeadtuiError(
                "this floor has no activated playbook; run 'leadtui playbook activate'"
            )
        return found

    def playbook(self, session: Any, version: str = "") -> Playbook:
        """A playbook version by hash (default: the running one), read from the database once a
        process."""
        version = version or self.running_hash(session)
        known = _PLAYBOOKS.get(version)
        if known is None:
            from leadtui.cadence.reading.loading import load

            known = load(floor_rows.playbook_files(session, version))
            if known.hash == version:  # else somebody has edited its texts
                if len(_PLAYBOOKS) >= _VERSIONS:
                    _PLAYBOOKS.clear()
                _PLAYBOOKS[version] = known
        return known

    def business_clock(self, playbook: Playbook) -> BusinessClock:
        """The floor's business time; its tables are kept, since every key press asks it."""
        with self._lock:
            known = self._clocks.get(playbook.hash)
            if known is None:
                known = self._clocks[playbook.hash] = BusinessClock(
                    hours=playbook.floor.business_hours,
                    zone=self.settings.zone,
                    country=self.settings.country,
                    worked=playbook.floor.business_holidays_worked,
                )
        return known

    def calendar(self, playbook: Playbook, rep: Rep | None) -> Calendar:
        """Closed days and windows for one rep."""
        return Calendar(playbook.calling, playbook.floor, self.time_off(rep))

    def time_off(self, rep: Rep | None) -> tuple[TimeOff, ...]:
        """A rep's absence as local days of the floor."""
        if rep is None or rep.away_until is None or rep.cover_id is not None:
            return ()  # what falls into an absence with a cover is the cover's, and need not move
        first = (rep.away_from or self.now()).astimezone(self.zone).date()
        return (TimeOff(first, rep.away_until.astimezone(self.zone).date()),)

    def end_of_day(self, now: datetime) -> datetime:
        """The last instant of the floor's day."""
        return day_of(now, self.settings.zone)[1]

    def start_of_day(self, now: datetime) -> datetime:
        """The first instant of the floor's day."""
        return day_of(now, self.settings.zone)[0]

    @cached_property
    def hostname(self) -> str:
        """This machine's name, for the log."""
        import socket

        return socket.gethostname()
