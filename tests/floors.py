"""Small floors for tests of the log and of the supervisor's view, counted by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leadtui.clock import FixedClock
from leadtui.desk.core.context import Context
from leadtui.desk.core.views import RepView
from leadtui.desk.desk import Desk
from leadtui.settings import Settings
from leadtui.store.engine.database import Store
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import Lead, Meta, Obligation, PlaybookVersion, Rep, Touch
from leadtui.text import fold
from tests.engines import START

HOUR = timedelta(hours=1)
REPS = ("Dana Reyes", "Ali Haddad", "Lee Park")
"""Ids 1, 2, 3; the last is the supervisor."""


def an_actor(rep_id: int) -> Actor:
    """One of ``REPS`` at work."""
    name = REPS[rep_id - 1]
    role = "supervisor" if rep_id == len(REPS) else "rep"
    return Actor(rep_id, name, fold(name).split(" ")[0], role, "tui", "s1", "desk", "os", "test")


def a_desk(store: Store, folder: Path, *, rep_id: int = 3, now: datetime = START) -> Desk:
    """A desk on a store, its clock standing still."""
    actor = an_actor(rep_id)
    view = RepView(rep_id, actor.name, actor.login, actor.role, "inside", "")
    return Desk(Context(store, FixedClock(now), Settings(folder=folder), actor, view, is_demo=True))


def lay(
    store: Store, *, demo: bool = True, leads: tuple[str, ...] = ("Jane Okafor", "Tom Weiss")
) -> None:
    """Three people, some leads, and entry 1 (and one for each person)."""
    with store.write(an_actor(3), START) as unit:
        unit.session.add(PlaybookVersion(hash="test", files={}, activated_at=START))
        unit.session.add(Meta(key="playbook", value="test"))
        told = Settings(folder=Path()).digest()
        unit.log("floor.made", after={"demo": demo}, hashes={"settings": told})
        for number, name in enumerate(REPS, 1):
            who = an_actor(number)
            unit.session.add(
                Rep(
                    id=number,
                    name=name,
                    name_key=fold(name),
                    login=who.login,
                    role=who.role,
                    created_at=START,
                )
            )
            unit.log("rep.added", subjects={"rep": number}, after={"role": who.role})
        unit.session.flush()
        for number, name in enumerate(leads, 1):
            unit.session.add(
                Lead(
                    id=number,
                    full_name=name,
                    name_key=fold(name),
                    owner_id=1,
                    created_at=START,
                    updated_at=START,
                )
            )


def a_touch(
    store: Store,
    *,
    rep_id: int = 1,
    lead_id: int = 1,
    due: datetime = START,
    at: datetime = START,
    **columns: Any,
) -> int:
    """A call, planned at an instant."""
    with store.write(an_actor(rep_id), at) as unit:
        values = {
            "channel": "call",
            "call": 1,
            "title": "First call",
            "state": "open",
            "created_at": START,
            **columns,
        }
        touch = Touch(rep_id=rep_id, lead_id=lead_id, due=due, **values)
        unit.session.add(touch)
        unit.session.flush()
        unit.log("touch.planned", subjects={"lead": lead_id, "touch": touch.id})
    return int(touch.id or 0)


def start(store: Store, touch_id: int, at: datetime, *, rep_id: int = 1, **codes: Any) -> int:
    """Start a touch and return the obligation."""
    with store.write(an_actor(rep_id), at) as unit:
        touch = unit.session.get(Touch, touch_id)
        touch.state = "started"
        obligation = Obligation(
            rep_id=rep_id,
            lead_id=touch.lead_id,
            touch_id=touch_id,
            action="call",
            front_end="tui",
            started_at=at,
        )
        unit.session.add(obligation)
        unit.session.flush()
        unit.log(
            "touch.started",
            subjects={"lead": touch.lead_id, "touch": touch_id, "obligation": obligation.id},
            after={"touch": "started", "owner": rep_id},
            codes={"channel": "call", "rank": 1, **codes},
        )
    return int(obligation.id or 0)


def confirm(
    store: Store,
    obligation_id: int,
    at: datetime,
    *,
    answer: str = "yes",
    outcome: str = "NO_ANSWER",
    note: str = "",
    change: Callable[[Obligation], None] | None = None,
    **codes: Any,
) -> int:
    """Answer an obligation and return the entry."""
    with store.read() as session:
        rep_id = session.get(Obligation, obligation_id).rep_id
    with store.write(an_actor(rep_id), at) as unit:
        found = unit.session.get(Obligation, obligation_id)
        touch = unit.session.get(Touch, found.touch_id)
        found.answer, found.outcome, found.answered_at, touch.state = answer, outcome, at, "done"
        if change:
            change(found)
        return unit.log(
            "action.confirmed",
            subjects={
                "lead": found.lead_id,
                "touch": touch.id,
                "obligation": obligation_id,
                "attempt": obligation_id,
            },
            after={"touch": "done"},
            codes={
                "answer": answer,
                "outcome": outcome,
                "channel": "call",
                "contact": 0,
                "seconds_ms": 9000,
                "dialed_ms": 40_000,
                "due": touch.due.isoformat(),
                "started": found.started_at.isoformat(),
                **codes,
            },
            private=note,
        )
