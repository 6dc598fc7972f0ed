"""What every use case needs: the store, the clock, the settings, who acts, and the running
playbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from leadtui.cadence.calendar import BusinessClock
from leadtui.cadence.model import Playbook, TimeOff
from leadtui.cadence.schedule import Calendar
from leadtui.clock import Clock, SystemClock, day_of, since_boot
from leadtui.desk.core.jumps import refuse_jump
from leadtui.desk.core.views import RepView
from leadtui.errors import LeadtuiError, PlaybookError
from leadtui.settings import Settings
from leadtui.store import floor as floor_rows
from leadtui.store.engine.database import Store
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import Rep
from leadtui.store.engine.types import to_micros
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Event

_PLAYBOOKS: dict[str, Playbook] = {}
"""The versions this process has read: by hash, so that any floor's is the same."""
_CLOCKS: dict[tuple[str, str, str], BusinessClock] = {}
"""Business time by version, zone and country; its tables are kept, since every key press asks."""
_VERSIONS = 32
SETTINGS = "settings"
"""Under this key stands the digest of somebody's settings: in entry 1 that of the floor's maker,
then with the person."""


@dataclass
class Context:
    """Shared by the use cases of one desk; built by ``leadtui.opening.bootstrap``."""

    store: Store
    clock: Clock
    settings: Settings
    actor: Actor
    identity: RepView
    is_demo: bool
    _told: bool = False
    """Whether the log knows with which settings this desk works."""

    def now(self) -> datetime:
        """The present instant; a use case asks once."""
        return self.clock.now()

    @property
    def zone(self) -> ZoneInfo:
        """The floor's zone."""
        return ZoneInfo(self.settings.zone)

    @contextmanager
    def write(self, now: datetime | None = None, *, ask: bool = True) -> Iterator[Unit]:
        """One transaction, stamped with this desk's actor and the running playbook.

        Raises ``Refused`` where the machine's clock is far ahead, unless somebody was asked."""
        with self.store.write(self.actor, now or self.now()) as unit:
            unit.playbook_hash = self.running_hash(unit.session)
            if isinstance(self.clock, SystemClock):
                unit.boot = since_boot()
                if ask:
                    refuse_jump(unit)
            told = self._tell_settings(unit)
            yield unit
        self._told = told

    def _tell_settings(self, unit: Unit) -> bool:
        """Log that the one who acts works with other settings than before, or than the floor was
        made with; whether the log knows now. It waits while the log's time has to be settled."""
        if self._told or unit.head()[1] > to_micros(unit.now):
            return self._told
        rep = unit.session.get(Rep, self.identity.id)
        first = floor_rows.first_body(unit.session).get("hashes") or {}
        now = self.settings.digest()
        if rep is None or rep.settings.get(SETTINGS, first.get(SETTINGS)) == now:
            return True
        rep.settings = {**rep.settings, SETTINGS: now}
        unit.log(
            Event.SETTINGS_CHANGED,
            subjects={"rep": rep.id},
            hashes={SETTINGS: now},
            private=self.settings.told(),
        )
        return True

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

            try:
                known = load(floor_rows.playbook_files(session, version))
            except PlaybookError as error:
                raise LeadtuiError(
                    f"the playbook in the database cannot be run ({error}); 'leadtui doctor' says "
                    "whether somebody has changed it"
                ) from error
            if known.hash == version:  # else somebody has edited its texts
                if len(_PLAYBOOKS) >= _VERSIONS:
                    _PLAYBOOKS.clear()
                _PLAYBOOKS[version] = known
        return known

    def business_clock(self, playbook: Playbook) -> BusinessClock:
        """The floor's business time; threads that ask at once may each make it, to the same end."""
        key = (playbook.hash, self.settings.zone, self.settings.country)
        known = _CLOCKS.get(key)
        if known is None:
            known = BusinessClock(
                hours=playbook.floor.business_hours,
                zone=self.settings.zone,
                country=self.settings.country,
                worked=playbook.floor.business_holidays_worked,
            )
            if len(_CLOCKS) >= _VERSIONS:
                _CLOCKS.clear()
            _CLOCKS[key] = known
        return known

    def calendar(self, playbook: Playbook, rep: Rep | None) -> Calendar:
        """Closed days and windows for one rep, within the floor's own hours."""
        return Calendar(
            playbook.calling, playbook.floor, self.time_off(rep), self.business_clock(playbook)
        )

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
