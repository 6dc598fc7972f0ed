"""What comes up by itself: a due action that nobody has started asks for a decision. Which one, and
when, is decided here.

``choose`` is pure. Never in the middle of a call or of typing, one at a time, and not the same one
again at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadtui.desk.core.door import Door
from leadtui.desk.core.views import QueueRow
from leadtui.errors import Refused
from leadtui.store.engine.tables import Touch
from leadtui.store.engine.vocabulary import Code, Event

CHOICES = ("start", "reschedule", "done", "inbound")
"""What can be answered; ``inbound`` says that the telephone rang first."""

AGAIN = timedelta(minutes=15)
"""An action that was asked for and is still due asks again after so long."""


@dataclass(frozen=True, slots=True)
class PopupRules:
    """The playbook's ``[popups]``."""

    due: bool = True
    callback_before: timedelta = timedelta(minutes=2)
    idle: timedelta = timedelta(seconds=20)
    settle: timedelta = timedelta(seconds=2)
    """Nothing comes up between two keystrokes: so long no key has been pressed, for a callback
    too."""


@dataclass(frozen=True, slots=True)
class Popup:
    """An action that asks, and why: ``callback`` or ``due``."""

    row: QueueRow
    why: str


def choose(
    rows: Sequence[QueueRow],
    now: datetime,
    *,
    idle: timedelta,
    busy: bool,
    asked: Mapping[int, datetime],
    rules: PopupRules,
) -> Popup | None:
    """What asks now, of the head of the queue in its order, or nothing.

    A promised callback asks some minutes before its time, and once more when the time has come, as
    soon as the hands rest for a moment; anything else only when it is due and nobody has touched a
    key for a while. ``busy`` is another screen than the queue, or a field with the focus."""
    if busy or not rules.due or idle < rules.settle:
        return None
    for row in rows:
        if row.promised and row.due - rules.callback_before <= now and _may_ask(row, now, asked):
            return Popup(row, "callback")
    if idle < rules.idle:
        return None
    first = next((row for row in rows if not row.promised), None)
    if first is not None and first.due <= now and _may_ask(first, now, asked):
        return Popup(first, "due")
    return None


def _may_ask(row: QueueRow, now: datetime, asked: Mapping[int, datetime]) -> bool:
    last = asked.get(row.touch_id)
    if last is None or now >= last + AGAIN:
        return True
    return row.promised and last < row.due <= now


class Popups(Door):
    """What a screen asks, and the log of it."""

    choose = staticmethod(choose)

    def rules(self) -> PopupRules:
        """The running playbook's."""
        with self.context.store.read() as session:
            said = self.context.playbook(session).floor.popups
        return PopupRules(
            due=bool(said.get("due", True)),
            callback_before=timedelta(minutes=float(said.get("callback_minutes_before", 2))),
            idle=timedelta(seconds=float(said.get("idle_seconds", 20))),
            settle=timedelta(seconds=float(said.get("settle_seconds", 2))),
        )

    def shown(self, popup: Popup) -> None:
        """A pop-up stands on the screen."""
        with self.context.write() as unit:
            subjects = {"touch": popup.row.touch_id, "lead": popup.row.lead_id}
            unit.log(
                Event.POPUP_SHOWN,
                subjects=subjects,
                codes={Code.WHY: popup.why, Code.DUE: popup.row.due.isoformat()},
            )

    def answered(self, popup: Popup, choice: str, seconds: float) -> None:
        """It was answered, before what was chosen happens."""
        if choice not in CHOICES:
            raise Refused("popup", f"a pop-up is answered with one of {', '.join(CHOICES)}")
        with self.context.write() as unit:
            subjects = {"touch": popup.row.touch_id, "lead": popup.row.lead_id}
            codes = {
                Code.WHY: popup.why,
                Code.CHOICE: choice,
                Code.SECONDS_MS: round(seconds * 1000),
            }
            unit.log(Event.POPUP_ANSWERED, subjects=subjects, codes=codes)

    def still_open(self, touch_id: int) -> bool:
        """Whether a touch waits to be started by the one who is logged in."""
        with self.context.store.read() as session:
            touch = session.get(Touch, touch_id)
        return (
            touch is not None and touch.state == "open" and touch.rep_id == self.context.identity.id
        )
