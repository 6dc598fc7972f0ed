"""What keeps a call from being made for good stands with its touch, for the queue's sake. Where the
calling rules are others now than those it was worked out by (a playbook was activated, an older
program made the floor), it is worked out again: a few touches a transaction, from the first on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadtui.desk.core.context import Context
from leadtui.desk.planning.planning import Planning
from leadtui.store import call_block, floor
from leadtui.store.engine.tables import Touch
from leadtui.store.engine.vocabulary import Code, Event

HELD_BY = "held_by"
"""The fact of a floor that says by which rules its calls are held: a digest, and behind it the last
touch that was looked at where it is not all of them yet."""

RULES = 1
"""Raised where the program works it out otherwise from the same playbook."""

FILES = ("calling.toml", "calling/legal-hours.toml")
BATCH = 200


def rules_of(files: Mapping[str, str]) -> str:
    """A digest of all in a playbook by which calls are held."""
    said = "\0".join((str(RULES), *(files.get(file, "") for file in FILES)))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def hold_again(context: Context, limit: int = BATCH) -> int:
    """Look at the next open calls again, ``limit`` at most, where others hold than did; returns how
    many are held otherwise now.

    A supervisor's desk does it on a server, where facts of the floor are a supervisor's to set."""
    with context.store.read() as session:
        if floor.server_login(session) and context.identity.role != "supervisor":
            return 0
        rules, last = _behind(context, session)
        if last is None:
            return 0
        if not call_block.open_calls(session, last, 1):
            # A floor without calls has none that are held otherwise: nothing is written for it.
            return 0 if not last else _end(context, rules)
    with context.write() as unit:
        planning, changed = Planning(context, unit), 0
        found = call_block.open_calls(unit.session, last, limit)
        for touch in found:
            before = _held(touch)
            planning.front.rank_facts(planning.sheet(touch.lead_id), touch)
            changed += _held(touch) != before
        whole = len(found) < limit
        floor.set_meta(unit, HELD_BY, rules if whole else f"{rules} {found[-1].id}")
        unit.log(Event.TOUCH_REHELD, codes={Code.TOUCHES: len(found), Code.CHANGES: changed})
    return changed


def hold_all_again(context: Context) -> int:
    """All of them; returns how many calls are held otherwise now."""
    changed = 0
    while not is_current(context):
        changed += hold_again(context)
    return changed


def is_current(context: Context) -> bool:
    """Whether every call is held by the rules that run."""
    with context.store.read() as session:
        _, last = _behind(context, session)
        return last is None or not call_block.open_calls(session, last, 1)


def _behind(context: Context, session: Any) -> tuple[str, int | None]:
    """The rules that run, and the last touch that was looked at by them; ``None`` once all were."""
    rules = rules_of(context.playbook(session).files)
    known, _, looked_at = floor.get_meta(session, HELD_BY).partition(" ")
    if known != rules:
        return rules, 0
    return rules, int(looked_at) if looked_at else None


def _end(context: Context, rules: str) -> int:
    with context.write() as unit:
        floor.set_meta(unit, HELD_BY, rules)
        unit.log(Event.TOUCH_REHELD, codes={Code.TOUCHES: 0, Code.CHANGES: 0})
    return 0


def _held(touch: Touch) -> tuple[datetime | None, str, int | None]:
    return touch.held_until, touch.held_rule, touch.calling_class_id
